# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What failover needs before anything exists: the table of checks, and what one of them came to. No I/O.

A check is about a server, about the way from one server to another, about two servers together, or about the declared
data. Whoever looks yields the rows that are known; `completed` adds the others, as unknown, with what it takes to know
them. One fault is one FAIL: what cannot be known because of it is unknown, and never PASS."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PASS, FAIL, UNKNOWN = "PASS", "FAIL", "unknown"
SERVER, WAY, PAIR, DATA = "server", "way", "pair", "data"
VARIABLE = "failover_relationships"  # what the data is called
_GRAVITY = (FAIL, PASS, UNKNOWN)  # of two rows about the same: who knows more, the worse first


@dataclass(frozen=True)
class Check:
    """One thing that is looked at. `of`: what it is about. `label`: in a table. `needs`: without which of the others
    nothing is known of it."""

    id: str
    of: str
    label: str
    words: str
    needs: tuple[str, ...] = ()


# what of the servers may be refused by, where the role can be asked all the same
LATER = ("version", "api", "folders", "room", "clocks", "contact")
_ROWS = (
    # --- a server ---
    Check("port", SERVER, "port", "the controller reaches the port of WinRM or SSH"),
    Check("logon", SERVER, "logon", "the connection of the inventory makes a session there", ("port",)),
    Check("powershell", SERVER, "PowerShell", "Windows PowerShell 5.1 runs the script, in full language", ("logon",)),
    Check("role", SERVER, "DHCP role", "the DhcpServer module is there", ("powershell",)),
    Check("service", SERVER, "DHCP service", "the DHCP Server service runs", ("role",)),
    Check("rights", SERVER, "rights", "the account may manage DHCP on the server itself", ("service",)),
    Check("version", SERVER, "Windows version", "Windows Server 2012 or later, which failover needs", ("rights",)),
    Check("authorised", SERVER, "authorised", "Active Directory lets the server serve", ("rights",)),
    Check("api", SERVER, "API", "the DHCP management API can be called: other_copy: disable needs it", ("rights",)),
    Check("folders", SERVER, "folders", "nobody else made the folders that the collection keeps", ("role",)),
    Check("room", SERVER, "room", "the server can have one more relationship", ("rights",)),
    # --- from a server to its partner ---
    Check("name", WAY, "name", "the names of the partner lead to it, by the DNS of the server that asks", ("role",)),
    Check("rpc", WAY, "RPC", "the DHCP service of the partner answers (TCP 135 and 49152-65535)", ("name",)),
    Check("hop", WAY, "second hop", "the logon on the server goes on to the partner", ("rpc",)),
    Check("partner_rights", WAY, "rights there", "the account may manage DHCP on the partner", ("hop",)),
    # --- two servers ---
    Check("clocks", PAIR, "clocks", "the clocks are no more than a minute apart", ("hop",)),
    Check("contact", PAIR, "contact", "the two DHCP services are in contact (TCP 647)", ("rights",)),
    # --- the data ---
    Check(
        "data", DATA, "data", "a run with the declared data would not be refused", ("partner_rights", "rights", *LATER)
    ),
)
CHECKS: Mapping[str, Check] = {check.id: check for check in _ROWS}
_ORDER = {check.id: number for number, check in enumerate(_ROWS)}


@dataclass(frozen=True)
class Row:
    """What a check came to. `servers`: whom it is about, by what the run calls them; of a way the one that asks
    first. `subject`: the same in words."""

    id: str
    subject: str
    status: str
    evidence: str
    cure: str = ""
    servers: tuple[str, ...] = ()

    @property
    def check(self) -> Check:
        """Its row in the table of checks."""
        return CHECKS[self.id]

    def public(self) -> Mapping[str, Any]:
        """As results show it."""
        return {**vars(self), "label": self.check.label, "servers": list(self.servers)}

    @staticmethod
    def read(shown: Mapping[str, Any]) -> Row:
        """The row of what `public` gave. Raises KeyError for a check that does not exist."""
        subject, status, evidence, cure = (str(shown[key]) for key in ("subject", "status", "evidence", "cure"))
        return Row(CHECKS[shown["id"]].id, subject, status, evidence, cure, tuple(shown["servers"]))


def of_server(id_: str, server: str, status: str, evidence: str, cure: str = "") -> Row:
    """A row about a server."""
    return Row(id_, server, status, evidence, cure, (server,))


def of_way(id_: str, way: tuple[str, str], status: str, evidence: str, cure: str = "") -> Row:
    """A row about the way from one server to another."""
    return Row(id_, f"{way[0]} -> {way[1]}", status, evidence, cure, way)


def of_pair(id_: str, way: tuple[str, str], status: str, evidence: str, cure: str = "") -> Row:
    """A row about two servers together, whichever of them asked."""
    one, other = sorted(way)
    return Row(id_, f"{one}, {other}", status, evidence, cure, (one, other))


def completed(rows: Iterable[Row], servers: Sequence[str], ways: Collection[tuple[str, str]]) -> Sequence[Row]:
    """All checks of these servers, of the ways between them and to others, and of the data: each once, in the order of
    the table."""
    known: dict[tuple[str, str], Row] = {}
    for row in rows:
        before = known.get((row.id, row.subject))
        if before is None or _GRAVITY.index(row.status) < _GRAVITY.index(before.status):
            known[row.id, row.subject] = row
    for row in _expected(servers, ways):
        there = any(one.id == row.id and one.servers == row.servers for one in known.values())
        if not there and not (row.id == "data" and any(one.id == "data" for one in known.values())):
            known[row.id, row.subject] = _reasoned(row, list(known.values()), servers)
    places = {name: number for number, name in enumerate(servers)}

    def place(row: Row) -> tuple[object, ...]:
        of = (SERVER, WAY, PAIR, DATA).index(row.check.of)
        where = [places.get(server, len(places)) for server in row.servers]
        return of, where, row.servers, _ORDER[row.id], row.subject

    return sorted(known.values(), key=place)


def _expected(servers: Sequence[str], ways: Collection[tuple[str, str]]) -> Iterator[Row]:
    """A row for whatever there may be, of which nothing is known."""
    everybody = dict.fromkeys([*servers, *(server for way in ways for server in way)])
    pairs = dict.fromkeys((min(way), max(way)) for way in ways)
    for check in _ROWS:
        if check.of == SERVER:
            yield from (of_server(check.id, server, UNKNOWN, "") for server in everybody)
        elif check.of == WAY:
            yield from (of_way(check.id, way, UNKNOWN, "") for way in ways)
        elif check.of == PAIR:
            yield from (of_pair(check.id, pair, UNKNOWN, "") for pair in pairs)
        else:
            yield Row(check.id, VARIABLE, UNKNOWN, "")


def _reasoned(row: Row, known: Sequence[Row], servers: Sequence[str]) -> Row:
    """The row with why it is unknown: the check without which nothing is known of it, or that nobody asked."""
    if row.id == "data":
        evidence = f"{VARIABLE} is empty or not set, so nothing was compared with it"
        cure = "declare it, and run again; windhcp.failover.adopt writes what exists already"
        return Row(row.id, row.subject, UNKNOWN, evidence, cure)
    if row.check.of == SERVER and row.subject not in servers:
        evidence = "it is not among the hosts of this run"
        cure = "let it be one of them (failover_hosts, --limit); where the inventory lacks it, add it there"
        return of_server(row.id, row.subject, UNKNOWN, evidence, cure)
    stopper = stopping(row.id, row.servers, known)
    if stopper is None:
        evidence, cure = "the server did not tell it", "run again; where it stays so, please report it"
    elif stopper.status == FAIL:
        evidence, cure = f"not known as long as this fails: {title(stopper)}", "mend that, and run again"
    else:
        evidence, cure = f"not known as long as this is unknown: {title(stopper)}", stopper.cure
    return Row(row.id, row.subject, UNKNOWN, evidence, cure, row.servers)


def stopping(id_: str, servers: tuple[str, ...], known: Iterable[Row]) -> Row | None:
    """The first check about these servers that did not pass and without which nothing is known of another one; one that
    failed, if any did. Of a way back it says nothing."""
    needed, is_pair = _needed(id_), CHECKS[id_].of == PAIR

    def is_about(row: Row) -> bool:
        if row.check.of == WAY and not is_pair:
            return row.servers == servers
        return {*row.servers} <= {*servers}

    rows = [row for row in known if row.id in needed and row.status != PASS and is_about(row)]
    rows.sort(key=lambda row: (_GRAVITY.index(row.status), _ORDER[row.id], row.subject))
    return rows[0] if rows else None


def _needed(id_: str) -> frozenset[str]:
    needs = CHECKS[id_].needs
    return frozenset(needs).union(*map(_needed, needs))


def title(row: Row) -> str:
    """Which row it is."""
    return f"{row.subject}, {row.check.label}"


def summary(rows: Sequence[Row]) -> str:
    """What all of it comes to, in a sentence, with the first of what failed."""
    count = {status: sum(row.status == status for row in rows) for status in (PASS, FAIL, UNKNOWN)}
    failed = next((row for row in rows if row.status == FAIL), None)
    if failed is None:
        return f"Nothing failed: {count[PASS]} of {len(rows)} checks passed, {count[UNKNOWN]} are unknown."
    number = f"{count[FAIL]} of {len(rows)} checks failed ({count[UNKNOWN]} are unknown)"
    return f"{number}. The first: {title(failed)}: {failed.evidence} -> {failed.cure}"
