# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What every task tells of relationships that are not Normal (whole tasks: test_state_warnings.py)."""

from __future__ import annotations

from dataclasses import replace

import builders
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import not_normal
from worlds import PARTNER, partner, world

HQ = builders.relationship("HQ", ["10.0.1.0"])


def test_only_what_is_there_and_not_normal_is_told() -> None:
    here = builders.server([HQ, replace(HQ, name="Lab", scopes=(), state="PartnerDown")])
    (told,) = not_normal.warnings(["HQ", "Lab", "Gone"], world(here))
    assert told.startswith("relationship 'Lab' is in state PartnerDown on DHCP01")


def test_partners_are_asked_only_where_they_are_found() -> None:
    start = world(builders.server([replace(HQ, state="PartnerDown")]))
    assert not_normal.partners_to_ask(["HQ"], start) is None
    asked = not_normal.partners_to_ask(["HQ"], replace(start, finds_partners=True))
    assert asked is not None
    assert [read.key for read in asked.partners] == [PARTNER]
    known = world(builders.server([replace(HQ, state="PartnerDown")]), partner({"HQ": ["10.0.1.0"]}))
    assert not_normal.partners_to_ask(["HQ"], replace(known, finds_partners=True)) is None
