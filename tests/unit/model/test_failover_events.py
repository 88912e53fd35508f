# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""_model/failover_events: an event is told by its id and its values, and one that does not fit by these alone."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.failover_events import (
    CLOCK,
    CONFIGURATION,
    EVENTS,
    STATE,
    LoggedEvent,
    ids,
    state_of,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.failover_states import STATES
from lab.core import server

A, B = "dhcp01.contoso.example", "dhcp02.contoso.example"


def event(number: int, *values: str, sid: str = "", user: str = "") -> LoggedEvent:
    return LoggedEvent(None, number, values, sid, user)


@pytest.mark.parametrize("state", sorted(STATES))
def test_a_state_in_each_spelling(state: str) -> None:
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in state).strip()
    number = str(server.STATES.index(state))
    for told in (state, spaced, spaced.upper(), spaced.upper().replace(" ", "_"), spaced.replace(" ", "-"), number):
        assert state_of(told) == state


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("COMMUNICATION_INT", "CommunicationInterrupted"),
        ("COMMUNICATIONS INTERRUPTED", "CommunicationInterrupted"),
        ("RESOLUTION_INT", "ResolutionInterrupted"),
        ("12", None),
        ("\u0663", None),
        ("9" * 5000, None),
        ("Partner ausgefallen", None),
        ("", None),
    ],
)
def test_another_spelling_and_what_is_none(told: str, state: str | None) -> None:
    assert state_of(told) == state


def test_every_event_has_the_places_that_it_names() -> None:
    for number, kind in EVENTS.items():
        places = [
            place for place in (kind.relationship, kind.server, kind.scope, kind.old, kind.new) if place is not None
        ]
        assert max(places) < kind.values, number
        assert event(number, *(f"v{place}" for place in range(kind.values))).words, number
        assert (number in ids(STATE)) + (number in ids(CONFIGURATION)) + (number in ids(CLOCK)) == 1


def test_a_change_of_state() -> None:
    told = event(20252, A, "HQ", "NORMAL", "COMMUNICATION INTERRUPTED")
    assert (told.kind, told.relationship, told.server) == (STATE, "HQ", A)
    assert (told.before, told.after) == ("Normal", "CommunicationInterrupted")
    assert told.words == f"state of {A} changed from Normal to CommunicationInterrupted"


def test_a_state_without_the_one_before_and_one_of_an_unknown_word() -> None:
    told = event(20260, A, "HQ", "Gest\u00f6rt")
    assert (told.before, told.after) == (None, "Gest\u00f6rt")


@pytest.mark.parametrize(
    ("told", "relationship", "before", "after", "words"),
    [
        (
            event(20240, A, B, "HQ", "3600", "60", "0"),
            "HQ",
            None,
            "load_balance",
            f"relationship created between {A} and {B}: load balance, maximum client lead time 3600 s, share of the "
            "server 60 %, interval 0 s",
        ),
        (
            event(20241, A, B, "HQ", "3600", "5", "0", B),
            "HQ",
            None,
            "hot_standby",
            f"relationship created between {A} and {B}: hot standby, maximum client lead time 3600 s, reserve 5 %, "
            f"interval 0 s, standby {B}",
        ),
        (event(20242, "HQ", A, B), "HQ", None, None, f"relationship between {A} and {B} removed"),
        (
            event(20245, "HQ", B, "3600", "7200"),
            "HQ",
            "3600",
            "7200",
            "maximum client lead time changed from 3600 to 7200 seconds",
        ),
        (
            event(20249, "HQ", B),
            "HQ",
            "hot_standby",
            "load_balance",
            "mode changed from hot standby to load balance",
        ),
        (event(20312, B, "HQ"), "HQ", None, None, "authentication of messages switched on"),
        (event(20253, B, "HQ", "95"), "HQ", None, None, f"clock out of sync with that of {B}, by 95 s"),
    ],
)
def test_what_happened(told: LoggedEvent, relationship: str, before: str | None, after: str | None, words: str) -> None:
    assert (told.relationship, told.before, told.after, told.words) == (relationship, before, after, words)


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("10.0.1.0", IPv4Address("10.0.1.0")),
        ("[[10.0.1.0]Clients of floor 1]", IPv4Address("10.0.1.0")),
        ("999.0.1.0", None),
        ("floor 1", None),
    ],
)
def test_a_scope_by_its_address(text: str, scope: IPv4Address | None) -> None:
    assert event(20243, text, "HQ", B).scope == scope


@pytest.mark.parametrize("values", [(), ("HQ",), ("HQ", B, "3600", "7200", "more")])
def test_an_event_that_does_not_fit_is_told_with_its_values(values: tuple[str, ...]) -> None:
    told = event(20245, *values)
    assert (told.kind, told.relationship, told.server, told.before, told.after, told.scope) == (
        CONFIGURATION,
        *[None] * 5,
    )
    assert told.words == f"event 20245, which cannot be read; its values: {', '.join(values) or 'none'}"


def test_an_event_of_an_id_that_nobody_asked_for() -> None:
    assert event(20288, A).words == f"event 20288, which cannot be read; its values: {A}"


def test_values_are_no_part_of_the_words() -> None:
    assert event(20242, "HQ", "{server}", "{9}").words == "relationship between {server} and {9} removed"


@pytest.mark.parametrize(
    ("sid", "user", "by"),
    [
        ("S-1-5-21-1-2-3-1105", "CONTOSO\\admin", "CONTOSO\\admin"),
        ("S-1-5-21-1-2-3-1105", "", "S-1-5-21-1-2-3-1105"),
        ("S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE", None),
        ("S-1-5-80-3273805168-1", "NT SERVICE\\DHCPServer", None),
        ("", "", None),
    ],
)
def test_who_did_it(sid: str, user: str, by: str | None) -> None:
    assert event(20311, B, "HQ", sid=sid, user=user).by == by
