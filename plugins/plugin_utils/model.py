# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the collection knows of a DHCP server: plain values, in the words of the modules' options.

Durations are seconds, scope ids are addresses, modes and roles are the option's choices. Nothing here imports Ansible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import AddressValueError, IPv4Address
from typing import Any, Literal

Mode = Literal["load_balance", "hot_standby"]
Role = Literal["active", "standby"]

DEFAULT_LOAD_BALANCE_PERCENT = 50
DEFAULT_RESERVE_PERCENT = 5
DEFAULT_MAX_CLIENT_LEAD_TIME = 3600
DEFAULT_STATE_SWITCH_INTERVAL = 3600  # what Windows takes when automatic transition is on and no interval is given
NAME_LIMIT = 126
RELATIONSHIP_LIMIT = 31  # a server; empty ones count
_COMPUTER_NAME = re.compile(r"[A-Za-z0-9_:.][A-Za-z0-9._:-]{0,254}")


class UnknownPartner(Exception):
    """Two names that do not look alike; only their addresses tell whether they mean one server."""

    def __init__(self, spelling: str) -> None:
        super().__init__(spelling)
        self.spelling = spelling


class Refused(Exception):
    """A request that is not carried out, found before the first write. The text names the option and the cure.

    `shows`: what the task's result has all the same, by its key.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.shows: dict[str, Any] = {}


@contextmanager
def showing(**result: Any) -> Iterator[None]:
    """What is refused within has this in the task's result."""
    try:
        yield
    except Refused as refused:
        refused.shows.update(result)
        raise


def scope_ids(texts: Iterable[object], option: str = "scopes") -> tuple[IPv4Address, ...]:
    """Scope ids as addresses: sorted as numbers, each once. Raises Refused."""
    found = set()
    for text in texts:
        try:
            found.add(IPv4Address(str(text).strip()))
        except AddressValueError:
            raise Refused(
                f"{option}: {text!r} is no IPv4 address; failover exists for IPv4 scopes only, write the scope id, for example 10.1.20.0"
            ) from None
    return tuple(sorted(found))


def computer_name(text: str, option: str) -> str:
    """A name or an address of a computer. Windows' own export puts it into a text that it runs. Raises Refused."""
    if not _COMPUTER_NAME.fullmatch(text):
        raise Refused(
            f"{option}: {text!r} is no name of a computer; write its name or address, with letters, digits and . - _ : only, and no "
            "hyphen in front."
        )
    return text


def is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def same_server(one: str, other: str) -> bool:
    """Whether two spellings can mean one server: equal, or equal first labels, whatever their case."""
    one, other = one.strip().rstrip(".").lower(), other.strip().rstrip(".").lower()
    if not one or not other:
        return False
    if is_address(one) or is_address(other):
        return one == other
    if "." in one and "." in other:
        return one == other
    return one.split(".")[0] == other.split(".")[0]


@dataclass(frozen=True)
class Relationship:
    """A failover relationship as one server shows it (load_balance_percent and server_role are that server's own)."""

    name: str
    partner_server: str
    mode: Mode
    load_balance_percent: int | None
    reserve_percent: int | None
    server_role: Role | None
    max_client_lead_time: int
    state_switch_interval: int
    enable_auth: bool
    state: str
    scopes: tuple[IPv4Address, ...]
    primary_server: str | None = None
    secondary_server: str | None = None
    primary_ip: str | None = None
    secondary_ip: str | None = None
    is_primary: bool | None = None

    @property
    def partner_names(self) -> tuple[str, ...]:
        """Every name and address under which this server knows the partner."""
        identity = {
            True: (self.secondary_server, self.secondary_ip),
            False: (self.primary_server, self.primary_ip),
            None: (),
        }[self.is_primary]
        return tuple(dict.fromkeys(name for name in (self.partner_server, *identity) if name))

    def has_partner(self, spelling: str) -> bool:
        return any(same_server(spelling, name) for name in self.partner_names)


@dataclass(frozen=True)
class Scope:
    scope_id: IPv4Address
    name: str
    subnet_mask: str
    start_range: str
    end_range: str
    active: bool
    type: str
    description: str = ""
    lease_duration: int | None = None


@dataclass(frozen=True)
class Utilisation:
    """How full a scope is. The four that split it between the servers are None outside failover."""

    in_use: int
    free: int
    percent_in_use: float | None  # None: a scope without any address
    in_use_here: int | None
    in_use_at_partner: int | None
    free_here: int | None
    free_at_partner: int | None


@dataclass(frozen=True)
class ClockOffset:
    """How far a server's clock is ahead of the controller's: between these two."""

    least: timedelta = timedelta(0)
    most: timedelta = timedelta(0)

    def narrowed(self, latest: ClockOffset) -> ClockOffset:
        """What both say; the latest alone where they do not meet, since a clock can be set."""
        least, most = max(self.least, latest.least), min(self.most, latest.most)
        return ClockOffset(least, most) if least <= most else latest

    def apart(self, other: ClockOffset) -> timedelta:
        """By how much the two clocks differ for certain."""
        return max(self.least - other.most, other.least - self.most, timedelta(0))


@dataclass(frozen=True)
class Server:
    """One server at one moment."""

    name: str  # what Windows cuts after 15 characters
    addresses: tuple[str, ...]
    relationships: tuple[Relationship, ...]
    scopes: tuple[Scope, ...]
    resolved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # names whose addresses were asked for
    host_name: str = ""  # in DNS, whole
    clock: ClockOffset = field(default_factory=ClockOffset)

    def is_called(self, spelling: str) -> bool:
        spelling = spelling.strip()
        names = filter(None, (self.name, self.host_name))
        return any(same_server(spelling, name) for name in names) or spelling.lower() in {*self.addresses, "localhost", "127.0.0.1", "."}

    def relationship(self, name: str) -> Relationship | None:
        return next((r for r in self.relationships if r.name == name), None)

    def relationship_of(self, scope_id: IPv4Address) -> Relationship | None:
        return next((r for r in self.relationships if scope_id in r.scopes), None)

    def scope(self, scope_id: IPv4Address) -> Scope | None:
        return next((s for s in self.scopes if s.scope_id == scope_id), None)


@dataclass(frozen=True)
class ScopeDefinition:
    """A scope as a playbook declares it, used to create it and for nothing else. None is an omitted option."""

    scope_id: IPv4Address
    subnet_mask: IPv4Address
    start_range: IPv4Address
    end_range: IPv4Address
    name: str
    description: str | None = None
    lease_duration: int | None = None
    active: bool = True


@dataclass(frozen=True)
class Definition:
    """A relationship as a playbook declares it. None is an omitted option: left as it is, or Windows' default at creation."""

    name: str
    partner_server: str | None = None
    mode: Mode | None = None
    load_balance_percent: int | None = None
    reserve_percent: int | None = None
    server_role: Role | None = None
    max_client_lead_time: int | None = None
    state_switch_interval: int | None = None
    auto_state_transition: bool | None = None
    enable_auth: bool | None = None
    shared_secret: str | None = None
    update_secret: Literal["on_create", "always", "on_change"] = "on_create"
    scopes: tuple[IPv4Address, ...] = ()

    def __repr__(self) -> str:  # never the secret, wherever a definition is printed
        return f"Definition({self.name!r})"
