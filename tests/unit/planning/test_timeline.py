# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""_planning/timeline: two logs as one timeline of a relationship, and since when the servers are in their states."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.failover_events import LoggedEvent
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import Unread
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.timeline import Logs, timeline
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import view
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.event_log import EventLog
from builders import relationship, server
from worlds import HERE, OWN, partner

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
A, B = "dhcp01.contoso.example", "dhcp02.contoso.example"


def at(hour: int, number: int, *values: str, sid: str = "") -> LoggedEvent:
    return LoggedEvent(NOON + timedelta(hours=hour), number, values, sid)


def lost(hour: int, server: str, name: str = "HQ") -> LoggedEvent:
    return at(hour, 20252, server, name, "NORMAL", "COMMUNICATION INTERRUPTED")


def down(hour: int, server: str) -> LoggedEvent:
    return at(hour, 20252, server, "HQ", "COMMUNICATION INTERRUPTED", "PARTNER DOWN")


def logs(own: EventLog, theirs: EventLog | None = None, other: tuple[str, ...] = ()) -> Logs:
    """HQ, of which DHCP01 shows CommunicationInterrupted and DHCP02 PartnerDown."""
    halves = [replace(relationship("HQ"), state="CommunicationInterrupted"), *(relationship(name) for name in other)]
    ours, theirs_read = server(halves, []), partner({"HQ": []})
    down_there = [replace(half, state="PartnerDown") for half in theirs_read.relationships]
    here = replace(view(ours, HERE), events=own)
    there = view(replace(theirs_read, relationships=tuple(down_there)), OWN, ours)
    return Logs(here.relationships["HQ"], here, replace(there, events=theirs))


def told(*own: LoggedEvent, theirs: tuple[LoggedEvent, ...] = (), **more: Any) -> Any:
    return timeline(logs(EventLog(own), EventLog(theirs), **more))


def test_one_timeline_of_both_logs_the_oldest_first() -> None:
    found = told(lost(1, A), at(3, 20244, "10.0.1.0", "HQ", B, sid="S-1-5-21-9"), theirs=(lost(1, B), down(2, B)))
    shown = [(entry["time"][11:13], entry["server"], entry["about"], entry["kind"]) for entry in found["events"]]
    assert shown == [
        ("13", "DHCP01", "DHCP01", "state"),
        ("13", "DHCP02", "DHCP02", "state"),
        ("14", "DHCP02", "DHCP02", "state"),
        ("15", "DHCP01", "DHCP02", "configuration"),
    ]
    assert found["events"][-1] == {
        "time": "2026-03-01T15:00:00Z",
        "server": "DHCP01",
        "kind": "configuration",
        "id": 20244,
        "text": "scope 10.0.1.0 removed",
        "about": "DHCP02",
        "from": None,
        "to": None,
        "scope_id": "10.0.1.0",
        "by": "S-1-5-21-9",
    }
    assert found["events_problem"] is None
    assert (found["state_since"], found["partner_state_since"]) == ("2026-03-01T13:00:00Z", "2026-03-01T14:00:00Z")


def test_what_is_of_other_relationships_is_not_shown_and_names_have_no_case() -> None:
    found = told(lost(1, A, "Lab"), lost(2, A, "hq"))
    assert [entry["time"] for entry in found["events"]] == ["2026-03-01T14:00:00Z"]


def test_an_event_that_does_not_fit_is_never_dropped() -> None:
    found = told(at(1, 20245, "HQ"), at(2, 20245, "Lab"), at(3, 20245, "?"), at(4, 20245), other=("Lab",))
    assert [entry["text"].rpartition(": ")[2] for entry in found["events"]] == ["HQ", "?", "none"]


def test_a_state_that_was_left_by_a_change_that_nobody_logged() -> None:
    assert told(lost(1, A), at(2, 20251, A, "HQ", "COMMUNICATION INTERRUPTED", "NORMAL"))["state_since"] is None


def test_a_state_in_a_word_that_nobody_knows() -> None:
    assert told(lost(1, A), at(2, 20251, A, "HQ", "4", "Gestört"))["state_since"] is None


def test_the_state_of_the_partner_is_not_that_of_this_server() -> None:
    found = told(lost(1, B))
    assert found["state_since"] is None


def test_the_partners_state_by_what_it_told_this_server() -> None:
    found = timeline(logs(EventLog((down(2, B),)), EventLog(problem="closed")))
    assert found["partner_state_since"] == "2026-03-01T14:00:00Z"
    assert found["events_problem"] == "DHCP02: closed"
    assert len(found["events"]) == 1


@pytest.mark.parametrize("by", ["DHCP01", "dhcp01", A, "10.10.0.11"])
def test_this_server_by_each_of_its_names(by: str) -> None:
    assert told(lost(1, by))["events"][0]["about"] == "DHCP01"


def test_a_server_that_is_neither() -> None:
    assert told(lost(1, "dhcp09"))["events"][0]["about"] == "dhcp09"


def test_no_log_at_all_is_unknown_and_an_empty_one_is_not() -> None:
    assert told()["events"] == []
    unknown = timeline(logs(EventLog(problem="denied"), EventLog(problem="closed")))
    assert unknown == {
        "events": None,
        "state_since": None,
        "partner_state_since": None,
        "events_problem": "DHCP01: denied; DHCP02: closed",
    }


def test_a_partner_that_could_not_be_read_and_a_server_that_is_not_the_partner() -> None:
    known = logs(EventLog((lost(1, A),)), EventLog((down(2, B),)))
    unread = timeline(replace(known, there=Unread(RemoteFailure("nobody answers"))))
    assert unread["state_since"] == "2026-03-01T13:00:00Z"
    assert "nobody answers" in unread["events_problem"]
    wrong = timeline(replace(known, wrong="it is another server"))
    assert wrong["partner_state_since"] is None
    assert [entry["server"] for entry in wrong["events"]] == ["DHCP01"]
    assert "it is another server" in wrong["events_problem"]


def test_hostile_names_are_in_sight() -> None:
    assert told(at(1, 20242, "HQ", "\x1b[2J", B))["events"][0]["text"].count("\\x1b[2J") == 1


def test_what_was_before_the_relationship_was_created_anew_is_of_another_one() -> None:
    before = (lost(1, A), at(2, 20242, "HQ", A, B))
    assert told(*before, at(3, 20240, A, B, "HQ", "3600", "50", "0"))["state_since"] is None
    again = (at(3, 20240, A, B, "HQ", "3600", "50", "0"), lost(3, A))
    assert told(*before, *again)["state_since"] == told(*before, *again[::-1])["state_since"] == "2026-03-01T15:00:00Z"


def test_the_partners_log_tells_where_the_own_one_has_nothing_and_never_against_it() -> None:
    assert told(theirs=(lost(1, A),))["state_since"] == "2026-03-01T13:00:00Z"
    back = at(2, 20251, A, "HQ", "COMMUNICATION INTERRUPTED", "NORMAL")
    assert told(lost(1, A), back, theirs=(lost(1, A),))["state_since"] is None
