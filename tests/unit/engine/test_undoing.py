# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a plan that failed had put out of service serves again, where that is safe."""

from __future__ import annotations

import pytest
from interrupted import CLAIM, KEEP, OWN, PARTNER, a_person, meanwhile, notes, states
from pairs import ONE, SCOPE, Pair, pair, steps


def test_who_finds_a_change_after_its_claim_undoes_it() -> None:
    servers = pair()
    meanwhile(servers, {CLAIM + 1: a_person})
    result = servers.run(SCOPE, **servers.remove(ONE, **{**KEEP, "wait_timeout": 0}))
    assert (result["failed"], result["changed"]) == (True, False)
    assert "HQ': load_balance_percent 50 -> 70" in result["msg"]
    assert states(servers) == ["Active", "Active"]
    assert ONE in servers.server("DHCP02").relationships["HQ"].scopes
    assert notes(servers) == []


@pytest.mark.parametrize("route", [{}, OWN], ids=["second hop", "own connection"])
@pytest.mark.parametrize("time", [0, 60], ids=["the next run", "the same run"])
def test_a_kept_copy_that_is_off_by_then_serves_again_later(route: dict[str, str], time: int) -> None:
    """Replication carried the claim on, or another run claims it: at once nobody can tell."""
    servers = pair()

    done: list[bool] = []

    def off(servers: Pair) -> None:
        if states(servers) == ["Active", "InActive"] and not done:
            servers.server("DHCP01").scopes[ONE].state = "InActive"
            done.append(True)

    meanwhile(servers, dict.fromkeys(range(20), off))
    result = servers.run(SCOPE, **servers.remove(ONE, **{**KEEP, **route, "wait_timeout": time}))
    if not time:
        assert (result["failed"], result["changed"], states(servers)) == (True, False, ["InActive", "Active"])
        assert [note.claimed for note in notes(servers) if note] == [{ONE: "DHCP01"}]
        assert servers.ok(SCOPE, relationship="HQ", scopes=[str(ONE)], wait_timeout=900, **route)["changed"]
        assert states(servers) == ["Active", "Active"]
        assert notes(servers) == []
    else:
        assert (result["changed"], states(servers), notes(servers)) == (True, ["Active", "none"], [])


def test_and_plans_anew_where_there_is_time() -> None:
    servers = pair()
    meanwhile(servers, {CLAIM + 1: a_person})
    result = servers.ok(SCOPE, **servers.remove(ONE, **{**KEEP, "wait_timeout": 60}))
    assert result["changed"]
    assert steps(result)[-1] == f"remove from relationship 'HQ', keeping on DHCP01 and deleting on {PARTNER}: 10.0.1.0"
    assert states(servers) == ["Active", "none"]
    assert notes(servers) == []


def test_a_copy_that_somebody_else_keeps_out_of_service_is_not_switched_on() -> None:
    """The kept one left the relationship meanwhile, and serves: two would serve it."""
    servers = pair()

    def other_run(servers: Pair) -> None:
        for name in ("DHCP01", "DHCP02"):
            servers.server(name).relationships["HQ"].scopes.remove(ONE)

    meanwhile(servers, {CLAIM + 1: other_run})
    result = servers.run(SCOPE, **servers.remove(ONE, **{**KEEP, "wait_timeout": 0}))
    assert result["failed"]
    assert states(servers) == ["Active", "InActive"]


# --- two runs that undo at the same moment ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "kept", "paused"),
    [("dhcp01", "DHCP01", [20.0]), ("dhcp02", "DHCP02", [])],
    ids=["the copy of DHCP02", "the copy of DHCP01"],
)
def test_one_of_two_runs_gives_way(host: str, kept: str, paused: list[float]) -> None:
    """It is the one that would put the copy on DHCP02 back; the other one puts that on DHCP01 back at once."""
    servers, waited = pair(), list[float]()

    def off(servers: Pair) -> None:
        servers.server(kept).scopes[ONE].state = "InActive"
        servers.server(kept).relationships["HQ"].scopes.remove(ONE)

    def pause(seconds: float) -> None:
        waited.append(seconds)
        servers.server(kept).scopes[ONE].state = "Active"

    servers.wire.pause = pause  # type: ignore[method-assign]
    meanwhile(servers, {CLAIM + 1: off})
    options = {**KEEP, "wait_timeout": 0}
    result = servers.run(SCOPE, host=host, relationship="HQ", scopes=[str(ONE)], state="absent", **options)
    assert result["failed"]
    assert (waited, states(servers)) == (paused, ["Active", "InActive"])


def test_where_both_were_put_back_nevertheless_one_goes_out_again() -> None:
    servers = pair()
    calls: list[int] = []

    def off(servers: Pair) -> None:
        servers.server("DHCP01").scopes[ONE].state = "InActive"
        servers.server("DHCP01").relationships["HQ"].scopes.remove(ONE)

    def on(servers: Pair) -> None:
        if states(servers) == ["InActive", "Active"] and not calls:
            calls.append(1)
            servers.server("DHCP01").scopes[ONE].state = "Active"

    meanwhile(servers, {CLAIM + 1: off, **dict.fromkeys(range(CLAIM + 2, 20), on)})
    result = servers.run(SCOPE, **servers.remove(ONE, **{**KEEP, "wait_timeout": 0}))
    assert (result["failed"], bool(calls)) == (True, True)
    assert states(servers) == ["Active", "InActive"]
