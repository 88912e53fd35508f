# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Experiments with scopes that come into a relationship, and with its members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .._windows.cmdlets import Operation
from .pair_to_lose import Bench
from .side import NAME, PREFIX, Said, Unanswered, add_scope, force, members, scope_id, write

_ONE, _TWO = scope_id(1), scope_id(2)
_SIZES = (31, 30, 16, 8, 4, 2, 1)  # scopes in one call
_TOO_MANY = "DHCP 20130"
_BOOTP = "DHCP 20131"
_CLASS = f"{PREFIX}vendor"
_OPTION = {"OptionId": 227, "VendorClass": _CLASS}


def scope_on_partner(bench: Bench) -> Iterator[tuple[str, str | bool]]:
    """Two scopes, of which the partner has the second already. Raises Unanswered."""
    bench.relate(3)
    bench.here.do(add_scope(1), add_scope(2))
    bench.there.do(add_scope(2))
    said = _join(bench, [_ONE, _TWO])
    if said.error == _TOO_MANY:
        raise Unanswered("two scopes are too many for one call")
    yield "scope_exists_error_id", said.error or "none"
    yield "one_bad_scope_stops_good_ones", _ONE not in members(bench.here.half())


def many_scopes(bench: Bench) -> Iterator[tuple[str, int]]:
    """The largest number that is taken. Raises Unanswered."""
    bench.relate(1)
    numbers = range(2, 2 + _SIZES[0])
    bench.here.do(*map(add_scope, numbers))
    for size in _SIZES:
        said = _join(bench, list(map(scope_id, numbers))[:size])
        if not said.ids:
            yield "add_scopes_max", size
            return
        if said.error != _TOO_MANY:
            raise Unanswered(f"{size} scopes were refused ({said.error})")


def bootp(bench: Bench) -> Iterator[tuple[str, str]]:
    """A scope of the type Both; what one version does not refuse, older ones may. Raises Unanswered."""
    bench.relate(2)
    bench.here.do(add_scope(1, Type="Both"))
    said = _join(bench, [_ONE])
    if said.ids and said.error != _BOOTP:
        raise Unanswered(f"the scope was refused ({said.error})")
    yield "bootp_refused", "always" if said.ids else "before_2012_r2 or never"


def missing_class(bench: Bench) -> Iterator[tuple[str, str | bool]]:
    """A scope with an option of a vendor class that only its own server has; it comes, and is replicated."""
    bench.relate(2)
    bench.here.do(*_class(), add_scope(1), _option(1))
    said = _join(bench, [_ONE])
    yield "add_checks_class", bool(said.ids)
    if said.ids:
        yield "lacking_error", "what_lacks" if said.error == "DHCP 20044" else said.error
        yield "missing_class_leaves_copy", _ONE in bench.there.scopes()
    bench.here.do(_option(2))
    (said,) = bench.here.ask(force("Invoke-DhcpServerv4FailoverReplication", ScopeId=[_TWO]))
    yield "replication_checks_class", bool(said.ids)


def _class() -> Sequence[Operation]:
    return (
        write("Add-DhcpServerv4Class", Name=_CLASS, Type="Vendor", Data=_CLASS),
        write("Add-DhcpServerv4OptionDefinition", Name=f"{PREFIX}227", Type="String", **_OPTION),
    )


def _option(number: int) -> Operation:
    return write("Set-DhcpServerv4OptionValue", ScopeId=scope_id(number), Value=["text"], **_OPTION)


def another_range(bench: Bench) -> Iterator[tuple[str, str]]:
    """A few addresses more."""
    bench.relate(1)
    more = {"StartRange": "198.18.1.10", "EndRange": "198.18.1.220"}
    (said,) = bench.here.ask(write("Set-DhcpServerv4Scope", ScopeId=_ONE, **more))
    yield "range_change_on_member", said.error or "drift"


def _join(bench: Bench, scopes: Sequence[str]) -> Said:
    (said,) = bench.here.ask(write("Add-DhcpServerv4FailoverScope", Name=NAME, ScopeId=list(scopes)))
    return said
