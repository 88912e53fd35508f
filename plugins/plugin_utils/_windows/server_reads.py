# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which reads show a server, and what their answers mean: replies of dhcp_cmdlets.ps1 -> model.Server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import TypeVar

from .._model import durations
from .._model.relationship import DEFAULT_STATE_SWITCH_INTERVAL, Mode, Relationship, Role
from .._model.scope import Scope, Utilisation
from .._model.server import ClockOffset, Server
from . import cmdlets
from .errors import EMPTY_FAILOVER, NO_SUCH_SCOPE, RemoteError, UnexpectedReply, error_ids
from .export import NOTHING, Export, ServerLevel
from .export import read as read_export
from .reply import Found, Result

T = TypeVar("T")

_MODES: Mapping[str, Mode] = {text: mode for mode, text in cmdlets.WINDOWS_MODE.items()}
_ROLES: Mapping[str, Role] = {text: role for role, text in cmdlets.WINDOWS_ROLE.items()}
_TYPES: Mapping[str, bool] = {"PrimaryServer": True, "SecondaryServer": False}
_SCOPE_TYPES: Mapping[str, str] = {one: one for one in ("Dhcp", "Bootp", "Both")}
_SCOPE_STATES: Mapping[str, bool] = {"Active": True, "InActive": False, "Inactive": False}


def reads() -> Sequence[cmdlets.Operation]:
    """The one batch of reads that every module plans from."""
    return (cmdlets.who_when(), cmdlets.get_bindings(), cmdlets.get_failover(), cmdlets.get_scopes())


def parse(results: Sequence[Result], host: str, clock: ClockOffset | None = None) -> Server:
    """The server that `reads` showed. Raises RemoteError for a read that failed, UnexpectedReply for one that cannot be
    understood.

    `host` is the inventory name, for error texts only; `clock`: how far the server's is ahead.
    """
    who, bindings, scopes = (_result(results, call_id, host) for call_id in ("who", "bindings", "scopes"))
    _objects(who, host)
    # an address is only one more name of this server: not to see the bindings is no reason to stop
    addresses = [] if bindings.errors else [one.optional_address("IPAddress") for one in bindings.objects]
    return Server(
        name=who.only().name("computer"),
        host_name=who.only().text("host_name"),
        clock=clock or ClockOffset(),
        addresses=tuple(one for one in addresses if one),
        relationships=relationships(results, host),
        scopes=_scopes(scopes, host),
    )


def hop_among(reads: Sequence[cmdlets.Operation]) -> Sequence[cmdlets.Operation]:
    """Those of the reads that show another server: see `hop`."""
    shown = ("Get-DhcpServerv4Failover", "Get-DhcpServerv4Scope")
    return tuple(read for read in reads if read.get("cmdlet") in shown and "ComputerName" in read["parameters"])


def hop(results: Sequence[Result], host: str, computer: str) -> Server:
    """The other server that prerequisites.reads showed, under the name by which it was asked."""
    scopes = _scopes(_result(results, cmdlets.get_scopes(computer)["id"], host), host, computer)
    return Server(name=computer, addresses=(), relationships=relationships(results, host, computer), scopes=scopes)


def relationships(results: Sequence[Result], host: str, partner: str | None = None) -> tuple[Relationship, ...]:
    """The relationships among the results: the server's, or those of the partner that it asked."""
    found = _failover(_result(results, cmdlets.get_failover(partner)["id"], host), host, partner or "")
    return _each_once(found, "Name", _relationship, lambda one: one.name)


def statistics(results: Sequence[Result], host: str) -> Mapping[IPv4Address, Utilisation]:
    """How full each scope is."""
    found = _objects(_result(results, cmdlets.get_statistics()["id"], host), host)
    return {one.address("ScopeId"): _utilisation(one) for one in found}


def _utilisation(found: Found) -> Utilisation:
    in_use, free, percent = (
        found.number("AddressesInUse"),
        found.number("AddressesFree"),
        found.fraction("PercentageInUse"),
    )
    if percent is None and in_use + free:
        percent = round(100 * in_use / (in_use + free), 2)
    return Utilisation(
        in_use=in_use,
        free=free,
        percent_in_use=percent,
        in_use_here=found.optional_number("AddressesInUseOnThisServer"),
        in_use_at_partner=found.optional_number("AddressesInUseOnPartnerServer"),
        free_here=found.optional_number("AddressesFreeOnThisServer"),
        free_at_partner=found.optional_number("AddressesFreeOnPartnerServer"),
    )


def exported(results: Sequence[Result], host: str, partner: str | None = None, *, there_only: bool = False) -> Export:
    """The export among the results: of the server, or of the partner that it asked.

    `there_only`: a scope that does not exist there is left out, where it is an error otherwise.
    """
    found = _result(results, cmdlets.export_id(partner), host)
    lacking = there_only and error_ids(found) <= NO_SUCH_SCOPE
    if found.errors and not lacking:
        raise RemoteError(found, host, partner or "")
    if found.errors and not found.objects:
        return NOTHING
    return read_export(found.only().text("content"), partner or host)


def server_level(results: Sequence[Result], host: str) -> ServerLevel:
    """What `level_reads` said of the server."""
    found = classes_and_definitions(results, host)
    answer = _result(results, cmdlets.get_version()["id"], host)
    _objects(answer, host)
    return ServerLevel(version(answer), found.classes, found.definitions)


def version(answer: Result) -> tuple[int, int]:
    """As Get-DhcpServerVersion told it."""
    return answer.only().number("MajorVersion"), answer.only().number("MinorVersion")


def classes_and_definitions(results: Sequence[Result], host: str, computer: str | None = None) -> Export:
    """What a server, or the partner that it asked, has of both, and nothing else of it."""
    classes = _objects(_result(results, cmdlets.get_classes(computer)["id"], host), host, computer or "")
    definitions = _objects(_result(results, cmdlets.get_option_definitions(computer)["id"], host), host, computer or "")
    return replace(
        NOTHING,
        classes={(one.text("Type"), one.text("Name")): one.text("Data") for one in classes},
        definitions={(str(one.number("OptionId")), one.text("VendorClass")): one.text("Type") for one in definitions},
    )


def used(results: Sequence[Result], host: str) -> Export:
    """The answer to cmdlets.uses."""
    found = _result(results, cmdlets.USES, host)
    _objects(found, host)
    return read_export(found.only().text("content"), host)


def level_reads() -> Sequence[cmdlets.Operation]:
    return (cmdlets.get_version(), cmdlets.get_classes(), cmdlets.get_option_definitions())


def read_copy(results: Sequence[Result], host: str) -> Export:
    """The safety copy among the results."""
    found = _result(results, cmdlets.read_copy("")["id"], host)
    _objects(found, host)
    return read_export(found.only().text("content"), host)


def _result(results: Sequence[Result], call_id: str, host: str) -> Result:
    found = next((result for result in results if result.id == call_id), None)
    if found is None:
        raise UnexpectedReply(f"{host} did not answer {call_id}")
    return found


def _objects(result: Result, host: str, partner: str = "") -> Sequence[Found]:
    if result.errors:
        raise RemoteError(result, host, partner)
    return result.objects


def _failover(result: Result, host: str, partner: str = "") -> Sequence[Found]:
    """Whether a server without any relationship answers with nothing or with an error is not known (U): both mean
    none."""
    if result.errors and error_ids(result) <= EMPTY_FAILOVER:
        return ()
    return _objects(result, host, partner)


def _scopes(result: Result, host: str, partner: str = "") -> tuple[Scope, ...]:
    return _each_once(_objects(result, host, partner), "ScopeId", _scope, lambda one: one.scope_id)


def _each_once(
    found: Iterable[Found], name: str, read: Callable[[Found], T], key: Callable[[T], object]
) -> tuple[T, ...]:
    """Sorted by `key`, which the property `name` holds. No server has two of one."""
    by_key: dict[object, T] = {}
    for one in found:
        parsed = read(one)
        if key(parsed) in by_key:
            raise one.unreadable(name, str(key(parsed)), "which another object has as well")
        by_key[key(parsed)] = parsed
    return tuple(by_key[one] for one in sorted(by_key))  # type: ignore[type-var]


def _relationship(found: Found) -> Relationship:
    mode = found.choice("Mode", _MODES)
    return Relationship(
        name=found.name("Name"),
        partner_server=found.name("PartnerServer"),
        mode=mode,
        load_balance_percent=found.number("LoadBalancePercent", 100) if mode == "load_balance" else None,
        reserve_percent=found.number("ReservePercent", 100) if mode == "hot_standby" else None,
        server_role=found.choice("ServerRole", _ROLES) if mode == "hot_standby" else None,
        max_client_lead_time=found.number("MaxClientLeadTime", durations.LONGEST, least=1),
        state_switch_interval=_switch_interval(found),
        enable_auth=found.flag("EnableAuth"),
        state=found.text("State"),
        scopes=tuple(sorted(set(found.addresses("ScopeId")))),
        # these five came with Windows Server 2012 R2
        primary_server=found.optional_text("PrimaryServerName"),
        secondary_server=found.optional_text("SecondaryServerName"),
        primary_ip=found.optional_address("PrimaryServerIP"),
        secondary_ip=found.optional_address("SecondaryServerIP"),
        is_primary=found.choice("ServerType", _TYPES) if found.optional_text("ServerType") else None,
    )


def _switch_interval(found: Found) -> int:
    """0: no automatic transition. One that is on and names no interval is never shown as off: it has Windows'
    default."""
    interval = found.optional_number("StateSwitchInterval", durations.LONGEST)
    return (interval or DEFAULT_STATE_SWITCH_INTERVAL) if found.flag("AutoStateTransition") else 0


def _scope(found: Found) -> Scope:
    return Scope(
        scope_id=found.address("ScopeId"),
        name=found.text("Name"),
        subnet_mask=str(found.mask("SubnetMask")),
        start_range=str(found.address("StartRange")),
        end_range=str(found.address("EndRange")),
        active=found.choice("State", _SCOPE_STATES),
        type=found.choice("Type", _SCOPE_TYPES),
        description=found.text("Description"),
        lease_duration=_lease_duration(found.optional_number("LeaseDuration", durations.LONGEST)),
    )


def _lease_duration(seconds: int | None) -> int | None:
    return None if seconds is None else durations.lease(seconds)
