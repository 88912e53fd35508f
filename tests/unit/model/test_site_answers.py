# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is asked of a site decides what is returned; before the servers are read it is only which ones to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.action import dhcp_failover_site
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import site_answers
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused

HOSTS = ["dhcp01", "dhcp02", "dhcp03"]
HQ = {
    **dict.fromkeys(dhcp_failover_site.ActionModule.ARGUMENT_SPEC["relationships"]["options"]),
    "name": "HQ",
    "primary": "dhcp01",
    "partner": "dhcp02",
    "state": "present",
    "scopes": ["10.0.1.0"],
}
LEAVES = {"failover_keep": "dhcp01", "failover_leaving": "dhcp02", "failover_other_copy": "delete"}


def answer(host: str = "dhcp01", **asked: Any) -> Mapping[str, Any]:
    options = dict.fromkeys(dhcp_failover_site.ActionModule.ARGUMENT_SPEC)
    options["relationships"] = [HQ]
    return site_answers.answer({**options, **asked}, HOSTS, host)


def test_a_host_writes_what_it_is_the_primary_of() -> None:
    assert answer()["names"] == ["HQ"]
    partner = answer("dhcp02")
    assert (partner["names"], partner["written_by"], partner["not_written"]) == ([], {"HQ": "dhcp01"}, ["HQ"])


def test_which_servers_are_read_is_known_before_one_is() -> None:
    assert answer(decommission=LEAVES) == {"servers_to_read": ["dhcp01", "dhcp02"]}
    assert answer(decommission={**LEAVES, "failover_orphan": "yes"}) == {"servers_to_read": ["dhcp01"]}


@pytest.mark.parametrize("most", [None, 30])
def test_what_is_taken_apart_has_a_limit_unless_it_is_named(most: int | None) -> None:
    named = {"failover_relationships_to_end": "HQ"} if most is None else {}
    found = answer(decommission={**LEAVES, **named}, existing=[])
    assert found.get("max_removals_percent") == most


def test_a_file_of_tasks_is_named_as_the_user_wrote_it() -> None:
    given = {"failover_server": "dhcp01", "failover_maintenance_tasks": "updates.yml"}
    assert answer(maintenance=given) == {"begins": True, "ends": "finished", "tasks_file": "updates.yml"}


def test_replicate_takes_no_data_that_says_nothing_as_site_takes_none() -> None:
    nothing: list[Any] = [None, []]
    for data in nothing:
        with pytest.raises(Refused, match="failover_relationships: is empty or not set for this host"):
            answer(relationships=data, replicate={})
    with pytest.raises(Refused, match="failover_relationships: no entry names dhcp03"):
        answer("dhcp03", replicate={})
    with pytest.raises(Refused, match="failover_relationships: has none but those that are absent"):
        answer(relationships=[{**HQ, "state": "absent"}], replicate={})


def test_a_playbook_that_runs_on_another_server_than_its_own_is_refused() -> None:
    """As it does where the inventory names the server: the hosts of a play do not see that."""
    with pytest.raises(Refused, match=r"failover_keep: is dhcp01, and this runs on localhost\. .*give it with -e"):
        answer("localhost", decommission=LEAVES)
    with pytest.raises(Refused, match="failover_server: is dhcp01, and this runs on dhcp02"):
        answer("dhcp02", maintenance={"failover_server": "dhcp01", "failover_maintenance": "start"})


def test_variables_that_are_wrong_are_refused() -> None:
    with pytest.raises(Refused, match="failover_keep: is 'dhcp09'"):
        answer(decommission={**LEAVES, "failover_keep": "dhcp09"})


@pytest.mark.parametrize("is_off", [False, True])
def test_who_is_gone_is_asked_by_the_controller_as_long_as_the_inventory_has_it(is_off: bool) -> None:
    shown = [{"config": {"failover_relationships": [{"name": "HQ", "primary": "dhcp01", "partner": "dhcp02"}]}}]
    gone = {**LEAVES, "failover_leaving": "DHCP02", "failover_orphan": True, "failover_partner_is_off": is_off}
    assert answer(decommission=gone, existing=shown)["partner_host"] == "dhcp02"
    assert answer(decommission=LEAVES, existing=shown)["partner_host"] == "dhcp02"
    assert "partner_host" not in answer(decommission=gone, existing=[])
    down = {"failover_server": "dhcp01", "failover_partner": "DHCP02", "failover_partner_is_off": is_off}
    assert answer(partner_down=down, existing=shown)["partner_host"] == "dhcp02"


def test_what_stays_with_the_new_partner_is_not_migrated() -> None:
    shown = [{"name": "Munich", "primary": "dhcp01", "partner": "dhcp03"}, {**HQ, "partner": "dhcp02"}]
    data = [{**HQ, "name": name, "partner": "dhcp03", "scopes": None} for name in ("Munich", "HQ")]
    asked = {**LEAVES, "failover_new": "dhcp03"}
    read = [{"config": {"failover_relationships": shown}, "verdicts": []}]
    assert answer(relationships=data, migrate=asked, existing=read)["to_migrate"] == ["HQ"]
    unchanged = answer(relationships=data[:1], migrate=asked, existing=read)
    assert unchanged["to_migrate"] == []
    assert unchanged["hint"].startswith("'HQ' of dhcp01 and dhcp02 is not with dhcp03 in failover_relationships")
