# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Experiments with scopes that leave a relationship, and with relationships that end."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from .._model.failover_states import CUT_OFF, NORMAL
from .._windows import cmdlets
from .pair_to_lose import Bench
from .side import NAME, Unanswered, members, scope_id, write

_ONE, _TWO, _NONE = (IPv4Address(scope_id(number)) for number in (1, 2, 99))
_NOT_NORMAL = "DHCP 20120"
_SOON = 30  # seconds


def one_half(bench: Bench) -> Iterator[tuple[str, str | bool]]:
    """By the management API of one server. Raises Unanswered."""
    bench.relate(1, 2)
    (said,) = bench.there.ask(cmdlets.remove_member_here(NAME, [_TWO]))
    left = str(_TWO) not in members(bench.there.half()) and str(_TWO) in bench.there.scopes()
    yield "disable_through_api", said.error or ("works" if left else "does nothing")
    if said.ids:
        raise Unanswered(f"the management API refuses ({said.error})")
    bench.here.ask(cmdlets.remove_member_here(NAME, [_ONE, _NONE]))
    yield "api_bad_scope_stops_good_ones", str(_ONE) in members(bench.here.half())


def inactive_copy(bench: Bench) -> Iterator[tuple[str, str]]:
    """A scope leaves of which the partner's copy, as a member, is out of service."""
    bench.relate(1)
    bench.there.do(cmdlets.deactivate_scope(_ONE))
    (said,) = bench.here.ask(cmdlets.remove_failover_scopes(NAME, [_ONE]))
    gone = str(_ONE) not in bench.there.scopes()
    yield "inactive_member_removal", said.error or ("as usual" if gone else "the copy stays")


def orphan(bench: Bench) -> Iterator[tuple[str, str | bool]]:
    """The partner's half goes by the API; then this one, by the cmdlet."""
    yield "orphan_state", _orphaned(bench)
    bench.here.do(cmdlets.remove_failover(NAME))
    yield "orphan_removal_deletes_other_scopes", str(_TWO) not in bench.there.scopes()


def without_force(bench: Bench) -> Iterator[tuple[str, bool]]:
    """A scope of an orphan, which is not Normal and whose partner answers. Raises Unanswered."""
    if _orphaned(bench) == NORMAL:
        raise Unanswered("an orphan shows Normal")
    removal = write("Remove-DhcpServerv4FailoverScope", Name=NAME, ScopeId=[str(_ONE)])
    (said,) = bench.here.ask(removal)
    if said.ids and said.error != _NOT_NORMAL:
        raise Unanswered(f"it was refused for something else ({said.error})")
    yield "force_needed_unless_normal", bool(said.ids)


def replicated(bench: Bench) -> Iterator[tuple[str, bool]]:
    """A scope of an orphan. Raises Unanswered."""
    if _orphaned(bench) == NORMAL:
        raise Unanswered("an orphan shows Normal")
    (said,) = bench.here.ask(cmdlets.replicate([_ONE]))
    if said.ids and said.error != _NOT_NORMAL:
        raise Unanswered(f"it was refused for something else ({said.error})")
    yield "replication_needs_normal", bool(said.ids)


def halves_that_differ(bench: Bench) -> Iterator[tuple[str, str]]:
    """The partner's half has one scope less."""
    bench.relate(1, 2)
    bench.there.do(cmdlets.remove_member_here(NAME, [_TWO]))
    bench.here.do(cmdlets.remove_failover(NAME))
    yield "relationship_removal_deletes", "partner_half" if str(_TWO) in bench.there.scopes() else "this_half"


def _orphaned(bench: Bench) -> str:
    """The state of a half, once the other one is gone."""
    bench.relate(1, 2)
    bench.there.do(cmdlets.remove_relationship_here(NAME))
    return bench.here.wait(CUT_OFF, seconds=_SOON)
