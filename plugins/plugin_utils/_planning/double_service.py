# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether two servers give away the same addresses outside of a common relationship. No I/O.

By the ranges without their exclusions: two servers that share a range by exclusions are a split scope, which was how
it was done before there was failover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from .._model.scope_details import Exclusion
from .ranges import Span, given_away, have_common, overlapping
from .verdict import NOT_COLLECTED, Verdict

_CURE = (
    "find out which server should serve, deactivate the scope on the other one, and put it into a relationship "
    "(dhcp_failover_scope with replace_partner_copy: inactive_only)"
)


@dataclass(frozen=True)
class Served:
    """A scope that a server gives addresses of. `common`: the servers that it is in a relationship with there, which
    have it in the same one. `exclusions`: None where they are not known."""

    server: str
    scope_id: str
    range: Span
    exclusions: tuple[Exclusion, ...] | None
    common: frozenset[str] = frozenset()
    relationship: str | None = None
    subnet_mask: str = ""


def between(mine: Sequence[Served], theirs: Sequence[Served]) -> Iterator[Verdict]:
    """What two servers give away both."""
    for here, there in overlapping(mine, theirs, span=lambda one: one.range):
        if there.server not in here.common or here.server not in there.common or here.scope_id != there.scope_id:
            yield from _of_two(here, there)


def among(servers: Mapping[str, Sequence[Served]]) -> Iterator[Verdict]:
    """The same of each two of a fleet, each pair once."""
    everything = [served for several in servers.values() for served in several]
    order = {name: number for number, name in enumerate(servers)}
    for here, there in overlapping(everything, everything, span=lambda one: one.range):
        common = here.scope_id == there.scope_id and there.server in here.common and here.server in there.common
        if order[here.server] < order[there.server] and not common:
            yield from _of_two(here, there)


def _of_two(here: Served, there: Served) -> Iterator[Verdict]:
    both = f"{here.server} ({here.scope_id}) and {there.server} ({there.scope_id})"
    scopes = tuple(dict.fromkeys((here.scope_id, there.scope_id)))
    if here.exclusions is None or there.exclusions is None:
        yield Verdict(
            NOT_COLLECTED,
            here.server,
            f"{both} have addresses in common, and their exclusions could not be read",
            "look whether both give the same addresses away",
            partner=there.server,
            scopes=scopes,
            kinds=frozenset({"served_twice", "split_scope"}),
        )
        return
    mine, theirs = (given_away(one.range, one.exclusions or ()) for one in (here, there))
    twice = have_common(mine, theirs)
    evidence = {"ranges": [_shown(one) for one in (here, there)]}
    if twice is None:
        yield Verdict(
            "split_scope",
            here.server,
            f"{both} share a range by exclusions",
            "failover can take its place: one range, on both servers",
            partner=there.server,
            scopes=scopes,
            evidence=evidence,
        )
        return
    yield Verdict(
        "served_twice",
        here.server,
        f"{both} both give addresses away, {IPv4Address(twice[0])} to {IPv4Address(twice[1])} first, and have no "
        "relationship for it: two clients can get one address",
        _CURE,
        here.relationship or there.relationship,
        there.server,
        scopes,
        {**evidence, "first": str(IPv4Address(twice[0])), "last": str(IPv4Address(twice[1]))},
    )


def _shown(one: Served) -> Mapping[str, str]:
    first, last = (str(IPv4Address(address)) for address in one.range)
    return {
        "server": one.server,
        "scope_id": one.scope_id,
        "subnet_mask": one.subnet_mask,
        "start_range": first,
        "end_range": last,
    }
