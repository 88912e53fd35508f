# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The default shell of an SSH server, PowerShell here: what it makes of the line that a client sent."""

from __future__ import annotations

import base64
import re

# ansible-core 2.16 to 2.18 set the code page first; here all is UTF-8
_CODE_PAGE = re.compile(r"chcp\.com 65001 > \$null ; ")
# one call of PowerShell with words that need no shell; 2.21 quotes one of them
_PLAIN = re.compile(r"(?i:powershell)(?: (?:[\w+/=.-]+|'[\w+/=.-]+'))+")


def command_line(line: str) -> str:
    """For a door. The shell is a process of its own on Windows; it is left out where it only starts another
    PowerShell."""
    line = _CODE_PAGE.sub("", line, count=1) if _CODE_PAGE.match(line) else line
    if _PLAIN.fullmatch(line):
        return line.replace("'", "")
    code = base64.b64encode(line.encode("utf-16-le")).decode()
    return f"PowerShell -NoProfile -NonInteractive -EncodedCommand {code}"
