# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Experiments with new relationships."""

from __future__ import annotations

from collections.abc import Iterator

from .._model.failover_states import NORMAL
from .._windows import event_log
from .pair_to_lose import Bench
from .side import NAME, WAIT, Said, Side, Unanswered, add_scope, call, force, scope_id


def load_balance(bench: Bench) -> Iterator[tuple[str, str | bool | int]]:
    """70 % for the one that makes it. Raises Unanswered."""
    bench.relate(1, on_both=False, LoadBalancePercent=70)
    looks = 0
    for state in bench.here.polls(WAIT):
        if state == NORMAL:
            break
        looks += 1
    else:
        raise Unanswered(f"the two did not come to Normal in {WAIT} looks")
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


def with_itself(bench: Bench) -> Iterator[tuple[str, str]]:
    """A relationship of one server."""
    same = {"PartnerServer": bench.here.name, "ScopeId": [scope_id(1)]}
    bench.here.do(add_scope(1))
    (said,) = bench.here.ask(force("Add-DhcpServerv4Failover", Name=NAME, **same))
    yield "own_partner_error", said.error or "none"


def statistics(bench: Bench) -> Iterator[tuple[str, str]]:
    """Of 70 %."""
    bench.relate(1, LoadBalancePercent=70)
    asked = call(
        "Get-DhcpServerv4ScopeStatistics", "AddressesFreeOnPartnerServer", ScopeId=[scope_id(1)], Failover=True
    )
    (said,) = bench.here.ask(asked)
    yield "statistics_split", "by_percent" if said.only()["AddressesFreeOnPartnerServer"] else "all_here"


def logged(bench: Bench) -> Iterator[tuple[str, str]]:
    """What the event log has of it, and of a change. Raises Unanswered."""
    bench.relate(1)
    bench.here.change(MaxClientLeadTime="00:30:00")
    (said,) = bench.here.ask(event_log.read())
    ids, changes = _events(said), _events(said, 20245)
    if not ids or not changes:
        raise Unanswered("the event log has nothing of it")
    yield "load_balance_event", "20240" if 20240 in ids else "none"
    if 20260 in ids:
        yield "error_events", "all_but_normal"
    elif {20259, 20251} <= ids.keys():  # a state before Normal was told, and not as an error
        yield "error_events", "interruptions"
    service = changes[20245].startswith(("S-1-5-18", "S-1-5-19", "S-1-5-20", "S-1-5-80-"))
    yield "changes_logged_as", "service" if service else "account"


def _events(said: Said, *ids: int) -> dict[int, str]:
    """Of the relationship: by their ids, whose they are."""
    mine = (one for one in said.objects if NAME in map(str, one["values"]))
    return {one["id"]: str(one["sid"]) for one in mine if not ids or one["id"] in ids}


def _spelling(text: str, server: Side) -> str:
    """In which way it spells the server. The NetBIOS name is in capitals."""
    ways = {server.name: "fqdn", server.computer: "netbios", server.host_name: "hostname"}
    folded = {name.lower(): way for name, way in ways.items()}
    return ways.get(text) or folded.get(text.lower(), "another way")
