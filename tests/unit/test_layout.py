# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each module of the packages, and each action, has a test file of its name that is its specification."""

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
    "report": PLUGINS / "plugin_utils" / "_report",
    "live": PLUGINS / "plugin_utils" / "_live",
    "engine": PLUGINS / "plugin_utils" / "_engine",
    "modules": PLUGINS / "action",
}
# what can be tested elsewhere only, and where
ELSEWHERE = {
    # it makes Ansible's own connection and become plugins work together, so only real ones can tell whether it does
    "engine/partner_connection": TESTS / "integration" / "test_partner_connection.py",
}
MODULES = sorted(
    {
        f"{folder}/{module.stem}"
        for folder, path in FOLDERS.items()
        for module in path.glob("*.py")
        if module.stem != "__init__"
    }
    - set(ELSEWHERE)
)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_its_specification(module: str) -> None:
    folder, _slash, name = module.partition("/")
    specification = TESTS / "unit" / folder / f"test_{name}.py"
    assert specification.is_file(), f"tests/unit/{folder}/test_{name}.py is missing"
    tree = ast.parse(specification.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "it says what it specifies"
    assert [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


@pytest.mark.parametrize("module", ELSEWHERE)
def test_a_module_without_one_is_there_and_tested_elsewhere(module: str) -> None:
    folder, _slash, name = module.partition("/")
    assert (FOLDERS[folder] / f"{name}.py").is_file()
    assert ELSEWHERE[module].is_file()


def test_a_name_of_a_test_file_is_used_once() -> None:
    names = Counter(path.name for path in TESTS.rglob("test_*.py"))
    assert [name for name, times in names.items() if times > 1] == []
