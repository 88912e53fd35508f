# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which reads show a server, and what their answers mean: replies of dhcp_cmdlets.ps1 -> model.Server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any, TypeVar

from .._model import durations
from .._model.relationship import Relationship
from .._model.relationship_settings import SETTING, SETTINGS, Setting, SettingKind
from .._model.scope import Scope, Utilisation
from .._model.server import ClockOffset, Server
from . import cmdlets, kept_files
from .errors import EMPTY_FAILOVER, NO_SUCH_SCOPE, STOPPED, UnexpectedReply
from .export_elements import NOTHING, Export, definition_kind
from .export_elements import read as read_export
from .remote_error import RemoteError, error_ids
from .reply import ReplyObject, Result

T = TypeVar("T")

_TYPES: Mapping[str, bool] = {"PrimaryServer": True, "SecondaryServer": False}
_SCOPE_TYPES: Mapping[str, str] = {text: text for text in ("Dhcp", "Bootp", "Both")}
_SCOPE_STATES: Mapping[str, bool] = {"Active": True, "InActive": False, "Inactive": False}


class ServiceStopped(RemoteError):
    """A server that was read over a connection of its own, and whose DHCP service does not run. `server`: its names."""

    def __init__(self, answer: Result, host: str, server: Server) -> None:
        super().__init__(answer, host)
        self.server = server


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
    addresses = [] if bindings.errors else [binding.optional_address("IPAddress") for binding in bindings.objects]
    if STOPPED.issuperset(error_ids(scopes)) and scopes.errors:
        raise ServiceStopped(scopes, host, _named(who))
    return replace(
        _named(who),
        clock=clock or ClockOffset(),
        addresses=tuple(address for address in addresses if address),
        relationships=relationships(results, host),
        scopes=_scopes(scopes, host),
    )


def full_name(who: ReplyObject) -> str:
    """The name of a server with its domain, if it is in one."""
    return ".".join(filter(None, (who.text("host_name"), who.optional_text("domain"))))


def _named(who: Result) -> Server:
    """A server by its names alone."""
    return Server(
        name=who.only().name("computer"),
        host_name=full_name(who.only()),
        addresses=(),
        relationships=(),
        scopes=(),
    )


def hop_among(reads: Sequence[cmdlets.Operation]) -> Sequence[cmdlets.Operation]:
    """Those of the reads that show another server: see `hop`."""
    shown = ("Get-DhcpServerv4Failover", "Get-DhcpServerv4Scope")
    return tuple(
        read
        for read in reads
        if read.get("cmdlet") in shown and "ComputerName" in read["parameters"] and read["id"] != "probe_rights"
    )


def hop(results: Sequence[Result], host: str, computer: str) -> Server:
    """The other server that probes.reads showed, under the name by which it was asked."""
    scopes = _scopes(_result(results, cmdlets.get_scopes(computer)["id"], host), host, computer)
    return Server(name=computer, addresses=(), relationships=relationships(results, host, computer), scopes=scopes)


def relationships(results: Sequence[Result], host: str, partner: str | None = None) -> tuple[Relationship, ...]:
    """The relationships among the results: the server's, or those of the partner that it asked."""
    objects = _failover(_result(results, cmdlets.get_failover(partner)["id"], host), host, partner or "")
    return _each_once(objects, "Name", _relationship, lambda relationship: relationship.name)


def statistics(results: Sequence[Result], host: str) -> Mapping[IPv4Address, Utilisation]:
    """How full each scope is. What an error leaves out is not known, and no failure: nothing is planned from it."""
    answer = _result(results, cmdlets.get_statistics()["id"], host)
    return {scope.address("ScopeId"): _utilisation(scope) for scope in answer.objects}


def _utilisation(statistics: ReplyObject) -> Utilisation:
    in_use, free, percent = (
        statistics.number("AddressesInUse"),
        statistics.number("AddressesFree"),
        statistics.fraction("PercentageInUse"),
    )
    if percent is None and in_use + free:
        percent = round(100 * in_use / (in_use + free), 2)
    return Utilisation(
        in_use=in_use,
        free=free,
        percent_in_use=percent,
        in_use_here=statistics.optional_number("AddressesInUseOnThisServer"),
        in_use_at_partner=statistics.optional_number("AddressesInUseOnPartnerServer"),
        free_here=statistics.optional_number("AddressesFreeOnThisServer"),
        free_at_partner=statistics.optional_number("AddressesFreeOnPartnerServer"),
    )


def exported(results: Sequence[Result], host: str, partner: str | None = None, *, there_only: bool = False) -> Export:
    """The export among the results: of the server, or of the partner that it asked.

    `there_only`: a scope that does not exist there is left out, where it is an error otherwise.
    """
    answer = _result(results, cmdlets.export_id(partner), host)
    lacking = there_only and error_ids(answer) <= NO_SUCH_SCOPE
    if answer.errors and not lacking:
        raise RemoteError(answer, host, partner or "")
    if answer.errors and not answer.objects:
        return NOTHING
    return read_export(answer.only().text("content"), partner or host)


def version(answer: Result) -> tuple[int, int]:
    """As Get-DhcpServerVersion told it."""
    return answer.only().number("MajorVersion"), answer.only().number("MinorVersion")


def classes_and_definitions(results: Sequence[Result], host: str, computer: str | None = None) -> Export:
    """What a server, or the partner that it asked, has of both, and nothing else of it."""
    classes = _objects(_result(results, cmdlets.get_classes(computer)["id"], host), host, computer or "")
    definitions = _objects(_result(results, cmdlets.get_option_definitions(computer)["id"], host), host, computer or "")
    return replace(
        NOTHING,
        classes={(entry.text("Type"), entry.text("Name")): entry.text("Data") for entry in classes},
        definitions={
            (str(entry.number("OptionId")), entry.text("VendorClass")): definition_kind(
                entry.text("Type"), entry.flag("MultiValued")
            )
            for entry in definitions
        },
    )


def is_authorised(setting: Result) -> bool | None:
    """Whether a server may serve, by its Get-DhcpServerSetting: Active Directory asks that of those in a domain. None:
    it does not say."""
    if setting.errors or not setting.objects:
        return None
    return setting.only().flag("IsAuthorized") or not setting.only().flag("IsDomainJoined")


def used(results: Sequence[Result], host: str) -> Export:
    """The answer to cmdlets.uses."""
    return _content(results, cmdlets.USES, host)


def level_reads() -> Sequence[cmdlets.Operation]:
    """The reads of a server's own level, its version first: see `probes.level`."""
    return (cmdlets.get_version(), cmdlets.get_classes(), cmdlets.get_option_definitions(), cmdlets.get_setting())


def resolved(answer: Result) -> tuple[str, ...]:
    """The addresses that the server's DNS has for a name; none is an answer too."""
    return tuple(str(address) for one in answer.objects for address in one.addresses("addresses"))


def read_copy(results: Sequence[Result], host: str) -> Export:
    """The safety copy among the results."""
    return _content(results, kept_files.read_copy("")["id"], host)


def _content(results: Sequence[Result], call_id: str, host: str) -> Export:
    answer = _result(results, call_id, host)
    _objects(answer, host)
    return read_export(answer.only().text("content"), host)


def _result(results: Sequence[Result], call_id: str, host: str) -> Result:
    answer = next((result for result in results if result.id == call_id), None)
    if answer is None:
        raise UnexpectedReply(f"{host} did not answer {call_id}")
    return answer


def _objects(result: Result, host: str, partner: str = "") -> Sequence[ReplyObject]:
    if result.errors:
        raise RemoteError(result, host, partner)
    return result.objects


def _failover(result: Result, host: str, partner: str = "") -> Sequence[ReplyObject]:
    """Whether a server without any relationship answers with nothing or with an error is not known: both mean
    none."""
    if result.errors and error_ids(result) <= EMPTY_FAILOVER:
        return ()
    return _objects(result, host, partner)


def _scopes(result: Result, host: str, partner: str = "") -> tuple[Scope, ...]:
    return _each_once(_objects(result, host, partner), "ScopeId", _scope, lambda scope: scope.scope_id)


def _each_once(
    objects: Iterable[ReplyObject], name: str, read: Callable[[ReplyObject], T], key: Callable[[T], object]
) -> tuple[T, ...]:
    """Sorted by `key`, which the property `name` holds. No server has two of one."""
    by_key: dict[object, T] = {}
    for object_ in objects:
        parsed = read(object_)
        if key(parsed) in by_key:
            raise object_.unreadable(name, str(key(parsed)), "which another object has as well")
        by_key[key(parsed)] = parsed
    return tuple(by_key[value] for value in sorted(by_key))  # type: ignore[type-var]


def _relationship(failover: ReplyObject) -> Relationship:
    mode = _setting(failover, SETTING["mode"])
    settings: dict[str, Any] = {
        setting.option: _setting(failover, setting) if setting.belongs_to(mode) else None for setting in SETTINGS
    }
    return Relationship(
        name=failover.name("Name"),
        partner_server=failover.name("PartnerServer"),
        state=failover.text("State"),
        scopes=tuple(sorted(set(failover.addresses("ScopeId")))),
        # these five came with Windows Server 2012 R2
        primary_server=failover.optional_text("PrimaryServerName"),
        secondary_server=failover.optional_text("SecondaryServerName"),
        primary_ip=failover.optional_address("PrimaryServerIP"),
        secondary_ip=failover.optional_address("SecondaryServerIP"),
        is_primary=failover.choice("ServerType", _TYPES) if failover.optional_text("ServerType") else None,
        **settings,
    )


def _setting(failover: ReplyObject, setting: Setting) -> Any:
    match setting.kind:
        case SettingKind.CHOICE:
            return failover.choice(setting.windows, {text: value for value, text in setting.choices.items()})
        case SettingKind.PERCENT:
            return failover.number(setting.windows, 100)
        case SettingKind.DURATION if setting.switch:
            # one that is on and names no interval is never shown as off: it has Windows' default
            interval = failover.optional_number(setting.windows, durations.LONGEST)
            return (interval or setting.when_on) if failover.flag(setting.switch) else 0
        case SettingKind.DURATION:
            return failover.number(setting.windows, durations.LONGEST, least=1)
        case SettingKind.AUTHENTICATION:
            return failover.flag(setting.windows)
    raise AssertionError(f"Windows shows no {setting.option}")


def _scope(scope: ReplyObject) -> Scope:
    return Scope(
        scope_id=scope.address("ScopeId"),
        name=scope.text("Name"),
        subnet_mask=scope.mask("SubnetMask"),
        start_range=scope.address_text("StartRange"),
        end_range=scope.address_text("EndRange"),
        active=scope.choice("State", _SCOPE_STATES),
        type=scope.choice("Type", _SCOPE_TYPES),
        description=scope.text("Description"),
        lease_duration=_lease_duration(scope.optional_number("LeaseDuration", durations.LONGEST)),
    )


def _lease_duration(seconds: int | None) -> int | None:
    return None if seconds is None else durations.lease(seconds)
