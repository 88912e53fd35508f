# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs a script that reads its options from $complex_args in a real PowerShell, without Ansible's wrapper around it."""

from __future__ import annotations

import base64
import json
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from lab.core.api import Session
from lab.core.lab import Lab
from lab.door import Finished
from lab.powershell.process import PowerShellDoor

# the options come on standard input, as JSON; the path is text in single quotes
_START = """
$options = [System.Text.Json.JsonDocument]::Parse(@($input) -join "`n").RootElement
$complex_args = @{{ request = $options.GetProperty('request').GetRawText(); secrets = @() }}
foreach ($one in $options.GetProperty('secrets').EnumerateArray()) {{ $complex_args.secrets += $one.GetString() }}
{prelude}
& ([scriptblock]::Create([System.IO.File]::ReadAllText('{path}')))
"""

# the same for one request after the other, each in a file; an empty one is the end
_START_SEVERAL = """
$folder = [System.IO.Path]::GetFullPath((@($input) -join ''))
$script = [scriptblock]::Create([System.IO.File]::ReadAllText('{path}'))
for ($number = 0; $true; $number++) {{
    $file = [System.IO.Path]::Combine($folder, "request$number")
    while (-not [System.IO.File]::Exists($file)) {{ [System.Threading.Thread]::Sleep(5) }}
    $text = [System.IO.File]::ReadAllText($file)
    if (-not $text) {{ break }}
    $options = [System.Text.Json.JsonDocument]::Parse($text).RootElement
    $complex_args = @{{ request = $options.GetProperty('request').GetRawText(); secrets = @() }}
    foreach ($one in $options.GetProperty('secrets').EnumerateArray()) {{ $complex_args.secrets += $one.GetString() }}
    $reply = [System.IO.Path]::Combine($folder, "reply$number")
    [System.IO.File]::WriteAllText("$reply.part", (& $script))
    [System.IO.File]::Move("$reply.part", $reply)
}}
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
        stdin = _options(request, secrets).encode("ascii")
        return self._run(lab, session, self._start, stdin, stop or threading.Event()).stdout.decode("ascii").strip()

    def _run(self, lab: Lab, session: Session, text: str, stdin: bytes, stop: threading.Event) -> Finished:
        command = base64.b64encode(text.encode("utf-16-le")).decode()
        line = f"PowerShell -NoProfile -NonInteractive -EncodedCommand {command}"
        ended = self.door(lab).run(lab.servers[session.server], session, line, stdin, stop)
        if ended.exit_code or ended.stderr:
            raise RuntimeError(ended.stderr.decode(errors="replace") or f"exit code {ended.exit_code}")
        return ended


class OnePowerShell(DirectPowerShell):
    """The same, and one process answers all requests of one session: starting it takes longer than they do."""

    def __init__(self, script: Path) -> None:
        super().__init__(script)
        self._several = _START_SEVERAL.format(path=str(script.resolve()).replace("'", "''"))
        self._folder = tempfile.TemporaryDirectory(prefix="windhcp-lab-")
        self._next = 0
        self._stop = threading.Event()
        self._process: threading.Thread | None = None
        self._failure: Exception | None = None

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._write("")
            self._process.join(timeout=60)
            self._stop.set()
            self._process.join()
            self._process = None
            self._folder.cleanup()
        super().__exit__()

    def __call__(
        self, lab: Lab, session: Session, request: str, secrets: Sequence[str] = (), stop: threading.Event | None = None
    ) -> str:
        if self._process is None:
            self.door(lab)
            self._process = threading.Thread(target=self._live, args=(lab, session), name="PowerShell", daemon=True)
            self._process.start()
        reply = Path(self._folder.name) / f"reply{self._next}"
        self._write(_options(request, secrets))
        self._next += 1
        while not reply.exists():
            if not self._process.is_alive():
                raise RuntimeError("the process has ended") from self._failure
            time.sleep(0.005)
        return reply.read_text(encoding="ascii").strip()

    def _live(self, lab: Lab, session: Session) -> None:
        try:
            self._run(lab, session, self._several, self._folder.name.encode(), self._stop)
        except RuntimeError as error:
            self._failure = error

    def _write(self, text: str) -> None:
        part = Path(self._folder.name) / "part"
        part.write_text(text, encoding="ascii")
        part.rename(part.with_name(f"request{self._next}"))


def _options(request: str, secrets: Sequence[str]) -> str:
    return json.dumps({"request": json.loads(request), "secrets": secrets})
