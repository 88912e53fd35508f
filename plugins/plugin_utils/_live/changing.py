# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Experiments with changes of a relationship whose servers are in contact."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from .._model.failover_states import CUT_OFF
from .pair_to_lose import Bench
from .side import NAME, WAIT, Unanswered, write

_QUICK = 5  # looks, for what would be seen at once
_SECRET = f"{NAME}-secret"
_TIMES = {"MaxClientLeadTime": "00:30:00", "StateSwitchInterval": "00:20:00"}
_SECONDS = {"MaxClientLeadTime": 1800, "StateSwitchInterval": 1200}
_SWITCHOVER: dict[str, Any] = {"AutoStateTransition": True, "StateSwitchInterval": "00:20:00"}


def modes(bench: Bench) -> Iterator[tuple[str, str | bool]]:
    """To hot standby, from the primary and then from its partner."""
    active = []
    for side in bench.sides:
        bench.clean()
        bench.relate(1, LoadBalancePercent=70)
        side.change(Mode="HotStandby")
        shown = bench.here.half()
        active.append("primary" if shown["ServerRole"] == "Active" else "secondary")
    yield "active_after_lb_to_hs", active[0] if active[0] == active[1] else "server_called"
    yield "mode_change_keeps_percent", shown["ReservePercent"] in (30, 70)


def wrong_percent(bench: Bench) -> Iterator[tuple[str, str]]:
    """A reserve for load balance."""
    bench.relate(1, LoadBalancePercent=70)
    refused, share = bench.here.set(ReservePercent=10).ids, bench.here.half()["LoadBalancePercent"]
    yield "wrong_mode_percent", "error" if refused else "ignored" if share == 70 else f"{share} %"


def switchover(bench: Bench) -> Iterator[tuple[str, str]]:
    """Off, and after which time."""
    bench.relate(1)
    refused = bench.here.set(AutoStateTransition=False, StateSwitchInterval="00:20:00").ids
    interval = bench.here.half()["StateSwitchInterval"]
    yield "ast_false_with_interval", "error" if refused else "interval_wins" if interval else "off"


def nulls(bench: Bench) -> Iterator[tuple[str, str]]:
    """In the place of what is set."""
    bench.relate(1, LoadBalancePercent=70, **_SWITCHOVER)
    error = bench.here.set(StateSwitchInterval=None).error
    yield "null_interval", error or ("ignored" if bench.here.half()["StateSwitchInterval"] else "off")
    error, share = bench.here.set(LoadBalancePercent=None).error, bench.here.half()["LoadBalancePercent"]
    yield "null_percent", error or {0: "zero", 70: "ignored"}.get(share, f"{share} %")


def without_force(bench: Bench) -> Iterator[tuple[str, str]]:
    """A change of the mode, which asks."""
    bench.relate(1)
    (said,) = bench.here.ask(write("Set-DhcpServerv4Failover", Name=NAME, Mode="HotStandby"))
    yield "prompt_without_force", "error" if said.ids else "no_prompt"


def partner_down_in_normal(bench: Bench) -> Iterator[tuple[str, str]]:
    """Of a partner that is well."""
    bench.relate(1)
    yield "partner_down_refused_with", bench.here.set(PartnerDown=True).error or "none"


def what_arrives(bench: Bench) -> Iterator[tuple[str, str]]:
    """A secret and two times in one call."""
    bench.relate(1)
    bench.here.change(SharedSecret=_SECRET, **_TIMES)
    there = bench.there.half()
    lost = ["secret"] * (not there["EnableAuth"])
    lost += ["times"] * any(there[name] != seconds for name, seconds in _SECONDS.items())
    yield "set_propagates_fields", f"all_but_{'_and_'.join(lost)}" if lost else "all"


def another_secret(bench: Bench) -> Iterator[tuple[str, int]]:
    """How long the two are out of contact. Raises Unanswered."""
    bench.relate(1, SharedSecret=_SECRET)
    bench.here.change(SharedSecret=f"{_SECRET}-2")
    states = bench.here.polls(WAIT)
    first = list(itertools.islice(states, _QUICK))
    looks = first.count(CUT_OFF)
    if first[-1] == CUT_OFF:
        looks += sum(1 for _look in itertools.takewhile(CUT_OFF.__eq__, states))
    if looks >= WAIT:
        raise Unanswered(f"the two did not come to Normal again in {WAIT} looks")
    yield "secret_change_polls", looks
