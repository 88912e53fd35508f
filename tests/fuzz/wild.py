# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values that nobody expects, and places in a reply to put them."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

SECRET = "Kx7-Zebra-secret"
CLIXML = (
    '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
    '<S S="Error">no_x000D__x000A_</S></Objs>'
)

HIDDEN = ("a\x1b[2Jb", "HQ\x9b31m", "\x7f", "a\u202eb\u2066", "HQ\r\nok: [dhcp01]", "x\x85y\u2028z")
TEXTS = (
    *HIDDEN,
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


ZERO = ".".join("0000")
# what reads well alone, and may not go together with what is beside it
PLAUSIBLE: Mapping[str, tuple[Any, ...]] = {
    "SubnetMask": (
        "255.0.255.0",
        "1.2.3.4",
        "0.0.0.255",
        ZERO,
        "255.255.255.255",
        "255.255.255.254",
        "128.0.0.0",
        "255.255.0.0",
    ),
    **dict.fromkeys(
        ("StartRange", "EndRange"),
        (ZERO, "255.255.255.255", "10.0.1.0", "10.0.1.99", "10.0.2.50", "10.0.9.10", "224.0.0.1"),
    ),
    **dict.fromkeys(
        ("ScopeId", "IPAddress", "PrimaryServerIP", "SecondaryServerIP"),
        (ZERO, "255.255.255.255", "10.0.1.7", "10.0.9.0"),
    ),
    **dict.fromkeys(
        ("MaxClientLeadTime", "LeaseDuration", "StateSwitchInterval"), (None, 0, 1, 2**32 - 1, 2**32, 922_337_203_685)
    ),
    **dict.fromkeys(("AddressesFree", "AddressesInUse", "AddressesFreeOnThisServer"), (None, 0, 1, 2**32 - 1)),
    **dict.fromkeys(
        ("LoadBalancePercent", "ReservePercent", "PercentageInUse"), (None, 0, 100, "NaN", "-Infinity", "0.0001", "100")
    ),
    **dict.fromkeys(("AutoStateTransition", "EnableAuth"), (None, True, False)),
    **dict.fromkeys(
        ("Name", "PartnerServer", "PrimaryServerName", "computer", "host_name"),
        ("DHCP03", "HQ ", "hq", "localhost", *HIDDEN),
    ),
    **dict.fromkeys(
        ("State", "Mode", "ServerRole", "ServerType", "Type"),
        ("Normal", "InActive", "Active", "HotStandby", "Dhcp", *HIDDEN),
    ),
}
OF_A_SCOPE = ("SubnetMask", "StartRange", "EndRange", "ScopeId")  # which are read together


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
