# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""icacls.exe of a lab host: asks the lab, as the stub module does (bridge.py). Nothing but the standard library, for a
quick start."""

from __future__ import annotations

import json
import os
import socket
import sys


def main() -> int:
    request = {"token": os.environ["WINDHCP_LAB_TOKEN"], "icacls": sys.argv[1:]}
    with socket.socket(socket.AF_UNIX) as bridge:
        bridge.connect(os.environ["WINDHCP_LAB_BRIDGE"])
        bridge.sendall(json.dumps(request).encode() + b"\n")
        with bridge.makefile() as answer:
            code = int(json.loads(answer.readline())["exit_code"])
    if code:
        print(f"icacls: error {code}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
