# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A variable that is nearly one of the collection's is told; its list is that of the playbooks and roles."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.variable_names import (
    CHOOSING,
    NAMES,
    PREFIXES,
    misplaced,
    misspelt,
    unused,
)
from docsite.build import ROOT
from docsite.playbooks import playbooks
from docsite.reference import ROLES, _spec

YAML = [*ROOT.glob("playbooks/*.yml"), *ROOT.glob("roles/*/tasks/*.yml")]


def test_the_names_are_those_of_the_playbooks_and_roles() -> None:
    read = {variable.name for playbook in playbooks() for variable in playbook.variables}
    assert read.union(*map(_spec, ROLES)) == NAMES
    assert [name for name in NAMES if not name.startswith(PREFIXES)] == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("failover_onyl", "failover_only"),
        ("failover_purge_scope", "failover_purge_scopes"),
        ("failover_sharedsecret", "failover_shared_secret"),
        ("failover_relationship", "failover_relationships"),
        ("replicate_relationship", "replicate_relationships"),
    ],
)
def test_what_is_nearly_one_is_told(name: str, meant: str) -> None:
    (said,) = misspelt([name, "failover_only", "other", "ansible_host"])
    assert said.startswith(f"{name} is set, which is no variable of this collection and has no effect: {meant} is")


def test_what_the_playbooks_set_themselves_is_never_told() -> None:
    """Nor what somebody else's role may be called."""
    words = chain.from_iterable(re.findall(r"\b(?:failover|replicate)_\w+", path.read_text("utf-8")) for path in YAML)
    assert misspelt({*words, "failover_my_own", "failover_group"}) == []


def test_who_takes_what_chooses_is_as_the_playbooks_have_it() -> None:
    for name, takers in CHOOSING.items():
        found = {book.name for book in playbooks() if name in {one.name for one in book.variables}}
        if name in _spec("failover"):
            found |= {book.name for book in playbooks() if name not in book.roles.get("failover", [name])}
        assert found - {"adopt", "apply"} == {*takers}, name  # these two take it of a file


def test_what_only_another_playbook_takes_is_refused() -> None:
    assert misplaced(
        {"failover_relationships_to_end": "X", "failover_keep": "dhcp01", "ansible_host": 1}, "remove"
    ) == [
        "failover_relationships_to_end: is set, and windhcp.failover.remove does not take it; it should be left out "
        "(windhcp.failover.decommission takes it)."
    ]
    both = misplaced({"failover_relationships_to_remove": ["X"], "failover_only": "HQ"}, "decommission")
    assert [line.partition(":")[0] for line in both] == ["failover_only", "failover_relationships_to_remove"]
    unset = dict.fromkeys(CHOOSING, "")
    assert misplaced(unset, "partner_down") == misplaced(dict.fromkeys(CHOOSING), "partner_down") == []


def test_a_role_tells_what_nobody_around_it_takes() -> None:
    given = dict.fromkeys(CHOOSING, "X")
    assert [line.split(" ")[0] for line in unused(given)] == [
        "failover_relationships_to_end",
        "failover_relationships_to_remove",
        "failover_scopes_to_remove",
    ]
    assert unused(dict.fromkeys(CHOOSING)) == []
