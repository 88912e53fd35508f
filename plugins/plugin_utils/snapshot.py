# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which reads show a server, and what their answers mean: replies of dhcp_cmdlets.ps1 -> model.Server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from typing import Any

from . import cmdlets, durations
from .errors import EMPTY_FAILOVER, RemoteError, UnexpectedReply, error_ids
from .export import Export
from .export import read as read_export
from .model import Mode, Relationship, Role, Scope, Server, Utilisation

_MODES: Mapping[str, Mode] = {text: mode for mode, text in cmdlets.WINDOWS_MODE.items()}
_ROLES: Mapping[str, Role] = {text: role for role, text in cmdlets.WINDOWS_ROLE.items()}


def reads() -> Sequence[cmdlets.Operation]:
    """The one batch of reads that every module plans from."""
    return (cmdlets.who_when(), cmdlets.get_bindings(), cmdlets.get_failover(), cmdlets.get_scopes())


def parse(results: Sequence[Mapping[str, Any]], host: str, received: datetime | None = None) -> Server:
    """The server that `reads` showed. Raises RemoteError for a read that failed, UnexpectedReply for one that lacks a property.

    `host` is the inventory name, for error texts only; `received` says when the answer came, to tell the server's clock.
    """
    by_id = {result["id"]: result for result in results}
    missing = [read["id"] for read in reads() if read["id"] not in by_id]
    if missing:
        raise UnexpectedReply(f"{host} did not answer the reads {', '.join(missing)}")
    who = _objects(by_id["who"], host)[0]
    # an address is only one more name of this server: not to see the bindings is no reason to stop
    bindings = [] if by_id["bindings"]["errors"] else by_id["bindings"]["objects"]
    return Server(
        name=_text(who, "computer"),
        clock=_clock(who, received),
        addresses=tuple(str(b["IPAddress"]) for b in bindings if b.get("IPAddress")),
        relationships=relationships(results, host),
        scopes=tuple(sorted((_scope(o) for o in _objects(by_id["scopes"], host)), key=lambda scope: scope.scope_id)),
    )


def hop_among(reads: Sequence[cmdlets.Operation]) -> Sequence[cmdlets.Operation]:
    """Those of the reads that show another server."""
    return tuple(read for read in reads if read["op"] == "cmdlet" and "ComputerName" in read["parameters"])


def hop(results: Sequence[Mapping[str, Any]], host: str, computer: str) -> Server:
    """The other server that prerequisites.reads showed, under the name by which it was asked."""
    found = _objects(_result(results, cmdlets.get_scopes(computer), host), host, computer)
    scopes = tuple(sorted((_scope(one) for one in found), key=lambda scope: scope.scope_id))
    return Server(name=computer, addresses=(), relationships=relationships(results, host, computer), scopes=scopes)


def relationships(results: Sequence[Mapping[str, Any]], host: str, partner: str | None = None) -> tuple[Relationship, ...]:
    """The relationships among the results: the server's, or those of the partner that it asked."""
    found = _failover(_result(results, cmdlets.get_failover(partner), host), host, partner or "")
    return tuple(sorted((_relationship(one) for one in found), key=lambda relationship: relationship.name))


def statistics(results: Sequence[Mapping[str, Any]], host: str) -> Mapping[IPv4Address, Utilisation]:
    """How full each scope is."""
    found = _objects(_result(results, cmdlets.get_statistics(), host), host)
    return {IPv4Address(_text(one, "ScopeId")): _utilisation(one) for one in found}


def _utilisation(found: Mapping[str, Any]) -> Utilisation:
    return Utilisation(
        in_use=_number(found, "AddressesInUse"),
        free=_number(found, "AddressesFree"),
        percent_in_use=float(_expected(found, "PercentageInUse")),
        in_use_here=_expected(found, "AddressesInUseOnThisServer"),
        in_use_at_partner=_expected(found, "AddressesInUseOnPartnerServer"),
        free_here=_expected(found, "AddressesFreeOnThisServer"),
        free_at_partner=_expected(found, "AddressesFreeOnPartnerServer"),
    )


def exported(results: Sequence[Mapping[str, Any]], host: str, partner: str | None = None) -> Export:
    """The export among the results: of the server, or of the partner that it asked."""
    found = _result(results, cmdlets.export(computer=partner), host)
    if found["errors"] or not found["objects"]:
        raise RemoteError(found, host, partner or "")
    return read_export(_text(found["objects"][0], "content"), partner or host)


def read_copy(results: Sequence[Mapping[str, Any]], host: str) -> Export:
    """The safety copy among the results."""
    (found,) = _objects(_result(results, cmdlets.read_copy(""), host), host)
    return read_export(_text(found, "content"), host)


def proven_text(results: Sequence[Mapping[str, Any]], host: str) -> tuple[str, str] | None:
    """(public line, proof) of a kept text; None if there is none."""
    found = _objects(_result(results, cmdlets.prove_text("", ""), host), host)
    return (_text(found[0], "public"), _text(found[0], "proof")) if found else None


def _clock(who: Mapping[str, Any], received: datetime | None) -> timedelta:
    if received is None:
        return timedelta(0)
    shown = datetime.strptime(_text(who, "utc"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    return shown - received


def _result(results: Sequence[Mapping[str, Any]], operation: cmdlets.Operation, host: str) -> Mapping[str, Any]:
    found = next((result for result in results if result["id"] == operation["id"]), None)
    if found is None:
        raise UnexpectedReply(f"{host} did not answer {operation['id']}")
    return found


def _objects(result: Mapping[str, Any], host: str, partner: str = "") -> Sequence[Mapping[str, Any]]:
    if result["errors"]:
        raise RemoteError(result, host, partner)
    objects: Sequence[Mapping[str, Any]] = result["objects"]
    return objects


def _failover(result: Mapping[str, Any], host: str, partner: str = "") -> Sequence[Mapping[str, Any]]:
    """Whether a server without any relationship answers with nothing or with an error is not known (U): both mean none."""
    if result["errors"] and error_ids(result) <= EMPTY_FAILOVER:
        return ()
    return _objects(result, host, partner)


def _relationship(found: Mapping[str, Any]) -> Relationship:
    mode = _choice(found, "Mode", _MODES)
    interval = _expected(found, "StateSwitchInterval")
    return Relationship(
        name=_text(found, "Name"),
        partner_server=_text(found, "PartnerServer"),
        mode=mode,
        load_balance_percent=_number(found, "LoadBalancePercent") if mode == "load_balance" else None,
        reserve_percent=_number(found, "ReservePercent") if mode == "hot_standby" else None,
        server_role=_choice(found, "ServerRole", _ROLES) if mode == "hot_standby" else None,
        max_client_lead_time=_number(found, "MaxClientLeadTime"),
        state_switch_interval=int(interval) if interval is not None and _expected(found, "AutoStateTransition") else 0,
        enable_auth=bool(_expected(found, "EnableAuth")),
        state=_text(found, "State"),
        scopes=tuple(sorted(IPv4Address(scope) for scope in _expected(found, "ScopeId") or ())),
        # these five came with Windows Server 2012 R2
        primary_server=_optional(found, "PrimaryServerName"),
        secondary_server=_optional(found, "SecondaryServerName"),
        primary_ip=_optional(found, "PrimaryServerIP"),
        secondary_ip=_optional(found, "SecondaryServerIP"),
        is_primary={"PrimaryServer": True, "SecondaryServer": False}.get(_optional(found, "ServerType") or ""),
    )


def _scope(found: Mapping[str, Any]) -> Scope:
    return Scope(
        scope_id=IPv4Address(_text(found, "ScopeId")),
        name=_text(found, "Name"),
        subnet_mask=_text(found, "SubnetMask"),
        start_range=_text(found, "StartRange"),
        end_range=_text(found, "EndRange"),
        active=_text(found, "State") == "Active",
        type=_text(found, "Type"),
        description=_text(found, "Description"),
        lease_duration=durations.lease(_number(found, "LeaseDuration")) if _expected(found, "LeaseDuration") is not None else None,
    )


def _expected(found: Mapping[str, Any], name: str) -> Any:
    if name not in found:
        raise UnexpectedReply(f"an object of the DHCP server has no property {name} (it has {', '.join(found) or 'none'})")
    return found[name]


def _text(found: Mapping[str, Any], name: str) -> str:
    return str(_expected(found, name) or "")


def _optional(found: Mapping[str, Any], name: str) -> str | None:
    value = found.get(name)
    return str(value) if value else None


def _number(found: Mapping[str, Any], name: str) -> int:
    value = _expected(found, name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnexpectedReply(f"the property {name} is {value!r} and not a number")
    return value


def _choice(found: Mapping[str, Any], name: str, choices: Mapping[str, Any]) -> Any:
    value = _text(found, name)
    if value not in choices:
        raise UnexpectedReply(f"the property {name} is {value!r} and none of {', '.join(choices)}")
    return choices[value]
