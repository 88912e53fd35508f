# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What hangs together in a plan, by scopes or by a relationship: an error ends its strand, and the others go on."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Action, Kind
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.strands import with_strands
from worlds import HERE, ONE, THREE, TWO


@pytest.mark.parametrize(
    ("actions", "strands"),
    [
        ([("HQ", [ONE]), ("Lab", [TWO])], [1, 2]),
        ([("HQ", [ONE]), ("Lab", [TWO]), ("HQ", [])], [1, 2, 1]),
        ([("HQ", [ONE]), ("Lab", [ONE])], [1, 1]),
        ([("HQ", [ONE]), ("Lab", [TWO]), ("New", [ONE, TWO])], [1, 1, 1]),
        ([("HQ", [ONE]), ("Lab", [TWO]), ("New", [TWO, THREE]), ("Old", [THREE])], [1, 2, 2, 2]),
        ([("", [ONE]), ("", [TWO])], [1, 1]),
        ([("", [ONE]), ("HQ", [TWO])], [1, 2]),
        ([], []),
    ],
    ids=[
        "apart",
        "one relationship",
        "one scope",
        "joined by a third",
        "at two removes",
        "in no relationship",
        "with and without a relationship",
        "nothing",
    ],
)
def test_what_hangs_together(actions: Sequence[tuple[str, Sequence[IPv4Address]]], strands: Sequence[int]) -> None:
    several = [Action(number, Kind.SAVE, HERE, name, tuple(scopes)) for number, (name, scopes) in enumerate(actions)]
    assert [action.strand for action in with_strands(several)] == [f"strand {number}" for number in strands]
