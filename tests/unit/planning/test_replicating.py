# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which scopes are replicated, in which direction, and what speaks against it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import ReadRequest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.replicating import Replication, replicate
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_elements import NOTHING, Export, Uses
from worlds import HOP, ONE, OWN, PARTNER, THREE, TWO, content_of, in_words, pair, world

BOTH = {"HQ": ["10.0.1.0", "10.0.2.0"]}
NAMED, RENAMED = {"": {"name": "Clients"}}, {"": {"name": "Clients, new"}}
RESERVED = {"reservation 10.0.1.9": {"client_id": "bb"}}


def exports(first: Any, second: Any) -> Export:
    """Of both scopes."""
    one, other = content_of(ONE, first), content_of(TWO, second)
    return replace(one, scopes={**one.scopes, **other.scopes})


def servers(here: Any = None, there: Any = None, source: Any = HOP) -> World:
    """HQ with two scopes; the first has this content on the two servers."""
    mine, theirs = exports(here or NAMED, NAMED), exports(there or NAMED, NAMED)
    return pair(BOTH, source, exported_here=mine, exported_there=theirs)


def planned(wanted: Replication, start: World) -> Plan:
    plan = replicate(wanted, start)
    assert isinstance(plan, Plan)
    return plan


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Replication(), [f"replicate from DHCP01 to {PARTNER}, overwriting there: 10.0.1.0"]),
        (Replication(scopes=(TWO,)), []),
        (Replication(force=True), [f"replicate from DHCP01 to {PARTNER}, overwriting there: 10.0.1.0, 10.0.2.0"]),
        (
            Replication(relationship="HQ", from_here=False),
            [f"replicate from {PARTNER} to DHCP01, overwriting there: 10.0.1.0"],
        ),
    ],
    ids=["what differs", "nothing differs", "force", "from the partner"],
)
def test_what_differs_is_replicated_and_nothing_else(wanted: Replication, expected: list[str]) -> None:
    assert in_words(planned(wanted, servers(here=RENAMED))) == expected


@pytest.mark.parametrize(("source", "runs_on"), [(HOP, "DHCP01"), (OWN, "DHCP02")])
def test_what_the_destination_has_alone_goes_only_when_told_and_after_a_safety_copy(source: Any, runs_on: str) -> None:
    start = servers(there={**NAMED, **RESERVED}, source=source)
    with pytest.raises(Refused) as refused:
        planned(Replication(), start)
    assert str(refused.value) == (
        f"{PARTNER} has what DHCP01 has not, and replicating would remove it: 10.0.1.0 reservation 10.0.1.9 "
        "(present). Replicate in the other direction (source, replicate_source of the role and the playbooks), or say "
        "allow_overwrite: true "
        "(replicate_allow_overwrite of the role and the playbooks)."
    )
    assert [difference["field"] for difference in refused.value.shows["differences"]] == ["reservation 10.0.1.9"]
    assert in_words(planned(Replication(allow_overwrite=True, keep_days=30), start)) == [
        f"keep a safety copy on {runs_on} of what is on DHCP02, with leases: 10.0.1.0",
        f"replicate from DHCP01 to {PARTNER}, overwriting there: 10.0.1.0",
    ]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Replication(relationship="Lab"), "relationship: 'Lab' does not exist on DHCP01."),
        (Replication(relationship="hq"), "relationship: DHCP01 has a relationship 'HQ', which differs from 'hq'"),
        (Replication(scopes=(THREE,)), "scopes: 10.0.3.0 is in no failover relationship of DHCP01, so there is no"),
    ],
)
def test_it_takes_scopes_that_are_in_failover(wanted: Replication, message: str) -> None:
    with pytest.raises(Refused) as refused:
        planned(wanted, servers())
    assert str(refused.value).startswith(message)


def test_a_scope_that_the_source_does_not_have_would_go_on_the_other_server_too() -> None:
    start = pair({"HQ": ["10.0.1.0"]}, exported_here=NOTHING, exported_there=content_of(ONE, NAMED))
    with pytest.raises(
        Refused, match=f"^scopes: 10.0.1.0 does not exist on DHCP01, although .* take it from {PARTNER} too"
    ):
        planned(Replication(allow_overwrite=True), start)


def test_what_windows_does_not_replicate_has_to_be_there() -> None:
    uses = {ONE: Uses(frozenset({("User", "Phones")}), frozenset())}
    here = replace(exports(RENAMED, NAMED), uses=uses, classes={("User", "Phones"): "phones"})
    start = pair(BOTH, exported_here=here, exported_there=exports(NAMED, NAMED))
    with pytest.raises(Refused, match=f"^{PARTNER} lacks what the scopes use, .*: user class 'Phones'"):
        planned(Replication(), start)


def test_each_partner_is_asked_for_its_scopes() -> None:
    later = {"partner_server": "dhcp03.contoso.example", "secondary_server": "DHCP03", "secondary_ip": "10.10.0.13"}
    here = builders.server(
        [builders.relationship("HQ", ["10.0.1.0"]), builders.relationship("Lab", ["10.0.3.0"], **later)]
    )
    asked = replicate(Replication(), world(here))
    assert isinstance(asked, ReadRequest)
    assert [(read.key, read.scopes) for read in asked.partners] == [
        (PARTNER, (ONE,)),
        (later["partner_server"], (THREE,)),
    ]


def test_before_and_after_show_the_fields_that_differ() -> None:
    plan = planned(Replication(), servers(here=RENAMED))
    assert plan.shown == ({"10.0.1.0": {"name": "Clients"}}, {"10.0.1.0": {"name": "Clients, new"}})
