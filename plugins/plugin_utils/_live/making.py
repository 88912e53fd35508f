# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Experiments with new relationships."""

from __future__ import annotations

from collections.abc import Iterator

from .._model.failover_states import NORMAL
from .pair_to_lose import NAME, WAIT, Bench, Side, Unanswered, call


def load_balance(bench: Bench) -> Iterator[tuple[str, str | bool | int]]:
    """70 % for the one that makes it."""
    bench.relate(1, on_both=False, LoadBalancePercent=70)
    looks = 0
    for state in bench.here.polls(WAIT):
        if state == NORMAL:
            break
        looks += 1
    yield "settle_polls", looks
    shown = bench.there.half()
    share = shown["LoadBalancePercent"]
    if share not in (30, 70):
        raise Unanswered(f"the partner shows {share} of 70 %")
    yield "partner_percent_inverts", share == 30
    yield "partner_server_shows", _spelling(str(shown["PartnerServer"]), bench.here)


def names(bench: Bench) -> Iterator[tuple[str, str]]:
    """Asked for in capitals."""
    bench.relate(1)
    (said,) = bench.here.ask(call("Get-DhcpServerv4Failover", "Name", Name=[NAME.upper()]))
    yield "relationship_names", "case_insensitive" if said.objects else "case_sensitive"


def standby(bench: Bench) -> Iterator[tuple[str, str]]:
    """The one that makes it is the standby."""
    bench.relate(1, ServerRole="Standby", ReservePercent=7)
    kind = str(bench.here.half()["ServerType"])
    yield "standby_creator", {"PrimaryServer": "primary", "SecondaryServer": "secondary"}.get(kind, kind)


def _spelling(text: str, server: Side) -> str:
    """In which way it spells the server. The NetBIOS name is in capitals."""
    ways = {server.name: "fqdn", server.computer: "netbios", server.host_name: "hostname"}
    folded = {name.lower(): way for name, way in ways.items()}
    return ways.get(text) or folded.get(text.lower(), "another way")
