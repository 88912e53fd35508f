# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each job template of examples/automation-platform, run by ansible-runner with what a person answers its survey: with
its defaults where there are some. Left alone, those that take something apart change nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jobs
import pytest
from declared.automation_platform import questions
from harness import Site
from test_plan_apply import MUNICH
from test_playbooks import HQ_SCOPE, MOVE, SWAP, company, waits_take_no_time

PAIR = {"primary": "dhcp01", "partner": "dhcp02", "partner_server": "dhcp02.contoso.example"}
HQ: dict[str, Any] = {**PAIR, "name": "HQ", "load_balance_percent": 60, "scopes": ["10.0.1.0"]}
SITE: dict[str, Any] = {"failover_relationships": [HQ, MUNICH]}
OTHERWISE: dict[str, Any] = {"failover_relationships": [{**HQ, "load_balance_percent": 70}, MUNICH]}
TEMPLATES = {entry["name"].removeprefix("DHCP failover "): entry for entry in jobs.example()["controller_templates"]}
# what a person answers where there is no default
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "maintenance": {"failover_server": "dhcp02"},
    "remove": {"failover_keep": "dhcp01", "failover_relationships_to_remove": "Branches\nMunich"},
    "partner_down": {"failover_server": "dhcp01", "failover_partner": "dhcp02"},
    "decommission": {"failover_keep": "dhcp01", "failover_leaving": "dhcp02"},
    "migrate": {"failover_keep": "dhcp01", "failover_leaving": "dhcp02", "failover_new": "dhcp03"},
    "swap_roles": {"failover_relationships_to_swap": "Branches"},
    "restore": {"failover_server": "dhcp02"},
}
DATA: Mapping[str, Mapping[str, Any]] = {
    "migrate": {"failover_relationships": MOVE["failover_relationships"]},
    "swap_roles": {"failover_relationships": SWAP["failover_relationships"]},
    "plan": OTHERWISE,
    "apply": OTHERWISE,
    "drift": OTHERWISE,
}
# what a job says in its output, so that it is seen to have done its work
SAYS = {
    "check": "PASS",
    "info": "HQ",
    "report": "HQ",
    "drift": "load_balance_percent 60 -> 70",
    "adopt": "failover_relationships:",
    "site": "Nothing is to be done",
    "plan": "load_balance_percent 60 -> 70",
    "replicate": "Nothing is to be done: dhcp01.",
    "restore": "Check mode, nothing was written.",
    "remove": "remove the relationship 'Munich' on DHCP03 alone",
    "partner_down": "declare dhcp02.contoso.example, the partner of relationship 'HQ', down",
    "decommission": "remove the relationship 'HQ' on DHCP02 alone",
    "migrate": "create relationship 'HQ' with dhcp03",
    "swap_roles": "create relationship 'Branches'",
    "maintenance": "DHCP02 is in maintenance since",
}


def answers(name: str, own: Mapping[str, str]) -> dict[str, Any]:
    """Those of a survey: the defaults, the test's own, and an empty text for what nobody has answered."""
    known = {**ANSWERS.get(name, {}), **own}
    asked = {question["variable"]: question for question in questions(TEMPLATES[name])}
    assert known.keys() <= asked.keys()
    given = {variable: known.get(variable, question.get("default", "")) for variable, question in asked.items()}
    assert [one for one, question in asked.items() if question["required"] and given[one] == ""] == []
    assert [one for one, question in asked.items() if given[one] not in question.get("choices", [given[one]])] == []
    return given


def launch(
    site: Site,
    name: str,
    own: Mapping[str, str] | None = None,
    *,
    handed_on: Mapping[str, Any] | None = None,
    job_type: str | None = None,
) -> jobs.Job:
    """A job of a template. `own`: other answers; `handed_on`: by the node before; `job_type`: what its node says."""
    template = TEMPLATES[name]
    check = (job_type or template["job_type"]) == "check"
    options = [option for option, on in (("--check", check), ("--diff", template["diff_mode"])) if on]
    return jobs.run(
        site,
        template["playbook"],
        *options,
        given={**answers(name, own or {}), **(handed_on or {})},
        own=template.get("extra_vars"),
        data=DATA.get(name, SITE),
    )


def test_all_of_them_are_looked_at() -> None:
    assert {*SAYS, "apply"} == TEMPLATES.keys()


@pytest.mark.parametrize("name", SAYS)
def test_its_playbook_runs_with_the_answers_of_its_survey(name: str, net: str) -> None:
    with Site(company(), "standin", net) as site:
        given: dict[str, str] = {}
        if name == "restore":
            done = launch(site, "remove", {"failover_other_copy": "delete", "failover_dry_run": "false"}).ok()
            (copy, *_more) = done.result("End relationships, keeping their scopes here")["safety_copies"]
            given = {"failover_copy": copy["path"]}
        if name == "partner_down":
            waits_take_no_time(site)
            site.lab.servers["DHCP02"].service = "stopped"
        mark = site.lab.audit.mark()
        job = launch(site, name, given).ok()
        assert SAYS[name] in job.output, job.output
        assert written(site, mark) == [], "left alone, none changes failover"


def written(site: Site, mark: int) -> list[str]:
    """The cmdlets that changed something since."""
    return [entry.cmdlet for entry in site.lab.audit.since(mark, "cmdlet") if entry.write]


def test_the_plan_that_was_approved_is_applied_in_another_job_and_no_other_one(net: str) -> None:
    """The workflow: nothing goes from its first job to its last one but what set_stats has handed on."""
    with Site(company(), "standin", net) as site:
        planned = launch(site, "plan").ok()
        assert [*planned.handed_on] == ["failover_plan_data"]
        assert SAYS["plan"] in planned.output
        plan = json.loads(planned.handed_on["failover_plan_data"])
        assert f"fingerprint: {plan['fingerprint']}" in (planned.folder / "project" / "plan.md").read_text("utf-8")
        here = site.lab.servers["DHCP01"]

        here.relationships["HQ"].percentage = 65  # somebody changes it while it waits for its approval
        mark = site.lab.audit.mark()
        refused = launch(site, "apply", handed_on=planned.handed_on)
        assert (refused.status, written(site, mark)) == ("failed", [])
        assert "is not what would be done now" in refused.output
        here.relationships["HQ"].percentage = 60
        forged = {"failover_plan_data": planned.handed_on["failover_plan_data"].replace("60 -> 70", "60 -> 50")}
        assert "its parts, or its fingerprint, do not agree" in launch(site, "apply", handed_on=forged).output

        launch(site, "apply", handed_on=planned.handed_on).ok()
        assert here.relationships["HQ"].percentage == 70


def test_what_differs_is_shown_then_replicated(net: str) -> None:
    """The other workflow: one template twice, first as a check."""
    (workflow,) = (one for one in jobs.example()["controller_workflows"] if "replicate" in one["name"])
    nodes = [node for node in workflow["simplified_workflow_nodes"] if "unified_job_template" in node]
    with Site(company(), "standin", net) as site:
        there = site.lab.servers["DHCP02"].scopes
        there[HQ_SCOPE].name = "Renamed there"
        seen = []
        for node in nodes:
            template = node["unified_job_template"].removeprefix("DHCP failover ")
            job = launch(site, template, job_type=node["job_type"]).ok()
            assert "Renamed there" in job.output
            seen.append(there[HQ_SCOPE].name)
        assert seen == ["Renamed there", "Clients"]
