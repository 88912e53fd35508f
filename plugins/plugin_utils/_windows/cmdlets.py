# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Typed builders of the operations that dhcp_cmdlets.ps1 runs.

The only place where names of cmdlets, their parameters and their values stand. Facts: the DhcpServer module's own
parameter metadata; a hot standby relationship is created by sending -ServerRole, since -Mode exists on Set alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from .._model.relationship_settings import DECLARED, SETTINGS, DeclaredSettings

Operation = Mapping[str, Any]

FAILOVER_PROPERTIES = (
    "Name",
    "PartnerServer",
    *(name for setting in SETTINGS for name in setting.properties),
    "State",
    "ScopeId",
    "PrimaryServerName",
    "SecondaryServerName",
    "PrimaryServerIP",
    "SecondaryServerIP",
    "ServerType",
)
SCOPE_PROPERTIES = (
    "ScopeId",
    "Name",
    "SubnetMask",
    "StartRange",
    "EndRange",
    "State",
    "Type",
    "Description",
    "LeaseDuration",
)
_MODIFIED = {setting.option: setting for setting in DECLARED if setting.in_place and setting.parameters}
STATISTICS_PROPERTIES = (
    "ScopeId",
    "AddressesFree",
    "AddressesFreeOnThisServer",
    "AddressesFreeOnPartnerServer",
    "AddressesInUse",
    "AddressesInUseOnThisServer",
    "AddressesInUseOnPartnerServer",
    "PercentageInUse",
)
BINDING_PROPERTIES = ("IPAddress", "BindingState")

USES = "uses"
PROVE_SWITCHOVER = "prove_switchover"
ONLY_IDLE = "only_idle"
CREATES = "add_failover"

# A DHCP service that has just started answers so for some seconds; only reads wait for it, all of a server together.
_STARTING = ("WIN32 1753",)
_STARTING_SECONDS = 30
# one that is just being restarted is not gone
_SILENT = ("WIN32 1722", "DHCP 20122")
_SILENT_SECONDS = 6
_QUIET: Mapping[str, Any] = {"Confirm": False}
_FORCE: Mapping[str, Any] = {"Force": True, "Confirm": False}


def _cmdlet(call_id: str, cmdlet: str, parameters: Mapping[str, Any], **more: Any) -> Operation:
    return {"id": call_id, "op": "cmdlet", "cmdlet": cmdlet, "parameters": dict(parameters), "select": [], **more}


def own(op: str, **fields: Any) -> Operation:
    """An operation of the script's own."""
    return {"id": op, "op": op, **fields}


def call_id_of(kind: str, computer: str | None) -> str:
    """The id of a read of the server itself, or of a partner over the second hop."""
    return f"{kind}_{computer}" if computer else kind


def _read(call_id: str, cmdlet: str, properties: Sequence[str], **more: Any) -> Operation:
    retry = {"retry_on": list(_STARTING), "retry_seconds": _STARTING_SECONDS}
    return {**_cmdlet(call_id, cmdlet, {}), "select": list(properties), **retry, **more}


def quiet(call_id: str, cmdlet: str, parameters: Mapping[str, Any]) -> Operation:
    """A write by a cmdlet that has no -Force, and answers nothing."""
    return _cmdlet(call_id, cmdlet, {**parameters, **_QUIET})


def unguarded(call_id: str, cmdlet: str, parameters: Mapping[str, Any], properties: Sequence[str]) -> Operation:
    """A read that is no part of the fingerprint."""
    return _read(call_id, cmdlet, properties, parameters=dict(parameters), fingerprint=False)


def who_when() -> Operation:
    """The server's names, and its clock."""
    return {"id": "who", "op": "who_when"}


def get_bindings() -> Operation:
    """The addresses on which the DHCP service listens."""
    return _read("bindings", "Get-DhcpServerv4Binding", BINDING_PROPERTIES)


def get_failover(computer: str | None = None, guarded: bool = True) -> Operation:
    """Every relationship at once: a filter by name makes some versions leave State out, and a name not found an error.

    `computer`: the partner's, over a second hop. `guarded`: part of the fingerprint.
    """
    more = {"volatile": ["State"], "fingerprint": guarded, **_asking(computer)}
    return _read(call_id_of("failover", computer), "Get-DhcpServerv4Failover", FAILOVER_PROPERTIES, **more)


def get_statistics() -> Operation:
    """Addresses in use and free, of every scope, split between the two servers where it is in failover."""
    return _read("statistics", "Get-DhcpServerv4ScopeStatistics", STATISTICS_PROPERTIES, parameters={"Failover": True})


def get_version(guarded: bool = True) -> Operation:
    """Of the server's operating system. `guarded`: part of the fingerprint."""
    return _read("version", "Get-DhcpServerVersion", ("MajorVersion", "MinorVersion"), fingerprint=guarded)


def get_setting(computer: str | None = None) -> Operation:
    """Whether Active Directory knows the server as a DHCP server; of `computer` over a second hop."""
    more = {"fingerprint": False, **_asking(computer)}
    return _read(call_id_of("setting", computer), "Get-DhcpServerSetting", ("IsDomainJoined", "IsAuthorized"), **more)


def get_classes(computer: str | None = None, guarded: bool = True) -> Operation:
    """The vendor and user classes; of `computer` over a second hop. `guarded`: part of the fingerprint."""
    more = {"fingerprint": guarded, **_asking(computer)}
    return _read(call_id_of("classes", computer), "Get-DhcpServerv4Class", ("Type", "Name", "Data"), **more)


def get_option_definitions(computer: str | None = None, guarded: bool = True) -> Operation:
    """Those of every vendor class; of `computer` over a second hop. `guarded`: part of the fingerprint."""
    more = {"fingerprint": guarded, **_asking(computer), "parameters": {"All": True, **at(computer)}}
    properties = ("OptionId", "VendorClass", "Type", "MultiValued")
    return _read(call_id_of("definitions", computer), "Get-DhcpServerv4OptionDefinition", properties, **more)


def get_scopes(computer: str | None = None, guarded: bool = True) -> Operation:
    """Every IPv4 scope; of `computer` over a second hop. `guarded`: part of the fingerprint."""
    more = {"fingerprint": guarded, **_asking(computer)}
    return _read(call_id_of("scopes", computer), "Get-DhcpServerv4Scope", SCOPE_PROPERTIES, **more)


def prove_member(name: str, scope: IPv4Address, computer: str | None = None) -> Operation:
    """An error unless the scope is in this relationship (of `computer`, over a second hop)."""
    parameters = {"ScopeId": [str(scope)], **at(computer)}
    return _until("prove_member", parameters, select=["Name"], match={}, property="Name", values=[name], timeout=0)


def prove_switchover(name: str, computer: str | None = None) -> Operation:
    """An error unless automatic switchover of this relationship is on (of `computer`, over a second hop)."""
    shown = {"select": ["Name", "AutoStateTransition"], "match": {"Name": name}, "property": "AutoStateTransition"}
    return _until(PROVE_SWITCHOVER, at(computer), **shown, values=["True"], timeout=0)


def _until(call_id: str, parameters: Mapping[str, Any], **more: Any) -> Operation:
    return {
        **_cmdlet(call_id, "Get-DhcpServerv4Failover", parameters),
        "op": "wait_until",
        "while": [],
        "interval_ms": 500,
        **more,
    }


def export_id(computer: str | None = None) -> str:
    """What the operation of `export` is called."""
    return call_id_of("export", computer)


def export(scopes: Sequence[IPv4Address], computer: str | None = None, leases: bool = False) -> Operation:
    """The configuration of these scopes with the server level's; of `computer` over a second hop.

    Without a scope Windows would export the whole server, IPv6 included, by one cmdlet for each reservation.
    `leases`: with them, although a lease that comes or goes is no change to the fingerprint.
    """
    if not scopes:
        raise AssertionError("an export names its scopes")
    parameters: dict[str, Any] = {"ScopeId": [str(scope) for scope in scopes], **at(computer)}
    operation = {"id": export_id(computer), "op": "export", "parameters": parameters, "fingerprint": True}
    if leases:
        parameters["Leases"] = True
        operation["volatile"] = ["content"]
    return operation


def uses(scopes: Sequence[IPv4Address]) -> Operation:
    """An export for what these scopes need of the server level. What changes of it before a write is for Windows to
    refuse."""
    return {**export(scopes), "id": USES, "fingerprint": False}


def probe_partner(partner: str) -> Operation:
    """The version of the partner's DHCP service, over a second hop: it is told without rights."""
    return own("probe_partner", server=partner)


def knock(computer: str) -> Operation:
    """Whether a DHCP service answers this server by RPC: its version, which is told without rights. Where nobody
    answers it is asked again; a host that is off takes longer than that to be found silent once."""
    again = {"retry_on": [*_SILENT, *_STARTING], "retry_seconds": _SILENT_SECONDS}
    asked = {"parameters": at(computer), "fingerprint": True, **again}
    return _read(call_id_of("knock", computer), "Get-DhcpServerVersion", ("MajorVersion", "MinorVersion"), **asked)


def probe_rights(partner: str) -> Operation:
    """A read of the partner that needs rights there."""
    return _cmdlet("probe_rights", "Get-DhcpServerv4Scope", at(partner))


def compare_clock(partner: str) -> Operation:
    """The partner's clock, over a second hop, between two looks at the server's own; seconds."""
    return {"id": call_id_of("clock", partner), "op": "compare_clock", "server": partner}


def resolve_name(name: str) -> Operation:
    """The addresses that the server's DNS has for a name."""
    return {"id": f"resolve_{name}", "op": "probe_partner", "server": name, "resolve": True}


@dataclass(frozen=True)
class AwaitedStates:
    """`wanted` end a wait, `passing` let it go on, and any other is an error; `tolerated` only when they last longer
    than `grace` seconds."""

    wanted: Collection[str]
    passing: Collection[str] = ()
    tolerated: Collection[str] = ()
    grace: int = 0


def wait_for_state(name: str, states: AwaitedStates, timeout: int) -> Operation:
    """Waits until a relationship is in a wanted state, `timeout` seconds at most."""
    awaited = {"values": sorted(states.wanted), "while": sorted(states.passing), "timeout": timeout}
    tolerated = {"tolerated": sorted(states.tolerated), "grace": states.grace}
    shown = {"select": ["Name", "State"], "match": {"Name": name}, "property": "State"}
    return _until("wait_for_state", {}, **shown, **awaited, **tolerated)


def add_failover(declared: DeclaredSettings, partner: str, scopes: Sequence[IPv4Address]) -> Operation:
    """Creates a relationship of a complete declaration (every setting of its mode has a value)."""
    parameters: dict[str, Any] = {
        "Name": declared.name,
        "PartnerServer": partner,
        "ScopeId": [str(scope) for scope in scopes],
    }
    for setting in SETTINGS:
        value = getattr(declared, setting.option)
        if setting.at_creation and value is not None:
            sent = setting.as_parameters(value, declared.shared_secret)
            parameters.update((name, text) for name, text in sent.items() if text is not None)
    return _cmdlet(CREATES, "Add-DhcpServerv4Failover", {**parameters, **_FORCE})


def set_failover(name: str, changes: Mapping[str, Any], secret: str | None, computer: str | None = None) -> Operation:
    """Changes settings in place, in one call; on `computer` over a second hop. `changes`: option name -> new value;
    enable_auth False clears the secret."""
    parameters: dict[str, Any] = {"Name": name}
    for option, value in changes.items():
        parameters.update(_MODIFIED[option].as_parameters(value, secret))
    return _cmdlet("set_failover", "Set-DhcpServerv4Failover", {**parameters, **at(computer), **_FORCE})


def remove_failover(name: str, computer: str | None = None) -> Operation:
    """On both servers; the one that runs it keeps the scopes, the partner's copies are deleted."""
    return _cmdlet("remove_failover", "Remove-DhcpServerv4Failover", {"Name": [name], **at(computer), **_FORCE})


def remove_failover_scopes(name: str, scopes: Sequence[IPv4Address], computer: str | None = None) -> Operation:
    """The server that runs it, or `computer` over a second hop, keeps the scopes; the partner's copies are deleted."""
    parameters = {"Name": name, "ScopeId": [str(scope) for scope in scopes], **at(computer), **_FORCE}
    return _cmdlet("remove_failover_scopes", "Remove-DhcpServerv4FailoverScope", parameters)


def deactivate_scope(scope: IPv4Address, computer: str | None = None) -> Operation:
    """The scope hands out nothing any more, on this one server; its leases stay."""
    parameters = {"ScopeId": str(scope), "State": "InActive", **at(computer), **_QUIET}  # this one has no -Force
    return _cmdlet("deactivate_scope", "Set-DhcpServerv4Scope", parameters)


def activate_scope(scope: IPv4Address, computer: str | None = None) -> Operation:
    """The scope hands out addresses, on this one server."""
    parameters = {"ScopeId": str(scope), "State": "Active", **at(computer), **_QUIET}  # this one has no -Force
    return _cmdlet("activate_scope", "Set-DhcpServerv4Scope", parameters)


def remove_scope(scope: IPv4Address, computer: str | None = None) -> Operation:
    """One server's instance of a scope that is in no relationship there, with its leases; their DNS records may go
    too."""
    return _cmdlet("remove_scope", "Remove-DhcpServerv4Scope", {"ScopeId": [str(scope)], **at(computer), **_FORCE})


def partner_down(name: str) -> Operation:
    """Declares the partner down: this server then serves all of the relationship's addresses."""
    return _cmdlet("partner_down", "Set-DhcpServerv4Failover", {"Name": name, "PartnerDown": True, **_FORCE})


def add_failover_scopes(name: str, scopes: Sequence[IPv4Address]) -> Operation:
    """Puts scopes of the server that runs it into a relationship; the partner gets copies."""
    parameters = {"Name": name, "ScopeId": [str(scope) for scope in scopes], **_QUIET}  # this one has no -Force
    return _cmdlet("add_failover_scopes", "Add-DhcpServerv4FailoverScope", parameters)


def replicate(scopes: Sequence[IPv4Address], computer: str | None = None) -> Operation:
    """Overwrites the partner's copies with those of the server that runs it, or of `computer` over a second hop."""
    parameters = {"ScopeId": [str(scope) for scope in scopes], **_FORCE, **at(computer)}
    return _cmdlet("replicate", "Invoke-DhcpServerv4FailoverReplication", parameters)


def probe_api(relationship: str, computer: str | None = None) -> Operation:
    """Whether the DHCP server management API can be called there, asked with a read; of `computer` over a second
    hop."""
    return own("probe_api", relationship=relationship, server=computer)


def remove_member_here(relationship: str, scopes: Sequence[IPv4Address], computer: str | None = None) -> Operation:
    """Takes scopes out of one server's half by the management API: they stay there as they are, and the partner is not
    asked."""
    members = [str(scope) for scope in scopes]
    return own("remove_member_here", relationship=relationship, scopes=members, server=computer)


def remove_relationship_here(relationship: str, computer: str | None = None) -> Operation:
    """Takes one server's half away by the management API: its scopes stay there, and the partner keeps its half."""
    return own("remove_relationship_here", relationship=relationship, server=computer)


def only_with(operation: Operation, name: str, partner: str, computer: str) -> Operation:
    """The same, as long as another server has the relationship with this partner, as it calls it: it may have been made
    anew with another one since it was read."""
    shown = {"select": ["Name", "PartnerServer"], "match": {"Name": name}, "property": "PartnerServer"}
    return {**operation, "only_if": _until("only_with", at(computer), **shown, values=[partner], timeout=0)}


def only_idle(operation: Operation, scope: IPv4Address, computer: str) -> Operation:
    """The same, as long as another server's copy of the scope is out of service: who put it back may have leased from
    it since it was looked at."""
    asked = {"ScopeId": [str(scope)], **at(computer)}
    shown = {"select": ["State"], "match": {}, "property": "State", "values": ["InActive"], "timeout": 0}
    return {**operation, "only_if": {**_until(ONLY_IDLE, asked, **shown), "cmdlet": "Get-DhcpServerv4Scope"}}


def at(computer: str | None) -> Mapping[str, Any]:
    """The parameter that a cmdlet reaches another server by; none for the one that runs it."""
    return {"ComputerName": computer} if computer else {}


def _asking(computer: str | None) -> Mapping[str, Any]:
    """A partner whose service does not run is not waited for: the probe has told it."""
    return {"parameters": at(computer), **({"retry_seconds": 0} if computer else {})}
