# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m docsite FOLDER: the documentation as HTML, from the built collection. Any warning fails it."""

from __future__ import annotations

import sys
from pathlib import Path

from docsite.build import Warned, build


def main(folder: Path) -> int:
    try:
        page = build(folder)
    except Warned as warned:
        print(warned, file=sys.stderr)
        return 1
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
