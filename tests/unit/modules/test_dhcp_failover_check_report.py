# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of checks: each thing that is wrong is one row that fails, with its cure; what cannot be known by it is
unknown, and all else passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.action.dhcp_failover_check_report import ActionModule
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.checklist import CHECKS
from checked import BOTH, BROKEN, DATA, Broken, checked, row, statuses, well
from fleets import on_the_controller
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
    assert (
        report["summary"]
        == f"Nothing failed: {len(report['rows'])} of {len(report['rows'])} checks passed, 0 are unknown."
    )


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


def test_every_check_comes_to_every_status() -> None:
    """What no pair of this test shows, nobody has seen."""
    seen = {(one["id"], one["status"]) for report in _all_reports() for one in report["rows"]}
    missing = {(id_, status) for id_ in CHECKS for status in ("PASS", "FAIL", "unknown")} - seen
    assert missing == {("port", "FAIL"), ("logon", "unknown")}, (
        "these two need a real port: tests/integration/test_check.py"
    )


def _all_reports() -> Iterator[dict[str, Any]]:
    yield checked(Pair())
    gone = well()
    for name in ("DHCP01", "DHCP02"):
        BROKEN["service"].plant(gone)
        gone.server(name).service = "stopped"
    yield checked(gone)
    apart = well()
    for one in ("logon", "rpc"):
        BROKEN[one].plant(apart)
    yield checked(apart)
    for broken in BROKEN.values():
        servers = well()
        broken.plant(servers)
        yield checked(servers, broken.hosts, data=broken.data)


def test_a_host_that_could_not_even_be_tried() -> None:
    servers = well()
    checked(servers)
    servers.wire.hostvars["dhcp02"]["asked"] = {"failed": True, "msg": "the connection to dhcp02 (local) does not lead"}
    report = on_the_controller(ActionModule, servers.wire.hostvars, hosts=["dhcp01", "dhcp02"], variable="asked")
    assert statuses(report, "FAIL") == {("logon", "dhcp02")}
    assert row(report, "logon", "dhcp02")["evidence"] == "the connection to dhcp02 (local) does not lead"
    del servers.wire.hostvars["dhcp02"]["asked"]
    report = on_the_controller(ActionModule, servers.wire.hostvars, hosts=["dhcp01", "dhcp02"], variable="asked")
    assert row(report, "logon", "dhcp02")["evidence"] == "it gave no reason"


def test_data_that_is_wrong_as_a_whole_is_one_row() -> None:
    report = checked(well(), data=DATA, refused={"failover_site": {"failed": True, "msg": "entry 1 has no name"}})
    assert statuses(report, "FAIL") == {("data", "failover_relationships")}


def test_a_role_that_ansible_did_not_even_begin_is_one_row_with_the_cause() -> None:
    undefined = "Error while resolving value for 'x': 'vault_failover_secret' is undefined\n\nOrigin: /srv/vars.yml:1:2"
    report = checked(well(), data=DATA, refused={"failover_refused": {"failed": True, "msg": undefined}})
    assert statuses(report, "FAIL") == {("data", "variables of the role")}
    told = row(report, "data", "variables of the role")["evidence"]
    assert told == "Error while resolving value for 'x': 'vault_failover_secret' is undefined"


def test_what_servers_call_something_is_shown_in_sight() -> None:
    servers = well()
    for name in ("DHCP01", "DHCP02"):
        half = servers.server(name).relationships.pop("HQ")
        servers.server(name).relationships["H\x1b[2JQ"] = replace(half, name="H\x1b[2JQ")
    report = checked(servers)
    assert "\x1b" not in "".join(report["table"])
    assert "\x1b" not in report["summary"]


def test_an_entry_that_is_wrong_fails_and_the_others_are_not_known() -> None:
    wrong = {**DATA[0], "name": "Wrong", "scopes": ["10.0.9.0"]}
    row_of_wrong = ("data", f"'Wrong' ({BOTH})")
    for data in ([*DATA, wrong], [wrong, *DATA]):
        report = checked(well(), data=data)
        assert statuses(report, "FAIL") == {row_of_wrong}
        assert "10.0.9.0 is no scope of DHCP01" in row(report, *row_of_wrong)["evidence"]
        assert statuses(report, "unknown") == {("data", f"'HQ' ({BOTH})")}
        assert "'Wrong'" in row(report, "data", f"'HQ' ({BOTH})")["evidence"]


def test_a_half_that_the_partner_lacks_is_told_as_such() -> None:
    servers = well()
    del servers.server("DHCP02").relationships["HQ"]
    report = checked(servers)
    contact = row(report, "contact", f"'HQ' ({BOTH})")
    assert (contact["status"], contact["evidence"]) == ("FAIL", "'HQ' is on dhcp01, and dhcp02 does not have it")
    assert "makes it anew" in contact["cure"]
    assert statuses(report, "FAIL") == {("contact", f"'HQ' ({BOTH})")}


def test_a_partner_named_by_hand_is_asked_about_all_others() -> None:
    report = checked(Pair(), ("dhcp01", "dhcp02", "dhcp03"), named="dhcp01")
    pairs = {("contact", f"dhcp01, {other}") for other in ("dhcp02", "dhcp03")}
    assert statuses(report, "unknown") == {*pairs, ("data", "failover_relationships")}
