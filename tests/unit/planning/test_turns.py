# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Of two runs that undo their claims at one moment both know whose turn it is, whatever they call the servers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship import Relationship
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import claims
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Departure, Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from worlds import HERE, ONE, OWN, servers

DISABLED = Departure(ONE, keeper=HERE, loser=OWN, deletes=False, served=True, returns=False, acted=True)


@pytest.mark.parametrize(("loser", "is_first"), [(OWN, True), (HERE, False)], ids=["DHCP02's", "DHCP01's"])
def test_of_two_runs_the_one_whose_copy_is_on_the_last_server_gives_way(loser: Any, *, is_first: bool) -> None:
    """The same to both of them, wherever each runs."""
    departure = replace(DISABLED, loser=loser, keeper=HERE if loser == OWN else OWN)
    undone = claims.undo({ONE: loser}, [departure], servers("1-", "1-"))
    assert isinstance(undone, Plan)
    assert claims.is_contended(undone)
    for plan in (undone, claims.yielding(undone, servers("1+", "1+"))):
        assert claims.turn(plan, plan.start) == int(is_first)


@pytest.mark.parametrize(
    ("here", "there", "turns"),
    [
        ("dhcp01.contoso.example", "192.0.2.12", (2, 2)),
        ("dhcp02.contoso.example", "dhcp01", (1, 0)),
        ("dhcp.a.example", "dhcp.b.example", (0, 1)),
        ("dhcp-frankfurt-02.a.example", "DHCP-FRANKFURT-", (1, 0)),
        ("dhcp-frankfurt-02.a.example", "dhcp-frankfurt-03", (0, 1)),
    ],
)
def test_both_runs_know_whose_turn_it_is_or_it_is_after_the_other_one(
    here: str, there: str, turns: tuple[int, int]
) -> None:
    """An address tells nobody, and the server that has it calls this one by its name; what a plan for this server and
    one for that says."""
    assert turns_of(called(here, there, relationships=())) == turns


def test_a_relationship_of_the_two_tells_their_names_where_one_is_asked_by_an_alias() -> None:
    for alias in ("backup.contoso.example", "10.10.0.12"):
        half = builders.relationship("HQ", partner_server=alias)
        assert turns_of(called("dhcp01.contoso.example", alias, relationships=(half,))) == (0, 1), alias
        old = builders.relationship("HQ", partner_server=alias, is_primary=None)  # Windows Server 2012
        assert turns_of(called("dhcp01.contoso.example", alias, relationships=(old,))) != (0, 1), alias


def called(here: str, there: str, relationships: tuple[Relationship, ...]) -> World:
    """Nobody serves, and the two servers are called so, the other one as it is asked for over a hop."""
    start = servers("1-", "1-")
    names: dict[Any, tuple[str, str]] = {HERE: ("DHCP", here), OWN: (there, "")}
    seen = {
        source: replace(
            one,
            server=replace(
                one.server,
                name=names[source][0],
                host_name=names[source][1],
                addresses=(),
                relationships=relationships if source == HERE else (),
            ),
        )
        for source, one in start.views.items()
    }
    return replace(start, views=seen)


def turns_of(world: World) -> tuple[int, int]:
    """Of a run that puts this server's copy back, and of one that puts the other's back."""
    found = []
    for loser, keeper in ((HERE, OWN), (OWN, HERE)):
        undone = claims.undo({ONE: loser}, [replace(DISABLED, loser=loser, keeper=keeper)], world)
        assert isinstance(undone, Plan)
        found.append(claims.turn(undone, world))
    return found[0], found[1]
