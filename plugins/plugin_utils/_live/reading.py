# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Experiments with what servers show that have no relationship."""

from __future__ import annotations

from collections.abc import Iterator

from .pair_to_lose import Bench
from .side import PREFIX, Unanswered, add_scope, call, scope_id, write

_ONE = scope_id(1)
_NUMBERS = ((224, "0x10"), (225, "16"))  # option, and the same number in two spellings


def nothing_there(bench: Bench) -> Iterator[tuple[str, str]]:
    """Nothing but errors can be shown."""
    all_of_them, by_name = bench.here.ask(
        call("Get-DhcpServerv4Failover", "Name"), call("Get-DhcpServerv4Failover", "Name", Name=[f"{PREFIX}none"])
    )
    yield "empty_server_errors", all_of_them.error or "empty"
    yield "no_relationship_at_all", by_name.error or "empty"


def empty_lists(bench: Bench) -> Iterator[tuple[str, str]]:
    """Reservations and exclusions of a new scope; both answers where they differ."""
    bench.here.do(add_scope(1))
    said = bench.here.ask(
        call("Get-DhcpServerv4Reservation", "IPAddress", ScopeId=_ONE),
        call("Get-DhcpServerv4ExclusionRange", "StartRange"),
    )
    yield "empty_lists_answer", ", ".join(dict.fromkeys(one.error or "empty" for one in said))


def what_is_not_there(bench: Bench) -> Iterator[tuple[str, str]]:
    """Asked for by its name or number."""
    bench.here.do(add_scope(1))
    reservation, address, client, superscope, computer, option = bench.here.ask(
        call("Get-DhcpServerv4Reservation", "IPAddress", IPAddress=["198.18.1.77"]),
        call("Get-DhcpServerv4Lease", "IPAddress", IPAddress=["198.18.1.77"]),
        call("Get-DhcpServerv4Lease", "IPAddress", ScopeId=_ONE, ClientId=["02-00-00-00-00-77"]),
        call("Get-DhcpServerv4Superscope", "SuperscopeName", SuperscopeName=[f"{PREFIX}none"]),
        call("Get-DhcpServerVersion", "MajorVersion", ComputerName=f"{PREFIX}none"),
        write("Remove-DhcpServerv4OptionValue", ScopeId=_ONE, OptionId=[3]),
    )
    yield "no_reservation_error", reservation.error or "none"
    by_key = (address.error, client.error) == ("DHCP 20011", "DHCP 20016")
    same = address.error == client.error
    yield "no_lease_error", "by_key" if by_key else address.error if same else f"{address.error} and {client.error}"
    yield "unknown_superscope_error", superscope.error or "none"
    yield "unknown_name_error", computer.error or "none"
    yield "unset_option_removed", option.error or "nothing"
    if reservation.error == "DHCP 20018":  # of others a category is published
        yield "unpublished_categories", "NotSpecified" if reservation.categories[0] == "NotSpecified" else "by_analogy"


def client_ids(bench: Bench) -> Iterator[tuple[str, str]]:
    """Of a reservation and a lease that were given with capitals; and a scope goes that has a lease."""
    given = "02-00-00-00-00-AB"
    bench.here.do(
        add_scope(1),
        write("Add-DhcpServerv4Reservation", ScopeId=_ONE, IPAddress="198.18.1.20", ClientId=given),
        write("Add-DhcpServerv4Lease", ScopeId=_ONE, IPAddress="198.18.1.21", ClientId="02-00-00-00-00-AC"),
    )
    shown, gone = bench.here.ask(
        call("Get-DhcpServerv4Reservation", "ClientId", ScopeId=_ONE),
        write("Remove-DhcpServerv4Scope", ScopeId=[_ONE]),
    )
    text = str(shown.only()["ClientId"])
    yield "client_ids_show", {given: "upper", given.lower(): "lower"}.get(text, text)
    yield "leased_scope_error", gone.error or "none"


def option_values(bench: Bench) -> Iterator[tuple[str, str]]:
    """A text for a number, and nothing for the router."""
    bench.here.do(
        add_scope(1),
        write("Add-DhcpServerv4OptionDefinition", OptionId=224, Name=f"{PREFIX}224", Type="DWord"),
        write("Set-DhcpServerv4OptionValue", ScopeId=_ONE, Router=["198.18.1.1"]),
    )
    wrong, null, router = bench.here.ask(
        write("Set-DhcpServerv4OptionValue", ScopeId=_ONE, OptionId=224, Value=["text"]),
        write("Set-DhcpServerv4OptionValue", ScopeId=_ONE, Router=None),
        call("Get-DhcpServerv4OptionValue", "Value", ScopeId=_ONE, OptionId=[3]),
    )
    yield "wrong_type_error", wrong.error or "none"
    yield "null_common_option", null.error or ("ignored" if router.objects else "removes")


def dns_credential(bench: Bench) -> Iterator[tuple[str, str]]:
    """Of a server that has none. Raises Unanswered."""
    (said,) = bench.here.ask(call("Get-DhcpServerDnsCredential", "UserName"))
    if any(one.get("UserName") for one in said.objects):
        raise Unanswered("an account is set on this server")
    yield "no_dns_credential", said.error or ("empty_object" if said.objects else "nothing")


def numbers(bench: Bench) -> Iterator[tuple[str, str]]:
    """Sixteen, set in both spellings."""
    bench.here.do(
        add_scope(1),
        *(
            write("Add-DhcpServerv4OptionDefinition", OptionId=option, Name=f"{PREFIX}{option}", Type="DWord")
            for option, _value in _NUMBERS
        ),
        *(
            write("Set-DhcpServerv4OptionValue", ScopeId=_ONE, OptionId=option, Value=[value])
            for option, value in _NUMBERS
        ),
    )
    asked = (
        call("Get-DhcpServerv4OptionValue", "Value", ScopeId=_ONE, OptionId=[option]) for option, _value in _NUMBERS
    )
    shown = [_first(one.only()["Value"]) for one in bench.here.ask(*asked)]
    ways = {("0x10", "16"): "as_set", ("16", "16"): "decimal", ("0x10", "0x10"): "hexadecimal"}
    yield "option_numbers_show", ways.get((shown[0].lower(), shown[1].lower()), " ".join(shown))


def user_class(bench: Bench) -> Iterator[tuple[str, str]]:
    """A value of a class of ours, and where it is found."""
    name = f"{PREFIX}user"
    bench.here.do(
        add_scope(1),
        write("Add-DhcpServerv4Class", Name=name, Type="User", Data=name),
        write("Set-DhcpServerv4OptionValue", ScopeId=_ONE, UserClass=name, OptionId=3, Value=["198.18.1.1"]),
    )
    of_class, policies = bench.here.ask(
        call("Get-DhcpServerv4OptionValue", "OptionId", ScopeId=_ONE, UserClass=name),
        call("Get-DhcpServerv4Policy", "Name", ScopeId=_ONE),
    )
    places = ["as_class"] * bool(of_class.objects) + ["as_policy"] * bool(policies.objects)
    yield "user_class_options_show", " and ".join(places) or "neither"


def silent_dns_server(bench: Bench) -> Iterator[tuple[str, str]]:
    """An address where nobody is."""
    bench.here.do(add_scope(1))
    (said,) = bench.here.ask(write("Set-DhcpServerv4OptionValue", ScopeId=_ONE, DnsServer=["198.18.255.53"]))
    yield "silent_dns_server_error", said.error or "none"


def _first(value: object) -> str:
    return str(value[0] if isinstance(value, (list, tuple)) and value else value)
