# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Import-DhcpServer: what exporting.py wrote, or somebody edited, becomes configuration of a server."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

from lab.core.call import Call
from lab.core.catalogue import class_of, definition_of
from lab.core.copying import classes_in, options_in
from lab.core.errors import Refused, message
from lab.core.export_file import BadFile, Content, read
from lab.core.scopes import check, delete_scope
from lab.core.server import Scope


def import_(call: Call) -> None:
    """C PSDOC: the server level that is in the file is imported, also with -ScopeId; scopes not with -ServerConfigOnly.

    The backup of the database that -BackupPath asks for is not simulated. The file is read before anything changes (I).
    """
    call.confirm()
    path = call.text("File")
    if path not in call.files:  # I: the error of Windows for a missing file
        raise call.refused("WIN32 2", "import_file", file=path, why="it does not exist")
    try:
        content = read(call.files[path])
    except BadFile as error:  # I
        raise call.refused("WIN32 13", "import_file", file=path, why=error) from error
    _server_level(call, content)
    if call.on("ServerConfigOnly"):
        return
    for scope_id in _wanted(call, content):
        try:
            _scope(call, scope_id, content)
        except Refused as refusal:
            call.report(refusal)


def _server_level(call: Call, content: Content) -> None:
    """What the file does not mention stays; whether the rest of a list does is U."""
    merge = call.world.switches.import_server_level == "merge"
    for name, value in content.server_level.items():
        if merge and isinstance(value, dict):
            getattr(call.server, name).update(value)
        else:
            setattr(call.server, name, value)


def _wanted(call: Call, content: Content) -> tuple[IPv4Address, ...]:
    """C PSDOC: with -ScopeId or -Prefix only those; the lab has no IPv6."""
    return call.addresses("ScopeId") if call.has("ScopeId") or call.has("Prefix") else tuple(content.scopes)


def _scope(call: Call, scope_id: IPv4Address, content: Content) -> None:
    """C PSDOC: one that exists is left alone with a warning, or with -ScopeOverwrite deleted and created anew.

    I: 20005 for one that is not in the file, and one in failover is refused as by Remove-DhcpServerv4Scope (20113).
    Nothing in the file tells of failover: an imported scope is in no relationship (M 10).
    """
    if scope_id not in content.scopes:
        raise call.refused("DHCP 20005", "import_scope", scope=scope_id)
    scope = _as_asked(call, content.scopes[scope_id])
    if scope_id in call.server.scopes:
        if not call.on("ScopeOverwrite"):
            call.warnings.append(message("import_exists", call.here.language, scope=scope_id, host=call.server.name))
            return
        if call.server.relationship_of(scope_id) is not None:
            raise call.refused("DHCP 20113", "import_scope", scope=scope_id)
    check(call, scope, "import_scope")
    lacking = _lacking(call, scope)
    if lacking and call.world.switches.import_lacking_class == "no_scope":
        raise call.refused(lacking, "import_scope", scope=scope_id)
    delete_scope(call.world, call.server, scope_id, keep_dns=call.world.switches.import_overwrite_keeps_dns)
    call.server.scopes[scope_id] = replace(scope, options={}, policies={}, reservations={}) if lacking else scope
    if lacking:
        raise call.refused(lacking, "import_scope", scope=scope_id)


def _as_asked(call: Call, scope: Scope) -> Scope:
    """C PSDOC: leases only with -Leases. U 13.12: whether the State in the file counts."""
    state = scope.state if call.world.switches.import_honours_state else "Active"
    return replace(scope, state=state, leases=scope.leases if call.on("Leases") else {})


def _lacking(call: Call, scope: Scope) -> str:
    """C SDK: 20044 without a class, 20010 without an option definition; "" if all is there."""
    if any(class_of(call.server, kind, name) is None for kind, name in classes_in(scope)):
        return "DHCP 20044"
    if any(definition_of(call.server, key) is None for key in options_in(scope)):
        return "DHCP 20010"
    return ""
