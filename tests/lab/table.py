# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The state of the lab as the tables an admin knows from the DHCP console, in plain text of at most 120 columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from lab.core.failover import view
from lab.core.lab import Lab
from lab.core.metadata import format_timespan
from lab.core.server import Relationship, Scope, Server

WIDTH = 120
_RELATIONSHIPS = ("relationship", "partner", "mode", "share", "MCLT", "switchover", "auth", "state here", "there")
_SCOPES = ("scope", "name", "range", "state", "relationship", "leases", "reserv.")


def render(lab: Lab) -> str:
    """Each server with its relationships (State on both servers) and its scopes."""
    with lab.lock():
        return "\n\n".join(_server(lab, server) for server in lab.servers.values()) + "\n"


def _server(lab: Lab, server: Server) -> str:
    where = ("" if server.reachable else ", not reachable") + ("" if server.may_serve() else ", not authorised")
    lines = [f"{server.computer_name}  {server.fqdn}  {server.ip}  ({server.service}{where})"]
    halves = [_relationship(lab, server, half) for half in server.relationships.values()]
    lines += _table(_RELATIONSHIPS, halves) if halves else ["  no failover relationship"]
    scopes = [_scope(server, scope) for _id, scope in sorted(server.scopes.items())]
    lines += ["", *_table(_SCOPES, scopes)] if scopes else ["  no scope"]
    return "\n".join(lines)


def _relationship(lab: Lab, server: Server, half: Relationship) -> tuple[str, ...]:
    shown = view(lab, server, half).properties
    other = lab.opposite(server, half)
    balanced = shown["Mode"] == "LoadBalance"
    share = f"{shown['LoadBalancePercent']} %" if balanced else f"{shown['ServerRole']}, {shown['ReservePercent']} %"
    return (
        half.name,
        half.partner_server,
        "load balance" if balanced else "hot standby",
        share,
        _span(half.mclt),
        _span(half.safe_period),
        "on" if half.secret else "off",
        lab.state(server, half),
        lab.state(lab.servers[half.peer], other) if other else "(none)",
    )


def _scope(server: Server, scope: Scope) -> tuple[str, ...]:
    half = server.relationship_of(scope.scope_id)
    return (
        str(scope.scope_id),
        scope.name,
        f"{scope.start_range} - {scope.end_range}",
        "active" if scope.state == "Active" else "inactive",
        half.name if half else "",
        str(len(scope.leases)),
        str(len(scope.reservations)),
    )


def _span(span: timedelta | None) -> str:
    return "off" if span is None else format_timespan(span)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Aligned columns; the widest ones are cut until a line fits."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    while sum(widths) + 2 * len(widths) > WIDTH:
        widths[widths.index(max(widths))] -= 1
    return [_line(row, widths) for row in (head, ["-" * width for width in widths], *rows)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (_cut(cell, width).ljust(width) for cell, width in zip(row, widths, strict=True))
    return ("  " + "  ".join(cells)).rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
