# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What another file may call says what it does. (ruff's own rule passes by everything in a folder whose name begins
with an underscore.)"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGIN_UTILS = Path(__file__).resolve().parents[3] / "plugins" / "plugin_utils"
FILES = sorted(
    path for room in ("_model", "_windows") for path in (PLUGIN_UTILS / room).glob("*.py") if path.stem != "__init__"
)


def undocumented(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                yield node.name
            if isinstance(node, ast.ClassDef):
                yield from (f"{node.name}.{name}" for name in undocumented(node))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_public_name_has_a_docstring(path: Path) -> None:
    assert list(undocumented(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_one_without_would_be_found() -> None:
    tree = ast.parse("def a():\n    'A.'\ndef _b(): pass\ndef c(): pass\nclass D:\n    def e(self): pass\n")
    assert list(undocumented(tree)) == ["c", "D", "D.e"]
