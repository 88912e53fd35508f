# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m whole_server [first [chains]]: what they come to."""

from __future__ import annotations

import collections
import sys

from whole_server.runs import chain


def main() -> int:
    first, chains = (int(text) for text in [*sys.argv[1:], "0", "100"][:2]) if len(sys.argv) > 2 else (0, 100)
    found = [chain(seed) for seed in range(first, first + chains)]
    refused = collections.Counter(text.partition(".")[0][:100] for one in found for text in one.refused)
    wrong = [what for one in found for what in one.wrong]
    for what in wrong:
        print(what)
    for text, number in refused.most_common():
        print(f"{number} refused: {text}")
    print(
        f"declarations {sum(one.declarations for one in found)}, killed {sum(one.killed for one in found)}, steps "
        f"{sum(one.steps for one in found)}, refused {sum(refused.values())}, wrong {len(wrong)}, most remote calls "
        f"{max((calls for one in found for calls in one.remote_calls), default=0)}"
    )
    return int(bool(wrong))


sys.exit(main())
