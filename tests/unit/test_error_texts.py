# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever ends a task has a text: a sentence that names an option of the task, or what it is about."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"
ENDS_A_TASK = {"Refused", "RemoteFailure", "RemoteError", "TooManyAtOnce", "UnexpectedReply", "NothingDone", "Unsafe"}
OPTION = re.compile(r"[a-z_]+( and [a-z_]+)?: ")


def raised(source: ast.AST) -> Iterator[ast.Raise]:
    """What is raised of those classes, as a call or as a class alone."""
    for node in ast.walk(source):
        if isinstance(node, ast.Raise) and node.exc is not None:
            kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(kind, ast.Name) and kind.id in ENDS_A_TASK:
                yield node


def parts(text: ast.expr) -> list[str | None]:
    """Its literal parts, and None for what is put in."""
    if isinstance(text, ast.JoinedStr):
        return [part for value in text.values for part in parts(value)]
    if isinstance(text, ast.BinOp):
        return [*parts(text.left), *parts(text.right)]
    return [str(text.value)] if isinstance(text, ast.Constant) else [None]


def problem(node: ast.Raise) -> str | None:
    """What is wrong with the text of an error, as far as it can be read without raising it."""
    if not isinstance(node.exc, ast.Call) or not node.exc.args:
        return "it has no text"
    text = parts(node.exc.args[0])
    if text[-1] is not None and not text[-1].endswith("."):
        return f"it ends with '{text[-1][-20:]}'"
    return None if None in text or OPTION.match(text[0] or "") else f"it names nothing: '{text[0]}'"


FILES = sorted(
    str(path.relative_to(PLUGINS))
    for path in PLUGINS.rglob("*.py")
    if any(raised(ast.parse(path.read_text(encoding="utf-8"))))
)


OVERRIDES = re.compile(
    r"\b(allow_state|recreate|replace_partner_copy|allow_content_loss|allow_overwrite|partner_is_off): "
    r"(\[PUT IN\]|true|when_needed|inactive_only)(?! \((PUT IN\)|$))"
)


@pytest.mark.parametrize("file", FILES)
def test_what_overrides_is_named_as_the_role_has_it_too(file: str) -> None:
    source = ast.parse((PLUGINS / file).read_text(encoding="utf-8"))
    texts = (node for node in ast.walk(source) if isinstance(node, ast.JoinedStr | ast.Constant))
    shown = ("".join("PUT IN" if part is None else part for part in parts(text)) for text in texts)
    assert [text for text in shown if OVERRIDES.search(text) and '"""' not in text and "\n" not in text] == []


@pytest.mark.parametrize("file", FILES)
def test_what_ends_a_task_is_a_sentence_about_something(file: str) -> None:
    source = ast.parse((PLUGINS / file).read_text(encoding="utf-8"))
    assert [f"line {node.lineno}: {wrong}" for node in raised(source) if (wrong := problem(node))] == []


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("raise Refused('name: must not be empty.')", None),
        ("raise Refused(f'{name} is gone.')", None),
        ("raise Refused(f'{name} is gone')", "it ends with ' is gone'"),
        ("raise Refused('It is gone.')", "it names nothing: 'It is gone.'"),
        ("raise TooManyAtOnce", "it has no text"),
        ("raise TooManyAtOnce()", "it has no text"),
    ],
)
def test_a_bad_text_would_be_found(statement: str, wrong: str | None) -> None:
    (node,) = raised(ast.parse(statement))
    assert problem(node) == wrong
