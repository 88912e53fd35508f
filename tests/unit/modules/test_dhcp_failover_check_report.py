# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of checks: each thing that is wrong is one row that fails, with its cure; what cannot be known by it is
unknown, and all else passes."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.checklist import CHECKS
from checked import BOTH, BROKEN, DATA, Broken, checked, row, statuses, well
from pairs import Pair


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_one_fault_is_one_row_that_fails(broken: Broken) -> None:
    servers = well()
    broken.plant(servers)
    with servers.unchanged():
        report = checked(servers, broken.hosts, data=broken.data)
    assert statuses(report, "FAIL") == {broken.fails}
    assert broken.cure in row(report, *broken.fails)["cure"]
    assert statuses(report, "unknown") == broken.unknown
    assert report["counts"]["fail"] == 1
    assert report["summary"].startswith(f"1 of {len(report['rows'])} checks failed")


def test_a_pair_that_is_well_passes() -> None:
    report = checked(well(), data=DATA)
    assert (statuses(report, "FAIL"), statuses(report, "unknown")) == (set(), set())
    assert {one["id"] for one in report["rows"]} == {*CHECKS}
    assert report["summary"] == f"Nothing failed: {len(report['rows'])} of {len(report['rows'])} checks passed, 0 are unknown."


def test_two_fresh_servers_say_what_is_not_known_yet() -> None:
    servers = Pair()
    report = checked(servers)
    assert statuses(report, "FAIL") == set()
    assert statuses(report, "unknown") == {("contact", BOTH), ("data", "failover_relationships")}
    assert row(report, "contact", BOTH)["evidence"] == "nothing listens on TCP 647 before the two have a relationship"
    assert row(report, "contact", BOTH)["cure"]
    with_data = checked(servers, data=DATA)
    assert statuses(with_data, "unknown") == {("contact", BOTH)}
    assert "a run would create relationship 'HQ'" in row(with_data, "data", f"'HQ' ({BOTH})")["evidence"]
