# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a planner asks for. No I/O.

A planner is a pure function of a World. It begins with an empty one, and returns what it came to, or a ReadRequest:
"call me again when you know this". Whoever calls it reads that and calls it again with all that is known by then, until
there is nothing to ask for. It may ask for several things at once, and for more later; what was asked for once is read
again with the rest. A server that could not be read is an answer too: an Unread in the place of a view."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address

from .._model.identity import Connection
from .._model.note import Note
from .._model.server import Server
from .._model.texts import few
from .._windows.errors import Heard, RemoteFailure, heard
from .._windows.scope_cmdlets import DetailsRead

Scopes = tuple[IPv4Address, ...]


def both(scopes: Scopes, others: Scopes) -> Scopes:
    """The scopes of both, sorted, each once."""
    return tuple(sorted({*scopes, *others}, key=int))  # addresses compare themselves slowly


@dataclass(frozen=True)
class OwnRead:
    """What has to be known of the task's own server, beside its relationships and scopes.

    `secrets`: relationships, for what is kept there of those. `scopes`: whose content is read, with `leases`.
    `uses`: of which scopes it is asked what they need of the server level. `level`: the server level itself, with the
    version. `copy`: the path of a safety copy. `statistics`: how full each scope is.
    `api`: a relationship, to ask the management API with. `details`: what of scopes that are defined is read, whether
    they are there or not. `service`: what else is told of the DHCP service, for a verdict on it. `events`: what it
    logged of failover. `copies`: which safety copies it keeps.
    """

    secrets: tuple[str, ...] = ()
    scopes: Scopes = ()
    leases: bool = True
    uses: Scopes = ()
    level: bool = False
    copy: str = ""
    statistics: bool = False
    api: str = ""
    details: DetailsRead = field(default_factory=DetailsRead)
    service: bool = False
    events: bool = False
    copies: bool = False

    def merged(self, other: OwnRead) -> OwnRead:
        """What both need together."""
        return OwnRead(
            tuple(dict.fromkeys([*self.secrets, *other.secrets])),
            both(self.scopes, other.scopes),
            with_leases(self, other),
            both(self.uses, other.uses),
            self.level or other.level,
            self.copy or other.copy,
            self.statistics or other.statistics,
            self.api or other.api,
            self.details.merged(other.details),
            self.service or other.service,
            self.events or other.events,
            self.copies or other.copies,
        )


@dataclass(frozen=True)
class PartnerRead:
    """What has to be known of a partner, its relationships and scopes at least.

    `names`: what it is called; none: it is the server of partner_host. `scopes`: whose content is compared, on both
    servers, that of `first` before the other's, so that a lease that is just being given to the partner does not look
    lost; without `leases` only their settings. `api`: whether the management API answers there. `level`: the classes
    and definitions that scopes which come may need. `elsewhere`: it may be another server than that of partner_host.
    `service`, `events`: as in OwnRead. Not `guarded`: what changes there meanwhile is for Windows to refuse. `also`:
    other relationships with it that it was asked about."""

    names: tuple[str, ...]
    relationship: str
    scopes: Scopes = ()
    leases: bool = True
    api: bool = False
    level: bool = False
    first: Connection = Connection.PARTNER
    elsewhere: bool = False
    guarded: bool = True
    service: bool = False
    events: bool = False
    also: tuple[str, ...] = ()

    @staticmethod
    def noted(note: Note, scopes: Scopes = ()) -> PartnerRead:
        """Of the partner that a note names; the relationship may be gone."""
        return PartnerRead((note.partner,), note.relationship, scopes, elsewhere=True)

    @property
    def key(self) -> str:
        """What the server is asked for by."""
        return self.names[0] if self.names else ""

    @property
    def relationships(self) -> tuple[str, ...]:
        """All that it is asked about."""
        return tuple(filter(None, dict.fromkeys((self.relationship, *self.also))))

    def merged(self, other: PartnerRead) -> PartnerRead:
        """What both need of one server together; content is read first where either wants it first."""
        first = Connection.THIS_SERVER if Connection.THIS_SERVER in (self.first, other.first) else Connection.PARTNER
        return replace(
            self,
            scopes=both(self.scopes, other.scopes),
            leases=with_leases(self, other),
            api=self.api or other.api,
            level=self.level or other.level,
            first=first,
            elsewhere=self.elsewhere and other.elsewhere,
            guarded=self.guarded or other.guarded,
            service=self.service or other.service,
            events=self.events or other.events,
            also=tuple(dict.fromkeys(name for name in (*self.also, *other.relationships) if name != self.relationship)),
        )


def with_leases(*reads: OwnRead | PartnerRead) -> bool:
    """Whether one of the reads of some scopes wants their leases."""
    wanted = [read.leases for read in reads if read.scopes]
    return any(wanted) or not wanted


@dataclass(frozen=True)
class ReadRequest:
    """What a planner has to know before it can go on. `partners`: by what they are asked for. `resolve`: names whose
    addresses the task's own server has to tell. `knocks`: names and addresses of servers that are asked by RPC whether
    they are there at all; `visits`: those that are, what they have."""

    own: OwnRead = field(default_factory=OwnRead)
    partners: tuple[PartnerRead, ...] = ()
    resolve: tuple[str, ...] = ()
    knocks: tuple[str, ...] = ()
    visits: tuple[str, ...] = ()

    def merged(self, other: ReadRequest) -> ReadRequest:
        """What both need together."""
        partners = {read.key: read for read in self.partners}
        for read in other.partners:
            partners[read.key] = read.merged(partners[read.key]) if read.key in partners else read
        resolve = tuple(dict.fromkeys([*self.resolve, *other.resolve]))
        knocks = tuple(dict.fromkeys([*self.knocks, *other.knocks]))
        visits = tuple(dict.fromkeys([*self.visits, *other.visits]))
        return ReadRequest(self.own.merged(other.own), tuple(partners.values()), resolve, knocks, visits)

    def words(self) -> str:
        """For the one who watches."""
        asked = {name: value for name, value in vars(self.own).items() if value and name != "leases"}
        if self.own.details:
            asked["details"] = tuple(sorted(self.own.details.scopes))
        own = [f"{name} {few(value) if isinstance(value, tuple) else value}" for name, value in asked.items()]
        partners = [
            f"partner {read.key or 'of partner_host'} of '{read.relationship}'"
            + (f" with the content of {few(read.scopes)}" if read.scopes else "")
            for read in self.partners
        ]
        others = [f"addresses of {name}" for name in self.resolve]
        others += [f"whether {name} is there" for name in self.knocks]
        others += [f"what {name} has" for name in self.visits]
        return "; ".join(["this server", *own, *partners, *others])


@dataclass(frozen=True)
class Unread:
    """A server that could not be read, and why. `own`: over a connection of its own, that of partner_host."""

    failure: RemoteFailure
    own: bool = False

    @property
    def answered(self) -> bool:
        """Whether it is there all the same, although it may have refused access."""
        return self.failure.heard is Heard.ANSWER


@dataclass(frozen=True)
class Knocked:
    """What came when a server was asked whether it is there. `ids`: the errors of that, none where it told its version.
    `shown`: what it has, or why that is not told, where it was asked."""

    ids: tuple[str, ...] = ()
    shown: Server | RemoteFailure | None = None

    @property
    def heard(self) -> Heard:
        """What it tells of the server."""
        return heard(self.ids)

    @property
    def is_there(self) -> bool:
        """Whether a DHCP service answered, whatever it said."""
        return self.heard is Heard.ANSWER
