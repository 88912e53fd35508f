# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs a script that reads its options from $complex_args in a real PowerShell, without Ansible's wrapper around it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Sequence
from pathlib import Path

from lab.core.api import Session
from lab.core.lab import Lab
from lab.powershell.process import PowerShellDoor

# the options come on standard input, as JSON; the path is text in single quotes
_START = """
$options = [System.Text.Json.JsonDocument]::Parse(@($input) -join "`n").RootElement
$complex_args = @{{ request = $options.GetProperty('request').GetRawText(); secrets = @() }}
foreach ($one in $options.GetProperty('secrets').EnumerateArray()) {{ $complex_args.secrets += $one.GetString() }}
{prelude}
& ([scriptblock]::Create([System.IO.File]::ReadAllText('{path}')))
"""


class DirectPowerShell:
    """Answers requests with `script` (a path). Raises NoEngine without a PowerShell. Use it in a `with`.

    `prelude`: PowerShell that runs before it, to make a server an odd one.

    The files of the servers stay from one request to the next, as long as it is asked for the same lab.
    """

    def __init__(self, script: Path, prelude: str = "") -> None:
        self._start = _START.format(path=str(script.resolve()).replace("'", "''"), prelude=prelude)
        self._lab: Lab | None = None
        self._door: PowerShellDoor | None = None

    def __enter__(self) -> DirectPowerShell:
        return self

    def __exit__(self, *_: object) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None

    def door(self, lab: Lab) -> PowerShellDoor:
        """The one through which this lab is asked."""
        if self._door is None or self._lab is not lab:
            self.__exit__()
            self._lab, self._door = lab, PowerShellDoor(lab)
        return self._door

    def __call__(
        self, lab: Lab, session: Session, request: str, secrets: Sequence[str] = (), stop: threading.Event | None = None
    ) -> str:
        """The reply. Raises RuntimeError for a process that fails, or that `stop` ends."""
        command = base64.b64encode(self._start.encode("utf-16-le")).decode()
        line = f"PowerShell -NoProfile -NonInteractive -EncodedCommand {command}"
        stdin = json.dumps({"request": json.loads(request), "secrets": secrets}).encode("ascii")
        ended = self.door(lab).run(lab.servers[session.server], session, line, stdin, stop or threading.Event())
        if ended.exit_code or ended.stderr:
            raise RuntimeError(ended.stderr.decode(errors="replace") or f"exit code {ended.exit_code}")
        return ended.stdout.decode("ascii").strip()
