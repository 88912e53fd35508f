# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The state of the simulated servers: plain data without rules.

The fields follow what two partners must have in common (dhcp-failover.md 6.1) and what a relationship stores on each
server (section 12). A field with ``metadata={"key": True}`` is the key under which its owner keeps it in a mapping.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import NamedTuple

UNLIMITED = 4294967295  # MaxBootpClients without a limit
KEY = {"key": True}

# C WIN32: the State strings of DhcpServerv4Failover, in the order of the FSM numbers 0 to 11 of MS-DHCPM.
STATES = (
    "NoState",
    "Init",
    "Startup",
    "Normal",
    "CommunicationInterrupted",
    "PartnerDown",
    "PotentialConflict",
    "ConflictDone",
    "ResolutionInterrupted",
    "Recover",
    "RecoverWait",
    "RecoverDone",
)


class OptionKey(NamedTuple):
    """What makes an option value unique: two vendor classes may both have an option 43. In YAML
    "43/vendor=X/user=Y"."""

    option_id: int
    vendor_class: str = ""
    user_class: str = ""

    def __str__(self) -> str:
        vendor = f"/vendor={self.vendor_class}" if self.vendor_class else ""
        user = f"/user={self.user_class}" if self.user_class else ""
        return f"{self.option_id}{vendor}{user}"

    @classmethod
    def parse(cls, text: str) -> OptionKey:
        """The reverse of ``str``. Raises ValueError for anything else."""
        number, *classes = text.split("/")
        named = dict(part.split("=", 1) for part in classes)
        if set(named) - {"vendor", "user"}:
            raise ValueError(f"{text!r} is no option: write 43, 43/vendor=NAME or 43/user=NAME")
        return cls(int(number), named.get("vendor", ""), named.get("user", ""))


OptionValues = dict[OptionKey, tuple[str, ...]]


@dataclass(frozen=True, order=True)
class AddressRange:
    start: IPv4Address
    end: IPv4Address

    def holds(self, address: IPv4Address) -> bool:
        return self.start <= address <= self.end

    def overlaps(self, other: AddressRange) -> bool:
        return self.start <= other.end and other.start <= self.end

    def size(self) -> int:
        return int(self.end) - int(self.start) + 1


@dataclass(frozen=True)
class Lease:
    """``expires`` None: a reservation's lease or an endless one."""

    ip: IPv4Address = field(metadata=KEY)
    client_id: str
    host_name: str = ""
    description: str = ""
    address_state: str = "Active"
    client_type: str = "Dhcp"
    expires: datetime | None = None
    policy_name: str = ""
    dns_rr: str = "AandPTR"
    dns_registration: str = "Complete"


@dataclass
class Reservation:
    ip: IPv4Address = field(metadata=KEY)
    client_id: str
    name: str = ""
    description: str = ""
    type: str = "Both"
    options: OptionValues = field(default_factory=dict)


@dataclass
class Policy:
    """``criteria``: property name of DhcpServerv4Policy (VendorClass, MacAddress ...) -> operator EQ or NE, then
    values."""

    name: str = field(metadata=KEY)
    condition: str = "Or"
    enabled: bool = True
    processing_order: int = 1
    description: str = ""
    criteria: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lease_duration: timedelta | None = None
    dns_suffix: str = ""
    ranges: list[AddressRange] = field(default_factory=list)
    options: OptionValues = field(default_factory=dict)


@dataclass
class DnsSetting:
    dynamic_updates: str = "OnClientRequest"
    delete_on_lease_expiry: bool = True
    update_older_clients: bool = False
    disable_ptr_update: bool = False
    name_protection: bool = False
    dns_suffix: str = ""


@dataclass
class Scope:
    """``dns`` None: inherited from the server (Get-DhcpServerv4DnsSetting shows the effective value)."""

    scope_id: IPv4Address = field(metadata=KEY)
    subnet_mask: IPv4Address
    start_range: IPv4Address
    end_range: IPv4Address
    name: str
    description: str = ""
    state: str = "Active"
    lease_duration: timedelta = timedelta(days=8)
    type: str = "Dhcp"
    activate_policies: bool = True
    delay: int = 0
    max_bootp_clients: int = UNLIMITED
    nap_enable: bool = False
    nap_profile: str = ""
    superscope: str = ""
    dns: DnsSetting | None = None
    exclusions: list[AddressRange] = field(default_factory=list)
    options: OptionValues = field(default_factory=dict)
    reservations: dict[IPv4Address, Reservation] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    leases: dict[IPv4Address, Lease] = field(default_factory=dict)

    def range(self) -> AddressRange:
        return AddressRange(self.start_range, self.end_range)

    def in_subnet(self, address: IPv4Address) -> bool:
        return int(address) & int(self.subnet_mask) == int(self.scope_id)

    def all_leases(self, now: datetime | None = None) -> list[Lease]:
        """As -AllLeases lists them: those that were given out, and one for each reservation (C MIG), used or not.

        ``now``: what ended before it has expired. C PSDOC: such a one is still listed; nobody cleans up here."""
        unused = (one for address, one in self.reservations.items() if address not in self.leases)
        idle = [Lease(one.ip, one.client_id, one.name, address_state="InactiveReservation") for one in unused]
        return sorted([*(self._shown(one, now) for one in self.leases.values()), *idle], key=lambda lease: lease.ip)

    def _shown(self, lease: Lease, now: datetime | None) -> Lease:
        if lease.address_state != "Active":
            return lease
        reserved = lease.ip in self.reservations
        if now is not None and lease.expires is not None and lease.expires <= now:
            return replace(lease, address_state="InactiveReservation" if reserved else "Expired")
        return replace(lease, address_state="ActiveReservation") if reserved else lease


@dataclass(frozen=True)
class Card:
    """A network card beside the one that has ``ip``. ``bound``: whether the DHCP service listens there."""

    interface: str = field(metadata=KEY)
    ip: IPv4Address
    subnet_mask: IPv4Address = field(default_factory=lambda: IPv4Address("255.255.255.0"))
    bound: bool = False


@dataclass
class Relationship:
    """One server's half of a failover relationship.

    ``peer``: NetBIOS name of the other server, ``partner_server``: the text that Get shows as PartnerServer,
    ``percentage``: the one byte of the wire (C DHCPM): the primary's share, or the standby's reserve, ``active``: which
    of primary and secondary is Active in HotStandby, ``safe_period`` None: no automatic transition, ``secret``: a
    salted hash, "set" after a reload, None without authentication, ``polls_left``: how many Gets still show Startup, or
    a re-integration that is under way, ``behind``: it leased something that the other one does not know,
    ``lost_since``: when it was first seen without contact, by a clock that is right, ``primary_ip`` and so on: what it
    was made with, where that is not what the server has (None, "": it is)."""

    name: str = field(metadata=KEY)
    peer: str
    partner_server: str
    primary: str
    secondary: str
    mode: str
    percentage: int
    active: str = "primary"
    mclt: timedelta = timedelta(hours=1)
    safe_period: timedelta | None = None
    secret: str | None = None
    scopes: list[IPv4Address] = field(default_factory=list)
    state: str = "Normal"
    polls_left: int = 0
    behind: bool = False
    lost_since: datetime | None = None
    primary_ip: IPv4Address | None = None
    secondary_ip: IPv4Address | None = None
    primary_name: str = ""
    secondary_name: str = ""


@dataclass(frozen=True)
class DhcpClass:
    name: str = field(metadata=KEY)
    type: str
    data: str
    description: str = ""


@dataclass(frozen=True)
class OptionDefinition:
    name: str
    type: str
    multi_valued: bool = False
    default: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class Filter:
    mac_address: str = field(metadata=KEY)
    list: str
    description: str = ""


@dataclass(frozen=True)
class Credential:
    """``delegated``: a session of this account reaches a second server. ``admin``: local administrator."""

    user: str
    password: str
    delegated: bool = True
    admin: bool = True
    dhcp_administrator: bool = False


@dataclass
class Server:
    """One simulated Windows DHCP server.

    ``name``: what the lab calls it, ``netbios``: its computer name, if that is another (two domains may have one of the
    same name), ``address`` and the ports: where its endpoints listen, ``transports``: those it offers (see
    transports.py), ``ip``: its address in the simulated network, the one that DHCP is bound to, ``cards``: others,
    ``resolves_to``: what DNS says of its names (none: all of its addresses), ``clock_offset``: how far its clock is
    off, ``reachable``: whether other servers get through to it, ``management_api``: whether dhcpsapi.dll can be called
    there, ``authorized``: in Active Directory, ``service``: running, paused, stopped or starting (then
    ``starting_calls`` more calls fail), ``startup_seconds``: simulated start-up cost of one remote command,
    ``audit_log``: whether it is on, ``event_log``: open, closed (to other servers), denied or absent,
    ``dns_account``: DOMAIN\\user of dynamic DNS updates,
    ``language``: en, de or fr (of built-in names; errors are told in en and de), ``option_definitions``: keyed by
    option id and vendor class only, ``allow_list`` and ``deny_list``: whether the filters of that list are in
    force."""

    name: str = field(metadata=KEY)
    fqdn: str
    address: str
    ip: IPv4Address
    netbios: str = ""
    port: int = 5985
    https_port: int = 5986
    ssh_port: int = 2222
    transports: tuple[str, ...] = ("winrm",)
    os: str = "10.0.20348"
    aliases: tuple[str, ...] = ()
    clock_offset: timedelta = timedelta(0)
    reachable: bool = True
    management_api: bool = True
    service: str = "running"
    starting_calls: int = 0
    startup_seconds: float = 0.0
    language: str = "en"
    credentials: tuple[Credential, ...] = ()
    interface: str = "Ethernet"
    subnet_mask: IPv4Address = field(default_factory=lambda: IPv4Address("255.255.255.0"))
    cards: dict[str, Card] = field(default_factory=dict)
    resolves_to: tuple[IPv4Address, ...] = ()
    domain_joined: bool = True
    authorized: bool = True
    audit_log: bool = True
    event_log: str = "open"
    dns_account: str = ""
    activate_policies: bool = True
    conflict_detection_attempts: int = 0
    dns: DnsSetting = field(default_factory=DnsSetting)
    classes: dict[str, DhcpClass] = field(default_factory=dict)
    option_definitions: dict[OptionKey, OptionDefinition] = field(default_factory=dict)
    option_values: OptionValues = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    filters: dict[str, Filter] = field(default_factory=dict)
    allow_list: bool = False
    deny_list: bool = False
    scopes: dict[IPv4Address, Scope] = field(default_factory=dict)
    relationships: dict[str, Relationship] = field(default_factory=dict)

    def relationship_of(self, scope_id: IPv4Address) -> Relationship | None:
        return next((one for one in self.relationships.values() if scope_id in one.scopes), None)

    def may_serve(self) -> bool:
        """C DHCP-EVENTS 1046: a member of a domain that is not authorised there has stopped servicing clients."""
        return self.authorized or not self.domain_joined

    @property
    def computer_name(self) -> str:
        """The NetBIOS one, which Windows cuts after 15 characters (C KB909264)."""
        return self.netbios or self.name

    @property
    def host_name(self) -> str:
        """The whole one, in DNS."""
        return self.fqdn.partition(".")[0]

    @property
    def domain(self) -> str:
        """Its DNS suffix, in lower case."""
        return self.fqdn.partition(".")[2].lower()

    def version(self) -> tuple[int, ...]:
        """Of Windows: (6, 2) is Windows Server 2012, (6, 3) is 2012 R2."""
        return tuple(int(part) for part in self.os.split(".")[:2] if part.isdecimal())

    def addresses(self) -> tuple[IPv4Address, ...]:
        """Of all its cards; it answers on each."""
        return (self.ip, *(card.ip for card in self.cards.values()))

    def dns_names(self) -> tuple[str, ...]:
        """What any machine may call this server by, in lower case."""
        return tuple(dict.fromkeys(name.lower() for name in (self.fqdn, *map(str, self.addresses()), *self.aliases)))

    def short_names(self) -> tuple[str, ...]:
        """What means it in its own domain, in lower case."""
        return tuple(dict.fromkeys(name.lower() for name in (self.computer_name, self.host_name)))
