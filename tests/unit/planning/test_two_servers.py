# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is said of two servers as a whole, whichever relationships they have with each other."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.pair_verdicts import Pair
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.two_servers import (
    of_two_servers,
    without_repeats,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import NOT_COLLECTED, Verdict
from worlds import OWN, servers


def told(here: str, there: str) -> list[tuple[str, tuple[str, ...]]]:
    """Of servers in the words of worlds.servers()."""
    start = servers(here, there)
    pairs = [Pair(one, start.here, start.views[OWN]) for one in start.here.relationships.values()]
    return [(verdict.id, verdict.relationships) for verdict in of_two_servers(pairs)]


UNKNOWN = (NOT_COLLECTED, ("HQ", "Lab"))


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("1+HQ 2+Lab", "1+HQ 2+Lab", []),
        ("1+HQ 2+Lab", "1+HQ 3+Lab", []),  # one common scope is enough
        ("1+HQ 2+Lab", "3+HQ 4+Lab", [UNKNOWN]),
        ("1+HQ", "2+HQ", [(NOT_COLLECTED, ("HQ",))]),
        ("1+HQ", "", [(NOT_COLLECTED, ("HQ",))]),
        ("", "", []),  # nothing is in failover, so nothing can differ
        ("1+Far", "1+", []),  # that is with another server
    ],
)
def test_what_could_not_be_compared_is_unknown_once(here: str, there: str, expected: list[Any]) -> None:
    assert told(here, there) == expected


def test_an_account_that_the_own_server_lacks_is_told_once() -> None:
    evidence = {"this_server": "", "partner": "CONTOSO\\dns"}
    differ = Verdict("dns_credentials_differ", "DHCP01", "It is so.", "Do this.", evidence=evidence)
    missing = [Verdict("dns_credentials_missing", name, "It is so.", "Do this.") for name in ("DHCP01", "DHCP03")]
    assert [one.server for one in without_repeats([*missing, differ])] == ["DHCP03", "DHCP01"]
    assert without_repeats(missing) == missing
