# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs requests on a server through dhcp_cmdlets.ps1 and counts them. Decides nothing."""

from __future__ import annotations

import getpass
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from .._model.secret import split
from .._model.server import ClockOffset
from .._model.texts import short
from . import reply as replies
from .cmdlets import Operation
from .errors import ERRORS_SHOWN, NothingDone, RemoteFailure, UnexpectedReply
from .reply import Place, Reply

Execute = Callable[[Mapping[str, Any]], Mapping[str, Any]]
REQUEST_LIMIT = 1_000_000  # bytes; Windows PowerShell 5.1 reads JSON up to 2 MB
MUTEX_SECONDS = 120

_STATUS = {
    "busy": f"Another run is writing to this server and did not finish within {MUTEX_SECONDS} s ({{errors}}). "
    "Run again when it has ended.",
    "busy windhcp.mutex": "Another run is writing to this server, and its account lets this one not wait for it "
    "({errors}). Run again when it has ended; use one account for all runs, or accounts that are "
    "local administrators.",
    "no_mutex": "What keeps two runs from writing at once could not be made ({errors}). Look at "
    "which program there has something of this name, or restart the server, and run again.",
    "no_module": "The DhcpServer module could not be loaded ({errors}). Install it: Install-WindowsFeature DHCP "
    "-IncludeManagementTools.",
    "constrained_language": "PowerShell runs in a restricted language mode there ({errors}), where the script cannot "
    "work. Where application control is the reason, allow the collection's dhcp_cmdlets.ps1 in "
    "the policy (WDAC or AppLocker), or use an account that the policy exempts; where a session configuration is "
    "(JEA), connect to Microsoft.PowerShell.",
    "not_windows_powershell": "The session is no Windows PowerShell 5.1 ({errors}), which the DhcpServer module is "
    "made for. Connect to the session configuration Microsoft.PowerShell (psrp: "
    "ansible_psrp_configuration_name), or make powershell.exe the shell of the SSH server.",
    "script_error": "The script failed: {errors}. Please report it.",
}

_NO_ERROR = {"busy": "who it is is not known"}

# What an endpoint answers that takes no scripts, or not all of their language: ids of PowerShell's parser and of its
# command search
_NO_SCRIPTS = re.compile(
    r"FullyQualifiedErrorId\s*:\s*(\w*(?:ScriptsNotAllowed|NotAllowed\w*|InDataSection|NotSupportedIn\w*))"
)


class Remote:
    """One server. `execute` runs the module with the given options and returns its result; `hide` takes secrets out of
    a text.

    `goes_on`: whether its logon is known to reach a second server. What each reply tells of its clock narrows what the
    others told."""

    def __init__(
        self,
        execute: Execute,
        host: str,
        check_mode: bool,
        *,
        hide: Callable[[str], str] = str,
        goes_on: Callable[[], bool] = lambda: False,
    ) -> None:
        self._execute = execute
        self.goes_on = goes_on
        self._check_mode = check_mode
        self.hide = hide
        self.host = host
        self.calls = 0
        self._offset: ClockOffset | None = None

    def read(self, reads: Sequence[Operation]) -> Reply:
        """Runs the reads in one command. Raises NothingDone where no script ran, UnexpectedReply for an answer that
        cannot be read; errors of a read stand in its result."""
        return self._run({"before": reads}, replies.Request(reads))

    def write(
        self, reads: Sequence[Operation], fingerprint: str, calls: Sequence[Operation], again: Sequence[Operation] = ()
    ) -> Reply:
        """Repeats the reads, compares them with the fingerprint, runs the calls, and then reads `again`, whatever
        happened. Raises NothingDone where nothing was sent or run, another RemoteFailure where that is not known."""
        alone = {"mutex": MUTEX_SECONDS, "who": who()}
        request = {"before": reads, "fingerprint": fingerprint, "calls": calls, "finally": again, **alone}
        try:
            return self._run(request, replies.Request(reads, calls, again, fingerprint))
        except NothingDone:
            raise
        except RemoteFailure as failure:
            doubt = f"{failure} Whether something was written is not known; run again."
            kind = UnexpectedReply if isinstance(failure, UnexpectedReply) else RemoteFailure
            raise kind(doubt) from failure  # pylint: disable=bad-exception-cause # it does not see the base class

    def _run(self, request: Mapping[str, Any], asked: replies.Request) -> Reply:
        text, secrets = split({"check_mode": self._check_mode, **request})
        size = len(text) + sum(len(secret.encode()) for secret in secrets)
        if size > REQUEST_LIMIT:
            raise NothingDone(
                f"The request has {size} bytes, and {REQUEST_LIMIT} is the most sent at once. Use smaller lists."
            )
        self.calls += 1
        sent = _now()
        result = self._execute({"request": text, "secrets": secrets})
        received = _now()
        reply = result.get("reply")
        if not isinstance(reply, Mapping):
            raise self._no_reply(result)
        place = Place(self.host, "the script", self.hide)
        self._check_status(reply, place)
        parsed = replies.parse(reply, asked, place, sent, received)
        self._offset = self._offset.narrowed(parsed.offset) if self._offset else parsed.offset
        return replace(parsed, offset=self._offset)

    def _no_reply(self, result: Mapping[str, Any]) -> RemoteFailure:
        if no_scripts := _NO_SCRIPTS.search("\n".join(map(str, result.values()))):
            why = f"the endpoint takes no scripts, {no_scripts[1]}"
            return self._ended(NothingDone, "constrained_language", _STATUS["constrained_language"], why)
        said = _said(result) or "the output was empty"
        return UnexpectedReply(f"{self.host} gave no reply: {short(said, hide=self.hide)}")

    def _check_status(self, reply: Mapping[str, Any], place: Place) -> None:
        """Raises RemoteFailure for a script that ended before the first of its operations."""
        status = str(reply.get("status"))
        if status not in _STATUS:
            return
        failures = replies.failures(reply, place)
        listed = "; ".join(f"{short(failure.id)}: {short(failure.message)}" for failure in failures[:ERRORS_SHOWN])
        keys = (f"{status} {failure.id}" for failure in failures)
        meaning = next((_STATUS[key] for key in keys if key in _STATUS), _STATUS[status])
        errors = listed or _NO_ERROR.get(status, "no error came with it")
        raise self._ended(UnexpectedReply if status == "script_error" else NothingDone, status, meaning, errors)

    def _ended(self, kind: type[RemoteFailure], status: str, meaning: str, errors: str) -> RemoteFailure:
        """The failure of a script that ended so."""
        failure = kind(f"On {self.host}: {meaning.format(errors=errors)}")
        what, _dot, cure = meaning.partition(". ")
        failure.status, failure.told = status, (f"On {self.host}: {what.format(errors=errors)}.", cure)
        return failure


def _now() -> datetime:
    """The controller's clock."""
    return datetime.now(timezone.utc)


def who() -> str:
    """Whom another run finds at work: the account and the name of this controller."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        user = "an unnamed account"
    return f"{user}@{socket.gethostname()}"


def _said(result: Mapping[str, Any]) -> str | None:
    """The first that says something; all of them are texts, or nothing that can be shown."""
    texts = (result.get(key) for key in ("msg", "module_stderr", "module_stdout"))
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), None)
