# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A maintenance is begun once, keeps others from writing, and gives back what it paused, whichever way it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from faults import halves
from interrupted import leave, meanwhile
from nothing_lost.task import Wire, perform
from nothing_lost.watched import Killed
from pairs import ONE, TWO, Pair, steps, unhurried

MODULE = "dhcp_failover_maintenance"
RELATIONSHIP, SCOPE = "dhcp_failover_relationship", "dhcp_failover_scope"
INTERVAL = timedelta(minutes=90)
OWN: dict[str, Any] = {"partner_host": "dhcp02"}
THERE: dict[str, Any] = {"partner_host": "dhcp01", "host": "dhcp02"}
ROUTES = pytest.mark.parametrize("route", [{}, OWN], ids=["second hop", "own connection"])
NOTED = "note on DHCP01 that DHCP01 is in maintenance ('HQ')"
PAUSED = "modify relationship 'HQ': state_switch_interval 01:30:00 -> off"
BACK = "modify relationship 'HQ': state_switch_interval off -> 01:30:00"


def with_switchover(interval: timedelta | None = INTERVAL) -> Pair:
    servers = unhurried()
    halves(servers, safe_period=interval)
    return servers


def maintained(**route: Any) -> Pair:
    servers = with_switchover()
    servers.ok(MODULE, state="started", **(route or OWN))
    return servers


def switchover(servers: Pair) -> list[timedelta | None]:
    return [servers.server(name).relationships["HQ"].safe_period for name in ("DHCP01", "DHCP02")]


def noted(servers: Pair) -> list[str]:
    """The servers with a note of a maintenance."""
    files = servers.wire.files
    return sorted(name for name, those in files.items() if any(".maintenance." in path for path in those.paths()))


# --- begun and finished ----------------------------------------------------------------------------------------------


@ROUTES
@pytest.mark.parametrize("end", ["finished", "cancelled"])
def test_it_begins_and_ends_and_each_once(end: str, route: dict[str, Any]) -> None:
    servers = with_switchover()
    servers.server("DHCP01").clock_offset = timedelta(0)
    begun = servers.reached(MODULE, state="started", reason="updates", **route)
    there = [NOTED.replace("on DHCP01", "on DHCP02")] if route else []
    assert steps(begun) == [NOTED, PAUSED, *there]
    assert (switchover(servers), noted(servers)) == ([None, None], ["DHCP01", "DHCP02"] if route else ["DHCP01"])
    (shown,) = begun["maintenance"]
    assert (shown["server"], shown["paused"], shown["reason"]) == ("DHCP01", {"HQ": 5400}, "updates")
    again = servers.ok(MODULE, state="started", **route)
    assert again["maintenance"][0]["since"] == shown["since"]
    assert "which it was before" in again["sentences"][0]
    ended = servers.reached(MODULE, state=end, **route)
    assert BACK in steps(ended)
    assert (switchover(servers), noted(servers), ended["maintenance"]) == ([INTERVAL, INTERVAL], [], [])
    assert ended["sentences"] == [
        f"The maintenance of DHCP01 ('HQ') is {end}, and automatic switchover is on again: 'HQ' (01:30:00)."
    ]


def test_one_whose_reply_is_lost_may_be_begun_which_is_told() -> None:
    servers = with_switchover()
    servers.wire.lose_at, servers.wire.lives_on = 3, True
    result = servers.run(MODULE, state="started")
    assert (result["failed"], result["changed"], switchover(servers)) == (True, True, [None, None])
    assert result["sentences"][0].startswith("The maintenance may be begun in part: ")
    servers.wire.lose_at = None
    servers.ok(MODULE, state="cancelled")
    assert (switchover(servers), noted(servers)) == ([INTERVAL, INTERVAL], [])


def test_over_the_hop_the_partner_gets_no_note_which_is_told() -> None:
    (warning,) = with_switchover().ok(MODULE, state="started")["warnings"]
    assert warning.startswith("no note can be left on dhcp02.contoso.example, which is reached by DHCP01 only")


def test_without_automatic_switchover_nothing_is_paused_and_nothing_put_back() -> None:
    servers = with_switchover(None)
    with servers.unchanged():
        begun = servers.ok(MODULE, state="started", **OWN)
        assert "automatic switchover was off before" in begun["sentences"][0]
        servers.ok(MODULE, state="finished", **OWN)
    assert (switchover(servers), noted(servers)) == ([None, None], [])


def test_what_somebody_switches_on_meanwhile_gets_the_interval_of_before() -> None:
    servers = maintained()
    halves(servers, safe_period=timedelta(minutes=5))
    servers.ok(MODULE, state="finished", **OWN)
    assert switchover(servers) == [INTERVAL, INTERVAL]


# --- where it does not begin -----------------------------------------------------------------------------------------


@ROUTES
def test_not_while_the_two_are_not_normal(route: dict[str, Any]) -> None:
    servers = with_switchover()
    servers.lab.cut_link("DHCP01", "DHCP02", "failover")
    told = servers.refused(MODULE, state="started", **route)
    assert told.startswith("'HQ' is CommunicationInterrupted on DHCP01, and a maintenance begins while both servers")
    assert "run again when it is; allow_state: [CommunicationInterrupted] (failover_allow_state of" in told
    assert noted(servers) == []


@ROUTES
def test_not_while_something_differs(route: dict[str, Any]) -> None:
    servers = with_switchover()
    servers.server("DHCP02").scopes[ONE].name = "Visitors"
    told = servers.refused(MODULE, state="started", **route)
    assert told.startswith("1 scope is not the same on DHCP01 and ")
    assert "windhcp.failover.replicate" in told


def test_not_while_the_partner_is_in_maintenance() -> None:
    servers = maintained()
    told = servers.refused(MODULE, state="started", **THERE)
    assert told.startswith("DHCP01 is in maintenance since ")
    assert ", and DHCP02 is its partner: one of the two has to serve. Finish or cancel that one first" in told


def test_not_where_a_run_left_something_half_done() -> None:
    servers = with_switchover()
    leave(servers, Note("HQ", "dhcp02.contoso.example", (TWO,), coming=(TWO,), run="1", who="ann@ctl"))
    here = servers.server("DHCP01")
    here.relationships["HQ"].scopes.remove(TWO)
    told = servers.refused(MODULE, state="started", **OWN)
    assert "a run (ann@ctl) that wrote to 'HQ' was broken off, and left something half done" in told


def test_not_while_a_run_is_at_work() -> None:
    servers = with_switchover(None)
    now = servers.lab.clock
    assert now is not None
    note = Note("HQ", "dhcp02.contoso.example", run="1", who="ann@ctl", since=now, until=now + timedelta(minutes=3))
    leave(servers, note)
    told = servers.refused(MODULE, state="started", wait_timeout=0, **OWN)
    assert told.startswith("ann@ctl is writing to 'HQ' since ")


def test_of_two_that_begin_at_once_none_goes_on_and_either_ends_both() -> None:
    servers = with_switchover(None)

    def other(pair: Pair) -> None:
        """Comes as far as the note on its own server."""
        wire = Wire(pair.lab, files=pair.wire.files, die_at=5)
        with pytest.raises(Killed):
            perform(wire, MODULE, {"state": "started", "partner_host": "dhcp01"}, "dhcp02")

    meanwhile(servers, {4: other})  # both servers were read
    result = servers.run(MODULE, state="started", wait_timeout=0, **OWN)
    assert "DHCP02 was changed by another task or a person between reading and writing" in result["msg"]
    assert noted(servers) == ["DHCP01", "DHCP02"]
    for side in (OWN, THERE):
        assert "is its partner: one of the two has to serve" in servers.refused(MODULE, state="started", **side)
        assert "is its partner" not in servers.refused(RELATIONSHIP, name="HQ", load_balance_percent=70, **side)
    servers.ok(MODULE, state="cancelled", **OWN)
    assert noted(servers) == []


# --- while it lasts --------------------------------------------------------------------------------------------------

REFUSED = (
    "so nothing is written to 'HQ', to anything else of that pair or to either of the two alone until it has ended"
)
WRITES: list[tuple[str, dict[str, Any]]] = [
    (RELATIONSHIP, {"name": "HQ", "load_balance_percent": 70}),
    (RELATIONSHIP, {"name": "HQ", "state": "absent", "keep_scopes_on": "this_server", "other_copy": "delete"}),
    ("dhcp_failover", {"relationships": [{"name": "HQ", "load_balance_percent": 70}]}),
    (SCOPE, {"relationship": "HQ", "scopes": ["10.0.1.0"], "state": "absent", "keep_scopes_on": "this_server"}),
    ("dhcp_failover_replicate", {"all": True, "force": True}),
]


@ROUTES
@pytest.mark.parametrize("side", [OWN, THERE], ids=["here", "from the partner"])
@pytest.mark.parametrize(("module", "options"), WRITES, ids=["modify", "end", "list", "take out", "replicate"])
def test_no_task_writes_to_the_pair(
    module: str, options: dict[str, Any], side: dict[str, Any], route: dict[str, Any]
) -> None:
    servers = maintained()
    own = {**side} if route else {key: value for key, value in side.items() if key == "host"}
    if module == SCOPE:
        options = {**options, "other_copy": "disable"}
    told = servers.refused(module, **options, **own)
    assert REFUSED in told
    assert "failover_maintenance: finish, or cancel, ends it" in told


def test_the_partner_is_asked_for_its_note_where_this_server_has_none() -> None:
    servers = maintained()
    files = servers.wire.files["DHCP02"]
    for path in [path for path in files.paths() if ".maintenance." in path]:
        files.remove(path)
    told = servers.refused(RELATIONSHIP, name="HQ", load_balance_percent=70, allow_state=[], **THERE)
    assert REFUSED in told


def test_what_is_in_sync_stays_so_with_a_warning_and_no_command_more() -> None:
    servers = maintained()
    for declared in ({}, {"state_switch_interval": "1:30:00"}, {"auto_state_transition": True}):
        result = servers.ok(RELATIONSHIP, name="HQ", **declared)
        assert (result["changed"], result["remote_calls"]) == (False, 1)
        (warning,) = result["warnings"]
        assert warning.startswith("DHCP01 is in maintenance since ")
    assert REFUSED in servers.refused(RELATIONSHIP, name="HQ", state_switch_interval="2:00:00")


def test_a_task_that_fails_for_another_reason_tells_of_the_maintenance_too() -> None:
    servers = maintained()
    told = servers.refused(RELATIONSHIP, name="Lab", previous_name="HQ", partner_server="dhcp02.contoso.example")
    assert "DHCP01 is in maintenance since " in told


# --- how it ends -----------------------------------------------------------------------------------------------------


def test_finishing_waits_for_both_to_be_normal() -> None:
    servers = maintained()
    servers.lab.cut_link("DHCP01", "DHCP02", "failover")
    meanwhile(servers, {6: lambda pair: pair.lab.mend_link("DHCP01", "DHCP02")})
    result = servers.run(MODULE, state="finished", **OWN)
    assert not result.get("failed"), result["msg"]
    assert result["remote_calls"] > 8
    assert (switchover(servers), noted(servers)) == ([INTERVAL, INTERVAL], [])


def test_what_does_not_become_normal_in_time_stays_in_maintenance_for_a_later_run() -> None:
    servers = maintained()
    servers.lab.cut_link("DHCP01", "DHCP02", "failover")
    result = servers.run(MODULE, state="finished", wait_timeout=30, **OWN)
    assert result["msg"].startswith("'HQ' is CommunicationInterrupted on DHCP01 and CommunicationInterrupted on DHCP02")
    assert (switchover(servers), noted(servers)) == ([None, None], ["DHCP01", "DHCP02"])
    servers.lab.mend_link("DHCP01", "DHCP02")
    servers.ok(MODULE, state="finished", **OWN)
    assert switchover(servers) == [INTERVAL, INTERVAL]


def test_what_differs_afterwards_is_told_with_what_to_do() -> None:
    servers = maintained()
    servers.server("DHCP02").scopes[ONE].name = "Visitors"
    (warning,) = servers.reached(MODULE, state="finished", **OWN)["warnings"]
    assert warning.startswith("after the maintenance 1 scope is not the same on DHCP01 and DHCP02: 10.0.1.0: look at")


def test_one_that_stays_away_is_given_up_by_its_partner_and_the_rest_is_done_when_it_is_back() -> None:
    servers = maintained()
    servers.server("DHCP01").reachable = False
    over = servers.ok(MODULE, state="cancelled", **THERE)
    told = " ".join(over["warnings"])
    assert "whether DHCP01 has a note of a maintenance is not known" in told
    assert "automatic switchover of 'HQ' stays off, since DHCP02 and DHCP01 are not in contact" in told
    assert servers.ok(MODULE, state="cancelled", **THERE)["changed"] is False, "nothing more can be done"
    down = servers.ok("dhcp_failover_partner_down", name="HQ", **THERE)
    assert down["relationship"]["state"] == "PartnerDown"
    assert any("is still off since DHCP01 was in maintenance" in warning for warning in down["warnings"])
    servers.server("DHCP01").reachable = True
    servers.lab.set_state("DHCP02", "HQ", "Normal")
    assert "cancel that maintenance first" in servers.refused(MODULE, state="started", **THERE)
    servers.ok(MODULE, state="cancelled", **THERE)
    assert (switchover(servers), noted(servers)) == ([INTERVAL, INTERVAL], [])


def test_the_end_of_a_maintenance_that_nobody_began() -> None:
    servers = with_switchover()
    for state in ("finished", "cancelled"):
        result = servers.ok(MODULE, state=state, **OWN)
        assert result["sentences"] == ["DHCP01 is in no maintenance with a partner, so there is nothing to end."]
    servers.server("DHCP02").reachable = False
    result = servers.ok(MODULE, state="finished", **OWN)
    assert not result["changed"]
    assert any("whether dhcp02.contoso.example has a note" in warning for warning in result["warnings"])


def test_a_relationship_that_is_gone_by_then() -> None:
    servers = maintained()
    for name in ("DHCP01", "DHCP02"):
        servers.server(name).relationships.clear()
    result = servers.ok(MODULE, state="finished", **OWN)
    assert (
        "'HQ' is no relationship of DHCP01 and DHCP02 any more, so its switchover is not put back" in result["warnings"]
    )
    assert noted(servers) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"relationships": ["Lab"]}, "relationships: DHCP01 has no Lab. Nothing was changed."),
        ({"wait_timeout": -1}, "wait_timeout: is -1, and seconds to wait go from 0 to 2147483."),
    ],
)
def test_what_cannot_be(options: dict[str, Any], message: str) -> None:
    assert message in with_switchover().refused(MODULE, state="started", **options)


def remade_with_a_third() -> Pair:
    """HQ is with DHCP03 since a maintenance of DHCP01 and DHCP02 began."""
    servers = maintained()
    servers.wire.inventory = ["dhcp01", "dhcp02", "dhcp03"]
    here, there, third = (servers.server(name) for name in ("DHCP01", "DHCP02", "DHCP03"))
    changes = {"peer": "DHCP03", "secondary": "DHCP03"}
    half, theirs = here.relationships["HQ"], there.relationships.pop("HQ")
    here.relationships["HQ"] = replace(half, **changes, partner_server="dhcp03.contoso.example")
    third.relationships["HQ"] = replace(theirs, **{**changes, "peer": "DHCP01"})
    third.scopes |= {scope: there.scopes.pop(scope) for scope in half.scopes}
    return servers


def test_what_was_made_with_another_server_since_is_left_alone() -> None:
    servers = remade_with_a_third()
    here, third = servers.server("DHCP01"), servers.server("DHCP03")
    done = servers.ok(MODULE, state="finished", partner_host="auto", wait_timeout=1)
    assert done["warnings"][0].startswith("'HQ' is no relationship of DHCP01 and DHCP02 any more, so its switchover ")
    assert done["sentences"] == ["The maintenance of DHCP01 ('HQ') is finished."]
    assert [server.relationships["HQ"].safe_period for server in (here, third)] == [None, None]
    assert noted(servers) == [], "nor is DHCP02 kept from writing"


@pytest.mark.parametrize("options", [{"state_switch_interval": "01:30:00"}, {"load_balance_percent": 60}])
def test_what_was_made_with_another_server_since_is_written_to(options: dict[str, Any]) -> None:
    servers = remade_with_a_third()
    done = servers.ok(RELATIONSHIP, name="HQ", partner_host="auto", wait_timeout=1, **options)
    assert (done["changed"], done.get("warnings")) == (True, None)
    declared = INTERVAL if "state_switch_interval" in options else None
    assert servers.server("DHCP03").relationships["HQ"].safe_period == declared


@pytest.mark.parametrize("end", ["finished", "cancelled"])
@pytest.mark.parametrize(("host", "other"), [("dhcp01", "dhcp02"), ("dhcp02", "dhcp01")])
@pytest.mark.parametrize("at", ["there", "with partner_host"])
def test_whoever_ends_it_over_the_hop_is_told_of_a_note_that_may_stay(end: str, host: str, other: str, at: str) -> None:
    servers = maintained(**OWN)
    (warning,) = servers.ok(MODULE, state=end, host=host, wait_timeout=1)["warnings"]
    assert warning.casefold().startswith(f"whether {other}")
    assert "has a note of the maintenance is not known" in warning
    assert noted(servers) == [other.upper()]
    assert "is in maintenance" in servers.refused(RELATIONSHIP, name="HQ", load_balance_percent=60, host=other)
    route = {"host": other} if at == "there" else {"host": host, "partner_host": other}
    servers.ok(MODULE, state=end, wait_timeout=1, **route)
    assert noted(servers) == []
    servers.ok(RELATIONSHIP, name="HQ", load_balance_percent=60, host=other)


def test_nothing_to_end_is_said_of_what_was_looked_at() -> None:
    servers = with_switchover()
    servers.ok(MODULE, state="started")
    done = servers.ok(MODULE, state="cancelled", host="dhcp02", wait_timeout=1)
    assert done["sentences"] == [
        "DHCP02 is in no maintenance with a partner, as far as its own notes tell, so there is nothing to end."
    ]
