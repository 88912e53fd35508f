# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What bench_reads.ps1 prints in a real PowerShell: it proves what the stand-in says in its place (`make
recordings`)."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Mapping
from pathlib import Path

from lab.core.api import Session
from lab.powershell.process import PowerShellDoor
from lab.standin.recordings import script_hash

from bench.door import MODULES
from bench.servers import Estate, estate
from bench.sizes import Size

RECORDING = Path(__file__).with_name("recording.json")
SCRIPT = MODULES / "bench_reads.ps1"


def servers() -> tuple[Estate, Session]:
    """Those that were asked: relationships with two members and with one."""
    asked = estate(Size(3, 4))
    primary = next(iter(asked.lab.servers.values()))
    return asked, Session(primary.name, primary.credentials[0].user)


def recorded() -> Mapping[str, str]:
    """{"script_sha256", "said"}."""
    loaded: Mapping[str, str] = json.loads(RECORDING.read_text(encoding="ascii"))
    return loaded


def main() -> None:
    """Asks anew. Raises NoEngine, RuntimeError for a script that fails."""
    asked, session = servers()
    door = PowerShellDoor(asked.lab)
    command = base64.b64encode(SCRIPT.read_text(encoding="ascii").encode("utf-16-le")).decode()
    line = f"PowerShell -NoProfile -NonInteractive -EncodedCommand {command}"
    try:
        ended = door.run(asked.lab.servers[session.server], session, line, b"", threading.Event())
    finally:
        door.close()
    if ended.exit_code or ended.stderr:
        raise RuntimeError(ended.stderr.decode(errors="replace") or f"exit code {ended.exit_code}")
    said = {"script_sha256": script_hash(SCRIPT.read_bytes()), "said": ended.stdout.decode("ascii").strip()}
    RECORDING.write_text(json.dumps(said, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
