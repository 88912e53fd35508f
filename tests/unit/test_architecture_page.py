# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The pages for developers name nothing that is not there: files, functions, classes and their members, functions of
the script, cmdlets, targets of make, kinds of actions."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("docs/architecture.md", "CONTRIBUTING.md")
ROOTS = ("", "plugins/plugin_utils")
# made by the tools, of the reader's machine, or a place that the reader fills
NOT_KEPT = re.compile(r"\.venv|\.build|changelogs/changelog\.yaml|WINDHCP_PWSH|WINDHCP_CHROMIUM|PATH|.*(?:\b|_)NAME\b")

CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
SUFFIX = re.compile(r"\.(?:py|ps1|yml|yaml|json|toml|md|rst)\Z")
CALL = re.compile(r"(?:(\w+)\.)?(\w+)\(\)")
MEMBER = re.compile(r"(_?[A-Z]\w*)(?:\.(\w+))?")
VERB_NOUN = re.compile(r"[A-Z]\w+-[A-Z]\w+")


@cache
def names() -> frozenset[tuple[str, str]]:
    """(owner, name) of what the code defines. Owner: the file's stem, the class, or "" for a name anywhere."""
    found: set[tuple[str, str]] = set()
    for path in [*(ROOT / "plugins").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found |= {("", node.name), *((node.name, name) for name in defined(node))}
            elif isinstance(node, ast.Module):
                found |= {(path.stem, name) for name in defined(node)}
    return frozenset(found | {("", name) for _owner, name in found})


def defined(scope: ast.ClassDef | ast.Module) -> Iterator[str]:
    """What the body of a class or a file defines."""
    for node in scope.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


@cache
def script() -> frozenset[str]:
    """The functions of the script, and the cmdlets of the DhcpServer module."""
    text = (ROOT / "plugins/modules/dhcp_cmdlets.ps1").read_text(encoding="ascii")
    metadata = json.loads((ROOT / "tests/lab/core/metadata.json").read_text(encoding="utf-8"))
    return frozenset({*re.findall(r"^function ([\w-]+)", text, re.MULTILINE), *metadata["cmdlets"]})


def missing(text: str) -> list[str]:
    """What a page names in code style, or links to, that is not there."""
    return sorted({word for word in CODE.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL)) if not exists(word)})


def exists(word: str) -> bool:
    """Whether what a page names is there; words that are neither a path nor a name are not looked for."""
    if NOT_KEPT.match(word):
        return True
    if PATH.fullmatch(word) and ("/" in word or SUFFIX.search(word)):
        return any((ROOT / root / word).exists() for root in ROOTS)
    if match := CALL.fullmatch(word):
        return (match[1] or "", match[2]) in names()
    if VERB_NOUN.fullmatch(word):
        return word in script()
    if match := MEMBER.fullmatch(word):
        return (match[1], match[2]) in names() if match[2] else ("", match[1]) in names()
    return True


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_what_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert missing(text) == []
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_targets_of_make(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"`make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert named
    assert set(named) - targets == set()


def test_every_kind_of_action_is_in_the_table() -> None:
    text = (ROOT / PAGES[0]).read_text(encoding="utf-8").split("## The actions")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([A-Z_, ]+) \|", text, re.MULTILINE)
    assert sorted(", ".join(rows).split(", ")) == sorted(kind.name for kind in Kind)


@pytest.mark.parametrize(
    "gone",
    [
        "_planning/no_such_file.py",
        "tests/no_such_folder/",
        "planner.no_such_function()",
        "reads.plan()",
        "NoSuchClass",
        "_NO_SUCH_TABLE",
        "World.no_such_field",
        "Invoke-NoSuchFunction",
    ],
)
def test_what_is_gone_is_found(gone: str) -> None:
    assert missing(f"see `{gone}` and `planner.plan()` in `_planning/planner.py`") == [gone]
