# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The checks from a server to its partner, and of the two together: what came of asking -> rows. No I/O.

A server is asked about the partners that it has, that the data gives it, or that somebody names. Where there is neither
data nor any of these, the other one of two hosts is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from .._model.failover_states import CUT_OFF, TOLD
from .._model.identity import is_address, same_server
from .._model.texts import few
from .._windows import probes, server_replies
from .._windows.check_reads import PartnerAnswers, partner_answers
from .._windows.errors import EMPTY_FAILOVER, NO_RIGHTS, Heard, UnexpectedReply, heard
from .._windows.remote_error import RemoteError, error_ids
from .._windows.reply import Result
from .checklist import FAIL, PASS, UNKNOWN, Row, of_pair, of_way, stopping, title
from .data_checks import Entry
from .guards import CLOCK_LIMIT
from .pair_verdicts import half_missing, state_verdict
from .server_checks import DENIED, HalfSeen, Look, api, authorised, room, version

_DNS = "correct the DNS record, or the name of the partner (partner_server in the data)"
_PORTS = "open TCP 135 and 49152-65535 from {0} to {1}, and look at whether {1} is up"
_AGAIN = "mend that, and run again"
_CLOCK = "set the time of both (w32tm)"
_CONTACT = "look at TCP 647 in both directions, at both services, and at whether both have the same shared secret"
_BEFORE = "nothing listens on TCP 647 before the two have a relationship"
_BEFORE_CURE = "leave TCP 647 open in both directions; with the first relationship this check knows it"


@dataclass(frozen=True)
class Ask:
    """A partner that a server is asked about. `partner`: what the run calls it; `names`: what the server calls it, the
    first is the one that it is asked by; none: that is not known."""

    partner: str
    names: tuple[str, ...] = ()


def with_hosts(looks: Mapping[str, Look | None]) -> Mapping[str, Look | None]:
    """The same, with the host of each partner that the inventory does not know by the name that the relationship has,
    and that one host of the run has for its own."""
    own: dict[str, list[str]] = {}
    for host, look in looks.items():
        if look is not None:
            own.setdefault(look.host_name.casefold(), []).append(host)

    def known(half: HalfSeen) -> HalfSeen:
        found = {host for name in half.partner for host in own.get(name.rstrip(".").casefold(), ())}
        return replace(half, host=found.pop()) if half.host is None and len(found) == 1 else half

    return {
        host: look and replace(look, halves=tuple(known(half) for half in look.halves)) for host, look in looks.items()
    }


def partners(
    host: str,
    looks: Mapping[str, Look | None],
    declared: Sequence[Entry],
    named: str = "",
) -> Sequence[Ask]:
    """Whom a host is asked about. `looks`: every host of the run, with what it showed. `declared`: by the data;
    `named`: by hand, the partner of all others."""
    found: dict[str, list[str]] = {}
    mine = looks.get(host)
    for half in mine.halves if mine else ():
        found.setdefault(half.host or half.partner[0], []).extend(half.partner)
    for entry in declared:
        if host == entry.primary != entry.partner:
            found.setdefault(entry.partner, []).extend([entry.partner_server] if entry.partner_server else [])
        elif host == entry.partner != entry.primary:
            found.setdefault(entry.primary, [])
    known = _called(named, {**dict.fromkeys(found), **looks}) if named else None
    if known == host:
        for other in looks:
            if other != host:
                found.setdefault(other, [])
    elif known or (named and not same_server(named, host)):
        found.setdefault(known or named, [] if known else [named])
    if not found and not declared and len(looks) == 2:
        found = {other: [] for other in looks if other != host}
    return [Ask(partner, _names(partner, names, looks)) for partner, names in found.items()]


def _called(named: str, looks: Mapping[str, Look | None]) -> str | None:
    """Which of these hosts it is, in upper or lower case, with or without a domain."""
    if named in looks:
        return named
    found = (one for one, look in looks.items() if same_server(one, named) or (look and look.host_name == named))
    return next(found, None)


def _names(partner: str, names: Sequence[str], looks: Mapping[str, Look | None]) -> tuple[str, ...]:
    """A name of the partner first, its own whole one before a short one, also where it is known by an address."""
    look = looks.get(partner)
    known = dict.fromkeys(names or ([look.host_name] if look else []))
    own = look.host_name.casefold() if look else ""
    return tuple(sorted(known, key=lambda name: (is_address(name), name.casefold() != own)))


@dataclass(frozen=True)
class Way:
    """From a host to a partner. `here`, `there`: what both showed of themselves; None: that is not known. `known`: the
    rows of both."""

    host: str
    ask: Ask
    here: Look
    there: Look | None
    known: Sequence[Row]

    @property
    def ends(self) -> tuple[str, str]:
        """Both, as the run calls them."""
        return (self.host, self.ask.partner)

    def says(self, id_: str, status: str, evidence: str, cure: str = "") -> Row:
        """A row about the way."""
        return of_way(id_, self.ends, status, evidence, cure)

    def told(self, id_: str, status: str, error: RemoteError) -> Row:
        """The same by an error."""
        return self.says(id_, status, *(error.told or (str(error), "")))

    def failed_there(self, id_: str) -> Row | None:
        """What of the partner's own has failed without which a check tells nothing."""
        return stopping(id_, (self.ask.partner,), [row for row in self.known if row.status == FAIL])

    @property
    def is_one_account(self) -> bool:
        """Whether the account that asks is the one that is logged on to the partner."""
        return self.there is not None and self.here.is_logged_on_as(self.there)

    @property
    def has_rights_there(self) -> bool | None:
        """Whether the account of the partner's own connection has rights there; None: that is not known."""
        own = [row.status for row in self.known if row.id == "rights" and row.servers == (self.ask.partner,)]
        return {PASS: True, FAIL: False}.get(own[0]) if own else None

    def lacks(self, name: str) -> bool:
        """Whether the partner has shown its relationships, and none of them is called so."""
        if self.there is None or not self.has_rights_there:
            return False
        return all(half.name != name for half in self.there.halves)


def of_partner(way: Way, answers: Sequence[Result]) -> Sequence[Row]:
    """What a server answered of its partner, up to what cannot be read."""
    rows: list[Row] = []
    try:
        rows.extend(_of_answers(way, partner_answers(way.ask.names, answers)))
    except UnexpectedReply as failure:
        cure = "look at it on the server, and report what it shows"
        done = {row.id for row in rows}
        last = next((id_ for id_ in ("name", "rpc", "hop", "partner_rights") if id_ not in done), None)
        if last:
            rows.append(way.says(last, UNKNOWN, str(failure), cure))
        elif "clocks" not in done:
            rows.append(of_pair("clocks", way.ends, UNKNOWN, str(failure), cure))
    return rows


def _of_answers(way: Way, said: PartnerAnswers) -> Iterator[Row]:
    name = _name(way, said)
    yield name
    if name.status == FAIL:
        return
    rpc = _rpc(way, said.version)
    yield rpc
    if rpc.status != PASS:
        return
    rights = tuple(_rights(way, said))
    yield from rights
    yield from _clocks(way, said.clock)
    if way.there is None and all(row.status == PASS for row in rights):
        yield from _outside(way, said)


def _name(way: Way, said: PartnerAnswers) -> Row:
    """Whether the names lead to the partner: by its own addresses, or by those of the server that answered to them."""
    given = zip(way.ask.names, said.resolved, strict=True)
    resolved = {name: (name,) if is_address(name) else addresses for name, addresses in given}
    lost = [name for name, addresses in resolved.items() if not addresses]
    if lost:
        return way.says("name", FAIL, f"the DNS of {way.host} has no address for {few(lost)}", _DNS)
    shown = "; ".join(f"{name} = {few(addresses)}" for name, addresses in resolved.items() if not is_address(name))
    shown = shown or few(resolved)
    own = frozenset(way.there.addresses) if way.there else frozenset[str]()
    if not own:
        return way.says("name", PASS, shown)
    strange = [name for name, addresses in resolved.items() if own.isdisjoint(addresses)]
    if not strange or said.addresses & own:
        wrong = [name for name in strange if is_address(name)]
        if not wrong:
            return way.says("name", PASS, shown)
        evidence = f"{way.host} knows {way.ask.partner} by {few(wrong)}, and it listens on {few(sorted(own))}"
        cure = "a relationship keeps the address that it was made with: re-create it (recreate: when_needed)"
        return way.says("name", FAIL, evidence, cure)
    evidence = f"{shown}; {way.ask.partner} listens on {few(sorted(own))}"
    if said.addresses:
        return way.says("name", FAIL, f"another server answers: {evidence}", _DNS)
    cure = f"Resolve-DnsName on {way.host}: an address on which {way.ask.partner} listens should be among them"
    return way.says("name", UNKNOWN, evidence, cure)


def _rpc(way: Way, answer: Result) -> Row:
    host, partner = way.ends
    came = heard(error_ids(answer))
    if came is Heard.ANSWER:
        return way.says("rpc", PASS, f"it answers to {way.ask.names[0]}")
    error = RemoteError(answer, host, way.ask.names[0])
    if (failed := way.failed_there("rights")) is not None:
        return way.says("rpc", UNKNOWN, f"no answer, as is to be expected: {title(failed)} fails", _AGAIN)
    cure = error.told[1] if error.told and came is not Heard.NOTHING else _PORTS.format(host, partner)
    return way.says("rpc", FAIL, error.told[0] if error.told else str(error), cure)


def _rights(way: Way, said: PartnerAnswers) -> Iterator[Row]:
    """Of the second hop, and of the rights behind it."""
    asked, goes_on = way.ask.names[0], way.here.goes_on
    refused = next(
        (one for one in (said.version, said.failover, said.scopes) if one.errors and not _is_nothing(one)), None
    )
    if refused is None:
        yield way.says("hop", PASS, f"{way.here.user} gets there")
        yield way.says("partner_rights", PASS, way.here.user)
        return
    ids = error_ids(refused)
    error = probes.refusal(refused, way.host, asked, goes_on)
    if not ids & DENIED:
        yield way.told("hop", UNKNOWN, error)
        return
    if refused is said.version:
        yield way.told("hop", FAIL, error)
    elif way.is_one_account and way.has_rights_there is False:  # one fault
        known = f"refused, as {way.there.user if way.there else ''} is on {way.ask.partner} itself"
        if goes_on or NO_RIGHTS in ids:
            yield way.says("hop", PASS, f"{way.here.user} gets there")
        else:
            yield way.says("hop", UNKNOWN, known, _AGAIN)
        yield way.says("partner_rights", UNKNOWN, known, _AGAIN)
    elif goes_on or NO_RIGHTS in ids:
        yield way.says("hop", PASS, f"{way.here.user} gets there")
        yield way.told("partner_rights", FAIL, error)
    elif way.is_one_account and way.has_rights_there:  # so it is its credentials that do not get there
        yield way.told("hop", FAIL, RemoteError(refused, way.host, asked, denied="hop"))
    else:
        yield way.told("hop", FAIL, error)


def _is_nothing(answer: Result) -> bool:
    return error_ids(answer) <= EMPTY_FAILOVER


def _clocks(way: Way, answer: Result) -> Iterator[Row]:
    apart = probes.apart(answer)
    if apart is not None:
        yield _apart(way.ends, apart)


def by_controller(ends: tuple[str, str], here: Look, there: Look) -> Row | None:
    """The clocks of two servers by what the controller knows of each; None: it does not know enough."""
    if here.clock is None or there.clock is None:
        return None
    apart = here.clock.apart(there.clock)
    most = max(here.clock.most - there.clock.least, there.clock.most - here.clock.least)
    return _apart(ends, apart) if apart > CLOCK_LIMIT or most <= CLOCK_LIMIT else None


def _apart(ends: tuple[str, str], apart: timedelta) -> Row:
    seconds = round(apart.total_seconds())
    if apart > CLOCK_LIMIT:
        return of_pair("clocks", ends, FAIL, f"they differ by {seconds} s or more; a minute is the most", _CLOCK)
    return of_pair("clocks", ends, PASS, f"{seconds} s apart for certain")


def _outside(way: Way, said: PartnerAnswers) -> Iterator[Row]:
    """Of a partner that is no host of the run, what the server that asked it could see."""
    partner = way.ask.partner
    yield version(partner, said.version)
    yield authorised(partner, said.setting)
    yield api(partner, said.api, way.host)
    yield room(partner, len(server_replies.relationships((said.failover,), way.host, way.ask.names[0])))


def no_partner(host: str) -> Row:
    """A server of which nobody says with whom it is, or shall be, in failover."""
    cure = "declare failover_relationships, or name one: -e failover_partner=NAME"
    return Row("name", f"{host} -> nobody", UNKNOWN, "no relationship and no data name a partner of it", cure, (host,))


# --- the two together ------------------------------------------------------------------------------------------------


def of_both(way: Way, rows: Sequence[Row]) -> Iterator[Row]:
    """What is known of the two beside the `rows` of the way."""
    if way.there is not None and not any(row.id == "clocks" for row in rows):
        clocks = by_controller(way.ends, way.here, way.there)
        yield from [clocks] if clocks else []
    yield from contact(way, rows)


def contact(way: Way, rows: Sequence[Row]) -> Iterator[Row]:
    """Whether the two services are in contact, by each relationship that they have; without one nobody knows. `rows`:
    those of the way."""
    theirs = {half.name: half.state for half in way.there.halves if half.host == way.host} if way.there else {}
    mine = [half for half in way.here.halves if way.ask.partner in (half.host, half.partner[0])]
    failed = way.failed_there("rights") or next((row for row in rows if row.status == FAIL and row.id == "rpc"), None)
    alike: dict[tuple[str, ...], list[str]] = {}
    for half in sorted(mine, key=lambda half: half.name):
        status, *told = _state(way, half, theirs.get(half.name), failed)
        own = [half.name] if status == PASS else []  # what fails alike is one fault
        alike.setdefault((status, *told, *own), []).append(half.name)
    for (status, evidence, cure, *_own), names in alike.items():
        row = of_pair("contact", way.ends, status, evidence, cure)
        shown = few(f"'{name}'" for name in names)
        yield replace(row, subject=f"{shown} ({row.subject})")
    if not mine and not theirs:
        yield of_pair("contact", way.ends, UNKNOWN, _BEFORE, _BEFORE_CURE)


def _state(way: Way, half: HalfSeen, theirs: str | None, failed: Row | None) -> tuple[str, str, str]:
    """Status, evidence and cure. `failed`: by which it is no wonder."""
    if failed is None and way.lacks(half.name):
        lacking = half_missing(half.name, way.host, way.ask.partner, None)
        return FAIL, lacking.sentence, lacking.cure
    shown = f"{half.state} on {way.host}" + (f", {theirs} on {way.ask.partner}" if theirs else "")
    verdict = state_verdict(half.state, theirs)
    if verdict is None:
        return PASS, shown, ""
    if failed is not None:
        return UNKNOWN, f"{shown}, and {title(failed)} fails", _AGAIN
    cure = _CONTACT if CUT_OFF in (half.state, theirs) else TOLD.get(half.state, "look at both servers")
    return UNKNOWN if verdict == "state_passing" else FAIL, shown, cure
