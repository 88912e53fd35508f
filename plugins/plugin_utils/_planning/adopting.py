# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The running state of several servers as one site's data, and what of it cannot be data. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._model import site
from .._model.refusal import Refused
from .._model.texts import few
from .fleet import Seen

Entry = Mapping[str, Any]
_OF_THE_PRIMARY = ("partner_server", "load_balance_percent")  # what the partner cannot tell for sure
_COMPARED = (
    "primary",
    "mode",
    "reserve_percent",
    "max_client_lead_time",
    "state_switch_interval",
    "enable_auth",
    "scopes",
)


@dataclass(frozen=True)
class Adopted:
    """`entries`: failover_relationships, one of each relationship. `names`: of their scopes. `problems`: what could not
    be adopted, or not as both servers have it, in sentences."""

    entries: tuple[Entry, ...]
    names: Mapping[str, str]
    problems: tuple[str, ...]

    @property
    def hosts(self) -> frozenset[str]:
        """Those that an entry names."""
        return frozenset(host for entry in self.entries for host in (entry["primary"], entry["partner"]))


def adopt(fleet: Sequence[Seen]) -> Adopted:
    """What dhcp_failover_info returned of each host, put together: of a relationship that both servers show the
    primary's word counts."""
    problems = [f"{seen.host} could not be read: {seen.problem}" for seen in fleet if seen.result is None]
    halves: dict[tuple[str, frozenset[str]], dict[str, Entry]] = {}
    left_out: dict[str, set[str]] = {}  # by name: the hosts that have one of it, with whom is not known
    for seen in fleet:
        for entry, shown in zip(_config(seen), seen.relationships, strict=True):
            if shown["partner_host"] is None:
                problems.append(
                    f"'{entry['name']}' on {seen.host}: its partner {shown['partner_server']} is no host of the "
                    "inventory, or two are; add it there, and adopt once more"
                )
                left_out.setdefault(entry["name"], set()).add(seen.host)
                continue
            halves.setdefault((entry["name"], frozenset((entry["primary"], entry["partner"]))), {})[seen.host] = entry
    read = {seen.host for seen in fleet if seen.result is not None}
    entries = [_chosen(several, read, left_out.get(name, ()), problems) for (name, _ends), several in halves.items()]
    entries.sort(key=lambda entry: (entry["name"].casefold(), entry["name"]))
    problems += _refused(entries, fleet)
    names = {scope: name for seen in fleet for scope, name in _scope_names(seen)}
    return Adopted(tuple(entries), names, tuple(problems))


def _config(seen: Seen) -> Sequence[Entry]:
    return seen.result["config"]["failover_relationships"] if seen.result else ()


def _chosen(
    several: Mapping[str, Entry], read: Collection[str], left_out: Collection[str], problems: list[str]
) -> Entry:
    """The entry of the server that is the primary by its own half. `read`: the hosts that were; `left_out`: those whose
    half may be the other one, and could not be taken."""
    first = next(iter(several.values()))
    own = next((entry for host, entry in several.items() if entry["primary"] == host), None)
    ends = (first["primary"], first["partner"])
    lacking = [host for host in ends if host in read and host not in several and host not in left_out]
    if lacking:
        problems.append(
            f"'{first['name']}' is on {few(several)}, and {few(lacking)} does not have it: a run with this entry makes "
            "it anew on both, or fails; windhcp.failover.report tells more"
        )
    if own is None and first["primary"] in several:
        problems.append(
            f"'{first['name']}': its two halves contradict each other in which server is the active one, so "
            f"{' and '.join(_OF_THE_PRIMARY)} are not in the data; windhcp.failover.report tells what differs"
        )
    elif own is None and not lacking:
        why = "has a half that could not be adopted" if first["primary"] in left_out else "was not read"
        problems.append(
            f"'{first['name']}': its primary {first['primary']} {why}, so {' and '.join(_OF_THE_PRIMARY)} are "
            "not in the data, and stay as they are"
        )
    if own is None:
        return first
    for host, entry in several.items():
        apart = [key for key in _COMPARED if entry.get(key) != own.get(key)]
        if apart:
            problems.append(
                f"'{own['name']}': {host} has another {few(apart)} than {own['primary']}, whose word was taken; "
                "windhcp.failover.report tells what differs"
            )
    return own


def _refused(entries: Sequence[Entry], fleet: Sequence[Seen]) -> Iterator[str]:
    """What the role would not take."""
    hosts = {seen.host for seen in fleet} | {host for entry in entries for host in (entry["primary"], entry["partner"])}
    try:
        site.entries(entries, hosts)
    except Refused as refused:
        yield str(refused)


def _scope_names(seen: Seen) -> Iterator[tuple[str, str]]:
    for scope in (seen.result or {}).get("scopes", ()):
        yield scope["scope_id"], scope["name"]
