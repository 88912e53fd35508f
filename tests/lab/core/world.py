# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The simulated network: the servers, who reaches whom, the clock, and the faults a test ordered."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address

from lab.core import access_lists, copying
from lab.core.open_questions import Switches
from lab.core.server import STATES, Lease, Relationship, Scope, Server

MAX_CLOCK_DIFFERENCE = timedelta(minutes=1)  # C DN338982
WINDOWS_2012_R2 = (6, 3)
SERVING = ("Normal", "Startup", "CommunicationInterrupted")  # what is stored of a half that nobody declared down
RECOVERY = ("RecoverDone", "RecoverWait", "Recover")  # the last one comes first


@dataclass
class Fault:
    """An ordered failure: the call after the next ``after`` calls of ``cmdlet`` on ``server`` fails with
    ``error_id``."""

    server: str
    cmdlet: str
    error_id: str
    after: int = 0
    half_applied: bool = False


@dataclass
class BrokenEnumeration:
    """An ordered failure: the next ``times`` exports of a scope hold the first ``leases`` of it and say nothing."""

    server: str
    scope_id: IPv4Address | None
    leases: int = 0
    times: int = 1


@dataclass
class World:
    """``clock``: a fixed instant, or None for the real clock. ``cut_links``: pairs of servers that cannot talk.

    ``lost_dns``: "host on server" of every client whose DNS records a scope's deletion took along. ``takes``: how much
    of a fixed instant's time each call of a cmdlet takes. ``leads``: a name or an address, in lower case, that leads to
    another server than its owner, or to none ("")."""

    servers: dict[str, Server] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)
    clock: datetime | None = None
    cut_links: set[frozenset[str]] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    broken: list[BrokenEnumeration] = field(default_factory=list)
    lost_dns: list[str] = field(default_factory=list)
    takes: dict[str, timedelta] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)
    salt: str = field(default_factory=lambda: secrets.token_hex(16))

    def now(self, server: str) -> datetime:
        """UTC as this server's clock shows it."""
        return (self.clock or datetime.now(timezone.utc)) + self.servers[server].clock_offset

    def pass_time(self, cmdlet: str) -> None:
        if self.clock is not None:
            self.clock += self.takes.get(cmdlet, timedelta(0))

    def find(self, name: str) -> Server | None:
        """By NetBIOS name, fully qualified name, address or alias, in any case (DNS)."""
        wanted = name.strip().rstrip(".").lower()
        if wanted in self.leads:
            return self.servers.get(self.leads[wanted])
        return next((server for server in self.servers.values() if wanted in server.names()), None)

    def resolve(self, name: str) -> list[str]:
        """What DNS says: the addresses of a name or an alias."""
        found = self.find(name)
        return [] if found is None else [str(address) for address in (found.ip, *found.cards)]

    def new_file_owner(self) -> str:
        """Who owns a file that an administrator makes, as SDDL."""
        return access_lists.ADMINISTRATORS if self.switches.administrators_own_new_files else access_lists.USER

    def connected(self, one: str, other: str) -> bool:
        """Whether packets get from one server to the other."""
        up = self.servers[one].reachable and self.servers[other].reachable
        return one == other or (up and frozenset((one, other)) not in self.cut_links)

    def answers(self, one: str, other: str) -> bool:
        """Whether the DHCP service of ``other`` answers ``one``: C DN338982, paused is good enough."""
        return self.connected(one, other) and self.servers[other].service in ("running", "paused")

    def cut_link(self, one: str, other: str) -> None:
        self.cut_links.add(frozenset((self.servers[one].name, self.servers[other].name)))

    def mend_link(self, one: str, other: str) -> None:
        self.cut_links.discard(frozenset((self.servers[one].name, self.servers[other].name)))

    def hash_secret(self, text: str) -> str:
        """Enough to see that a secret was changed, never the secret."""
        return hashlib.sha256((self.salt + text).encode()).hexdigest()[:24]

    # --- relationships ---------------------------------------------------------------------------------------------

    def relationship(self, server: Server, name: str) -> Relationship | None:
        exact = self.switches.relationship_names == "case_sensitive"
        found = (one for key, one in server.relationships.items() if key == name or same(key, name, exact))
        return next(found, None)

    def counterpart(self, server: Server, relationship: Relationship) -> Relationship | None:
        """The other server's half, if it (still) has one."""
        peer = self.servers.get(relationship.peer)
        half = self.relationship(peer, relationship.name) if peer else None
        return half if half and half.peer == server.name else None

    def mirror(self, creator: Server, half: Relationship) -> Relationship:
        """The partner's half of a new relationship. M SCOPEAPI: it shows the creator's host name (its form: a
        switch)."""
        shown = {"netbios": creator.name, "hostname": creator.host_name, "fqdn": creator.fqdn}[
            self.switches.partner_server_shows
        ]
        return replace(half, peer=creator.name, partner_server=shown, scopes=list(half.scopes))

    def state(self, server: Server, relationship: Relationship) -> str:
        """The State this server shows: what is stored, or what a broken connection makes of it.

        C DHCPM: without contact NORMAL becomes COMMUNICATION_INT, and POTENTIAL_CONFLICT becomes RESOLUTION_INT;
        I for Startup and for a missing counterpart.
        """
        peer = relationship.peer
        contact = peer in self.servers and self.answers(server.name, peer)
        if relationship.state == "PotentialConflict" and not contact:
            return "ResolutionInterrupted"
        if relationship.state not in ("Normal", "Startup"):
            return relationship.state
        if not contact:
            return "CommunicationInterrupted"
        if self.counterpart(server, relationship) is None:
            return self.switches.orphan_state
        return relationship.state

    def refuses_bootp(self, server: Server) -> bool:
        """L 7: whether it takes no scope of type Bootp or Both into failover."""
        answer = self.switches.bootp_refused
        return answer == "always" or (answer == "before_2012_r2" and server.version() < WINDOWS_2012_R2)

    def set_state(self, server: str, relationship: str, state: str) -> None:
        """For tests: the State that one server's half is in. Raises KeyError, ValueError."""
        if state not in STATES:
            raise ValueError(f"{state!r} is no failover state: {', '.join(STATES)}")
        half = self.relationship(self.servers[server], relationship)
        if half is None:
            raise KeyError(f"{server} has no relationship {relationship!r}")
        half.state, half.polls_left = state, 0

    def meet(self) -> None:
        """Servers that are in contact again find out."""
        self._catch_up()
        self._reintegrate()

    def _catch_up(self) -> None:
        """L 4.1 (synced in NORMAL): what was leased without contact travels when both are Normal again."""
        for server in self.servers.values():
            for half in server.relationships.values():
                other = self.counterpart(server, half) if half.behind else None
                if other is None or {self.state(server, half), self.state(self.servers[half.peer], other)} != {
                    "Normal"
                }:
                    continue
                half.behind = False
                if self.switches.interruption_leases_travel:
                    self._exchange_leases(server, half, other)

    def _reintegrate(self) -> None:
        """A half in PartnerDown and its counterpart are in contact again: their re-integration begins.

        C DHCPM FSM_STATE: the other one is in RECOVER ("re-integrating with a server in PARTNER_DOWN"), waits the MCLT
        in RECOVER_WAIT, and RECOVER_DONE lets both become NORMAL; until then this one stays in PARTNER_DOWN. Two that
        declared each other down are in POTENTIAL_CONFLICT (I; so says the IETF draft that MS-DHCPF refers to)."""
        polls = self.switches.reintegration_polls
        for server in self.servers.values():
            for half in server.relationships.values():
                other = self.counterpart(server, half) if half.state == "PartnerDown" and not half.polls_left else None
                if other is None or not (self.answers(server.name, half.peer) and self.answers(half.peer, server.name)):
                    continue
                conflict = other.state == "PartnerDown" or self.switches.partner_down_ends_in == "potential_conflict"
                if conflict:
                    half.state = other.state = "PotentialConflict"
                elif other.state in SERVING:
                    other.state = "Recover"
                for one in (half, other):
                    self._advance(one, polls if conflict else polls * len(RECOVERY))
                self._exchange_leases(server, half, other)

    def _exchange_leases(self, server: Server, half: Relationship, other: Relationship) -> None:
        """C MS-DHCPF 3.1.7.1: who enters RECOVER or POTENTIAL-CONFLICT asks the partner for all that it leased."""
        peer = self.servers[half.peer]
        for scope_id in set(half.scopes) & set(other.scopes) & set(server.scopes) & set(peer.scopes):
            copying.exchange_leases(server.scopes[scope_id], peer.scopes[scope_id])

    def reintegrating(self, half: Relationship) -> bool:
        return half.polls_left > 0 and half.state != "Startup"

    def settle(self, halves: Iterable[tuple[Server, Relationship]]) -> None:
        """One Get has shown these halves: what is under way between them and their counterparts goes on (L: how
        fast)."""
        for server, half in halves:
            other = self.counterpart(server, half)
            if not _under_way(half) or other is None or not self.answers(server.name, half.peer):
                continue
            left = max(0, half.polls_left - 1)
            for one in filter(_under_way, (half, other)):
                self._advance(one, left)
            if left == 0:  # and what was leased meanwhile
                self._exchange_leases(server, half, other)

    def interrupt(self, *halves: Relationship) -> None:
        """I 17: a change of secret costs the two their connection for a while."""
        polls = self.switches.secret_change_polls
        for half in halves if polls and all(one.state == "Normal" for one in halves) else ():
            half.state, half.polls_left = "CommunicationInterrupted", polls

    def _advance(self, half: Relationship, polls_left: int) -> None:
        """``polls_left`` more Gets show this half on its way to Normal."""
        half.polls_left = polls_left
        if polls_left == 0:
            half.state = "Normal"
        elif half.state in RECOVERY:
            half.state = RECOVERY[(polls_left - 1) // self.switches.reintegration_polls]

    # --- faults ----------------------------------------------------------------------------------------------------

    def fail_next(self, server: str, cmdlet: str, error_id: str, after: int = 0, *, half_applied: bool = False) -> None:
        """Let a later call fail. ``half_applied``: only after this server's part of the work is done."""
        self.faults.append(Fault(self.servers[server].name, cmdlet, error_id, after, half_applied))

    def break_lease_export(
        self, server: str, scope_id: IPv4Address | None = None, leases: int = 0, times: int = 1
    ) -> None:
        """C MIG: Export-DhcpServer never posts what goes wrong while leases are enumerated. ``scope_id`` None: of every
        scope."""
        self.broken.append(BrokenEnumeration(self.servers[server].name, scope_id, leases, times))

    def exported_leases(self, server: str, scope: Scope) -> list[Lease]:
        """What an export holds of a scope's leases."""
        found = scope.all_leases()
        for broken in self.broken:
            if broken.server == server and broken.scope_id in (None, scope.scope_id) and broken.times > 0:
                broken.times -= 1
                return found[: broken.leases]
        return found

    def take_fault(self, server: str, cmdlet: str) -> Fault | None:
        """The fault due for this call, if one is."""
        for fault in self.faults:
            if fault.server == server and fault.cmdlet.lower() == cmdlet.lower():
                if fault.after == 0:
                    self.faults.remove(fault)
                    return fault
                fault.after -= 1
                return None
        return None


def same(one: str, other: str, exact: bool = False) -> bool:
    """Whether two names are equal, in any case unless ``exact``."""
    return one == other or (not exact and one.lower() == other.lower())


def _under_way(half: Relationship) -> bool:
    return half.state == "Startup" or half.polls_left > 0
