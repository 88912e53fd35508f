# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Playbooks and roles ask an action what to do; no filter in them computes a set of relationships or scopes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from docsite.playbooks import expressions
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted([*(ROOT / "playbooks").rglob("*.yml"), *(ROOT / "roles").rglob("*.yml")])
# what turns one value into another one, or results into text for a person; everything else is planning
ALLOWED = {
    "bool",
    "default",
    "length",
    "list",
    "windhcp.failover.in_sight",
    "windhcp.failover.outcome_list",
    "windhcp.failover.removal_list",
    "windhcp.failover.server_list",
    "windhcp.failover.step_list",
    "windhcp.failover.with_secrets",
}
HOSTS_ONLY = {"failover_checked.servers_to_read"}  # loops over names of the inventory


def planning(text: str) -> list[str]:
    """The filters and loops in a file's Jinja that do not belong there."""
    found = []
    for expression in expressions(yaml.safe_load(text)):
        tree = Environment(autoescape=True).parse(expression)
        found += [used.name for used in tree.find_all(nodes.Filter) if used.name not in ALLOWED]
        found += ["for" for _loop in tree.find_all(nodes.For)]
    return found


def test_there_are_playbooks_and_tasks_of_roles() -> None:
    names = {str(path.relative_to(ROOT)) for path in FILES}
    assert {"playbooks/migrate.yml", "roles/failover/tasks/main.yml", "roles/replicate/tasks/main.yml"} <= names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_planned_in_jinja(path: Path) -> None:
    assert planning(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("task", "filters"),
    [
        ("loop: \"{{ found | selectattr('a', 'equalto', 1) | map(attribute='name') }}\"", ["map", "selectattr"]),
        ("vars: {mine: \"{{ found | rejectattr('name', 'in', ending) }}\"}", ["rejectattr"]),
        ("vars: {mine: \"{{ found | json_query('[].name') }}\"}", ["json_query"]),
        ("vars: {mine: \"{{ found | community.general.json_query('[].name') }}\"}", ["community.general.json_query"]),
        ("when: names | difference(others) | length == 0", ["difference"]),
        ("assert: {that: [\"names | select('in', others) | list\"]}", ["select"]),
        ("msg: '{% for one in found %}{{ one.name }}{% endfor %}'", ["for"]),
        ('msg: "{{ result.results | windhcp.failover.removal_list }} {{ names | default([]) | length }}"', []),
    ],
)
def test_planning_would_be_found(task: str, filters: list[str]) -> None:
    assert sorted(planning(task)) == filters


def loops(value: object) -> Iterator[tuple[str, str]]:
    """What each task loops over, and the label that a terminal shows."""
    if isinstance(value, dict):
        if "loop" in value:
            yield str(value["loop"]).strip("{} "), str(value.get("loop_control", {}).get("label", ""))
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from loops(member)


def test_no_loop_shows_a_name_of_a_server_as_it_is() -> None:
    found = [loop for path in FILES for loop in loops(yaml.safe_load(path.read_text(encoding="utf-8")))]
    assert len(found) >= 5
    assert [
        over for over, label in found if over not in HOSTS_ONLY and "| windhcp.failover.in_sight" not in label
    ] == []
