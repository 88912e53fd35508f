# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is said of a maintenance that was begun or ended (whole tasks: test_dhcp_failover_maintenance.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import maintenance_words
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.maintained_pairs import (
    CANCELLED,
    FINISHED,
    STARTED,
    Wanted,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import Unread
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import maintenance_notes
from test_maintaining import BOTH, MINE, THEIRS, known, planned
from worlds import GONE, HERE, HOP, OWN

BEGUN = "DHCP01 is in maintenance since 2026-03-01 08:00:00 (UTC), begun by ann@ctl"
UNTIL = "until it has ended (failover_maintenance: finish, or cancel)."
REST = f"automatic switchover is off: 'HQ' (01:00:00). Nothing is written to 'HQ' {UNTIL}"


@pytest.mark.parametrize(
    ("check_mode", "sentence"),
    [(False, f"{BEGUN}; {REST}"), (True, f"{BEGUN} (or would be: this is check mode); {REST}")],
)
def test_one_that_begins(check_mode: bool, sentence: str) -> None:
    made = planned(STARTED, known(3600, {HERE: (), OWN: ()}))
    told = maintenance_words.told(Wanted(STARTED), made, check_mode)
    assert told["sentences"] == [sentence]
    assert [(one["partner"], one["paused"]) for one in told["maintenance"]] == [
        ("dhcp02.contoso.example", {"HQ": 3600})
    ]


@pytest.mark.parametrize("state", [FINISHED, CANCELLED])
@pytest.mark.parametrize(("check_mode", "is_"), [(False, "is"), (True, "would be")])
def test_one_that_ends(state: str, check_mode: bool, is_: str) -> None:
    told = maintenance_words.told(Wanted(state), planned(state, known(0, BOTH)), check_mode)
    on = f"automatic switchover {is_} on again: 'HQ' (01:00:00)"
    assert told == {"maintenance": [], "sentences": [f"The maintenance of DHCP01 ('HQ') {is_} {state}, and {on}."]}


def test_what_the_partner_alone_has_left_and_nothing_at_all() -> None:
    left = planned(CANCELLED, known(3600, {HERE: (), OWN: (THEIRS,)}))
    said = maintenance_words.told(Wanted(CANCELLED), left, False)["sentences"]
    assert said == ["What a maintenance had left on the partner is cancelled."]
    nothing = planned(CANCELLED, known(3600, {HERE: (), OWN: ()}))
    said = maintenance_words.told(Wanted(CANCELLED), nothing, False)["sentences"]
    assert said == ["DHCP01 is in no maintenance with a partner, so there is nothing to end."]


def test_there_is_nothing_to_end_where_every_partner_told_its_notes() -> None:
    own, hop = (known(3600, {HERE: (), OWN: ()}, source=source) for source in (OWN, HOP))
    both = replace(own, views={**hop.views, **own.views}, known={**own.known, "dhcp03": HOP})
    unread = replace(own, known={**own.known, "dhcp03": Unread(GONE)})
    nothing = planned(CANCELLED, own)
    for start, hedged in ((own, False), (hop, True), (both, True), (unread, True)):
        (said,) = maintenance_words.told(Wanted(CANCELLED), replace(nothing, start=start), False)["sentences"]
        assert ("as far as its own notes tell" in said) is hedged


OVER = maintenance_notes.named(replace(MINE, ended=True))
STAYS = "and automatic switchover of 'HQ' stays off: a later failover_maintenance: cancel puts it back."


def test_what_stays_off_is_told_in_the_same_breath_and_again_later() -> None:
    alone = known(0, {HERE: (MINE,)}, GONE, state="CommunicationInterrupted")
    made = planned(CANCELLED, alone)
    told = maintenance_words.told(Wanted(CANCELLED), made, False)
    assert told["sentences"] == [f"The maintenance of DHCP01 ('HQ') is cancelled, {STAYS}"]
    again = planned(CANCELLED, replace(alone, maintenance=made.end.maintenance))
    told = maintenance_words.told(Wanted(CANCELLED), again, False)
    assert told["sentences"] == [f"The maintenance of DHCP01 ('HQ') was over, {STAYS}"]


def test_two_notes_of_one_maintenance_are_told_once() -> None:
    made = planned(CANCELLED, known(0, {HERE: (MINE, OVER), OWN: ()}))
    assert len(maintenance_words.told(Wanted(CANCELLED), made, False)["sentences"]) == 1


@pytest.mark.parametrize("state", [FINISHED, CANCELLED])
def test_an_end_that_fails_does_not_say_that_it_was_one(state: str) -> None:
    (said,) = maintenance_words.failed(state, False)
    assert said.startswith("The maintenance may stand, or what it paused may still be off: ")


def test_a_beginning_that_was_refused_has_left_nothing() -> None:
    assert maintenance_words.failed(STARTED, False) == []
    assert "start completes it, and cancel takes it back" in maintenance_words.failed(STARTED, True)[0]
