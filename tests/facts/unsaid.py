# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the lab believes and does not say: a function that knows an error of Windows, and no mark in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from facts.rules import Rule

_ERROR = re.compile(r"(DHCP|WIN32) \d+")


def of_tree(root: Path, rules: Collection[Rule]) -> list[str]:
    """Place and errors, of all Python files below a folder."""
    return [
        one
        for path in sorted(root.rglob("*.py"))
        for one in of_source(path.read_text(encoding="utf-8"), str(path.relative_to(root.parent)), rules)
    ]


def of_source(source: str, path: str, rules: Collection[Rule]) -> Iterator[str]:
    """Those of one file."""
    said = {rule.line for rule in rules if rule.path == path}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and said.isdisjoint(range(node.lineno, (node.end_lineno or 0) + 1)):
            errors = sorted({text for text in _texts(node) if _ERROR.fullmatch(text)})
            if errors:
                yield f"{path}:{node.lineno} {node.name}: {', '.join(errors)}"


def _texts(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value
