# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A maintenance is about whole pairs, and finds the notes of each on both of its servers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.maintenance_note import Maintenance
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.draft import Draft
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.maintained_pairs import (
    CANCELLED,
    FINISHED,
    STARTED,
    Couple,
    Wanted,
    couples_of,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from worlds import GONE, HERE, HOP, OWN, PARTNER, partner, world

HQ = builders.relationship("HQ", ["10.0.1.0"])
BRANCHES = replace(HQ, name="Branches", scopes=(), partner_server="10.10.0.12")
MINE = Maintenance("DHCP01", (PARTNER,), ("HQ",), file="mine")
THEIRS = Maintenance("DHCP01", ("DHCP01", "10.10.0.11"), ("HQ",), file="theirs", own=False)
OTHERS = Maintenance("DHCP02", ("dhcp09",), ("Lab",), file="others", own=False)


def couples(start: World, wanted: Wanted) -> Sequence[Couple]:
    return couples_of(wanted, Draft(start))


@pytest.mark.parametrize("names", [None, ("HQ",), ("Branches",)])
def test_all_that_the_two_have_belongs_to_it_however_the_partner_is_spelled(names: tuple[str, ...] | None) -> None:
    start = world(builders.server([HQ, BRANCHES]), partner({"HQ": ["10.0.1.0"], "Branches": []}), OWN)
    start = replace(start, maintenance={HERE: (MINE, replace(OTHERS, relationships=())), OWN: (THEIRS, OTHERS)})
    (found,) = couples(start, Wanted(STARTED, names))
    assert [current.name for current in found.relationships] == ["HQ", "Branches"]
    assert (found.mine, found.theirs, found.partner) == ((MINE,), (THEIRS,), "DHCP02")
    assert found.keeps_notes


def test_a_partner_over_the_hop_keeps_no_notes_and_one_that_is_gone_is_called_as_here() -> None:
    here = builders.server([HQ])
    (hop,) = couples(world(here, partner({"HQ": ["10.0.1.0"]}), HOP), Wanted(STARTED))
    (gone,) = couples(world(here, GONE), Wanted(STARTED))
    assert (hop.keeps_notes, gone.keeps_notes, gone.partner) == (False, False, PARTNER)


def test_a_note_about_a_pair_that_has_nothing_in_common_any_more_is_found_to_be_removed() -> None:
    start = replace(world(builders.server([]), partner(), HOP), maintenance={HERE: (MINE,)})
    (found,) = couples(start, Wanted(FINISHED))
    assert (found.relationships, found.mine) == ((), (MINE,))
    assert len(couples(start, Wanted(FINISHED, ("HQ",)))) == 1, "the note names it"


def test_a_note_belongs_to_its_partner_also_where_a_relationship_has_another_one_by_now() -> None:
    third = {"partner_server": "dhcp03.contoso.example", "secondary_server": "DHCP03", "secondary_ip": "10.10.0.13"}
    moved = builders.relationship("HQ", [], **third)
    here = builders.server([moved, replace(HQ, name="Branches")])
    start = world(here, partner({"Branches": ["10.0.1.0"]}), OWN)
    start = replace(start, maintenance={HERE: (MINE,)})
    found = couples(start, Wanted(FINISHED, ("Branches",)))
    assert [(each.partner, each.mine) for each in found] == [("DHCP02", (MINE,))]


@pytest.mark.parametrize("state", [STARTED, FINISHED, CANCELLED])
@pytest.mark.parametrize(("names", "told"), [(("Lab",), "DHCP01 has no Lab"), (("hq",), "has no hq"), ((), "is empty")])
def test_what_is_not_there_can_be_neither_begun_nor_ended(state: str, names: tuple[str, ...], told: str) -> None:
    start = world(builders.server([HQ]), partner({"HQ": ["10.0.1.0"]}), OWN)
    with pytest.raises(Refused, match=f"relationships: .*{told}"):
        couples(start, Wanted(state, names))
