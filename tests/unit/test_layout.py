# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each module of the model, of Windows and of the planning, and each action, has a test file of its name that is its
specification."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PLUGINS = TESTS.parent / "plugins"
FOLDERS = {
    "model": PLUGINS / "plugin_utils" / "_model",
    "windows": PLUGINS / "plugin_utils" / "_windows",
    "planning": PLUGINS / "plugin_utils" / "_planning",
    "modules": PLUGINS / "action",
}
MODULES = sorted(
    f"{folder}/{module.stem}"
    for folder, path in FOLDERS.items()
    for module in path.glob("*.py")
    if module.stem != "__init__"
)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_its_specification(module: str) -> None:
    folder, _slash, name = module.partition("/")
    specification = TESTS / "unit" / folder / f"test_{name}.py"
    assert specification.is_file(), f"tests/unit/{folder}/test_{name}.py is missing"
    tree = ast.parse(specification.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "it says what it specifies"
    assert [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


def test_a_name_of_a_test_file_is_used_once() -> None:
    names = Counter(path.name for path in TESTS.rglob("test_*.py"))
    assert [name for name, times in names.items() if times > 1] == []
