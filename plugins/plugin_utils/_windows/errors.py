# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an error of the remote side means and what to do about it: by its id, never by its text, which is localised.

Ids are "DHCP <number>" or "WIN32 <number>" of FullyQualifiedErrorId, without the cmdlet's name, and the script's own
"windhcp.<word>". Numbers: the Windows SDK's DHCP error header. Microsoft's script functions (Export-,
Import-DhcpServer) and PowerShell itself have words instead, which mean something with the name of the command only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Literal

from .._model.refusal import UNCHANGED, TaskFailure
from .._model.texts import variable

# answers of Get-DhcpServerv4Failover that mean "no relationship" (which of them, or none, a server gives is unknown)
EMPTY_FAILOVER = frozenset({"DHCP 20115", "WIN32 259", "WIN32 2"})

NO_SUCH_SCOPE = frozenset({"DHCP 20005"})
NOTHING_THERE = frozenset({"WIN32 259"})  # no more items: whether a list without any is told so is not known
ACCESS_DENIED = "WIN32 5"
NO_RIGHTS = "DHCP 20121"
NO_FAILOVER = "DHCP 20118"
# what RPC says of a server that was asked and did not answer, of a machine without the service, of a name that leads
# nowhere: whatever else comes, somebody was there who said it
SILENT = frozenset({"WIN32 1722", "DHCP 20122"})
STOPPED = frozenset({"WIN32 1753", "DHCP 20123"})
NO_SUCH_NAME = frozenset({"DHCP 20124"})
NOT_OURS = "windhcp.not_ours"
BACKUP = "Backup-DhcpServer"  # Import-DhcpServer runs it first, and goes on when it failed
OF_THE_ASKED = (
    "windhcp.incomplete_copy",
    "windhcp.wait_timeout",
    "windhcp.wait_refused",
)  # the script's others are about its own server
FOLDER = r"C:\ProgramData\windhcp.failover"  # where the script keeps files, unless ProgramData was moved
ERRORS_SHOWN = 8  # of one operation
# what passes, or what the next run plans around: all else has to be mended by a person before a run can go on
PASSING = frozenset(
    {"windhcp.wait_timeout", "windhcp.incomplete_copy", "ResourceExists", "WIN32 1722", "WIN32 1753", "DHCP 20013"}
    | {f"DHCP {number}" for number in (20115, 20116, 20120, 20122, 20127, 20133)}
)
# what another run may have made of a server between a plan and its step: planning anew tells
OVERTAKEN = frozenset(f"DHCP {number}" for number in (20005, 20052, 20113, 20114, 20115, 20116))
_UNREACHABLE = (
    "{partner} does not answer: check that the name is right and resolves on {host} (Resolve-DnsName), that the server "
    "is up, and that RPC "
    "(TCP 135 and 49152-65535) reaches it from {host}."
)
_STARTING = "The DHCP Server service there is stopped or just starting: start it and run again."

# what no line below explains: a number of the DHCP server, or a word of PowerShell's
UNKNOWN_NUMBER = ("the DHCP server refused it", "Look up the id among the DHCP server's error codes.")
UNKNOWN_WORD = (
    "PowerShell or the DhcpServer module refused it",
    "Its message says why; where that is no help, please report it.",
)
_NEWER = (
    "It needs the DhcpServer module of Windows Server 2012 R2 or later; where that is there, please report it "
    "with the task."
)

# a plan has looked at these before: somebody was faster
_PLANS_ANEW = "Run again: the next run plans from what is there now."
_SAYS_WHY = "Run again: the next run plans from what is there now, and says what is in the way."
_COMPLETES = "Correct it there or in create_scopes, and run again: the scope is completed before it serves."
NO_BACKUP = (
    "the DHCP server could not back its database up, and Windows imported the scopes all the same, without this way "
    "back",
    "Look at the disk, and whether the DHCP service (NETWORK SERVICE) may write to {folder}\\backups there. Run "
    "again: "
    "what came back "
    "is no difference.",
)

# id, with the command where only both together mean something -> (what it means, what to do);
# {host} is the inventory name, {server} that of the server that was asked, {partner} the partner's, {folder} that of
# the script's files
MEANING: Mapping[str, tuple[str, str]] = {
    "DHCP 20005": ("the scope does not exist there", _SAYS_WHY),
    "DHCP 20052": ("the scope exists already", _SAYS_WHY),
    "DHCP 20013": (
        "the DHCP database reported an error",
        "Run again; if it stays, look at the DHCP server's event log on {server}.",
    ),
    "DHCP 20023": (
        "the range of addresses is invalid, or overlaps another one",
        "Compare it with the scopes that are there, on both servers.",
    ),
    "DHCP 20017": ("the DHCP Server service is paused", "Resume the service and run again."),
    "DHCP 20044": (
        "a user or vendor class is missing on the partner",
        "Create it there, classes are not replicated, and run again.",
    ),
    "DHCP 20010": (
        "an option definition is missing on the partner",
        "Create it there, definitions are not replicated, and run again.",
    ),
    "DHCP 20103": (
        "an option definition has another type on the partner",
        "Make both definitions equal, and run again.",
    ),
    "DHCP 20010,Set-DhcpServerv4OptionValue": ("an option of create_scopes has no definition there", _COMPLETES),
    "DHCP 20044,Set-DhcpServerv4OptionValue": ("a class of an option of create_scopes is missing there", _COMPLETES),
    "WIN32 87,Set-DhcpServerv4OptionValue": ("Windows takes an option's value of create_scopes for wrong", _COMPLETES),
    "DHCP 20023,Add-DhcpServerv4ExclusionRange": ("an exclusion of create_scopes overlaps another one", _COMPLETES),
    "DHCP 20014,Add-DhcpServerv4Reservation": ("a client of create_scopes has a reservation already", _COMPLETES),
    "DHCP 20022,Add-DhcpServerv4Reservation": ("an address of create_scopes is reserved already", _COMPLETES),
    "DHCP 20113": ("the scope is already in a failover relationship", _SAYS_WHY),
    "DHCP 20114": ("a relationship of this name exists on one of the two servers", _SAYS_WHY),
    "DHCP 20115": ("the relationship does not exist there", _PLANS_ANEW),
    "DHCP 20116": ("the scope is in no failover relationship", _PLANS_ANEW),
    "DHCP 20117": ("this server is the secondary of the relationship", "Run the task on the primary server."),
    NO_FAILOVER: (
        "the partner does not support failover",
        "Failover needs Windows Server 2012 or later on both servers.",
    ),
    "DHCP 20119": (
        "the clocks of the two servers differ by more than a minute",
        "Set the time of both servers (w32tm) and run again.",
    ),
    "DHCP 20120": ("the relationship is not in the state Normal", "Wait until both servers show Normal and run again."),
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
    "DHCP 20131": (
        "a scope that serves BOOTP clients cannot be in failover there",
        "Windows Server 2012 refuses it, later versions are said to take it: upgrade that server, or leave the scope "
        "out; with its type set to Dhcp it would serve its BOOTP clients no more.",
    ),
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
        f"Raise wait_timeout ({variable('wait_timeout')}), or look at the partner's state.",
    ),
    "windhcp.wait_refused": (
        "the relationship is in a state in which nothing may be changed",
        "Look at both servers, and run again when both show Normal; allow_state "
        f"({variable('allow_state')}) overrides.",
    ),
    "windhcp.no_api": (
        "the DHCP management API (dhcpsapi.dll) cannot be called there; other_copy: disable and the removal of an "
        "orphan need it",
        "Where a compiler explains itself (CS...), look at the disk and at the TEMP folder of the account, or run "
        "again; otherwise "
        "application control forbids it, or the DHCP management tools are missing: allow the one, or install the other "
        "(RSAT-DHCP).",
    ),
    "windhcp.binding": ("a cmdlet there does not take what it was given", _NEWER),
    "windhcp.no_such_cmdlet": ("a cmdlet is missing there", _NEWER),
    "windhcp.computer_name": (
        "what should be the name of a computer is none, and Windows' own export would run parts of it as code; nothing "
        "was called",
        "Correct partner_server; where the server itself shows such a partner, look at who made that relationship.",
    ),
    "windhcp.property": (
        "a value of what a cmdlet answered cannot be read, so nothing was made of the answer",
        "Look at it with the same cmdlet on the server; where it shows the value, please report it.",
    ),
    NOT_OURS: (
        "something below ProgramData is not as this collection makes it, so nothing was read, written or followed "
        "there",
        "Look at what it is and at who made it. Take it away (a link with rmdir, which leaves alone what it leads "
        "to; "
        "what lets you not "
        "in after takeown) when nothing in it is needed, and run again: what is missing in {folder} is then made "
        "anew. "
        "An entry "
        "that Explorer added for an administrator goes with icacls /remove:g.",
    ),
    "ResourceExists,Export-DhcpServer": (
        "the file to export to is there already",
        "Run again: each export has a name of its own.",
    ),
    "InvalidOperation,Export-DhcpServer": (
        "the configuration could not be exported",
        "Try Export-DhcpServer on the server itself.",
    ),
    "InvalidArgument,Export-DhcpServer": (
        "Export-DhcpServer takes a value for wrong",
        "Please report it with the task.",
    ),
    "ObjectNotFound,Export-DhcpServer": (
        "none of the scopes to export is there",
        _PLANS_ANEW,
    ),
    "ResourceUnavailable,Import-DhcpServer": (
        "the file to import is not there, or cannot be read",
        "Look at the file, and run again.",
    ),
    "InvalidOperation,Import-DhcpServer": (
        "the file is none that this server imports: of a newer version of Windows, or damaged",
        "Import a copy on a server of the version that it was made on, or of a newer one.",
    ),
    "InvalidArgument,Import-DhcpServer": (
        "Import-DhcpServer takes a value for wrong",
        "Please report it with the task.",
    ),
    "ObjectNotFound,Import-DhcpServer": (
        "a scope is not in the file",
        "Look at which scopes the copy has, and leave out the others.",
    ),
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
        "the export does not hold all that is there (Windows does not tell when it could not read all leases), so it "
        "was not used or kept, "
        "and nothing was changed after it",
        "Run again; if it stays, look at the DHCP server's event log on {server}, and reconcile the scope there "
        "(Repair-DhcpServerv4IPRecord).",
    ),
    "windhcp.not_a_copy": (
        "the path is not that of a safety copy",
        "Write the path as the task that made the copy returned it; copies are in {folder}\\safety-copies.",
    ),
    "windhcp.no_such_copy": (
        "there is no such safety copy",
        "Look in {folder}\\safety-copies of the server on which it was made.",
    ),
    "windhcp.no_backup": NO_BACKUP,
    "windhcp.bad_name": ("the name of a kept text is not one", "Please report it with the task."),
    "windhcp.check_mode": ("a write was refused in check mode", "Please report it: check mode never sends one."),
}

Denied = Literal["here", "hop", "rights", "hop_or_rights", "somewhere"]
_HOP = (
    "Use become with become_method runas and a password, CredSSP or Kerberos delegation; a local account also needs "
    "the same password "
    "on both servers."
)
_RIGHTS = "Make it a local administrator of {partner}."
DENIED: Mapping[Denied, tuple[str, str]] = {
    "here": ("access is denied on {host} itself", "Use an account that is a local administrator of the DHCP server."),
    "hop": (
        "access is denied at the partner {partner}: the logon on {host} does not go on to a second server (double hop)",
        _HOP,
    ),
    "rights": ("access is denied at the partner {partner}: the account has no DHCP rights there", _RIGHTS),
    "hop_or_rights": (
        "access is denied at the partner {partner}: either the logon on {host} does not go on to a second server "
        "(double hop), or the "
        "account has no DHCP rights there",
        f"For the hop: {_HOP} For the rights: {_RIGHTS}",
    ),
    "somewhere": (
        "access is denied, here or at the partner {partner}",
        f"The account has to be a local administrator of both servers. For the second hop: {_HOP}",
    ),
}


class Heard(Enum):
    """What a failure tells of the server that was asked."""

    ANSWER = "it is there, whatever it said"
    STOPPED = "the machine is there, and its DHCP service does not run"
    NOTHING = "nobody answered"
    NOT_ASKED = "its name or the way to it is not known"


class RemoteFailure(TaskFailure):
    """The remote side did not do what was asked. str() names what happened, where, and the cure.

    `heard`: silence is what is known to be silence, and everything else an answer.
    """

    heard = Heard.ANSWER
    status = ""  # with which the script ended, where none of its operations ran
    told: tuple[str, str] | None = None  # what happened and the cure, where the two are known apart
    partner = ""  # the other server that was asked, if one was


class Unreachable(RemoteFailure):
    """There is no connection to a server. `asked`: what the controller asked for it by itself, and what came; `names`:
    what the inventory calls it and where the connection goes, all that is known of which server it is."""

    def __init__(self, message: str, heard: Heard, asked: str, names: tuple[str, ...]) -> None:
        self.heard, self.asked, self.names = heard, asked, names
        super().__init__(message)


class NothingDone(RemoteFailure):
    """Nothing was sent, or the script ended before the first of its operations; or a read failed before a write."""

    nothing = UNCHANGED


class NotVerified(RemoteFailure):
    """Everything was written, as the text says, and could not be looked at again."""


class NotShown(NotVerified):
    """The servers were looked at, and do not show what was written."""


class UnexpectedReply(RemoteFailure):
    """The answer is not of the shape that the DhcpServer module documents."""


def short_id(full_id: str) -> str:
    """FullyQualifiedErrorId without the cmdlet's name: "DHCP 20116,Get-DhcpServerv4Failover" -> "DHCP 20116"."""
    return full_id.split(",")[0]


def heard(ids: Iterable[str]) -> Heard:
    """What the ids of an operation's errors tell of the server that was asked."""
    found = frozenset(ids)
    kinds = ((SILENT, Heard.NOTHING), (STOPPED, Heard.STOPPED), (NO_SUCH_NAME, Heard.NOT_ASKED))
    return next((kind for known, kind in kinds if found and found <= known), Heard.ANSWER)
