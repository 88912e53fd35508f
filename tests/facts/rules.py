# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The marked rules of Python source: where each stands, its source, and the switch that it is."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeGuard

from facts.sources import Sources

MARKS = {"C": "confirmed", "M": "measured", "L": "likely", "I": "inferred", "U": "unknown"}  # the surest first
OPEN = "LIU"
# a letter alone; "a C library" has no mark in it, and neither has what is quoted
_MARK = re.compile(
    r"(?<![\w./\\*'\"`-])(?<!\b[Aa] )(?<!\b[Tt]he )(?<!\b[Nn]o )[CMLIU](?:/[CMLIU])?(?![\w/\\*'\"`-]|\.\w|:\\)"
)


@dataclass(frozen=True)
class Rule:
    """``mark``: the least sure of those that it has, ``source`` "": none that is known, ``text``: its first words,
    ``switch``: the name of its own, ``names``: the switches that its text tells of."""

    mark: str
    path: str
    line: int
    function: str
    source: str
    text: str
    switch: str = ""
    names: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}" + (f" {self.function}" if self.function else "")


@dataclass(frozen=True)
class Switch:
    """A field of ``Switches``."""

    name: str
    mark: str
    source: str
    question: str
    path: str
    line: int


@dataclass(frozen=True)
class _Text:
    """A docstring, or the comment lines that belong together, with ``#`` taken away."""

    line: int
    text: str


@dataclass(frozen=True)
class _Scope:
    """A function, or "": what is in none. ``reads``: the switches that it reads, and in which line."""

    name: str
    first: int
    last: int
    reads: tuple[tuple[str, int], ...] = ()


NO_FUNCTION = _Scope("", 0, 0)


@dataclass(frozen=True)
class Known:
    """What a rule may refer to. ``switches``: by name."""

    sources: Sources
    switches: Mapping[str, Switch]


def of_tree(root: Path, known: Known) -> list[Rule]:
    """Those of all Python files below a folder, in their order."""
    return [
        rule
        for path in sorted(root.rglob("*.py"))
        for rule in of_source(path.read_text(encoding="utf-8"), str(path.relative_to(root.parent)), known)
    ]


def of_source(source: str, path: str, known: Known) -> list[Rule]:
    """Those of one file."""
    tree = ast.parse(source)
    scopes = list(_scopes(tree))
    found = [
        _rule(known, path, text, _scope_of(text, mark, scopes), (mark, end))
        for text in sorted([*_docstrings(tree), *_comments(source)], key=lambda one: one.line)
        for mark, end in _marks(text.text)
    ]
    answered = (rule for scope in (*scopes, NO_FUNCTION) for rule in _answered(scope, found, known))
    return sorted(answered, key=lambda rule: rule.line)


def of_switches(switches: Iterable[Switch], sources: Sources) -> list[Rule]:
    """Each switch is the rule that it asks about."""
    return [
        Rule(one.mark, one.path, one.line, "", sources.within(one.source), one.question, one.name) for one in switches
    ]


def _rule(known: Known, path: str, text: _Text, scope: _Scope, claimed: tuple[re.Match[str], int]) -> Rule:
    mark, end = claimed
    claim = text.text[mark.end() : end]
    source = known.sources.at(" ".join(claim.lstrip(", (\n").split()))
    sentence = " ".join(text.text[_begin(text.text, mark.start()) : end].split())
    names = tuple(name for name in known.switches if re.search(rf"\b{name}\b", claim))
    least = max(mark[0].split("/"), key=list(MARKS).index)
    return Rule(least, path, _line(text, mark), scope.name, source, sentence, "", names)


def _line(text: _Text, mark: re.Match[str]) -> int:
    return text.line + text.text.count("\n", 0, mark.start())


def _scope_of(text: _Text, mark: re.Match[str], scopes: list[_Scope]) -> _Scope:
    """The innermost function around a mark."""
    inside = [scope for scope in scopes if scope.first <= _line(text, mark) <= scope.last]
    return max(inside, key=lambda one: one.first, default=NO_FUNCTION)


def _answered(scope: _Scope, rules: list[Rule], known: Known) -> Iterator[Rule]:
    """The rules of a function. One that is open has a switch of its mark, which its text names or, if that is not
    taken yet, the function reads: the nearest. Without a source of its own it has the switch's."""
    switches = known.switches
    mine = [rule for rule in rules if rule.function == scope.name]
    taken = {name for rule in mine for name in rule.names}
    for rule in mine:
        near = sorted((abs(line - rule.line), name) for name, line in scope.reads if name not in taken)
        several = (*rule.names, *(name for _distance, name in near))
        fitting = (name for name in several if name in switches and switches[name].mark == rule.mark)
        name = next(fitting, "") if rule.mark in OPEN else ""
        taken.add(name)
        source = rule.source or known.sources.within(switches[name].source if name else "")
        yield replace(rule, switch=name, source=source)


def _marks(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Each mark, and where its claim ends: at the next mark or sentence."""
    marks = list(_MARK.finditer(text))
    for number, mark in enumerate(marks):
        following = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        ends = re.compile(r"\.(?=\s+\S)|\n\s*\n").search(text, mark.end(), following)
        yield mark, ends.start() if ends else following


def _begin(text: str, position: int) -> int:
    """Where the sentence of this position begins."""
    return max((match.end() for match in re.finditer(r"[.;:]\s|\n\s*\n", text[:position])), default=0)


def _docstrings(tree: ast.Module) -> Iterator[_Text]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            text, first = ast.get_docstring(node, clean=False), node.body[0]
            if text is not None:
                yield _Text(first.lineno, text)


def _comments(source: str) -> Iterator[_Text]:
    """Comments of whole lines that follow each other are one text."""
    last: _Text | None = None
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line, words = token.start[0], token.string.lstrip("#")
        alone = token.line.lstrip().startswith("#")
        if last is not None and alone and last.line + last.text.count("\n") + 1 == line:
            last = _Text(last.line, f"{last.text}\n{words}")
            continue
        if last is not None:
            yield last
        last = _Text(line, words)
    if last is not None:
        yield last


def _scopes(tree: ast.Module) -> Iterator[_Scope]:
    counted: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            counted[node.name] += 1
            reads = tuple((one.attr, one.lineno) for one in ast.walk(node) if _reads(one))
            name = node.name if counted[node.name] == 1 else f"{node.name} ({counted[node.name]})"
            yield _Scope(name, node.lineno, node.end_lineno or node.lineno, reads)


def _reads(node: ast.AST) -> TypeGuard[ast.Attribute]:
    """Whether it is ``switches.NAME`` or ``something.switches.NAME``."""
    if not isinstance(node, ast.Attribute):
        return False
    value = node.value
    return (value.id if isinstance(value, ast.Name) else getattr(value, "attr", "")) == "switches"
