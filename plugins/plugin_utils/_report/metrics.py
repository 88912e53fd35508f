# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A fleet's report as metrics, in Prometheus' text format: the file of a textfile collector. No I/O.

A server is called as the inventory calls it, or as its partner does where no host is it. What is not known has no
sample: NaN would be compared, and 0 or 1 would be a lie; what is unknown by that is counted beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timezone
from ipaddress import IPv4Network
from typing import Any

from .._model import moments
from .._model.failover_states import STATES
from .._model.texts import visible_surrogates

Entry = Mapping[str, Any]
Labels = tuple[tuple[str, str], ...]
NO_STATE = "NoState"
SHOWN_STATES = STATES | {NO_STATE}  # a state that Windows has beside these is shown where a server is in it
# what the metrics are called, and what they mean, in the order of the file
HELP: Mapping[str, str] = {
    "windhcp_collected_timestamp_seconds": "When the report was made, in seconds since 1970.",
    "windhcp_collected": "Whether the server could be read (1) or not (0).",
    "windhcp_fleet_verdicts": "How many verdicts of a severity the whole report has.",
    "windhcp_failover_info": "Mode, role and authentication of a half of a relationship, as its server shows them.",
    "windhcp_failover_max_client_lead_time_seconds": "The maximum client lead time (MCLT) of a half.",
    "windhcp_failover_state_switch_interval_seconds": "After how long a server declares its partner down; 0: never.",
    "windhcp_failover_state": "The state of a half: 1 for the one it is in, 0 for the others; all 0: it is not known.",
    "windhcp_failover_state_since_timestamp_seconds": "Since when a half is in its state, where the event log tells.",
    "windhcp_failover_in_sync": "Whether both servers have the relationship alike; no sample: it is not known.",
    "windhcp_failover_healthy": "Whether the relationship works as it should; no sample: it is not known.",
    "windhcp_failover_unknown": "Whether in_sync or healthy (label of) is not known.",
    "windhcp_failover_differences": "How many settings differ, of scopes, of classes, of the whole servers (label of).",
    "windhcp_failover_scopes_only_here": "How many scopes are members on this server and not on its partner.",
    "windhcp_failover_reserve_addresses": "How many addresses of a scope a server can give without its partner.",
    "windhcp_failover_verdicts": "How many verdicts of a kind there are, by the server whose task told them.",
    "windhcp_failover_verdicts_unknown": "1: nobody could look whether there is a verdict of this kind.",
    "windhcp_scope_verdicts": "1: the verdict is about this scope of the relationship.",
    "windhcp_scope_double_served": "1: two servers give the same addresses, outside of a common relationship.",
}
_DIFFERENCES = {"content_differs": "scopes", "classes_differ": "classes", "server_settings_differ": "servers"}


class _Samples:
    """Each series once. `seen`: what the first of two says stands."""

    def __init__(self) -> None:
        self._of: dict[str, dict[Labels, float]] = {name: {} for name in HELP}

    def put(
        self, name: str, labels: Mapping[str, str], value: float | None, of_two: Callable[..., float] | None = None
    ) -> None:
        """`of_two`: what two values of one series come to; None: the first one stands."""
        if value is None:
            return
        key = tuple((label, visible_surrogates(text)) for label, text in labels.items())
        before = self._of[name].get(key)
        if before is None:
            self._of[name][key] = value
        elif of_two is not None:
            self._of[name][key] = of_two((before, value))

    def text(self) -> str:
        """All of them, sorted, those without a sample left out."""
        lines: list[str] = []
        for name, series in self._of.items():
            if series:
                lines += [f"# HELP {name} {HELP[name]}", f"# TYPE {name} gauge"]
                lines += [f"{name}{_labels(key)} {_number(value)}" for key, value in sorted(series.items())]
        return "".join(f"{line}\n" for line in lines)


def metrics(report: Entry) -> str:
    """The whole file. Its last line ends with a line feed, as windows_exporter demands."""
    samples = _Samples()
    samples.put("windhcp_collected_timestamp_seconds", {}, timestamp(report["created"]))
    for server in report["servers"]:
        samples.put("windhcp_collected", {"server": server["host"]}, server["collected"], min)
    for severity in ("critical", "warning", "unknown", "info"):
        samples.put("windhcp_fleet_verdicts", {"severity": severity}, report["counts"][severity])
    halves = [(pair, here, there) for pair in report["pairs"] for here, there in _ends(pair)]
    for pair, here, there in sorted(halves, key=lambda one: not one[1]["present"]):
        _half(samples, {"relationship": pair["relationship"], "server": _host(here), "partner": _host(there)}, here)
    for pair in report["pairs"]:
        _addresses(samples, pair)
        _drift(samples, pair, report)
    for labels, pairs in _alike(report["pairs"]):
        _decided(samples, dict(labels), pairs)
    of_pair = {number: pair for pair in reversed(report["pairs"]) for number in pair["verdicts"]}
    servers = frozenset(server["host"] for server in report["servers"])
    for number, verdict in enumerate(report["verdicts"]):
        _verdict(samples, verdict, of_pair.get(number), servers)
    return samples.text()


def timestamp(told: object) -> float | None:
    """Seconds since 1970 of a time in ISO 8601; None where it is none. UTC, where it has no zone."""
    time = moments.from_iso(told)
    if time is None:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp()


# --- relationships ---------------------------------------------------------------------------------------------------


def _host(half: Entry) -> str:
    return str(half["host"] or half["server"])


def _ends(pair: Entry) -> Iterator[tuple[Entry, Entry]]:
    """Each half with the other one."""
    here, there = pair["halves"]
    yield here, there
    yield there, here


def _both(pair: Entry) -> Mapping[str, str]:
    """The labels of what is said of a relationship once. In the order of the alphabet: who leads can change, and then
    an alert would begin anew."""
    server, partner = sorted(map(_host, pair["halves"]))
    return {"relationship": pair["relationship"], "server": server, "partner": partner}


def _alike(pairs: Iterable[Entry]) -> Iterable[tuple[Labels, Sequence[Entry]]]:
    """By labels: two servers that do not know each other again have two pairs of one name."""
    found: dict[Labels, list[Entry]] = {}
    for pair in pairs:
        found.setdefault(tuple(_both(pair).items()), []).append(pair)
    return found.items()


def _half(samples: _Samples, labels: Mapping[str, str], half: Entry) -> None:
    for state in sorted(SHOWN_STATES | ({half["state"]} if half["state"] else set())):
        samples.put("windhcp_failover_state", {**labels, "state": state}, state == half["state"])
    samples.put("windhcp_failover_state_since_timestamp_seconds", labels, timestamp(half["state_since"]))
    if half["mode"] is not None:
        described = {"mode": half["mode"], "role": half["server_role"] or "", "auth": _word(half["enable_auth"])}
        samples.put("windhcp_failover_info", {**labels, **described}, 1)
    for setting in ("max_client_lead_time", "state_switch_interval"):
        samples.put(f"windhcp_failover_{setting}_seconds", labels, half[setting])


def _word(value: object) -> str:
    return "" if value is None else str(value).lower()


def _decided(samples: _Samples, labels: Mapping[str, str], pairs: Sequence[Entry]) -> None:
    for what in ("in_sync", "healthy"):
        values = [pair[what] for pair in pairs]
        value = False if False in values else None if None in values else True
        samples.put(f"windhcp_failover_{what}", labels, value)
        samples.put("windhcp_failover_unknown", {**labels, "of": what}, value is None)


def _addresses(samples: _Samples, pair: Entry) -> None:
    for here, there in _ends(pair):
        labels = {"relationship": pair["relationship"], "server": _host(here), "partner": _host(there)}
        for scope in pair["scope_list"]:
            free = scope["free_here"] if scope["host"] == here["host"] else scope["free_at_partner"]
            series = {**labels, "scope": cidr(scope["scope_id"], scope["subnet_mask"])}
            samples.put("windhcp_failover_reserve_addresses", series, free)


def _drift(samples: _Samples, pair: Entry, report: Entry) -> None:
    """Counts of what was compared: 0 only where somebody looked, and wanted to know."""
    told = {verdict["id"]: verdict for verdict in (report["verdicts"][number] for number in pair["verdicts"])}
    not_compared = {*_not_looked_at(pair, report), *report["off"]}
    if "half_missing" in told:
        not_compared |= {*_DIFFERENCES, "members_differ"}
    for id_, of in _DIFFERENCES.items():
        count = told[id_]["evidence"]["count"] if id_ in told else None if id_ in not_compared else 0
        samples.put("windhcp_failover_differences", {**_both(pair), "of": of}, count, max)
    apart = told.get("members_differ")
    for here, there in _ends(pair):
        labels = {"relationship": pair["relationship"], "server": _host(here), "partner": _host(there)}
        only: int | None = None if "members_differ" in not_compared else 0
        if apart is not None:
            only = len(apart["evidence"]["only_here" if here["host"] == apart["host"] else "only_at_partner"])
        samples.put("windhcp_failover_scopes_only_here", labels, only, max)


def _not_looked_at(pair: Entry, report: Entry) -> Iterator[str]:
    """The kinds of verdicts that nobody could look for."""
    hosts = {half["host"] for half in pair["halves"]}
    for number, verdict in enumerate(report["verdicts"]):
        of_server = verdict["relationship"] is None and len(verdict["hosts"]) == 1 and hosts >= set(verdict["hosts"])
        if number in pair["verdicts"] or of_server:
            yield from verdict["evidence"].get("kinds", ())


# --- verdicts --------------------------------------------------------------------------------------------------------


def _verdict(samples: _Samples, verdict: Entry, pair: Entry | None, servers: frozenset[str]) -> None:
    """`pair`: the first one that it is about; `servers`: the hosts of the report."""
    here = str(verdict["host"])
    labels = {"relationship": verdict["relationship"] or "", "server": here, "partner": _other(verdict, pair, servers)}
    kind = {"id": verdict["id"], "severity": verdict["severity"]}
    samples.put("windhcp_failover_verdicts", {**labels, **kind}, 1, sum)
    for unknown in verdict["evidence"].get("kinds", ()):
        samples.put("windhcp_failover_verdicts_unknown", {**labels, "id": unknown}, 1)
    if pair:
        masks = {scope["scope_id"]: scope["subnet_mask"] for scope in pair["scope_list"]}
        for scope in verdict["scopes"]:
            series = {**labels, "scope": cidr(scope, masks.get(scope, "")), **kind}
            samples.put("windhcp_scope_verdicts", series, 1)
    if verdict["id"] == "served_twice":
        _served_twice(samples, verdict)


def _other(verdict: Entry, pair: Entry | None, servers: frozenset[str]) -> str:
    """The second server that it is about; none where it is about more. One that the inventory lacks is called as it is
    in the other series of the pair."""
    others = [host for host in verdict["hosts"] if host != verdict["host"]]
    if pair and servers.intersection(verdict["hosts"]) <= set(map(_host, pair["halves"])):
        return next((_host(half) for half in pair["halves"] if half["host"] != verdict["host"]), "")
    return others[0] if len(others) == 1 else ""


def _served_twice(samples: _Samples, verdict: Entry) -> None:
    """Once, or once for each scope where the two servers have different ones. Of very many servers the first two."""
    ranges = [
        (cidr(one["scope_id"], one["subnet_mask"]), str(one["host"] or one["server"]))
        for one in verdict["evidence"]["ranges"]
    ]
    (scope, server), *rest = sorted(ranges, key=lambda one: one[1])
    other_scope, partner = next((one for one in rest if one[1] != server), rest[0])
    samples.put("windhcp_scope_double_served", {"scope": scope, "server": server, "partner": partner}, 1)
    if other_scope != scope and len(ranges) == 2:
        samples.put("windhcp_scope_double_served", {"scope": other_scope, "server": partner, "partner": server}, 1)


# --- the format ------------------------------------------------------------------------------------------------------


def cidr(scope: str, mask: str) -> str:
    """A scope as windows_exporter calls it, 10.0.1.0/24; its id, where the mask is not known."""
    try:
        return str(IPv4Network((scope, mask), strict=False)) if mask else scope
    except ValueError:
        return scope


def _labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))
