# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How playbooks and roles hand their variables on: one without a value switches no protection off, and what a message
tells to set is what the task takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.plugins.filter.core import to_bool
from docsite.playbooks import expressions
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted([*(ROOT / "playbooks").glob("*.yml"), *(ROOT / "roles").glob("*/tasks/*.yml")])
ACTIONS = "ansible_collections.windhcp.failover.plugins.action"
# where a variable without a value is one that is true
TRUE = ("failover_dry_run", "failover_use_partner_host", "replicate_use_partner_host")
# what a message of a task names beside a variable of that name, which the role and the playbooks are said to have
TOLD = ("allow_content_loss", "allow_state", "max_removals_percent", "wait_timeout")
PLANNERS = ("dhcp_failover", "dhcp_failover_scope", "dhcp_failover_replicate")
JINJA = Environment(autoescape=True)
JINJA.filters["bool"] = to_bool
DRY = [path for path in FILES if "failover_dry_run: true" in path.read_text(encoding="utf-8")]


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


def taken_for_false(text: str) -> Iterator[str]:
    """Variables of TRUE that the filter bool is asked about alone."""
    for expression in expressions(yaml.safe_load(text)):
        tree = JINJA.parse(expression)
        guarded = [
            one.right.node
            for one in tree.find_all(nodes.Or)
            if isinstance(one.left, nodes.Test) and one.left.name == "none" and isinstance(one.right, nodes.Filter)
            if one.left.node == one.right.node
        ]
        for asked in tree.find_all(nodes.Filter):
            name = next(iter([asked.node] if isinstance(asked.node, nodes.Name) else asked.find_all(nodes.Name)), None)
            if asked.name == "bool" and name is not None and name.name in TRUE and asked.node not in guarded:
                yield name.name


@pytest.mark.parametrize("path", FILES, ids=names)
def test_what_has_no_value_is_not_taken_for_false_where_that_switches_a_protection_off(path: Path) -> None:
    assert [*taken_for_false(path.read_text(encoding="utf-8"))] == []


def test_what_is_taken_for_false_would_be_found() -> None:
    for wrong in ("failover_dry_run | bool or x", "'a' if failover_use_partner_host | default(true) | bool else omit"):
        assert len([*taken_for_false(f'when: "{wrong}"')]) == 1
    assert [*taken_for_false("when: failover_dry_run is none or failover_dry_run | bool or x")] == []


@pytest.mark.parametrize("path", DRY, ids=names)
@pytest.mark.parametrize(
    ("value", "check"), [(None, True), (True, True), ("yes", True), (False, False), ("false", False)]
)
def test_only_an_explicit_false_writes(path: Path, value: object, check: bool) -> None:
    (play,) = yaml.safe_load(path.read_text(encoding="utf-8"))
    for is_check in (False, True):
        mode = JINJA.from_string(play["check_mode"]).render(failover_dry_run=value, ansible_check_mode=is_check)
        assert mode == str(check or is_check)


def test_five_playbooks_have_a_dry_run() -> None:
    assert [path.stem for path in DRY] == ["decommission", "migrate", "partner_down", "remove", "swap_roles"]


def tasks(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for member in value if isinstance(value, list) else ():
        yield from tasks(member)


@pytest.mark.parametrize("module", PLANNERS)
def test_what_a_message_tells_to_set_is_handed_on(module: str) -> None:
    spec = import_module(f"{ACTIONS}.{module}").ActionModule.ARGUMENT_SPEC
    told = {option for option in TOLD if option in spec}
    found = [
        (names(path), told - task[f"windhcp.failover.{module}"].keys())
        for path in FILES
        for task in tasks(yaml.safe_load(path.read_text(encoding="utf-8")))
        if f"windhcp.failover.{module}" in task
    ]
    assert found
    assert [one for one in found if one[1]] == []
