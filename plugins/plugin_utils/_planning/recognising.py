# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a server that was read is the one that is meant, before anything is done to it. No I/O.

Each function gives the names whose addresses have to be known first, and nothing where all is well. Who is who is
decided by _model/identity; here are the texts."""

from __future__ import annotations

from .._model.identity import Hop, Identity, Match, is_address, spelled
from .._model.refusal import Refused
from .._model.texts import few
from .._windows.errors import RemoteFailure
from .read_request import PartnerRead, Unread
from .world import ServerView

Waits = tuple[str, ...]  # names whose addresses have to be known first


def check_not_itself(spelling: str, here: ServerView, option: str = "partner_server") -> Waits:
    """Raises Refused where a server is named as its own partner: by a name, an alias in DNS, or an address, bound or
    not."""
    own = here.server.identity
    if own.match(spelled(spelling)) is Match.SAME:
        raise Refused(f"{option}: '{spelling}' is {here.name} itself; name the other server.")
    return unknown_itself(spelling, here)


def unknown_itself(spelling: str, here: ServerView) -> Waits:
    """Whose addresses have to be known before it is known that a name is not this server. A partner that it has is
    none."""
    if not spelling or any(current.partner.is_called(spelling) for current in here.server.relationships):
        return ()
    return here.server.identity.unknown(spelled(spelling))


def check_another(spelling: str, here: ServerView, there: ServerView) -> Waits:
    """Raises Refused where what was read as another server is this one, or may be: a computer has one name, and what
    was reached over a second hop is known by the addresses of its name."""
    if not isinstance(there.source, Hop):
        mine, theirs = here.server, there.server
        if mine.name.lower() == theirs.name.lower() and mine.identity.is_same(theirs.identity):
            raise Refused(f"partner_host: it is {here.name} itself; name the other server.")
        return check_leads(spelling, here, there)
    unknown = check_not_itself(spelling, here)
    if any(current.partner.is_called(spelling) for current in here.server.relationships):
        return ()
    found = here.server.identity.match(spelled(spelling))
    if found is Match.IN_PART:
        raise Refused(
            f"partner_server: '{spelling}' leads to an address that {here.name} has too, and to others, so it is not "
            "known which server that is. Write an address that only the partner has."
        )
    if found is Match.NOT_RESOLVED:
        raise Refused(
            f"partner_server: '{spelling}' has no address in the DNS of {here.name}, although a server answers to it, "
            f"so it is not known that it is not {here.name} itself. Write its address, or add the name to DNS."
        )
    return unknown


def unknown_address(spelling: str, here: ServerView) -> Waits:
    """Whose addresses tell where this server's calls for a name go."""
    known = is_address(spelling) or spelling.lower() in here.server.resolved
    return () if known else (spelling.lower(),)


def check_leads(spelling: str, here: ServerView, there: ServerView) -> Waits:
    """Raises Refused where this server's DNS leads the name of a new partner to another server than the one that was
    looked at over a connection of its own."""
    found, told = here.server.resolved.get(spelling.lower(), ()), there.server.identity.addresses
    if found and told and told.isdisjoint(found):
        raise Refused(
            f"partner_server: '{spelling}' leads to {few(found)} in the DNS of {here.name}, and {there.name} "
            f"(partner_host) has {few(sorted(told))}, so the relationship would be made with another server than the "
            "one that was looked at. Correct DNS, or write an address of it."
        )
    return unknown_address(spelling, here)


def check_resolves(spelling: str, here: ServerView, there: Unread) -> None:
    """Raises RemoteFailure for a server that did not answer, where its name is known to lead nowhere."""
    if not there.answered and here.server.resolved.get(spelling.lower()) == ():
        raise RemoteFailure(
            f"{spelling} has no address in the DNS of {here.name}: correct partner_server, or add the record. "
            f"{there.failure}"
        )


def check_partner_host(read: PartnerRead, here: ServerView, there: ServerView) -> Waits:
    """Raises Refused where the server of partner_host is not the partner, by all that is known of both."""
    if wrong := not_the_partner(read, here, there):
        raise Refused(wrong)
    return unknown_partner(read, here, there)


def check_hop(read: PartnerRead, here: ServerView, there: ServerView) -> Waits:
    """Raises Refused where the partner's name leads to another address than the relationship has for it, and what
    answers there has no half of it that would tell: another server may have got the name."""
    half = here.half(read.relationship)
    if half is None or not half.relationship.partner.is_called(read.key) or read.relationship in there.mirrors:
        return ()
    known, found = half.relationship.partner.addresses, here.server.resolved.get(read.key.lower(), ())
    if found and known and known.isdisjoint(found):
        raise Refused(
            f"{read.key} leads to {few(found)} in the DNS of {here.name}, and '{read.relationship}' has its partner at "
            f"{few(sorted(known))}; what answers there does not have '{read.relationship}', so it may be another "
            "server. Correct DNS, or name the partner's host in partner_host."
        )
    return unknown_address(read.key, here) if known else ()


def unknown_partner(read: PartnerRead, here: ServerView, there: ServerView) -> Waits:
    """Whose addresses have to be known before it is known whether a server is the partner that was asked for."""
    server, partner = there.server.identity, Identity(read.names)
    return (
        () if _is_partner(read, here, there) or server.match(partner) is not Match.UNKNOWN else server.unknown(partner)
    )


def _is_partner(read: PartnerRead, here: ServerView, there: ServerView) -> bool:
    named = there.server.identity.match(Identity(read.names)) is Match.SAME
    return named or not read.names or is_mirrored(read, here, there)


def is_mirrored(read: PartnerRead, here: ServerView, there: ServerView) -> bool:
    """Whether a server has the other half of what this one has with the partner that is asked for. It is not a new
    partner of that name then."""
    half = here.half(read.relationship)
    asked = half is None or half.relationship.partner.is_called(read.key)
    return asked and read.relationship in there.mirrors


def not_the_partner(read: PartnerRead, here: ServerView, there: ServerView) -> str | None:
    """What is wrong with the server of partner_host, if anything is known to be."""
    server, partner = there.server.identity, Identity(read.names)
    if _is_partner(read, here, there) or server.match(partner) is Match.UNKNOWN:
        return None
    shown = " = ".join(dict.fromkeys(read.names))
    if server.is_named(partner):
        return (
            f"partner_host: it is {there.name} with the address {', '.join(there.server.addresses)}, and the partner "
            f"of '{read.relationship}' is {shown}: the name is the same, and the address is another. Another server of "
            "this name? Name the right host. The same server with a new address? Windows cannot change the address of "
            "a partner; the guide tells how the relationship is made anew."
        )
    return (
        f"partner_host: it is {there.name}, and the partner of '{read.relationship}' is {shown}; name the right host, "
        "or write partner_server as the host's own name or address."
    )


def other_address(name: str, here: ServerView, there: ServerView) -> str | None:
    """Words for a partner that is known by its half, and has another address than the relationship has for it."""
    mine, theirs = here.relationships.get(name), there.server.identity.addresses
    if mine is None or name not in there.mirrors or not theirs or mine.partner.addresses & theirs:
        return None
    told = ", ".join(sorted(mine.partner.addresses))
    if not told:
        return None
    return (
        f"{there.name} has the address {', '.join(sorted(theirs))}, and '{name}' on {here.name} has it at {told}. "
        "Windows cannot change that: where the two are out of contact, end the relationship on both servers (state: "
        "absent) and create it anew, as the guide tells"
    )


def check_halves(name: str, here: ServerView, there: ServerView) -> None:
    """Raises Refused where each of two servers has a relationship of this name, and not with the other."""
    theirs = there.relationships.get(name)
    if theirs is not None and name not in there.ours:
        raise Refused(
            f"'{name}' on {there.name} is with {' = '.join(theirs.partner.names)}, and that is not {here.name}: it is "
            f"another relationship, or {here.name} got another name or address since. Windows changes neither: end the "
            "two halves (state: absent on each server) and create it anew, as the guide tells."
        )


def unknown_half(name: str, here: ServerView, there: ServerView) -> Waits:
    """Whose addresses have to be known before it is known whether a relationship there is with this server."""
    theirs, own = there.relationships.get(name), here.server.identity
    if theirs is None or name in there.ours or name not in here.relationships:
        return ()
    return own.unknown(theirs.partner) if own.match(theirs.partner) is Match.UNKNOWN else ()


def check_half(name: str, here: ServerView, there: ServerView) -> Waits:
    """A relationship there of this name is with this server, or with another one. Raises Refused where that cannot be
    known: a half is never removed because of a name that was not understood."""
    theirs = there.relationships.get(name)
    if theirs is None or name in there.ours or name not in here.relationships:
        return ()
    if here.server.identity.match(theirs.partner) is Match.NOT_RESOLVED:
        raise Refused(
            f"'{name}' on {there.name} is with {' = '.join(theirs.partner.names)}, and {here.name} finds no address of "
            f"it, so it is not known whether that is {here.name}. Add the name to DNS, and run again."
        )
    return unknown_half(name, here, there)
