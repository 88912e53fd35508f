# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values that nobody expects, and places in a reply to put them."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

SECRET = "Kx7-Zebra-secret"
CLIXML = (
    '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S S="Error">no_x000D__x000A_</S></Objs>'
)

TEXTS = (
    "",
    " ",
    "x",
    "\x00",
    "a\x1bb",
    "\ud800",
    "\uffff",
    "½²٣",
    "1",
    "-1",
    "1e999",
    "NaN",
    "true",
    "10.0.1",
    "10.0.1.0/24",
    "999.1.1.1",
    "fe80::1",
    "10.0.1.0",
    "10.0.2.0",
    "HQ",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-02-30T08:00:00Z",
    "9999-12-31T23:59:59.9999999",
    "8.00:00:00",
    "Normal",
    "PartnerDown",
    "InActive",
    "LoadBalance",
    "{0}{host}%s",
    "'; Remove-Item *",
    "n" * 100_000,
    "9" * 5_000,
    SECRET,
    f"{'y' * 70}{SECRET}",
    CLIXML,
)


def nested(depth: int) -> Any:
    value: Any = []
    for _level in range(depth):
        value = [value]
    return value


VALUES: tuple[Callable[[], Any], ...] = (
    *((lambda text=text: text) for text in TEXTS),
    *(
        (lambda value=value: copy.copy(value))
        for value in (None, True, False, 0, 1, -1, 50, 100, 101, 3600, 2**31, 2**32, 2**63, 2**64, 10**40, 0.5, 1e308)
    ),
    lambda: float("nan"),
    lambda: float("inf"),
    list,
    dict,
    lambda: [None],
    lambda: [[]],
    lambda: [{}],
    lambda: {"value": ["10.0.1.0"], "Count": 1},
    lambda: ["10.0.1.0", "10.0.1.0"],
    lambda: ["10.0.1.0", 5],
    lambda: {"id": 5, "message": None},
    lambda: [0] * 1000,
    lambda: nested(200),
)


def value(rng: random.Random) -> Any:
    return rng.choice(VALUES)()


Spot = tuple[Any, Any]  # a list or dictionary, and an index or key of it


def spots(tree: Any) -> Iterator[Spot]:
    """Every place of a value in it."""
    todo = [tree]
    while todo:
        owner = todo.pop()
        for key in list(owner) if isinstance(owner, dict) else range(len(owner)) if isinstance(owner, list) else ():
            yield owner, key
            todo.append(owner[key])
