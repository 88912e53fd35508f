# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The action plugins with recorded replies of the script: what a task returns, and what was sent for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, patch

import pytest
from ansible.errors import AnsibleError
from ansible_collections.windhcp.failover.plugins.action import (
    dhcp_failover_info,
    dhcp_failover_relationship,
    dhcp_failover_scope,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import pending_fact, reconcile

REPLIES = Path(__file__).with_name("replies")
SECRET = "Kx7-secret"
RUN = "0242ac11-0002-9f31-77c0"
NUMBERS = count()  # of the run's tasks
CREATE = {"name": "HQ", "partner_server": "dhcp02.contoso.example", "scopes": ["10.10.10.0"], "shared_secret": SECRET}


def reply(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REPLIES / f"{name}.json").read_text(encoding="ascii"))
    return found


class Task:
    """Runs one action with replies from files, in order, and keeps the requests that were sent."""

    def __init__(
        self,
        plugin: Any,
        *replies: str,
        check_mode: bool = False,
        diff: bool = False,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self.task = MagicMock(
            check_mode=check_mode, diff=diff, async_val=0, delegate_to=None, _uuid=f"{RUN}-{next(NUMBERS)}"
        )
        self.action = plugin.ActionModule(self.task, MagicMock(), MagicMock(), MagicMock(), MagicMock(), MagicMock())
        self.action._load_name = plugin.__name__  # as Ansible's loader has it, which is not here
        self.action._execute_module = self._execute
        self.replies = list(replies)
        self.sent: list[dict[str, Any]] = []
        self.paused: list[float] = []
        self.change: Callable[[dict[str, Any]], dict[str, Any]] = lambda result: result
        self.vars = {
            "inventory_hostname": "dhcp01",
            "ansible_facts": facts or {},
            "groups": {"all": ["dhcp01", "dhcp02"]},
        }

    def run(self, **arguments: Any) -> dict[str, Any]:
        self.task.args = arguments
        with patch.object(reconcile, "sleep", self.paused.append):
            result: dict[str, Any] = self.action.run(task_vars=self.vars)
        assert SECRET not in json.dumps(result)
        return result

    def _execute(self, name: str, arguments: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        assert name == "windhcp.failover.dhcp_cmdlets"
        self.sent.append(json.loads(arguments["request"]))
        return self.change(reply(self.replies.pop(0)))

    def cmdlets(self, request: int) -> list[str]:
        return [call["cmdlet"] for call in self.sent[request].get("calls", ()) if call["op"] == "cmdlet"]


def test_creating_takes_three_calls() -> None:
    task = Task(dhcp_failover_relationship, "fresh", "fresh_with_partner", "created", diff=True)
    result = task.run(**CREATE)
    assert (result["changed"], result["remote_calls"], result["pending"]) == (True, 3, False)
    assert task.cmdlets(2) == ["Add-DhcpServerv4Failover"]
    assert task.sent[2]["fingerprint"]
    assert result["diff"]["before"] == {}
    assert result["diff"]["after"]["scopes"] == ["10.10.10.0"]
    assert result["relationship"]["state"] == "Normal"
    assert [step["server"] for step in result["plan"]] == ["DHCP01"]


def test_in_sync_takes_one_call() -> None:
    result = Task(dhcp_failover_relationship, "there").run(**CREATE)
    assert (result["changed"], result["remote_calls"], result["plan"]) == (False, 1, [])
    assert "diff" not in result


def left(result: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What a task has left of a relationship."""
    fact: Mapping[str, Any] = result["ansible_facts"][pending_fact.fact_name("dhcp01", name)]
    return fact


def test_check_mode_stops_after_the_reads() -> None:
    task = Task(dhcp_failover_relationship, "fresh", "fresh_with_partner", check_mode=True)
    result = task.run(**CREATE)
    assert (result["changed"], result["remote_calls"]) == (True, 2)
    assert task.sent[0]["check_mode"] is True
    fact = left(result, "HQ")
    assert (fact["run"], fact["declared"]) == (RUN, None)
    assert fact["check_mode"] == {
        "options": {"partner_server": "dhcp02.contoso.example", "enable_auth": True},
        "scopes": ["10.10.10.0"],
    }


def test_a_secret_is_taken_out_of_texts_and_not_out_of_values_that_go_on() -> None:
    """Even one that is a part of a server's name, which is refused where it would be sent."""
    options = {"name": "HQ", "partner_server": "dhcp02.contoso.example", "shared_secret": "dhcp02.contoso"}
    task = Task(dhcp_failover_relationship, "fresh", "fresh_with_partner", check_mode=True, diff=True)
    result = task.run(**options, scopes=["10.10.10.0"])
    assert "shared_secret: that of 'HQ' is a part of a name that it is used with" in result["msg"]
    assert result["plan"][0]["step"].startswith("create relationship 'HQ' with ********.example (")
    pending = Task(dhcp_failover_relationship, "fresh", diff=True).run(**options)
    assert pending["diff"]["after"]["partner_server"] == "dhcp02.contoso.example"
    assert pending["relationship"]["partner_server"] == "dhcp02.contoso.example"
    fact = left(pending, "HQ")["declared"]
    assert fact["options"]["partner_server"] == "dhcp02.contoso.example"
    assert "that of 'HQ' is a part of a name" in pending["warnings"][0]
    refused = Task(dhcp_failover_relationship, "fresh").run(**{**options, "partner_server": "dhcp02.contoso/x"})
    assert "********/x" in refused["msg"]


def test_check_mode_goes_on_from_what_it_would_have_created() -> None:
    first = Task(dhcp_failover_relationship, "fresh", "fresh_with_partner", check_mode=True).run(**CREATE)
    task = Task(dhcp_failover_scope, "fresh", "fresh_with_both", check_mode=True, facts=first["ansible_facts"])
    result = task.run(relationship="HQ", scopes=["10.10.10.0", "10.10.20.0"])
    assert [step["step"] for step in result["plan"]] == [
        "add to relationship 'HQ', copying to dhcp02.contoso.example: 10.10.20.0"
    ]
    fact = left(result, "HQ")
    assert fact["check_mode"]["scopes"] == ["10.10.10.0", "10.10.20.0"]


def test_a_pending_relationship_is_no_change_and_comes_with_its_first_scope() -> None:
    pending = Task(dhcp_failover_relationship, "fresh").run(name="HQ", partner_server="dhcp02.contoso.example")
    assert (pending["changed"], pending["pending"], pending["relationship"]["state"]) == (False, True, "Empty")
    task = Task(dhcp_failover_scope, "fresh", "fresh_with_partner", "created", facts=pending["ansible_facts"])
    result = task.run(relationship="HQ", scopes=["10.10.10.0"])
    assert result["changed"]
    assert task.cmdlets(2) == ["Add-DhcpServerv4Failover"]
    assert left(result, "HQ")["declared"] is None


def test_what_another_run_or_a_check_has_left_is_nothing() -> None:
    """A fact cache gives it back; and of two tasks of one run, one in check mode and one not."""
    declared = {"name": "HQ", "partner_server": "dhcp02.contoso.example"}
    earlier = Task(dhcp_failover_relationship, "fresh")
    earlier.task._uuid = "0242ac11-0002-1b02-08ee-00000000002a"
    cached = earlier.run(**declared)["ansible_facts"]
    checked = Task(dhcp_failover_relationship, "fresh", check_mode=True).run(**declared)["ansible_facts"]
    for facts in (cached, checked):
        result = Task(dhcp_failover_scope, "fresh", facts=facts).run(relationship="HQ", scopes=["10.10.10.0"])
        assert "no task of this play declared it" in result["msg"]
    again = Task(dhcp_failover_relationship, "fresh", "fresh_with_partner", check_mode=True, facts=cached)
    assert again.run(**CREATE)["changed"], "a nightly report says so each night"


NEW = {
    "scope_id": "10.10.60.0",
    "start_range": "10.10.60.10",
    "end_range": "10.10.60.99",
    "subnet_mask": "255.255.255.0",
    "name": "New",
}


def test_check_mode_goes_on_from_scopes_it_would_have_created() -> None:
    """In a relationship that is there and in one that is not, a later task of the same run finds them and their
    membership."""
    partner = {"partner_server": "dhcp02.contoso.example"}
    for reply, another, create in (("there", "there_with_partner", {}), ("fresh", "fresh_with_another", partner)):
        task = Task(dhcp_failover_scope, reply, f"{reply}_for_a_new_one", check_mode=True, diff=True)
        first = task.run(relationship="HQ", create_scopes=[NEW], create_relationship=create)
        assert first["plan"][0]["step"].startswith("create scope 10.10.60.0 'New' on DHCP01 (")
        assert first["diff"]["after"]["create_scopes"] == [{**NEW, "state": "active"}]
        assert [step["step"].split(" 1")[0] for step in first["plan"]][2:] == ["activate", "activate"]
        assert len(first["plan"]) == 4
        assert first["definition_differences"] == []
        facts = first["ansible_facts"]
        again = Task(dhcp_failover_scope, reply, check_mode=True, facts=facts).run(
            relationship="HQ", create_scopes=[NEW]
        )
        assert (again["plan"], "ansible_facts" in again) == ([], False)
        more = Task(dhcp_failover_scope, reply, another, check_mode=True, facts=facts)
        result = more.run(relationship="HQ", scopes=["10.10.60.0", "10.10.20.0"])
        assert [step["step"] for step in result["plan"]] == [
            "add to relationship 'HQ', copying to dhcp02.contoso.example: 10.10.20.0"
        ]
        fact = left(result, "HQ")
        assert fact["check_mode"]["create_scopes"] == [{**NEW, "state": "active"}]


def test_a_definition_that_differs_is_told_and_nothing_else() -> None:
    berlin = {
        **NEW,
        "scope_id": "10.10.10.0",
        "start_range": "10.10.10.20",
        "end_range": "10.10.10.250",
        "lease_duration": "60",
    }
    result = Task(dhcp_failover_scope, "there").run(relationship="HQ", create_scopes=[berlin])
    assert result["changed"] is False
    assert result["definition_differences"] == [
        {"scope_id": "10.10.10.0", "field": "name", "declared": "New", "actual": "Berlin clients"},
        {"scope_id": "10.10.10.0", "field": "lease_duration", "declared": 60, "actual": 691200},
    ]


def test_a_bad_definition_is_refused_before_anything_is_sent() -> None:
    task = Task(dhcp_failover_scope)
    result = task.run(relationship="HQ", create_scopes=[{**NEW, "subnet_mask": "255.0.255.0"}])
    assert (result["failed"], result["remote_calls"], task.sent) == (True, 0, [])
    assert result["msg"].startswith("create_scopes: 10.10.60.0: subnet_mask: 255.0.255.0")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "one of the following is required: scopes, create_scopes"),
        ({"create_scopes": [{"name": "New"}]}, "missing required arguments"),
    ],
)
def test_a_scope_task_needs_scopes(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleError, match=message):
        Task(dhcp_failover_scope).run(relationship="HQ", **arguments)


def test_a_scope_task_needs_to_know_how() -> None:
    result = Task(dhcp_failover_scope, "fresh").run(relationship="HQ", scopes=["10.10.10.0"])
    assert result["failed"]
    assert "give create_relationship" in result["msg"]
    assert result["changed"] is False


def test_someone_else_was_faster() -> None:
    task = Task(
        dhcp_failover_relationship, "there", "changed_meanwhile", "changed_by_another", "written_after_it", diff=True
    )
    result = task.run(name="HQ", load_balance_percent=80)
    assert (result["changed"], result["remote_calls"], len(task.paused)) == (True, 4, 1)
    assert [step["step"] for step in result["plan"]] == ["modify relationship 'HQ': load_balance_percent 70 -> 80"]
    assert result["diff"]["before"]["load_balance_percent"] == 70


def test_someone_else_was_faster_and_there_is_no_time_for_another_plan() -> None:
    task = Task(dhcp_failover_relationship, "there", "changed_meanwhile")
    result = task.run(name="HQ", load_balance_percent=80, wait_timeout=0)
    assert (result["failed"], result["changed"], task.paused) == (True, False, [])
    assert "'HQ': load_balance_percent 50 -> 70" in result["msg"]
    assert "nothing was written" in result["msg"]


def test_denied_at_the_partner_changes_nothing() -> None:
    result = Task(dhcp_failover_relationship, "fresh", "denied_at_the_partner").run(**CREATE)
    assert (result["failed"], result["changed"], result["remote_calls"]) == (True, False, 2)
    assert "dhcp01 asking dhcp02.contoso.example: access is denied at the partner" in result["msg"]
    assert result["msg"].endswith("Nothing was changed.")


def test_half_done_is_told() -> None:
    task = Task(dhcp_failover_relationship, "there", "there_with_partner", "stopped_half_way")
    result = task.run(name="HQ", load_balance_percent=80, scopes=["10.10.10.0", "10.10.20.0"])
    assert (result["failed"], result["changed"]) == (True, True)
    assert "DHCP 20133" in result["msg"]
    assert (
        "Written before: relationship 'HQ': load_balance_percent 50 -> 80. Running again completes it." in result["msg"]
    )


def test_written_and_then_not_readable_is_told_as_changed() -> None:
    def starting(result: dict[str, Any]) -> dict[str, Any]:
        for read in result["reply"]["finally"]:
            read["errors"] = [{"id": "WIN32 1753,Get-X", "category": "X", "target": "", "message": "not yet"}]
        return result

    task = Task(dhcp_failover_relationship, "fresh", "fresh_with_partner", "created")
    task.change = starting
    result = task.run(**CREATE)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "Written before: create relationship 'HQ'" in result["msg"]
    assert "DHCP01 could not be read again after a write: " in result["msg"]


def test_what_does_not_stick_is_a_failure() -> None:
    result = Task(dhcp_failover_relationship, "there", "nothing_came_of_it").run(name="HQ", load_balance_percent=80)
    assert result["failed"]
    assert "still needs: modify relationship 'HQ': load_balance_percent 50 -> 80" in result["msg"]


def test_info_names_the_partner_as_the_inventory_does() -> None:
    result = Task(dhcp_failover_info, "shown").run()
    (entry,) = result["config"]["failover_relationships"]
    assert (entry["primary"], entry["partner"]) == ("dhcp01", "dhcp02")
    assert "10.10.10.0" not in [scope["scope_id"] for scope in result["unprotected_scopes"]]
    assert Task(dhcp_failover_info, "shown").run(name="Other")["relationships"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "HQ", "state": "gone"}, "gone"),
        ({"name": "HQ", "colour": "blue"}, "colour"),
        ({}, "name"),
        ({"name": "HQ", "mode": "ring"}, "ring"),
    ],
)
def test_arguments_are_checked_before_anything_is_sent(arguments: dict[str, Any], message: str) -> None:
    task = Task(dhcp_failover_relationship)
    with pytest.raises(AnsibleError, match=message):
        task.run(**arguments)
    assert task.sent == []
