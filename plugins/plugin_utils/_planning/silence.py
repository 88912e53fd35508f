# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the partner of a relationship is silent: what has to be sure before this server serves alone. No I/O.

It is asked from this server by RPC, by every name that the relationship has for it and at its address, again for some
seconds where nobody answers, and once more right before the write. Silence is that nobody answered at the address; a
name that leads nowhere any more does not speak against it. With partner_host the controller asks its connection's TCP
port as well, and a DHCP service that is seen to be stopped there is silent. Whatever else comes is an answer: a refused
logon, an error, a reply that nobody understands. A port that is refused is neither: that machine is up. Nor is a host
that does not answer and that nobody knows to be the partner: it is that by its inventory name or its address alone.

What answers and has neither a half of the relationship nor one of its scopes in service is another machine, which got
the name or the address. A cut line is silence as well; so without the controller's own look a person has to say that
the partner is off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address

from .._model.failover_states import NORMAL, PARTNER_DOWN
from .._model.identity import Identity, Match, elsewhere, is_address, is_own_of_partner
from .._model.refusal import Refused
from .._model.relationship import Relationship
from .._model.server import Server
from .._model.texts import few, variable
from .._windows.errors import Heard, RemoteFailure, Unreachable
from .._windows.server_replies import ServiceStopped
from .draft import Draft
from .read_request import Knocked, PartnerRead
from .world import ServerView


@dataclass(frozen=True)
class Silence:
    """`asked`: which names and addresses, by what, and what came. `seen`: the controller looked for itself."""

    asked: tuple[str, ...]
    seen: bool

    @property
    def words(self) -> str:
        """For who reads the plan."""
        return "; ".join(self.asked)


@dataclass(frozen=True)
class Asking:
    """Why a partner is listened for. `option`: what a refusal begins with; `so`: what follows from an answer.

    `is_off`: a person says that it is. `needs_word`: that or the controller's own look is needed. `elsewhere`:
    partner_host may be another server."""

    option: str
    so: str
    is_off: bool = False
    needs_word: bool = True
    elsewhere: bool = False


class _Listener:
    """One relationship and its partner."""

    def __init__(self, current: Relationship, asking: Asking, d: Draft) -> None:
        self._current, self._asking, self._draft = current, asking, d
        self._here, self._partner = d.here, current.partner_server
        self._stopped = False  # its service, as the controller saw
        self._unnamed = False  # the host that it asked is not known to be the partner
        self._uncounted = ""  # what the controller heard and why it says nothing of the partner

    # --- partner_host --------------------------------------------------------------------------------------------

    def over_connection(self) -> tuple[str, ...] | None:
        """What the controller heard of the partner; nothing where partner_host is another server or could not be asked.
        None: it has to be read first. Raises Refused for an answer."""
        if not (self._draft.world.has_partner_host or self._draft.world.finds_partners):
            return ()
        read = PartnerRead(self._current.partner.names, self._current.name, elsewhere=self._asking.elsewhere)
        there = self._draft.ask(read)
        if there is None:
            return None
        if isinstance(there, ServerView):
            if is_own_of_partner(there.source):
                raise self._answers(there.name, there.relationships.get(self._current.name))
            return ()
        return self._not_read(there.failure) if there.own else ()

    def _not_read(self, failure: RemoteFailure) -> tuple[str, ...]:
        if isinstance(failure, ServiceStopped):
            return self._service_stopped(failure.server)
        if failure.heard is Heard.ANSWER:
            raise self._refused(
                f"{self._is_partner(self._partner)}, answers the controller, so {self._asking.so}, although it says: "
                f"{failure}"
            )
        if not isinstance(failure, Unreachable):
            return ()
        if failure.heard is not Heard.NOTHING:
            self._uncounted = failure.asked
            return ()
        if self._asking.elsewhere or self._draft.several_partners or not self._is_named(failure.names):
            names, partner = (
                " = ".join(dict.fromkeys(filter(None, failure.names))),
                " = ".join(self._current.partner.names),
            )
            self._unnamed = True
            self._uncounted = f"{failure.asked}, and nobody saw that {names} is the partner ({partner})"
            return ()
        return (failure.asked,)

    def _is_named(self, names: tuple[str, ...]) -> bool:
        """Whether one of the names of a host that was not reached is the partner's: one that the relationship has for
        it, or an address that this server's DNS has for those."""
        known, resolved = self._current.partner.names, self._here.server.resolved
        partner = Identity((*known, *(address for name in known for address in resolved.get(name, ()))))
        return any(name and partner.is_called(name) for name in names)

    def _service_stopped(self, server: Server) -> tuple[str, ...]:
        names = Identity(self._current.partner.names)
        if server.identity.knowing(elsewhere(self._here.server.resolved)).match(names) is Match.SAME:
            self._stopped = True
            return (f"the DHCP service of {server.name} does not run (partner_host)",)
        if self._asking.elsewhere:
            return ()
        raise self._refused(
            f"partner_host: it is {server.name}, whose DHCP service does not run, and the partner of "
            f"'{self._current.name}' is {' = '.join(names.names)}; name the right host."
        )

    # --- RPC -----------------------------------------------------------------------------------------------------

    def by_rpc(self) -> tuple[str, ...] | None:
        """What came at every name and address. None: something has to be asked first. Raises Refused for an answer."""
        asked = self._spellings()
        if asked is None:
            return None
        known = self._draft.world.knocked
        missing = [name for name in asked if name not in known]
        visits = [name for name in asked if name in known and known[name].is_there and known[name].shown is None]
        self._draft.knock(missing, visits)
        return None if missing or visits else tuple(self._came(name, known[name]) for name in asked)

    def _spellings(self) -> tuple[str, ...] | None:
        """All that it is asked by, an address among them. None: the names have to be resolved first."""
        names, resolved = self._current.partner.names, self._here.server.resolved
        words = [name for name in names if not is_address(name)]
        unknown = [name for name in words if name not in resolved]
        self._draft.resolve(*unknown)
        if unknown:
            return names if len(words) < len(names) else None
        asked = dict.fromkeys([*names, *(address for name in words for address in resolved[name])])
        if not any(map(is_address, asked)):
            raise self._refused(
                f"{self._here.name} knows no address of {self._is_partner(self._partner)}, so it cannot be asked "
                "whether it is there. Let the name lead to the address that it had, by a DNS record or a line in the "
                "hosts file."
            )
        return tuple(asked)

    def _came(self, name: str, knocked: Knocked) -> str:
        """What came at a name or an address, in words. Raises Refused where it is an answer of the partner's."""
        ids, here = ", ".join(knocked.ids), self._here
        leads_to = here.server.resolved.get(name, (name,))
        if knocked.heard is Heard.NOT_ASKED or (not leads_to and not knocked.is_there):
            return f"{name} has no address in DNS ({ids})"
        if any(map(here.server.identity.is_called, leads_to)):
            return f"{name} is {here.name} itself now"
        if knocked.heard is Heard.NOTHING:
            return f"{name} does not answer RPC ({ids})"
        if knocked.heard is Heard.STOPPED and self._stopped:
            return f"{name} answers RPC without a DHCP service ({ids})"
        if knocked.heard is Heard.STOPPED:
            raise self._refused(
                f"a machine answers {here.name} at {name}, where {self._is_partner(self._partner)}, was, and its DHCP "
                f"service is stopped or just starting ({ids}). With that machine as partner_host it is seen which one "
                "it is (where the task has a new partner, in one of its own before: state: absent)."
            )
        return self._visited(name, knocked)

    def _visited(self, name: str, knocked: Knocked) -> str:
        shown, current = knocked.shown, self._current
        if not isinstance(shown, Server):
            raise self._refused(
                f"{self._is_partner(self._partner)}, answers {self._here.name} at {name}, so {self._asking.so}, "
                f"although it says: {shown or ', '.join(knocked.ids)}"
            )
        half = next((each for each in shown.relationships if each.name.casefold() == current.name.casefold()), None)
        members = [scope for scope in shown.scopes if scope.scope_id in current.members]
        if half is None and not any(scope.active for scope in members):
            return f"at {name} another machine answers, with neither '{current.name}' nor one of its scopes in service"
        told, found = current.partner.addresses, self._here.server.resolved.get(name, ())
        if half is not None and found and told.isdisjoint(found):
            raise self._refused(
                f"{self._is_partner(name)}, answers at {', '.join(found)}, and '{current.name}' has it at "
                f"{', '.join(sorted(told))}: it got another address, so {self._asking.so}. Windows cannot change "
                "that in a relationship: end it on both servers (state: absent, with partner_host) and create it anew, "
                "as the guide tells"
            )
        raise self._answers(name, half)

    # --- words ---------------------------------------------------------------------------------------------------

    def _is_partner(self, name: str) -> str:
        return f"{name}, the partner in '{self._current.name}'"

    def _answers(self, name: str, half: Relationship | None) -> Refused:
        if half is not None and half.state == PARTNER_DOWN:
            return self._refused(
                f"{name} has declared {self._here.name} down in '{half.name}'; declared on both servers, the same "
                "address could be given to two clients. Bring the two into contact instead."
            )
        if half is None:
            return self._refused(
                f"{self._is_partner(name)}, answers and is without this relationship, so {self._asking.so}: state: "
                "absent without orphan takes it from this server; state: present with partner_host makes it anew."
            )
        return self._refused(
            f"{self._is_partner(name)}, answers (it is in state {half.state}), so {self._asking.so}: mend the "
            "connection between the two servers (TCP 647)."
        )

    def check_others(self) -> None:
        """Raises Refused where the two servers are in contact, as another relationship shows."""
        for other in self._here.relationships.values():
            if other.state == NORMAL and other.partner.is_same(self._current.partner):
                raise self._refused(
                    f"{self._is_partner(self._partner)}, is there: '{other.name}' with the same server is {NORMAL}, so "
                    f"{self._asking.so}. Look at why '{self._current.name}' is in state {self._current.state} (it is "
                    "that with a secret that differs on the two servers), and run again in a minute."
                )

    def _refused(self, text: str) -> Refused:
        text = text if text.startswith("partner_") else f"{self._asking.option}{text}"
        return Refused(f"{text.rstrip('.')}.")

    def _other_way(self) -> str:
        if self._unnamed:
            return "; or name the partner in partner_host, so that the controller asks too"
        if self._draft.world.has_partner_host:
            return ""
        return "; or give partner_host (for a playbook: have it in the inventory), so that the controller asks too"

    def not_said(self, silence: Silence) -> Refused:
        """Nobody but this server has asked."""
        heard = f"; the controller's own look does not count: {self._uncounted}" if self._uncounted else ""
        return self._refused(
            f"partner_is_off: needed, since {self._is_partner(self._partner)}, was asked by {self._here.name} alone "
            f"({silence.words}{heard}), and a cut line looks the same: the partner would go on serving, and the same "
            "address could be given to two clients. Make sure that it is off and stays off, and say partner_is_off: "
            f"true ({variable('partner_is_off')}){self._other_way()}."
        )


def warn_of_unserved(name: str, scopes: Iterable[IPv4Address], d: Draft) -> None:
    """Of the scopes with which this server is alone, those that it does not serve: from then on nobody does."""
    if unserved := [scope for scope in sorted(scopes) if not d.here.serves(scope)]:
        d.warnings.append(
            f"'{name}': {few(unserved)} is out of service on {d.here.name}, and nobody serves it then: activate it "
            "(Set-DhcpServerv4Scope -State Active)"
        )


def listen(current: Relationship, asking: Asking, d: Draft) -> Silence | None:
    """What the silence of a partner was. None: something has to be asked first. Raises Refused where it is none."""
    listener = _Listener(current, asking, d)
    listener.check_others()
    over_connection, by_rpc = listener.over_connection(), listener.by_rpc()
    if over_connection is None or by_rpc is None:
        return None
    silence = Silence((*by_rpc, *over_connection), bool(over_connection))
    if asking.needs_word and not silence.seen and not asking.is_off:
        raise listener.not_said(silence)
    return silence
