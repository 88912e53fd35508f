# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The state of the lab: what is between the servers, and what becomes of their relationships."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from lab.core import access_lists, copying
from lab.core.event_log import EventLogs
from lab.core.identities import Identities
from lab.core.server import STATES, Relationship, Server
from lab.core.versions import WINDOWS_2012_R2

MAX_CLOCK_DIFFERENCE = timedelta(minutes=1)  # C DN338982
SERVING = ("Normal", "Startup", "CommunicationInterrupted")  # what is stored of a half that nobody declared down
RECOVERY = ("RecoverDone", "RecoverWait", "Recover")  # the last one comes first


@dataclass
class World(Identities):
    """``lost_dns``: "host on server" of every client whose DNS records a scope's deletion took along, ``logs``: what
    the servers logged of their relationships."""

    lost_dns: list[str] = field(default_factory=list)
    logs: EventLogs = field(default_factory=EventLogs)
    salt: str = field(default_factory=lambda: secrets.token_hex(16))

    def new_file_owner(self) -> str:
        """Who owns a file that an administrator makes, as SDDL."""
        return access_lists.ADMINISTRATORS if self.switches.administrators_own_new_files else access_lists.USER

    def program_data(self) -> str:
        """The access list of every server's ProgramData, as SDDL."""
        return access_lists.PROGRAM_DATA if self.switches.program_data_open else access_lists.SYSTEM_ROOT

    def hash_secret(self, text: str) -> str:
        """Enough to see that a secret was changed, never the secret."""
        return hashlib.sha256((self.salt + text).encode()).hexdigest()[:24]

    def in_turn(self, here: Callable[[], object], there: Callable[[], object]) -> None:
        """The two steps of a failover cmdlet that writes on both servers. No lock spans two servers, so between them
        others may write; U: which comes first."""
        first, second = (there, here) if self.switches.partner_half_first else (here, there)
        first()
        self.between()
        second()

    def between(self) -> None:
        """The first step of a write is done, the second is not. For a test in which something happens then."""

    def state(self, server: Server, relationship: Relationship) -> str:
        """The State this server shows: what is stored, or what a broken connection makes of it.

        C DHCPM: without contact NORMAL becomes COMMUNICATION_INT, and POTENTIAL_CONFLICT becomes RESOLUTION_INT;
        I MS-DHCPF 3.1.1: Startup is left as well. I 4.2: what a half without its counterpart shows.
        """
        contact = self.contact(server, relationship)
        if relationship.state == "PotentialConflict" and not contact:
            return "ResolutionInterrupted"
        if relationship.state not in ("Normal", "Startup"):
            return relationship.state
        if not contact:
            starting = relationship.state == "Startup"
            return self.switches.startup_without_contact if starting else "CommunicationInterrupted"
        if self.opposite(server, relationship) is None:
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

    def advance(self, span: timedelta) -> None:
        self.meet()  # what went wrong until now did so before this time passed
        super().advance(span)

    def meet(self) -> None:
        """Servers that are in contact again find out, and those that are not what time it is."""
        if any(half.safe_period for server in self.servers.values() for half in server.relationships.values()):
            self.logs.look(self)  # CommunicationInterrupted comes before what the timer makes of it
        self._switch_over()
        self._catch_up()
        self._reintegrate()
        self.logs.look(self)

    def _switch_over(self) -> None:
        """C WIN32: with AutoStateTransition a half goes from CommunicationInterrupted to PartnerDown by itself, when
        the StateSwitchInterval is over."""
        now = self.true_time()
        for server in self.servers.values():
            for half in server.relationships.values():
                timed = half.safe_period is not None and half.state in SERVING
                lost = timed and self.state(server, half) == "CommunicationInterrupted"
                half.lost_since = (half.lost_since or now) if lost else None
                if half.lost_since and half.safe_period and now - half.lost_since >= half.safe_period:
                    half.state, half.polls_left = "PartnerDown", 0

    def _catch_up(self) -> None:
        """L 4.1 (synced in NORMAL): what was leased without contact travels when both are Normal again."""
        for server in self.servers.values():
            for half in server.relationships.values():
                other = self.opposite(server, half) if half.behind else None
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
        declared each other down are in POTENTIAL_CONFLICT (I DRAFT)."""
        polls = self.switches.reintegration_polls
        for server in self.servers.values():
            for half in server.relationships.values():
                other = self.opposite(server, half) if half.state == "PartnerDown" and not half.polls_left else None
                if other is None or not self.contact(server, half):
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
            copying.exchange_leases(server.scopes[scope_id], peer.scopes[scope_id], self.switches)

    def reintegrating(self, half: Relationship) -> bool:
        return half.polls_left > 0 and half.state != "Startup"

    def settle(self, halves: Iterable[tuple[Server, Relationship]]) -> None:
        """One Get has shown these halves: what is under way between them and their counterparts goes on. How fast:
        L 1.1, switches settle_polls, reintegration_polls."""
        for server, half in halves:
            other = self.opposite(server, half)
            if not _under_way(half) or other is None or not self.contact(server, half):
                continue
            left = max(0, half.polls_left - 1)
            for one in filter(_under_way, (half, other)):
                self._advance(one, left)
            if left == 0:  # and what was leased meanwhile
                self._exchange_leases(server, half, other)

    def interrupt(self, *halves: Relationship) -> None:
        """I 13.17: a change of secret costs the two their connection for a while."""
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


def _under_way(half: Relationship) -> bool:
    return half.state == "Startup" or half.polls_left > 0
