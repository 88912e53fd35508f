# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a scope that is to be created has in it: options, exclusions, reservations, delay. Read from the options of
create_scopes, checked, compared with what a server has. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Any

from .texts import shown

ROUTER, DNS_SERVERS, DNS_DOMAIN = 3, 6, 15
LONGEST_DELAY = 1000  # milliseconds; the DHCP server refuses more (20092)
# options of create_scopes that stand for one of Windows' own by its number
NAMED: Mapping[str, int] = {"router": ROUTER, "dns_servers": DNS_SERVERS, "dns_domain": DNS_DOMAIN}
_WORDS: Mapping[int, str] = {ROUTER: "router", DNS_SERVERS: "DNS servers", DNS_DOMAIN: "DNS domain"}
# of no class: what is set otherwise, or is the server's own word in a message and no setting of a scope
_SET_OTHERWISE: Mapping[int, str] = {
    1: "Windows takes the subnet mask from the scope: subnet_mask says it",
    51: "lease_duration says how long a lease lasts",
    81: "that is the DNS setting of a scope (Set-DhcpServerv4DnsSetting)",
    **dict.fromkeys((50, 52, 53, 54, 55, 56, 57, 61), "a DHCP message says that by itself"),
}
_HARDWARE = re.compile(r"[0-9a-f]{2}(?:[-:. ]?[0-9a-f]{2})*", re.IGNORECASE)
_NUMBER = re.compile(r"(?:0x[0-9a-f]{1,16}|0|[1-9][0-9]{0,19})", re.IGNORECASE)
_NUMBERS: Mapping[str, int] = {"Byte": 1, "Word": 2, "DWord": 4, "DWordDWord": 8}  # the bytes of each type
_BYTES = ("BinaryData", "EncapsulatedData")

OptionKey = tuple[int, str, str]  # number, vendor class, user class; the classes without upper case


@dataclass(frozen=True)
class OptionValue:
    """One option of a scope."""

    option_id: int
    values: tuple[str, ...]
    vendor_class: str = ""
    user_class: str = ""

    @property
    def key(self) -> OptionKey:
        """What two values of one option have in common."""
        return self.option_id, self.vendor_class.casefold(), self.user_class.casefold()

    def is_same(self, other: OptionValue | None) -> bool:
        """Whether it says the same: a number may be written as decimal or hexadecimal."""
        return other is not None and list(map(_plain, self.values)) == list(map(_plain, other.values))

    def misfit(self, kind: str) -> str | None:
        """Why the values do not go with a definition of this kind (its type, and perhaps "(MultiValued)"); None: they
        do."""
        type_, _space, several = kind.partition(" ")
        if len(self.values) > 1 and not several and type_ not in _BYTES:
            return f"{len(self.values)} values, where it takes one"
        wrong = [value for value in self.values if not _fits(type_, value)]
        example = {"IPv4Address": "10.1.20.1"}.get(type_, "0x1f, one for each byte" if type_ in _BYTES else "8 or 0x8")
        return f"{shown(wrong[0])}, where the type is {type_}: write {example}" if wrong else None


@dataclass(frozen=True, order=True)
class Exclusion:
    """Addresses of a scope's range that it does not hand out."""

    start: IPv4Address
    end: IPv4Address

    def __str__(self) -> str:
        return f"{self.start} to {self.end}"


@dataclass(frozen=True)
class Reservation:
    """An address that is kept for one client. `client_id`: in lower case, with a dash between its bytes. None: the
    definition does not say."""

    ip: IPv4Address
    client_id: str
    name: str | None = None
    description: str | None = None
    type: str | None = None

    def said(self) -> Mapping[str, str]:
        """What it says of the client, by the names of the options."""
        fields = {
            "client_id": self.client_id,
            "name": self.name,
            "description": self.description,
            "type": self.type,
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True)
class ScopeDetails:
    """`delay`: milliseconds; None: not said, or not read."""

    options: tuple[OptionValue, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    delay: int | None = None

    def __bool__(self) -> bool:
        return self != NO_DETAILS

    @property
    def needs_definitions(self) -> bool:
        """Whether it takes more than the options and classes that every DHCP server has."""
        return any(option.option_id not in _WORDS or any(option.key[1:]) for option in self.options)

    def words(self) -> Sequence[str]:
        """What there is, for a step of a plan."""
        named = [_WORDS[option.option_id] for option in self.options if _is_named(option)]
        counts = [
            (len(self.options) - len(named), "option"),
            (len(self.exclusions), "exclusion"),
            (len(self.reservations), "reservation"),
        ]
        words = [*named, *(f"{count} {what}{'s' * (count > 1)}" for count, what in counts if count)]
        return words if self.delay is None else [*words, f"delay {self.delay} ms"]

    def lacking(self, there: ScopeDetails) -> ScopeDetails:
        """What of it a scope does not have yet, and can be given: an option of another value, too. A reservation whose
        address or client is reserved otherwise is none, nor is the delay: only a person knows."""
        options = {option.key: option for option in there.options}
        taken = {reservation.ip for reservation in there.reservations}
        clients = {reservation.client_id for reservation in there.reservations}
        return ScopeDetails(
            tuple(option for option in self.options if not option.is_same(options.get(option.key))),
            tuple(exclusion for exclusion in self.exclusions if exclusion not in there.exclusions),
            tuple(one for one in self.reservations if one.ip not in taken and one.client_id not in clients),
        )

    def given(self, more: ScopeDetails) -> ScopeDetails:
        """With all that `more` has."""
        options = {option.key: option for option in (*self.options, *more.options)}
        return replace(
            self,
            options=tuple(options[key] for key in sorted(options)),
            exclusions=tuple(sorted({*self.exclusions, *more.exclusions})),
            reservations=tuple(sorted((*self.reservations, *more.reservations), key=lambda one: one.ip)),
            delay=self.delay if more.delay is None else more.delay,
        )

    def differences(self, there: ScopeDetails) -> Sequence[tuple[str, Any, Any]]:
        """(field, declared, actual) for all that is declared and not so there; what is there beyond it is none."""
        options = {option.key: option for option in there.options}
        reserved = {reservation.ip: reservation for reservation in there.reservations}
        found: list[tuple[str, Any, Any]] = []
        for option in self.options:
            actual = options.get(option.key)
            if not option.is_same(actual):
                found.append((_field(option), list(option.values), list(actual.values) if actual else None))
        found += [
            (f"exclusion {exclusion}", "present", None)
            for exclusion in self.exclusions
            if exclusion not in there.exclusions
        ]
        for reservation in self.reservations:
            said, same = reservation.said(), reserved.get(reservation.ip)
            has = {name: value for name, value in same.said().items() if name in said} if same else None
            if said != has:
                found.append((f"reservation {reservation.ip}", said, has))
        if self.delay is not None and there.delay is not None and self.delay != there.delay:
            found.append(("delay", self.delay, there.delay))
        return found


NO_DETAILS = ScopeDetails()


def shown_client(text: str) -> str:
    """A client id in one spelling, as Windows has it; what is none as it is."""
    if not _HARDWARE.fullmatch(text.strip()):
        return text
    digits = re.sub(r"[^0-9a-f]", "", text.lower())
    return "-".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def options(details: ScopeDetails, subnet: IPv4Network) -> Mapping[str, Any]:
    """The reverse of `parse`; what was left out stays out."""
    found: dict[str, Any] = {}
    others: list[Mapping[str, Any]] = []
    for option in details.options:
        name = next((name for name, number in NAMED.items() if number == option.option_id), None)
        if name is None or not _is_named(option) or (name == "router" and _unreachable(option.values, subnet)):
            classes = {"vendor_class": option.vendor_class, "user_class": option.user_class}
            said = {key: value for key, value in classes.items() if value}
            others.append({"id": option.option_id, "value": list(option.values), **said})
        else:
            found[name] = option.values[0] if name == "dns_domain" else list(option.values)
    lists = {
        "options": others,
        "exclusions": [{"start_range": str(one.start), "end_range": str(one.end)} for one in details.exclusions],
        "reservations": [{"ip": str(one.ip), **one.said()} for one in details.reservations],
    }
    delay = {} if details.delay is None else {"delay": details.delay}
    return {**found, **{name: several for name, several in lists.items() if several}, **delay}


# --- what a definition says ------------------------------------------------------------------------------------------


class Definition:
    """Reads one entry. `problems`: all that is wrong with it, each completing "create_scopes: ID: ..."."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._subnet: IPv4Network | None = None
        self._range: Exclusion | None = None

    def details(
        self, given: Mapping[str, Any], subnet: IPv4Network | None = None, range_: Exclusion | None = None
    ) -> ScopeDetails:
        """What can be understood of them. `subnet`, `range_`: of the scope, where they are right themselves."""
        self._subnet, self._range = subnet, range_
        found = [*self._named(given), *self._options(given.get("options") or ())]
        self._check_once(found)
        return ScopeDetails(
            tuple(sorted(found, key=lambda option: option.key)),
            self._exclusions(given.get("exclusions") or ()),
            self._reservations(given.get("reservations") or ()),
            self._delay(given.get("delay")),
        )

    def address(self, value: object, where: str) -> IPv4Address | None:
        """None, and a problem, where it is none."""
        try:
            return IPv4Address(str(value).strip())
        except AddressValueError:
            self.problems.append(f"{where}: {value!r} is no IPv4 address; write one as 10.1.20.0.")
            return None

    def _named(self, given: Mapping[str, Any]) -> Iterable[OptionValue]:
        for name, number in NAMED.items():
            if given.get(name) is None:
                continue
            if name == "dns_domain":
                values = [str(given[name]).strip()]
            else:
                addresses = [self.address(value, name) for value in given[name]]
                values = [str(address) for address in addresses if address is not None]
            if not any(values):
                if name == "dns_domain" or not given[name]:
                    self.problems.append(f"{name}: is empty; leave it out where the scope has none of its own.")
                continue
            if name == "router" and (outside := _unreachable(values, self._subnet)):
                self.problems.append(
                    f"router: {outside[0]} is no address of a host in the subnet {self._subnet}, so no client reaches "
                    "it; correct it, or say it as option 3 in options, which takes any."
                )
            yield OptionValue(number, tuple(values))

    def _options(self, given: Iterable[Mapping[str, Any]]) -> Iterable[OptionValue]:
        for one in given:
            number, values = one["id"], tuple(str(value) for value in one["value"])
            classes = [(one.get(kind) or "").strip() for kind in ("vendor_class", "user_class")]
            where = f"options: {number}"
            if not 1 <= number <= 254:
                self.problems.append(f"{where} is no option; they go from 1 to 254.")
            elif not classes[0] and number in _SET_OTHERWISE:
                self.problems.append(f"{where} is not set as an option: {_SET_OTHERWISE[number]}.")
            elif not values or not all(values):
                self.problems.append(f"{where}: value is empty; leave the option out where the scope has none.")
            else:
                yield OptionValue(number, values, *classes)

    def _check_once(self, found: Sequence[OptionValue]) -> None:
        keys = [option.key for option in found]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            names = [name for name, number in NAMED.items() if (number, "", "") == key]
            also = f" (it is {names[0]}, too)" if names else ""
            self.problems.append(f"options: {key[0]} is given {keys.count(key)} times{also}; keep one of them.")

    def _exclusions(self, given: Iterable[Mapping[str, Any]]) -> tuple[Exclusion, ...]:
        found: list[Exclusion] = []
        for one in given:
            start, end = (self.address(one[name], f"exclusions: {name}") for name in ("start_range", "end_range"))
            if start is None or end is None:
                continue
            exclusion, within = Exclusion(start, end), self._range
            if start > end:
                self.problems.append(f"exclusions: {start} comes after {end}; write them the other way round.")
            elif within is not None and not within.start <= start <= end <= within.end:
                self.problems.append(
                    f"exclusions: {exclusion} lies outside the range {within}; correct one of the two."
                )
            else:
                overlapped = [other for other in found if other.start <= end and start <= other.end]
                self.problems += [
                    f"exclusions: {exclusion} overlaps {other}; make one of the two." for other in overlapped
                ]
                found.append(exclusion)
        return tuple(sorted(found))

    def _reservations(self, given: Iterable[Mapping[str, Any]]) -> tuple[Reservation, ...]:
        """One in an exclusion is right: Windows takes it, and gives the address to that client alone."""
        found: list[Reservation] = []
        for one in given:
            ip = self.address(one["ip"], "reservations: ip")
            if ip is None:
                continue
            client = shown_client(str(one["client_id"]))
            if outside := _unreachable([str(ip)], self._subnet):
                self.problems.append(
                    f"reservations: {outside[0]} is no address of a host in the subnet {self._subnet}; correct it."
                )
            if not _HARDWARE.fullmatch(client):
                self.problems.append(
                    f"reservations: {ip}: client_id {shown(client)} is none; write its bytes in hexadecimal, as "
                    "00-15-5d-0a-14-01."
                )
            found.append(Reservation(ip, client, one.get("name"), one.get("description"), one.get("type")))
        self._check_reserved_once(found)
        return tuple(sorted(found, key=lambda reservation: reservation.ip))

    def _check_reserved_once(self, found: Sequence[Reservation]) -> None:
        for what, values in (
            ("address", [str(one.ip) for one in found]),
            ("client_id", [one.client_id for one in found]),
        ):
            for value in sorted({value for value in values if values.count(value) > 1}):
                self.problems.append(
                    f"reservations: {values.count(value)} have the {what} {value}; keep one of them, Windows takes no "
                    "more in one scope."
                )

    def _delay(self, given: int | None) -> int | None:
        if given is not None and not 0 <= given <= LONGEST_DELAY:
            self.problems.append(f"delay: is {given}; 0 to {LONGEST_DELAY} milliseconds are possible.")
        return given


def _is_named(option: OptionValue) -> bool:
    return option.option_id in _WORDS and not any(option.key[1:])


def _field(option: OptionValue) -> str:
    """What an option is called in a difference."""
    if _is_named(option):
        return next(name for name, number in NAMED.items() if number == option.option_id)
    classes = [
        f"{kind} class {name}" for kind, name in (("vendor", option.vendor_class), ("user", option.user_class)) if name
    ]
    return f"option {option.option_id}" + (f" ({', '.join(classes)})" if classes else "")


def _unreachable(values: Iterable[str], subnet: IPv4Network | None) -> Sequence[str]:
    """Addresses that no host of the subnet has."""
    if subnet is None:
        return ()
    ends = (subnet.network_address, subnet.broadcast_address)
    addresses = {value: IPv4Address(value) for value in values}
    return [value for value, address in addresses.items() if address not in subnet or address in ends]


def _plain(value: str) -> object:
    """A value as it is compared."""
    return int(value, 0) if _NUMBER.fullmatch(value) else value


def _fits(type_: str, value: str) -> bool:
    if type_ == "IPv4Address":
        try:
            IPv4Address(value)
        except AddressValueError:
            return False
        return True
    if type_ in _BYTES:  # as decimal and as hexadecimal one and the same text can be two values
        return re.fullmatch(r"0x[0-9a-f]{1,2}", value, re.IGNORECASE) is not None
    if type_ in _NUMBERS:
        return _NUMBER.fullmatch(value) is not None and int(value, 0) < 1 << 8 * _NUMBERS[type_]
    return True
