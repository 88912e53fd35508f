# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""_windows/event_log: what is asked of the log, and what an answer says of it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.failover_events import EVENTS
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import event_log
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import UnexpectedReply
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import (
    Failure,
    Place,
    ReplyObject,
    Result,
)

PLACE = Place("dhcp01", "find_events")
COMMAND = "Microsoft.PowerShell.Commands.GetWinEventCommand"
NONE = Failure(f"NoMatchingEventsFound,{COMMAND}", "Es wurden keine Ereignisse gefunden.")
CLOSED = Failure(f"System.Diagnostics.Eventing.Reader.EventLogException,{COMMAND}", "The RPC server is unavailable.")
DENIED = Failure(f"System.UnauthorizedAccessException,{COMMAND}", "Attempted to perform an unauthorized operation.")
EVENT = {"id": 20251, "time": "2026-03-01T08:00:00Z", "sid": "S-1-5-20", "user": "", "values": ["a", "HQ", "x", "y"]}


def answer(*objects: dict[str, Any], errors: tuple[Failure, ...] = ()) -> Result:
    return Result("events", PLACE, tuple(ReplyObject(PLACE, one) for one in objects), errors)


def test_every_event_is_asked_for_once_and_each_kind_by_itself() -> None:
    asked = [number for query in event_log.read()["queries"] for number in query["ids"]]
    assert sorted(asked) == sorted(EVENTS)
    assert [query["most"] for query in event_log.read()["queries"]] == [200, 200, 20]


def test_another_server_is_asked_over_the_second_hop() -> None:
    assert event_log.read()["parameters"] == {}
    over = event_log.read("dhcp02")
    assert (over["id"], over["parameters"]) == ("events_dhcp02", {"ComputerName": "dhcp02"})


def test_the_oldest_first_and_of_one_second_as_they_happened() -> None:
    newest_first = [{**EVENT, "values": [str(number)]} for number in (3, 2)]
    earlier = {**EVENT, "time": "2026-02-01T08:00:00Z", "values": ["1"]}
    found = event_log.found(answer(*newest_first, earlier, {**EVENT, "time": None, "values": ["0"]}))
    assert [event.values for event in found.events] == [("0",), ("1",), ("2",), ("3",)]
    assert [event.time for event in found.events][:2] == [None, datetime(2026, 2, 1, 8, tzinfo=timezone.utc)]
    assert found.problem is None


def test_that_nothing_was_found_is_an_empty_log() -> None:
    found = event_log.found(answer(errors=(NONE, NONE)))
    assert (found.events, found.problem, found.known) == ((), None, True)


@pytest.mark.parametrize(("error", "cure"), [(CLOSED, "Remote Event Log Management"), (DENIED, "Event Log Readers")])
def test_a_log_that_cannot_be_read_is_unknown(error: Failure, cure: str) -> None:
    found = event_log.found(answer(errors=(error,)))
    assert not found.known
    assert found.problem is not None
    assert error.message.rstrip(".") in found.problem
    assert cure in found.problem


def test_what_came_before_an_error_is_known() -> None:
    found = event_log.found(answer(EVENT, errors=(DENIED, NONE)))
    assert found.known
    assert found.problem
    assert len(found.events) == 1


def test_an_error_that_nobody_knows_is_told_in_sight() -> None:
    found = event_log.found(answer(errors=(Failure("Odd,X", "a\x1b[31mb"),)))
    assert found.problem == "the event log cannot be read (Odd: a\\x1b[31mb)"


@pytest.mark.parametrize("wrong", [{"id": "20251"}, {"values": [1]}, {"sid": 5}])
def test_a_reply_of_another_shape_is_unexpected(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedReply):
        event_log.found(answer({**EVENT, **wrong}))
