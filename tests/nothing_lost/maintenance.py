# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A maintenance that is begun, finished or cancelled: broken off anywhere, a later run puts back what was paused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from lab.core.lab import Lab
from lab.standin.files import Files

from nothing_lost.scenarios import HQ, PARTNER, SCOPE_MODULE, Scenario, Task
from nothing_lost.shown import Problems

MODULE = "dhcp_failover_maintenance"
NOTES = "\\kept\\unfinished.maintenance."
INTERVAL = timedelta(minutes=90)
PAIR = (
    Task(
        SCOPE_MODULE,
        {
            **HQ,
            "scopes": ["10.0.1.0", "10.0.2.0"],
            "create_relationship": {"partner_server": PARTNER, "state_switch_interval": "1:30:00"},
            "wait_timeout": 60,
        },
    ),
)


def maintenance(state: str, host: str = "dhcp01", **options: Any) -> Task:
    return Task(MODULE, {"state": state, "wait_timeout": 60, **options}, host)


def stays(lab: Lab) -> bool:
    """Whether a time that is changed reaches the server alone that it is sent to (U): it is sent to both then."""
    return lab.switches.set_propagates_fields == "all_but_times"


def switchover(interval: timedelta | None) -> Callable[[Lab], Problems]:
    """Both halves have it."""

    def problems(lab: Lab) -> Problems:
        halves = [(name, lab.servers[name].relationships["HQ"].safe_period) for name in ("DHCP01", "DHCP02")]
        return [f"switchover is {seen} on {name}, and not {interval}" for name, seen in halves if seen != interval]

    return problems


def noted(*servers: str) -> Callable[[Mapping[str, Files]], Problems]:
    """Notes of a maintenance stand there, and nowhere else; and of no run."""

    def problems(files: Mapping[str, Files]) -> Problems:
        texts = [(server, path) for server, those in files.items() for path in those.paths() if "unfinished" in path]
        found = sorted(server for server, path in texts if NOTES in path)
        runs = [server for server, path in texts if NOTES not in path]
        wrong = [] if found == sorted(servers) else [f"notes of a maintenance are on {found}, and not on {servers}"]
        return [*wrong, *(f"the note of a run is left on {server}" for server in runs)]

    return problems


def scenarios() -> Iterator[Scenario]:
    own, hop = ("own connection",), ("second hop",)
    begun = maintenance("started", partner_host="dhcp02")
    for route, servers in ((own, ("DHCP01", "DHCP02")), (hop, ("DHCP01",))):
        begin = maintenance("started")
        yield Scenario("begin", begin, switchover(None), PAIR, routes=route, kept=noted(*servers), breaks=stays)
        for state in ("finished", "cancelled"):
            yield Scenario(
                f"begin, then {state}",
                begin,
                switchover(INTERVAL),
                PAIR,
                routes=route,
                kept=noted(),
                breaks=stays,
                goes_on=maintenance(state),
            )
            yield Scenario(
                f"a maintenance is {state}",
                maintenance(state),
                switchover(INTERVAL),
                (*PAIR, begin if route == hop else begun),
                routes=route,
                kept=noted(),
                breaks=stays,
            )
    yield Scenario(
        "a maintenance is cancelled by the partner",
        maintenance("cancelled", "dhcp02"),
        switchover(INTERVAL),
        (*PAIR, begun),
        routes=own,
        partner_host="dhcp01",
        kept=noted(),
        breaks=stays,
    )
