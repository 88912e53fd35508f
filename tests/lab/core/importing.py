# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Import-DhcpServer: what exporting.py wrote, or somebody edited, becomes configuration of a server.

C MIG, but where a mark says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from lab.core import scopes
from lab.core.call import Call
from lab.core.catalogue import class_of, classes_of, definition_of, hexadecimal
from lab.core.copying import policy_classes
from lab.core.errors import Refused, message
from lab.core.export_file import BadFile, Content, read
from lab.core.options import check_value
from lab.core.server import Lease, OptionValues, Policy, Reservation, Scope

IMPORTED_STATES = (
    "Active",
    "Declined",
    "Expired",
    "ActiveReservation",
    "InactiveReservation",
)  # C STUB: of Add-DhcpServerv4Lease
RELATED = ((6, 2), (6, 3))  # a server of the first version takes a file of the second one


def import_(call: Call) -> None:
    """In this order: the file is there and valid, the question, the backup of the database, its version, then what is
    in it."""
    path = call.text("File")
    if path not in call.files:
        raise call.ended("ResourceUnavailable", "import_file", file=path, why="it does not exist")
    try:
        content = read(call.files[path])
    except BadFile as error:
        raise call.ended("InvalidOperation", "import_file", file=path, why=error) from error
    call.confirm()
    _back_up(call)
    server = tuple(int(part) for part in call.server.os.split(".")[:2])
    if content.version > server and (server, content.version) != RELATED:
        why = f"its version is {content.version}, and the server's {server}"
        raise call.ended("InvalidOperation", "import_file", file=path, why=why)
    _server_level(call, content)
    if call.on("ServerConfigOnly"):
        return
    for scope_id, scope in content.scopes.items():
        if not call.has("ScopeId") or scope_id in call.addresses("ScopeId"):
            _scope(call, scope)
    for scope_id in call.addresses("ScopeId"):
        if scope_id not in content.scopes:
            lacking = call.refused("ObjectNotFound", "not_in_file", scope=scope_id, file=path)
            call.report(Refused(replace(lacking.record, category="ObjectNotFound", target=str(scope_id))))


def _back_up(call: Call) -> None:
    """An error of Backup-DhcpServer is swallowed, and the import goes on. A backup is one file here, whatever it is on
    Windows."""
    fault = call.world.take_fault(call.server.name, "Backup-DhcpServer")
    if fault is not None:
        call.swallow(
            call.refused(fault.error_id, "act", verb="back up to", what=call.text("BackupPath")), "Backup-DhcpServer"
        )
        return
    folder = call.text("BackupPath")
    call.written[folder + ("\\" if "\\" in folder else "/") + "DhcpCfg"] = b"the database of a simulated server\n"


def _try(call: Call, act: Callable[..., Any], *given: Any) -> bool:
    """What a cmdlet inside refuses is posted, and the import goes on with the next one."""
    try:
        act(call, *given)
    except Refused as refusal:
        call.post(refusal)
        return False
    return True


# --- the server level
# ----------------------------------------------------------------------------------------------------


def _server_level(call: Call, content: Content) -> None:
    """Classes and definitions that the server lacks are added, and nothing that it has is changed.

    Without -ScopeId all else of the server level is replaced. L: with -ScopeId as well, as PSDOC can be read.
    """
    _add_classes(call, content)
    _add_definitions(call, content)
    if call.has("ScopeId") and call.world.switches.import_server_level == "missing_only":
        return
    for name, value in content.settings.items():
        setattr(call.server, name, value)
    policies = [one for one in content.policies.values() if _add_policy(call, one)]
    call.server.policies = {one.name: one for one in policies}
    call.server.option_values = _options(call, content.option_values)


def _add_classes(call: Call, content: Content) -> None:
    """One is there if its data is, in this spelling, whatever it is called. C SDK: 20045 for a name that is in use."""
    known = {hexadecimal(one) for one in classes_of(call.server)}
    for one in content.classes:
        if hexadecimal(one) in known:
            continue
        if class_of(call.server, one.type, one.name) is not None:
            call.post(call.fail("DHCP 20045", "add class", one.name))
            continue
        call.server.classes[one.name] = one


def _add_definitions(call: Call, content: Content) -> None:
    """One is there if its id and vendor class are, whatever its type is. C SDK: 20044 without the class."""
    for key, one in content.definitions.items():
        if definition_of(call.server, key) is not None:
            continue
        if key.vendor_class and class_of(call.server, "Vendor", key.vendor_class) is None:
            call.post(call.fail("DHCP 20044", "add option definition", key.option_id))
            continue
        call.server.option_definitions[key] = one


# --- scopes
# ----------------------------------------------------------------------------------------------------------------


def _scope(call: Call, scope: Scope) -> None:
    """One that exists (same id and mask) is left alone with a warning, or with -ScopeOverwrite removed (-Leases) or set
    in place.

    Nothing in the file tells of failover: an imported scope is in no relationship (M 10).
    """
    there = call.server.scopes.get(scope.scope_id)
    if there is not None and there.subnet_mask == scope.subnet_mask:
        if not call.on("ScopeOverwrite"):
            call.warnings.append(
                message("import_exists", call.here.language, scope=scope.scope_id, host=call.server.computer_name)
            )
            return
        if not call.on("Leases"):
            _set_in_place(call, there, scope)
            return
        _try(call, _remove, scope.scope_id)
    _try(call, _add, scope)
    made = call.server.scopes.get(scope.scope_id)
    if made is not None:  # also one that was there, and was not taken away: only a terminating error ends it
        _fill(call, made, scope)


def _remove(call: Call, scope_id: IPv4Address) -> None:
    """C DHCPM: 20113 for a scope in failover. Remove-DhcpServerv4Scope takes the clients' DNS records along (C 4.1)."""
    if call.server.relationship_of(scope_id) is not None:
        raise call.refused("DHCP 20113", "get_scope", scope=scope_id)
    scopes.delete_scope(call.world, call.server, scope_id, keep_dns=False)


def _add(call: Call, scope: Scope) -> None:
    """With the State of the file. M WEAVE: 20052 for one that exists."""
    if scope.scope_id in call.server.scopes:
        raise call.refused("DHCP 20052", "add_scope", scope=scope.scope_id)
    scopes.check(call, scope, "add_scope")
    bare: dict[str, Any] = {
        "exclusions": [],
        "policies": {},
        "options": {},
        "reservations": {},
        "leases": {},
        "dns": None,
    }
    call.server.scopes[scope.scope_id] = replace(scope, **bare)


def _set_in_place(call: Call, there: Scope, scope: Scope) -> None:
    """Its leases stay; all else of it goes, and comes from the file."""
    bare: dict[str, Any] = {
        "exclusions": [],
        "policies": {},
        "options": {},
        "reservations": {},
        "leases": there.leases,
        "dns": None,
    }
    changed = replace(scope, **bare)
    if _try(call, scopes.check, changed, "get_scope"):
        call.server.scopes[scope.scope_id] = changed
    _fill(call, call.server.scopes[scope.scope_id], scope)


def _fill(call: Call, made: Scope, scope: Scope) -> None:
    """What belongs to a scope, in the order of the file: a failing one is missing, the others come. M WEAVE: 20023."""
    for one in scope.exclusions:
        if any(one.overlaps(other) for other in made.exclusions):
            call.post(call.refused("DHCP 20023", "add_exclusion", scope=made.scope_id, start=one.start, end=one.end))
        else:
            made.exclusions.append(one)
    for policy in scope.policies.values():
        if _add_policy(call, policy):
            made.policies[policy.name] = policy
    made.options.update(_options(call, scope.options))
    if scope.dns is not None:
        made.dns = scope.dns
    for reservation in scope.reservations.values():
        _try(call, _reserve, made, reservation)
    if call.on("Leases"):
        for lease in scope.leases.values():
            _lease(call, made, lease)


def _add_policy(call: Call, policy: Policy) -> bool:
    """C SDK: 20044 without a class of its conditions. What belongs to a policy that was refused has nowhere to go
    (20111)."""
    if any(class_of(call.server, kind, name) is None for kind, name in policy_classes(policy)):
        call.post(call.fail("DHCP 20044", "add policy", policy.name))
        for _piece in (*policy.ranges, *policy.options):
            call.post(call.fail("DHCP 20111", "get policy", policy.name))
        return False
    policy.options = _options(call, policy.options)
    return True


def _options(call: Call, values: OptionValues) -> OptionValues:
    """Those that can be set. C SDK: 20044 without a class, 20010 without a definition; L SDK, switch
    wrong_type_error: for another type."""
    good: OptionValues = {}
    for key, several in values.items():
        if not several:
            call.warnings.append(
                message("no_value", call.here.language, option=key.option_id, host=call.server.computer_name)
            )
        elif _try(call, check_value, key, several):
            good[key] = several
    return good


def _reserve(call: Call, made: Scope, one: Reservation) -> None:
    """C SDK: 20022 the address is reserved, 20014 the client has a reservation here."""
    if one.ip in made.reservations:
        raise call.fail("DHCP 20022", "add reservation", one.ip)
    if any(other.client_id == one.client_id for other in made.reservations.values()):
        raise call.fail("DHCP 20014", "add reservation", one.ip)
    made.reservations[one.ip] = replace(one, options=_options(call, one.options))


def _lease(call: Call, made: Scope, lease: Lease) -> None:
    """An unused reservation is no lease. C MIG: the lease of one that is used is refused (20014), and nobody is told.

    A state that Add-DhcpServerv4Lease does not know (Offered) does not bind; the import goes on.
    """
    if lease.address_state == "InactiveReservation":
        return
    if lease.address_state not in IMPORTED_STATES:
        refusal = call.refused(
            "ParameterArgumentValidationError",
            "bad_argument",
            value=lease.address_state,
            cmdlet="Add-DhcpServerv4Lease",
        )
        call.post(Refused(replace(refusal.record, category="InvalidData", target="")))
    elif lease.ip in made.leases or lease.ip in made.reservations:
        call.swallow(call.fail("DHCP 20014", "add lease", lease.ip), "Add-DhcpServerv4Lease")
    else:
        made.leases[lease.ip] = lease
