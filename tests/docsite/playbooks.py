# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a playbook reads of its user's variables, seen in its YAML: the names, and what each is without being set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import yaml
from jinja2 import Environment, nodes

from docsite.build import ROOT

PLAYBOOKS = ROOT / "playbooks"
OURS = re.compile(r"(failover|replicate)_")
_ROLE = "windhcp.failover."
_BARE = ("when", "that", "until", "failed_when", "changed_when")  # expressions without braces
_JINJA = Environment()  # noqa: S701 - it renders nothing


@dataclass(frozen=True)
class Variable:
    """`default`: as YAML has it; None: there is none. `needed`: it is read without a look at whether it is set."""

    name: str
    default: Any = None
    needed: bool = False


@dataclass(frozen=True)
class Playbook:
    """`says`: the lines above its first play, each with whether it belongs to a call. `roles`: those that it runs, with
    the variables that it sets for them."""

    name: str
    says: Sequence[tuple[str, bool]]
    variables: Sequence[Variable]
    roles: Mapping[str, Sequence[str]]


def playbooks() -> Sequence[Playbook]:
    """All of them, by name."""
    return [read(path.stem, path.read_text(encoding="utf-8")) for path in sorted(PLAYBOOKS.glob("*.yml"))]


def read(name: str, text: str) -> Playbook:
    """One, of its text."""
    plays = [{**play, "of other files": [*_other_tasks(play)]} for play in yaml.safe_load(text)]
    found: dict[str, Variable] = {}
    for play in plays:
        given = {key: value for key, value in play.get("vars", {}).items() if not _is_template(value)}
        own = {*_set_by_it(play)} - given.keys()
        for one in _uses(play):
            if one.name not in own and OURS.match(one.name):
                found[one.name] = _merged(found.get(one.name), one, given)
    variables = sorted(found.values(), key=lambda one: one.name)
    return Playbook(name, tuple(_header(text)), variables, dict(_roles(plays)))


def _other_tasks(play: Any) -> Iterator[Any]:
    """What stands in a file of tasks beside the playbooks."""
    for task in _mappings(play):
        for word in ("ansible.builtin.import_tasks", "ansible.builtin.include_tasks"):
            if isinstance(task.get(word), str):
                yield from yaml.safe_load((PLAYBOOKS / task[word]).read_text(encoding="utf-8"))


def _merged(known: Variable | None, one: Variable, given: Mapping[str, Any]) -> Variable:
    """Of several uses the one that would fail counts, and then the one that says a value."""
    if one.name in given:
        return Variable(one.name, given[one.name])
    said = (value for value in (known.default if known else None, one.default) if value not in (None, ""))
    return Variable(one.name, next(said, None), one.needed or bool(known and known.needed))


def _header(text: str) -> Iterator[tuple[str, bool]]:
    goes_on = False
    for line in takewhile(lambda line: line.startswith("#"), text.splitlines()[1:]):
        line = line.removeprefix("#").removeprefix(" ")
        is_call = goes_on or line.startswith("ansible-playbook")
        yield line, is_call
        goes_on = is_call and line.endswith("\\")


def _roles(plays: Any) -> Iterator[tuple[str, Sequence[str]]]:
    for task in _mappings(plays):
        for word in ("ansible.builtin.import_role", "ansible.builtin.include_role"):
            if word in task:
                yield task[word]["name"].removeprefix(_ROLE), sorted(task.get("vars", {}))


def _set_by_it(play: Any) -> Iterator[str]:
    """Names that are none of the user's: results of tasks, and what is worked out."""
    for one in _mappings(play):
        if "register" in one:
            yield one["register"]
        for word in ("vars", "ansible.builtin.set_fact"):
            if isinstance(one.get(word), Mapping):
                yield from one[word]
        if "ansible.builtin.import_role" in one or "ansible.builtin.include_role" in one:
            yield "failover_result"  # the role's own


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
    for member in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _mappings(member)


def expressions(value: Any, key: str = "") -> Iterator[str]:
    """Every text that Ansible takes for Jinja, with its braces."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from expressions(member, str(name))
    elif isinstance(value, list):
        for member in value:
            yield from expressions(member, key)
    elif isinstance(value, str) and (key in _BARE or _is_template(value)):
        yield value if _is_template(value) else f"{{{{ {value} }}}}"


def _uses(value: Any) -> Iterator[Variable]:
    for text in expressions(value):
        yield from _in_tree(_JINJA.parse(text))


def _in_tree(tree: nodes.Node) -> Iterator[Variable]:
    """Names, with the filter `default` behind them or without."""
    covered = set[int]()
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        if isinstance(node.node, nodes.Name) and node.name in ("default", "defined"):
            covered.add(id(node.node))
            value = node.args[0] if isinstance(node, nodes.Filter) and node.args else None
            yield Variable(node.node.name, value.value if isinstance(value, nodes.Const) else None)
    for name in tree.find_all(nodes.Name):
        if id(name) not in covered:
            yield Variable(name.name, needed=True)


def _is_template(value: Any) -> bool:
    return isinstance(value, str) and ("{{" in value or "{%" in value)
