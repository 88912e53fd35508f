# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run that takes scopes out leaves and undoes when another one, or a person, is at work on the same servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note, from_text
from interrupted import CLAIM, KEEP, OWN, PARTNER, leave, meanwhile, notes, states
from lab.core.server import Server
from nothing_lost.watched import Killed
from pairs import ONE, RELATIONSHIP, SCOPE, TWO, Pair, pair, steps

# --- the note ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", [{}, OWN], ids=["second hop", "own connection"])
def test_while_copies_are_out_of_service_a_note_tells_so_and_for_how_long(route: dict[str, str]) -> None:
    servers = pair()
    seen: list[tuple[list[str], list[Note | None]]] = []
    meanwhile(
        servers,
        dict.fromkeys(range(CLAIM + 1, 12), lambda servers: seen.append((states(servers), notes(servers)))),
    )
    servers.ok(SCOPE, **servers.remove(ONE, **KEEP, **route, wait_timeout=100))
    claimed = [found for shown, found in seen if shown == ["Active", "InActive"]]
    assert claimed
    for (note,) in claimed:
        assert note
        assert (note.relationship, note.partner, note.scopes) == ("HQ", PARTNER, (ONE,))
        assert note.claimed == {ONE: PARTNER}
        assert "@" in note.who
        assert note.since
        assert note.until
        assert note.until - note.since == timedelta(seconds=60)
    assert notes(servers) == []


def test_one_request_needs_no_note_that_others_wait_for() -> None:
    """It runs under the server's mutex, so nobody sees the note but after a run that was killed."""
    servers, kept = pair(), list[Note | None]()
    plain = servers.wire.execute

    def execute(server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        calls = json.loads(arguments["request"]).get("calls", ())
        kept.extend(from_text(call["public"]) for call in calls if call["op"] == "keep_text")
        return plain(server, arguments)

    servers.wire.execute = execute  # type: ignore[method-assign]
    servers.ok(RELATIONSHIP, name="HQ", load_balance_percent=70, wait_timeout=1)
    assert [(note.partner, note.until) for note in kept if note] == [(PARTNER, None)]


def test_what_was_refused_and_left_nothing_leaves_no_note() -> None:
    servers = pair()
    servers.lab.fail_next("DHCP01", "Set-DhcpServerv4Failover", "DHCP 20127")
    assert servers.run(RELATIONSHIP, name="HQ", load_balance_percent=70, wait_timeout=1)["failed"]
    assert notes(servers) == []


# --- a run that died -------------------------------------------------------------------------------------------------


def claimed_and_dead(route: Mapping[str, str]) -> Pair:
    """A run on DHCP01 whose play was killed as soon as the copy on DHCP02 was out of service."""
    for number in range(20):
        servers = pair()
        servers.wire.lose_at = number
        with pytest.raises(Killed):
            servers.run(SCOPE, **servers.remove(ONE, **KEEP, **route))
        servers.wire.lose_at = None
        if states(servers) == ["Active", "InActive"]:
            return servers
    raise AssertionError("nothing is put out of service")


@pytest.mark.parametrize("found_by", [{}, OWN], ids=["found over the hop", "found over a connection"])
@pytest.mark.parametrize("route", [{}, OWN], ids=["second hop", "own connection"])
def test_what_a_run_that_died_put_out_of_service_serves_again(route: dict[str, str], found_by: dict[str, str]) -> None:
    servers = claimed_and_dead(route)
    (note,) = notes(servers)
    assert note
    assert note.claimed == {ONE: PARTNER}
    present = {"relationship": "HQ", "scopes": [str(ONE)], "wait_timeout": 900, **found_by}
    result = servers.ok(SCOPE, **present)
    assert steps(result) == [f"activate 10.0.1.0 on {'DHCP02' if found_by else PARTNER}"]
    assert states(servers) == ["Active", "Active"]
    assert notes(servers) == []
    assert not servers.ok(SCOPE, **present)["changed"]


def test_the_note_stays_while_what_it_is_about_is_half_done() -> None:
    """A task about something else looks at the same two servers meanwhile: it was this server that lost its copy, so
    only the note leads the next run to the other one."""
    servers = pair()
    for server, member in (("DHCP01", False), ("DHCP02", True)):
        found = servers.server(server)
        found.scopes[ONE].state = "Active" if member else "InActive"
        if not member:
            found.relationships["HQ"].scopes.remove(ONE)
    leave(servers, Note("HQ", PARTNER, (ONE,), {ONE: "DHCP01"}, run="1"))
    assert not servers.ok(RELATIONSHIP, name="HQ", load_balance_percent=50)["changed"]
    assert len(notes(servers)) == 1
    give = {"keep_scopes_on": "partner", "other_copy": "disable"}
    assert servers.ok(SCOPE, **servers.remove(ONE, **give))["changed"]
    assert ONE not in servers.server("DHCP02").relationships["HQ"].scopes
    assert notes(servers) == []


def of_another(at: datetime, run: str) -> Note:
    return Note("HQ", PARTNER, (ONE,), run=run, since=at)


def test_the_last_words_of_a_run_take_nothing_away_that_another_one_has_noted() -> None:
    """Which may have gone on where this one was taken for dead."""
    servers = pair()
    late = of_another(servers.lab.now("DHCP01"), "other")
    meanwhile(servers, {CLAIM + 1: lambda servers: leave(servers, late)})
    servers.run(SCOPE, **servers.remove(ONE, **KEEP, wait_timeout=0))
    assert late in notes(servers)


@pytest.mark.parametrize("runs", [1, 2])
def test_what_broken_runs_left_is_all_set_right_by_the_next_one(runs: int) -> None:
    servers = pair()
    servers.server("DHCP02").scopes[ONE].state = servers.server("DHCP02").scopes[TWO].state = "InActive"
    for number, scope in list(enumerate((ONE, TWO)))[:runs]:
        leave(servers, Note("HQ", PARTNER, (scope,), {scope: PARTNER}, run=str(number)))
    servers.ok(RELATIONSHIP, name="HQ", load_balance_percent=70)
    shown = [servers.server("DHCP02").scopes[scope].state for scope in (ONE, TWO)]
    assert shown == ["Active", "Active" if runs == 2 else "InActive"]
    assert notes(servers) == []


# --- another run ------------------------------------------------------------------------------------------------------


def at_work(servers: Pair, seconds: int) -> Note:
    now = servers.lab.now("DHCP01")
    until = now + timedelta(seconds=seconds)
    return Note("HQ", PARTNER, (ONE,), run="2", who="anna@controller2", since=now, until=until)


def test_a_run_that_may_be_at_work_is_waited_for() -> None:
    servers = pair()
    leave(servers, at_work(servers, 30))
    with servers.unchanged():
        result = servers.run(SCOPE, **servers.remove(ONE, **{**KEEP, "wait_timeout": 0}))
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].startswith("anna@controller2 is writing to 'HQ' since ")
    assert "and has to end first. Nothing was changed. Run again." in result["msg"]
    assert len(notes(servers)) == 1, "it is that of the other run"
    assert servers.ok(SCOPE, **servers.remove(ONE, **{**KEEP, "wait_timeout": 120}))["changed"]
    assert notes(servers) == []


def test_who_waits_for_long_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    servers = pair()
    leave(servers, replace(at_work(servers, 45), who="eva@controller3"))  # Ansible tells the same warning once
    assert servers.ok(SCOPE, **servers.remove(ONE, **{**KEEP, "wait_timeout": 120}))["changed"]
    told = " ".join(capsys.readouterr().err.split())
    assert told.count("windhcp.failover: dhcp01 waits: eva@controller3 is writing to 'HQ' since ") == 1


def test_over_the_hop_a_pair_that_is_half_done_is_given_a_moment() -> None:
    """A run that is in the middle of its request ends it meanwhile, and there is nothing left to do."""
    servers = pair()
    servers.server("DHCP02").relationships["HQ"].scopes.remove(ONE)
    servers.server("DHCP02").scopes[ONE].state = "InActive"
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        servers.server("DHCP01").relationships["HQ"].scopes = [TWO]

    servers.wire.pause = pause  # type: ignore[method-assign]
    leaves = {"keep_scopes_on": "this_server", "other_copy": "disable"}
    mark = servers.lab.audit.mark()
    assert not servers.run(SCOPE, **servers.remove(ONE, **{**leaves, "wait_timeout": 60})).get("failed")
    assert waited[0] == 10
    assert [entry.cmdlet for entry in servers.lab.audit.since(mark) if entry.write] == []


def test_only_what_it_is_about_waits() -> None:
    servers = pair()
    leave(servers, replace(at_work(servers, 280), relationship="Lab"))
    assert servers.ok(SCOPE, **servers.remove(TWO, **KEEP))["changed"]
    assert len(notes(servers)) == 1
    message = servers.run(SCOPE, **servers.remove(ONE, **KEEP))["msg"]
    assert message.startswith("anna@controller2 is writing to 'Lab' since ")


# --- in the end -------------------------------------------------------------------------------------------------------


def once_it_left(servers: Pair, change: Callable[[Server], None]) -> list[bool]:
    """Somebody changes DHCP02 as soon as the scope has left the relationship there; True: it was done."""
    done: list[bool] = []

    def look(servers: Pair) -> None:
        there = servers.server("DHCP02")
        if not done and ONE not in there.relationships["HQ"].scopes:
            change(there)
            done.append(True)

    meanwhile(servers, dict.fromkeys(range(20), look))
    return done


def activate(there: Server) -> None:
    there.scopes[ONE].state = "Active"


def test_a_copy_that_serves_again_beside_the_kept_one_is_switched_off_in_the_end() -> None:
    """It was taken out already, over a connection of its own, when a person took it for a fault."""
    servers = pair()
    done = once_it_left(servers, activate)
    disable = {"keep_scopes_on": "this_server", "other_copy": "disable"}
    result = servers.run(SCOPE, **servers.remove(ONE, **disable, **OWN))
    assert (done, result["changed"], "failed" in result) == ([True], True, False)
    assert states(servers) == ["Active", "InActive"]
    assert notes(servers) == []


def another_run(there: Server) -> None:
    """The copy went into another relationship there, and serves in it."""
    activate(there)
    far = replace(there.relationships["HQ"], name="Far", partner_server="DHCP03", peer="DHCP03", scopes=[ONE])
    there.relationships["Far"] = far


def test_what_only_a_person_can_mend_is_told() -> None:
    servers = pair()
    done = once_it_left(servers, another_run)
    disable = {"keep_scopes_on": "this_server", "other_copy": "disable"}
    result = servers.run(SCOPE, **servers.remove(ONE, **disable, **OWN))
    assert (done, result["failed"], result["changed"]) == ([True], True, True)
    assert "10.0.1.0 is in service on DHCP01 and on DHCP02, which do not have it in common" in result["msg"]
    assert "one of them has to serve the scope, or both in one relationship. Written before: " in result["msg"]
    assert len(notes(servers)) == 1, "the next run looks at both"


def test_what_is_noted_then_keeps_what_an_earlier_run_left() -> None:
    servers = pair()
    for name in ("DHCP01", "DHCP02"):
        servers.server(name).relationships["HQ"].scopes.remove(TWO)
        servers.server(name).scopes[TWO].state = "InActive"
    leave(servers, Note("HQ", PARTNER, (TWO,), {TWO: PARTNER}, run="1"))
    once_it_left(servers, another_run)
    disable = {"keep_scopes_on": "this_server", "other_copy": "disable"}
    assert servers.run(SCOPE, **servers.remove(ONE, **disable, **OWN))["failed"]
    assert sorted(len(note.claimed) for note in notes(servers) if note) == [0, 1], "its own, and the earlier one's"
    assert {TWO: PARTNER} in [note.claimed for note in notes(servers) if note]
