# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a maintenance does with what is known of both servers (whole tasks: test_dhcp_failover_maintenance.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Source
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.maintenance_note import Maintenance
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import NotYet, Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import maintaining
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind, Stage
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.maintained_pairs import (
    CANCELLED,
    FINISHED,
    STARTED,
    Wanted,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import ReadRequest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import maintenance_notes
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from worlds import GONE, HERE, HOP, OWN, PARTNER, in_words, partner, world

MEMBERS = {"HQ": ["10.0.1.0"]}
NAMES = (PARTNER, "DHCP02", "10.10.0.12")
MINE = maintenance_notes.named(Maintenance("DHCP01", NAMES, ("HQ",), {"HQ": 3600}, "ann@ctl"))
THEIRS = maintenance_notes.named(replace(MINE, partner=("DHCP01", "10.10.0.11"), own=False))
Notes = Mapping[Source, tuple[Maintenance, ...]]


def half(server: Server, **changes: object) -> Server:
    return replace(server, relationships=(replace(server.relationships[0], **changes),))  # type: ignore[arg-type]


def known(  # noqa: PLR0913 # each test says one thing of them
    interval: int,
    notes: Notes,
    there: Server | RemoteFailure | None = None,
    source: Source = OWN,
    state: str = "Normal",
    theirs: int | None = None,
) -> World:
    here = half(
        builders.server([builders.relationship("HQ", MEMBERS["HQ"])]), state_switch_interval=interval, state=state
    )
    other = there or half(partner(MEMBERS), state_switch_interval=interval if theirs is None else theirs, state=state)
    return replace(world(here, other, source), maintenance=notes)


def planned(state: str, start: World, **more: object) -> Plan:
    made = maintaining.plan(Wanted(state, who="ann@ctl", **more), start)  # type: ignore[arg-type]
    assert isinstance(made, Plan), made
    return made


LAID, PAUSED = "note on DHCP01 that DHCP01 is in maintenance ('HQ')", "state_switch_interval 01:00:00 -> off"
BACK = "state_switch_interval off -> 01:00:00"
LIFTED = "remove the note on DHCP01 that DHCP01 is in maintenance ('HQ')"
BOTH: Notes = {HERE: (MINE,), OWN: (THEIRS,)}


def test_the_note_that_remembers_stands_before_anything_is_paused() -> None:
    made = planned(STARTED, known(3600, {HERE: (), OWN: ()}))
    assert in_words(made) == [
        LAID,
        f"modify relationship 'HQ': {PAUSED}",
        LAID.replace("on DHCP01", "on DHCP02"),
    ]
    assert made.maintains
    (note,) = made.end.maintenance[HERE]
    assert (note.paused, note.relationships, note.who) == ({"HQ": 3600}, ("HQ",), "ann@ctl")


@pytest.mark.parametrize(
    ("interval", "notes", "words"),
    [
        (
            3600,
            {HERE: (MINE,), OWN: ()},
            [f"modify relationship 'HQ': {PAUSED}", LAID.replace("on DHCP01", "on DHCP02")],
        ),
        (0, {HERE: (MINE,), OWN: ()}, [LAID.replace("on DHCP01", "on DHCP02")]),
        (0, {HERE: (), OWN: (THEIRS,)}, [LAID]),
        (0, BOTH, []),
    ],
)
def test_one_that_was_broken_off_is_completed_from_what_its_note_remembers(
    interval: int, notes: Notes, words: list[str]
) -> None:
    made = planned(STARTED, known(interval, notes))
    assert in_words(made) == words
    assert made.end.maintenance[HERE][0].paused == {"HQ": 3600}


def test_a_half_that_alone_has_it_otherwise_is_changed_where_it_is() -> None:
    made = planned(STARTED, known(0, BOTH, theirs=3600))
    assert [(action.where, action.other) for action in made.actions] == [(OWN, HERE)]
    over_hop = planned(STARTED, known(0, {HERE: (MINE,)}, source=HOP, theirs=3600))
    assert [(action.where, action.other) for action in over_hop.actions] == [(HOP, HERE)]


def test_a_change_that_did_not_reach_the_partner_is_made_there_by_the_next_plan() -> None:
    applied = planned(STARTED, known(3600, {HERE: (), OWN: ()}))
    with pytest.raises(NotYet, match="the change of HQ has not reached the partner"):
        maintaining.verify(Wanted(STARTED), applied, known(0, BOTH, theirs=3600))
    there = planned(STARTED, known(0, BOTH, theirs=3600))
    left = maintaining.verify(Wanted(STARTED), there, known(0, BOTH, theirs=3600))
    assert isinstance(left, Plan)
    assert len(left.actions) == 1, "it fails then"


def test_what_is_put_back_is_proven_before_the_last_note_goes() -> None:
    made = planned(FINISHED, known(0, BOTH))
    assert in_words(made) == [f"modify relationship 'HQ': {BACK}", LIFTED.replace("on DHCP01", "on DHCP02"), LIFTED]
    assert [action.detail.back for action in made.actions[1:]] == [(), ("HQ",)]


def test_cancelling_ends_the_hold_first_and_forgets_last() -> None:
    made = planned(CANCELLED, known(0, BOTH))
    over = "that the maintenance of DHCP01 is over ('HQ'), and automatic switchover is to be put back"
    assert in_words(made) == [
        f"note on DHCP01 {over}",
        LIFTED,
        LIFTED.replace("on DHCP01", "on DHCP02"),
        f"modify relationship 'HQ': {BACK}",
        f"remove the note on DHCP01 {over}",
    ]
    assert [action.stage for action in made.actions] == [Stage.MAKE, Stage.MAKE, Stage.CLEAR, Stage.SETTLE, Stage.LAST]
    over_note, first = made.actions[0].detail, MINE
    assert over_note.file != first.file, "one of the two is whole, wherever it is broken off"


OVER = maintenance_notes.named(replace(MINE, ended=True))


def test_cancelling_that_was_broken_off_between_its_two_notes_goes_on() -> None:
    made = planned(CANCELLED, known(0, {HERE: (MINE, OVER), OWN: ()}))
    assert [words.split(" that ")[0] for words in in_words(made)] == [
        "remove the note on DHCP01",
        f"modify relationship 'HQ': {BACK}",
        "remove the note on DHCP01",
    ]
    assert made.end.maintenance[HERE] == ()


@pytest.mark.parametrize(
    ("interval", "theirs", "put_back"),
    [(0, 0, True), (3600, 0, True), (0, 3600, True), (6300, 6300, False), (6300, 0, False), (3600, 3600, False)],
)
@pytest.mark.parametrize("state", [FINISHED, CANCELLED])
def test_what_was_declared_since_it_is_over_stays(state: str, interval: int, theirs: int, put_back: bool) -> None:
    made = planned(state, known(interval, {HERE: (OVER,), OWN: ()}, theirs=theirs))
    assert [action.kind for action in made.actions if action.kind is Kind.MODIFY] == [Kind.MODIFY] * put_back
    assert made.end.maintenance[HERE] == ()


@pytest.mark.parametrize("notes", [BOTH, {HERE: (), OWN: (THEIRS,)}], ids=["both have it", "the partner alone"])
def test_cancelling_without_a_way_between_the_two_remembers_and_keeps_nobody_from_writing(notes: Notes) -> None:
    made = maintaining.plan(Wanted(CANCELLED, unreached={PARTNER: "RPC is not answered."}), known(0, notes))
    assert isinstance(made, Plan)
    ((remembered,), there) = made.end.maintenance[HERE], made.end.maintenance[OWN]
    assert (remembered.ended, remembered.own, remembered.paused, there) == (True, True, {"HQ": 3600}, ())
    (warning,) = made.warnings
    assert "since DHCP01 and DHCP02 are not in contact (RPC is not answered.): a later run with" in warning


@pytest.mark.parametrize(
    "notes",
    [
        {HERE: (replace(MINE, own=False),)},
        {OWN: (replace(MINE, own=True),)},
        {HERE: (), OWN: (replace(MINE, partner=("dhcp03",), relationships=("Lab",)),)},
        {HERE: (replace(MINE, own=False, partner=("dhcp03",), relationships=("Lab",)),)},
    ],
    ids=["noted here", "noted there", "with a third server", "a third server"],
)
def test_not_while_a_partner_is_in_maintenance_whatever_it_is_called(notes: Notes) -> None:
    with pytest.raises(Refused, match="DHCP01 is in maintenance, begun by ann@ctl, and DHCP01 is its partner"):
        planned(STARTED, known(3600, notes))


def test_what_another_task_began_is_no_new_one() -> None:
    theirs = replace(MINE, run="another")
    with pytest.raises(Refused, match="begun by ann@ctl, which this run did not begin, so it does not end it either"):
        planned(STARTED, known(0, {HERE: (theirs,)}), only_new=True, run="mine")
    assert planned(STARTED, known(0, {HERE: (replace(MINE, run="mine"),)}), only_new=True, run="mine")


def test_a_half_that_is_missing_is_no_state_to_allow() -> None:
    with pytest.raises(Refused) as told:
        planned(STARTED, known(3600, {}, there=partner({})))
    assert str(told.value).startswith("'HQ' is missing on DHCP02, which could not serve it alone: create it anew, or ")
    assert "allow_state" not in str(told.value)


def test_cancelling_without_the_partner_remembers_what_is_to_be_put_back() -> None:
    made = planned(CANCELLED, known(0, {HERE: (MINE,)}, GONE, state="CommunicationInterrupted"))
    assert [note.ended for note in made.end.maintenance[HERE]] == [True]
    again = planned(CANCELLED, replace(made.start, maintenance=made.end.maintenance))
    assert again.actions == ()
    assert any("automatic switchover of 'HQ' stays off" in warning for warning in again.warnings)
    nothing_paused = replace(MINE, paused={})
    gone = planned(CANCELLED, known(0, {HERE: (nothing_paused,)}, GONE, state="CommunicationInterrupted"))
    assert in_words(gone) == [LIFTED]


@pytest.mark.parametrize(
    ("state", "raised"),
    [
        ("Startup", NotYet),
        ("CommunicationInterrupted", NotYet),
        ("PartnerDown", NotYet),
        ("PotentialConflict", Refused),
    ],
)
def test_finishing_waits_for_what_comes_by_itself_and_for_nothing_else(state: str, raised: type[Refused]) -> None:
    with pytest.raises(raised) as told:
        planned(FINISHED, known(0, BOTH, state=state))
    assert told.type is raised
    assert str(told.value).startswith(f"'HQ' is {state} on DHCP01 and {state} on DHCP02")
    assert planned(FINISHED, known(0, BOTH, state=state), allow_state=(state,)).actions


def test_finishing_waits_for_a_partner_that_does_not_answer_yet() -> None:
    with pytest.raises(NotYet, match=r"dhcp02\.contoso\.example cannot be read"):
        planned(FINISHED, known(0, {HERE: (MINE,)}, GONE))


def test_nothing_is_known_at_first() -> None:
    assert maintaining.plan(Wanted(STARTED), World()) == ReadRequest()
    asked = maintaining.plan(Wanted(STARTED), world(builders.server([builders.relationship("HQ", MEMBERS["HQ"])])))
    assert isinstance(asked, ReadRequest)
    assert [read.key for read in asked.partners] == [PARTNER]


def test_a_server_without_relationships_has_nobody_to_tell() -> None:
    with pytest.raises(Refused, match="DHCP01 has no relationship, so there is no partner to tell of it"):
        maintaining.plan(Wanted(STARTED), world(builders.server([])))
