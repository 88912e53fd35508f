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
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import ServerView, World
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


@pytest.mark.parametrize("is_primary", [True, False])
@pytest.mark.parametrize("called_by", ["backup.contoso.example", "10.10.0.12"])
def test_the_primary_of_what_they_have_or_had_goes_first_whatever_they_are_called(
    called_by: str, *, is_primary: bool
) -> None:
    """The two halves say so, also where one of them has the alias for the secondary's name, or both have."""
    half = builders.relationship("HQ", partner_server=called_by, is_primary=is_primary)
    for world in (
        called("dhcp01.contoso.example", called_by, relationships=(half,)),
        called("dhcp02.contoso.example", called_by, relationships=(half,)),
    ):
        turns = (0, 1) if is_primary else (1, 0)
        assert turns_of(world) == turns
        nothing_left = {source: without(view) for source, view in world.views.items()}
        assert turns_of(replace(world, views=nothing_left), before=world) == turns


def test_the_other_servers_half_tells_it_where_this_one_has_none() -> None:
    """What is called an address there, as Windows may store it: relationships of others do not count."""
    mirror = builders.relationship(
        "HQ", partner_server="DHCP01", primary_server="dhcp01.contoso.example", secondary_server="10.10.0.12"
    )
    theirs = replace(mirror, is_primary=False)
    third = builders.relationship("Another", partner_server="dhcp03", secondary_server=None, secondary_ip=None)
    start = called("dhcp01.contoso.example", "10.10.0.12", relationships=(replace(third, is_primary=False),))
    views = {
        **start.views,
        OWN: replace(start.views[OWN], server=replace(start.views[OWN].server, relationships=(theirs,))),
    }
    assert turns_of(replace(start, views=views)) == (0, 1)


@pytest.mark.parametrize("is_primary", [None, (True, True)], ids=["2012", "contradict"])
def test_halves_that_do_not_tell_leave_it_to_the_names(is_primary: Any) -> None:
    half = builders.relationship("HQ", partner_server="dhcp02", is_primary=is_primary and is_primary[0])
    start = called("zzz.contoso.example", "dhcp02", relationships=(half,))
    theirs = replace(half, partner_server="zzz.contoso.example", secondary_server=None, secondary_ip=None)
    views = {
        **start.views,
        OWN: replace(start.views[OWN], server=replace(start.views[OWN].server, relationships=(theirs,))),
    }
    assert turns_of(replace(start, views=views)) == (1, 0)


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


def without(view: ServerView) -> ServerView:
    return replace(view, server=replace(view.server, relationships=()))


def turns_of(world: World, before: World | None = None) -> tuple[int, int]:
    """Of a run that puts this server's copy back, and of one that puts the other's back. `before`: what both began
    with, if not with that."""
    found = []
    for loser, keeper in ((HERE, OWN), (OWN, HERE)):
        undone = claims.undo({ONE: loser}, [replace(DISABLED, loser=loser, keeper=keeper)], world)
        assert isinstance(undone, Plan)
        found.append(claims.turn(undone, before or world))
    return found[0], found[1]
