# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an error of the remote side means and what to do about it: by its id, never by its text, which is localised.

Ids are "DHCP <number>" or "WIN32 <number>" of FullyQualifiedErrorId, without the cmdlet's name, and the script's own
"windhcp.<word>". Numbers: the Windows SDK's DHCP error header. Microsoft's script functions (Export-, Import-DhcpServer) and
PowerShell itself have words instead, which mean something with the name of the command only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# answers of Get-DhcpServerv4Failover that mean "no relationship" (which of them, or none, a server gives is unknown)
EMPTY_FAILOVER = frozenset({"DHCP 20115", "WIN32 259", "WIN32 2"})

ACCESS_DENIED = "WIN32 5"
NOT_OURS = "windhcp.not_ours"
FOLDER = r"C:\ProgramData\windhcp.failover"  # where the script keeps files, unless ProgramData was moved
_UNREACHABLE = "The partner does not answer: check that it is up and that RPC (TCP 135 and 49152-65535) reaches it from {host}."
_STARTING = "The DHCP Server service there is stopped or just starting: start it and run again."

# what no line below explains: a number of the DHCP server, or a word of PowerShell's
_UNKNOWN_NUMBER = ("the DHCP server refused it", "Look up the id among the DHCP server's error codes.")
_UNKNOWN_WORD = ("PowerShell or the DhcpServer module refused it", "Its message says why; where that is no help, please report it.")
_NEWER = "It needs the DhcpServer module of Windows Server 2012 R2 or later; where that is there, please report it with the task."

# id, with the command where only both together mean something -> (what it means, what to do);
# {host} is the inventory name, {partner} the partner's, {folder} that of the script's files
_MEANING: Mapping[str, tuple[str, str]] = {
    "DHCP 20005": ("the scope does not exist there", "Create it first, or correct the scope id."),
    "DHCP 20052": ("the scope exists already", "Remove or rename the other copy after comparing both."),
    "DHCP 20013": (
        "the DHCP database reported an error",
        "Run again; if it stays, look at the DHCP server's event log.",
    ),
    "DHCP 20023": (
        "the range of addresses is invalid, or overlaps another one",
        "Compare it with the scopes that are there.",
    ),
    "DHCP 20017": ("the DHCP Server service is paused", "Resume the service and run again."),
    "DHCP 20044": ("a user or vendor class is missing on the partner", "Create it there: classes are not replicated."),
    "DHCP 20010": (
        "an option definition is missing on the partner",
        "Create it there: definitions are not replicated.",
    ),
    "DHCP 20103": ("an option definition has another type on the partner", "Make both definitions equal."),
    "DHCP 20113": ("the scope is already in a failover relationship", "Remove it from that relationship first."),
    "DHCP 20114": (
        "a relationship of this name exists on one of the two servers",
        "Choose another name, or remove the other one.",
    ),
    "DHCP 20115": ("the relationship does not exist there", "Run again: the next run plans from what is there now."),
    "DHCP 20116": ("the scope is in no failover relationship", "Run again: the next run plans from what is there now."),
    "DHCP 20117": ("this server is the secondary of the relationship", "Run the task on the primary server."),
    "DHCP 20118": (
        "the partner does not support failover",
        "Failover needs Windows Server 2012 or later on both servers.",
    ),
    "DHCP 20119": (
        "the clocks of the two servers differ by more than a minute",
        "Set the time of both servers (w32tm) and run again.",
    ),
    "DHCP 20120": ("the relationship is not in the state Normal", "Wait until both servers show Normal and run again."),
    "DHCP 20121": (
        "the account has no administrative rights on the partner",
        "Make it a local administrator of both servers.",
    ),
    "DHCP 20122": ("the partner is not reachable", _UNREACHABLE),
    "DHCP 20123": ("the DHCP Server service does not run on the partner", "Start it and run again."),
    "DHCP 20124": ("the partner's name does not resolve", "Correct partner_server, or the DNS record."),
    "DHCP 20125": ("the relationship's name is too long", "At most 126 characters."),
    "DHCP 20127": (
        "the leases could not be synchronised while a scope was added",
        "Run again when both servers show Normal.",
    ),
    "DHCP 20128": (
        "one of the two servers has 31 relationships, the most there can be",
        "Remove one; empty ones count.",
    ),
    "DHCP 20130": ("too many scopes at once", "Give fewer scopes to the task."),
    "DHCP 20131": ("a scope that serves BOOTP clients cannot be in failover", "Set the scope's type to Dhcp."),
    "DHCP 20133": ("the scope is still being synchronised with the partner", "Run again in some minutes."),
    "DHCP 20134": (
        "one of the servers is too old for this",
        "It needs Windows Server 2012 R2 or later on both servers.",
    ),
    "WIN32 87": ("Windows took a parameter for invalid", "Please report it with the task."),
    "WIN32 1722": ("RPC is not answered", _UNREACHABLE),
    "WIN32 1753": ("the DHCP Server service has not registered itself", _STARTING),
    "windhcp.wait_timeout": (
        "the relationship did not become Normal in time",
        "Raise wait_timeout, or look at the partner's state.",
    ),
    "windhcp.wait_refused": (
        "the relationship is in a state in which nothing may be changed",
        "Look at both servers; allow_state overrides.",
    ),
    "windhcp.no_api": (
        "the DHCP management API (dhcpsapi.dll) cannot be called there; other_copy: disable and the removal of an orphan need it",
        "Where a compiler explains itself (CS...), look at the disk and at the TEMP folder of the account, or run again; otherwise "
        "application control forbids it, or the DHCP management tools are missing: allow the one, or install the other (RSAT-DHCP).",
    ),
    "windhcp.binding": ("a cmdlet there does not take what it was given", _NEWER),
    "windhcp.no_such_cmdlet": ("a cmdlet is missing there", _NEWER),
    "windhcp.computer_name": (
        "what should be the name of a computer is none, and Windows' own export would run parts of it as code; nothing was called",
        "Correct partner_server; where the server itself shows such a partner, look at who made that relationship.",
    ),
    NOT_OURS: (
        "something below ProgramData is not as this collection makes it, so nothing was read, written or followed there",
        "Look at what it is and at who made it. Take it away (a link with rmdir, which leaves alone what it leads to) when nothing in "
        "it is needed, and run again: what is missing in {folder} is then made anew. An entry that Explorer added for an administrator "
        "goes with icacls /remove:g.",
    ),
    "ResourceExists,Export-DhcpServer": ("the file to export to is there already", "Run again: each export has a name of its own."),
    "InvalidOperation,Export-DhcpServer": ("the configuration could not be exported", "Try Export-DhcpServer on the server itself."),
    "InvalidArgument,Export-DhcpServer": ("Export-DhcpServer takes a value for wrong", "Please report it with the task."),
    "ObjectNotFound,Export-DhcpServer": ("none of the scopes to export is there", "Run again: the next run plans from what is there now."),
    "ResourceUnavailable,Import-DhcpServer": ("the file to import is not there, or cannot be read", "Look at the file, and run again."),
    "InvalidOperation,Import-DhcpServer": (
        "the file is none that this server imports: of a newer version of Windows, or damaged",
        "Import a copy on a server of the version that it was made on, or of a newer one.",
    ),
    "InvalidArgument,Import-DhcpServer": ("Import-DhcpServer takes a value for wrong", "Please report it with the task."),
    "ObjectNotFound,Import-DhcpServer": ("a scope is not in the file", "Look at which scopes the copy has, and leave out the others."),
    "ParameterArgumentValidationError": (
        "a cmdlet does not take one of the values that it was given",
        "The message names the parameter; what an import skipped for it has to be added by hand.",
    ),
    "CommandNotFoundException": (
        "a command is missing on the server",
        "Repair the installation of Windows PowerShell and of RSAT-DHCP there.",
    ),
    "windhcp.protect_folder": (
        "the folder below ProgramData could not be kept to administrators, so nothing was written to it",
        "Look at the permissions of {folder} there, and use an account that is a local administrator.",
    ),
    "windhcp.file": (
        "a file of this collection could not be read or written",
        "Look at the disk, and at the permissions of {folder} there.",
    ),
    "windhcp.incomplete_copy": (
        "the safety copy would not have held every scope, so it was not kept and nothing was changed after it",
        "Run again; if it stays, try Export-DhcpServer with these scopes on the server.",
    ),
    "windhcp.not_a_copy": (
        "the path is not that of a safety copy",
        "Write the path as the task that made the copy returned it; copies are in {folder}\\safety-copies.",
    ),
    "windhcp.no_such_copy": (
        "there is no such safety copy",
        "Look in {folder}\\safety-copies of the server on which it was made.",
    ),
    "windhcp.bad_name": ("the name of a kept text is not one", "Please report it with the task."),
    "windhcp.check_mode": ("a write was refused in check mode", "Please report it: check mode never sends one."),
}


class RemoteFailure(Exception):
    """The remote side did not do what was asked. str() names what happened, where, and the cure."""


class TooManyAtOnce(RemoteFailure):
    """More scopes in one call than this server takes (DHCP 20130, and how many it takes is unknown): fewer may go."""


class UnexpectedReply(RemoteFailure):
    """The answer is not of the shape that the DhcpServer module documents."""


class RemoteError(RemoteFailure):
    """An operation answered with errors. `ids` are without the cmdlet's name."""

    def __init__(self, result: Mapping[str, Any], host: str, partner: str = "") -> None:
        self.ids = sorted(error_ids(result))
        super().__init__(" ".join(dict.fromkeys(_explain(result["id"], error, host, partner) for error in result["errors"])))


def short_id(full_id: str) -> str:
    """FullyQualifiedErrorId without the cmdlet's name: "DHCP 20116,Get-DhcpServerv4Failover" -> "DHCP 20116"."""
    return full_id.split(",")[0]


def error_ids(result: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(short_id(error["id"]) for error in result["errors"])


def _explain(operation: str, error: Mapping[str, Any], host: str, partner: str) -> str:
    found = short_id(error["id"])
    if found == ACCESS_DENIED:
        meaning, cure = _denied(operation)
    else:
        unknown = _UNKNOWN_NUMBER if found.startswith(("DHCP ", "WIN32 ")) else _UNKNOWN_WORD
        meaning, cure = _MEANING.get(error["id"]) or _MEANING.get(found, unknown)
    where = "{host} asking {partner}" if operation == "probe_partner" else "{host}"
    names = {"host": host, "partner": partner or "the partner", "folder": FOLDER}
    return f"On {where}: {meaning} (".format(**names) + f"{error['id']}: {error['message']}). " + cure.format(**names)


def _denied(operation: str) -> tuple[str, str]:
    """Refusals with one code: a read here is a matter of rights, a call to the partner of the second hop as well."""
    hop = (
        "The logon on {host} holds no credentials that reach a second server (double hop), or the account has no rights there: "
        "use become with become_method runas, CredSSP or Kerberos delegation, and an account that is a local administrator of both."
    )
    if operation == "probe_partner":
        return ("access is denied at the partner {partner}", hop)
    if operation in ("who", "bindings", "failover", "scopes", "add_scope", "import_copy"):
        return ("access is denied on {host} itself", "Use an account that is a local administrator of the DHCP server.")
    return ("access is denied, here or at the partner {partner}", hop)
