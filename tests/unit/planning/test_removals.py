# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the copy of a scope that goes has and the kept one has not, in words, and what of it is lost."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.removals import removal
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_elements import Lease
from worlds import HERE, HOP, ONE, content_of, lease, pair

NAME = {"": {"name": "Clients"}}
OFF = {"": {"state": "InActive"}}
ON = {"": {"state": "Active"}}
RESERVED = {"reservation 10.0.1.9": {"client_id": "bb"}}
GATEWAY, OTHER_GATEWAY = {"option 3": {"": "10.0.1.1"}}, {"option 3": {"": "10.0.1.254"}}
Items = Mapping[str, Mapping[str, str]]


def differs(
    kept: Items,
    going: Items,
    *,
    deleted: bool = True,
    replaced: bool = False,
    is_left_over: bool = False,
    **leases: Lease,
) -> tuple[list[str], list[str]]:
    """What differs, and what of it is lost, when the copy on the partner goes."""
    exported = {"exported_here": content_of(ONE, kept), "exported_there": content_of(ONE, going, **leases)}
    start = pair({"HQ": ["10.0.1.0"]}, HOP, **exported)
    if is_left_over:  # in no relationship there, and out of service
        start = start.having(start.views[HOP].without_half("HQ").switched([ONE], False))
    start = start.having(start.views[HERE].switched([ONE], kept != OFF))
    gone = removal(ONE, start.views[HERE], start.views[HOP], deleted=deleted, replaced=replaced)
    return list(gone.differences), list(gone.loses)


@pytest.mark.parametrize(
    ("kept", "going", "words"),
    [
        (NAME, NAME, []),
        (NAME, {**NAME, **RESERVED}, ["reservation 10.0.1.9: present on DHCP02, none on DHCP01"]),
        ({**NAME, **RESERVED}, NAME, ["reservation 10.0.1.9: none on DHCP02, present on DHCP01"]),
        (GATEWAY, OTHER_GATEWAY, ["option 3: 10.0.1.254 on DHCP02, 10.0.1.1 on DHCP01"]),
    ],
    ids=["nothing", "it has more", "it has less", "it has something else"],
)
def test_each_difference_names_both_servers(kept: Items, going: Items, words: list[str]) -> None:
    assert differs(kept, going)[0] == words


@pytest.mark.parametrize(
    ("kept", "going", "deleted", "lost"),
    [
        (NAME, {**NAME, **RESERVED}, True, True),
        (NAME, {**NAME, **RESERVED}, False, False),
        ({**NAME, **RESERVED}, NAME, True, False),
        (ON, OFF, True, False),
        (OFF, ON, True, True),
        (OFF, ON, False, True),
    ],
    ids=[
        "what it has alone, deleted",
        "what it has alone, and keeps",
        "what it lacks",
        "it was out of service",
        "it alone serves, deleted",
        "it alone serves, disabled",
    ],
)
def test_what_is_lost(kept: Items, going: Items, deleted: bool, lost: bool) -> None:
    differences, loses = differs(kept, going, deleted=deleted)
    assert loses == (differences if lost else [])


def test_a_client_that_it_alone_knows_is_lost_even_where_the_copy_stays() -> None:
    for deleted in (True, False):
        assert differs(NAME, NAME, deleted=deleted, _50=lease())[1] == ["lease 10.0.1.50 of aa: on DHCP02 only"]


def test_a_left_over_copy_that_is_replaced_loses_its_clients_alone() -> None:
    differences, loses = differs(NAME, {**NAME, **RESERVED}, replaced=True, is_left_over=True, _50=lease())
    assert (len(differences), loses) == (2, ["lease 10.0.1.50 of aa: on DHCP02 only"])


def test_a_member_that_is_made_anew_loses_what_it_has_alone() -> None:
    """Where a relationship is re-created or moves to another of the same two servers."""
    differences, loses = differs(NAME, {**NAME, **RESERVED}, replaced=True)
    assert loses == differences == ["reservation 10.0.1.9: present on DHCP02, none on DHCP01"]
