# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Nothing is taken apart in vain: each task that brings scopes to a partner, with each thing planted that Windows would
refuse them for, is refused before the first write, in check mode too; and once that is mended it runs through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.windhcp.failover.plugins.action import dhcp_failover
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import cmdlets
from lacks import FORMER, LACKS, TASKS, Lack, Scene, planted
from pairs import pair

ROOT = Path(__file__).resolve().parents[3]
WHOLE = "windhcp.failover.dhcp_failover"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stopped service is waited for, over a connection of its own; the lab's stays as it is."""
    monkeypatch.setattr(cmdlets, "_STARTING_SECONDS", 0)


def refusals(scene: Scene, lacks: Mapping[str, Lack], options: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with what the task says of each lack, one after the other on the same servers."""
    task = scene.task
    for name, lack in lacks.items():
        mend = lack.plant(scene)
        try:
            message = scene.servers.refused(task.module, **options)
        except AssertionError as problem:
            message = f"NOT REFUSED: {str(problem)[:200]}"
        mend()
        server = task.host if lack.here else scene.partner.name
        expected = [lack.says, lack.cure, server, "nothing was changed."]
        is_told = all(one.lower() in message.lower() for one in expected)
        if scene.partner.name != task.former:
            is_told = is_told and "gone for good" not in message  # that is said of one that is to be left
        if not (is_told or (lack.or_else and lack.or_else in message)):
            yield f"{name}: {message}"


@pytest.mark.parametrize("route", ["second hop", "own connection"])
@pytest.mark.parametrize("task", TASKS)
def test_what_is_lacking_is_told_before_the_first_write(task: str, route: str) -> None:
    plan = TASKS[task]
    servers = plan.scene()
    scene = Scene(servers, plan, servers.server(plan.partner))
    options = {**plan.options, **plan.routes()[route], "wait_timeout": 1, "host": plan.host.lower()}
    wrong = list(refusals(scene, planted(task), options))
    assert wrong == [], "\n".join(wrong)
    assert servers.ok(plan.module, **options)["changed"]


ROUTES = pytest.mark.parametrize("route", ["second hop", "own connection"])
LEAVING = pytest.mark.parametrize("task", ["another partner", "migrate", "move", "move to a new one"])


@ROUTES
@LEAVING
def test_what_is_lacking_at_the_former_partner_is_told_as_well(task: str, route: str) -> None:
    plan = TASKS[task]
    servers = plan.scene()
    scene = Scene(servers, plan, servers.server(plan.former))
    options = {**plan.options, **plan.routes()[route], "wait_timeout": 1}
    wrong = list(refusals(scene, {name: LACKS[name] for name in FORMER}, options))
    assert wrong == [], "\n".join(wrong)
    assert servers.ok(plan.module, **options)["changed"]


@LEAVING
def test_a_new_partner_that_is_off_says_nothing_of_the_former_one(task: str) -> None:
    """Neither that it is gone for good, nor that it may be left behind as one that is."""
    plan = TASKS[task]
    servers = plan.scene()
    servers.server("DHCP03").reachable = False
    options = {**plan.options, "partner_host": "dhcp03", "wait_timeout": 1}
    message = servers.refused(plan.module, **options)
    assert message.startswith("partner_host: DHCP03 cannot be reached.")
    assert "gone for good" not in message
    if task != "another partner":
        return
    for half in ("DHCP01", "DHCP02"):
        servers.lab.set_state(half, "HQ", "CommunicationInterrupted")
    message = servers.refused(plan.module, **options, orphan="remove_here")
    assert "answers (it is in state CommunicationInterrupted), so it is not" in message


@ROUTES
@pytest.mark.parametrize("task", TASKS)
def test_a_partner_that_is_not_authorised_is_a_warning(task: str, route: str) -> None:
    plan = TASKS[task]
    servers = plan.scene()
    servers.server(plan.partner).authorized = False
    options = {**plan.options, **plan.routes()[route], "wait_timeout": 1, "host": plan.host.lower()}
    warned = servers.ok(plan.module, **options, check_mode=True)["warnings"]
    (warning,) = [one for one in warned if "is not authorised in Active Directory" in one]
    assert warning.lower().startswith(plan.partner.lower())
    servers.server(plan.partner).domain_joined = False
    assert "warnings" not in servers.ok(plan.module, **options, check_mode=True)


@ROUTES
def test_bootp_clients_are_a_warning_for_2012(route: str) -> None:
    plan = TASKS["migrate"]
    for version, warned in (("6.2.9200", True), ("6.3.9600", False)):
        servers = plan.scene()
        servers.server("DHCP03").os = version
        for server in ("DHCP01", "DHCP02"):
            servers.server(server).scopes[plan.coming].type = "Both"
        result = servers.ok(plan.module, **plan.options, **plan.routes()[route], check_mode=True)
        assert any("10.0.1.0 serves BOOTP clients" in one for one in result.get("warnings", ())) is warned


def test_a_clock_that_cannot_be_asked_for_is_told() -> None:
    plan = TASKS["create"]
    servers = plan.scene()
    servers.server("DHCP01").management_api = False
    (warning,) = servers.ok(plan.module, **plan.options, check_mode=True)["warnings"]
    assert warning.startswith("DHCP01 could not ask for the clock of dhcp02.contoso.example")
    assert "warnings" not in servers.ok(plan.module, **plan.options, partner_host="dhcp02", check_mode=True)


@ROUTES
def test_no_override_makes_windows_create_a_relationship_at_another_time(route: str) -> None:
    servers = pair()
    servers.server("DHCP02").clock_offset = timedelta(seconds=-90)
    for task, message in (
        ("create", "; Windows creates no relationship then."),
        ("join", ", or allow_clock_skew: true"),
    ):
        plan = TASKS[task]
        options = {**plan.options, **plan.routes()[route], "wait_timeout": 1}
        assert f"set the time of both (w32tm){message}" in servers.refused(plan.module, **options)
        skewed = servers.run(plan.module, **options, check_mode=True, allow_clock_skew=True)
        assert bool(skewed.get("failed")) is (task == "create")


def test_the_playbooks_tasks_are_those_of_their_role() -> None:
    given = yaml.safe_load((ROOT / "roles" / "failover" / "tasks" / "main.yml").read_text(encoding="utf-8"))
    (options,) = [task[WHOLE] for task in given if WHOLE in task]
    for name in ("migrate", "swap_roles"):
        assert {*options, *dhcp_failover.ENTRY} >= TASKS[name].options.keys()
