# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What another file may call says what it does, and what it raises. (ruff's own rule passes by everything in a folder
whose name begins with an underscore.)"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
ROOMS = (
    *(f"plugin_utils/_{room}" for room in ("model", "windows", "planning", "report", "live", "engine")),
    "action",
    "filter",
)
FILES = sorted(path for room in ROOMS for path in (PLUGINS / room).glob("*.py") if path.stem != "__init__")
RAISING = [path for path in FILES if path.parent.name in ("_planning", "_live", "_engine", "action")]


def undocumented(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Public names without a docstring."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                yield node.name
            if isinstance(node, ast.ClassDef):
                yield from (f"{node.name}.{name}" for name in undocumented(node))


def silent(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Public functions that raise something other than AssertionError, and do not say so."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            raised = [ast.unparse(inner.exc) for inner in ast.walk(node) if isinstance(inner, ast.Raise) and inner.exc]
            documented = "Raises" in (ast.get_docstring(node) or "")
            if not documented and any(not error.startswith("AssertionError") for error in raised):
                yield node.name
        elif isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{name}" for name in silent(node))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_public_name_has_a_docstring(path: Path) -> None:
    assert list(undocumented(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("path", RAISING, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_raises_says_so(path: Path) -> None:
    assert list(silent(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_one_that_does_not_say_what_it_raises_would_be_found() -> None:
    tree = ast.parse(
        "def a():\n    'Raises E.'\n    raise E\nclass D:\n    def b(self):\n        'B.'\n        raise E\n"
    )
    assert list(silent(tree)) == ["D.b"]


def test_one_without_would_be_found() -> None:
    tree = ast.parse("def a():\n    'A.'\ndef _b(): pass\ndef c(): pass\nclass D:\n    def e(self): pass\n")
    assert list(undocumented(tree)) == ["c", "D", "D.e"]
