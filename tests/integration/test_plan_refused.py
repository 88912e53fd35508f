# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbooks plan and apply where one host is refused: why, and what became of the others."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from harness import Site
from test_plan_apply import BACK, HQ, SHOWN, declare, refused, run, steps
from test_playbooks import company

PLANNED = "What was found and planned where it FAILED, none of it or not all of it done:"


def test_a_host_that_is_refused_while_another_one_writes_is_told_apart(net: str) -> None:
    """Somebody changes what dhcp02 is to write, after the comparison and while dhcp01 writes, which is first."""
    with Site(company(), "standin", net) as site:
        declare(site, HQ, BACK)
        run(site, "plan").ok()
        invoke = site.lab.invoke

        def changing(session: Any, cmdlet: str, *rest: Any, **more: Any) -> Any:
            if cmdlet == "Set-DhcpServerv4Failover":
                site.lab.servers["DHCP02"].relationships["Branches"].mclt = timedelta(minutes=45)
            return invoke(session, cmdlet, *rest, **more)

        site.lab.invoke = changing  # type: ignore[method-assign]
        applied = run(site, "apply", "--forks", "1")
        assert (applied.code, applied.written) == (2, ["Set-DhcpServerv4Failover"])
        lines = applied.result(SHOWN)["msg"]
        assert lines[:3] == ["What was done:", f"DHCP01: {steps(site)['dhcp01'][0]}", PLANNED]
        assert lines[3].startswith("DHCP02: modify relationship 'Branches'")
        (why,) = [line for line in lines if "FAILED: " in line]
        assert why.startswith("dhcp02: FAILED: expected_plan (failover_plan_file of the playbooks): what would be done")
        assert lines[-1] == (
            "Next: fix what is listed as FAILED, and make a plan of what is left (windhcp.failover.plan): what was "
            "done stays, and is not done twice."
        )


def maintain(site: Site, what: str) -> None:
    site.run("windhcp.failover.maintenance", "-e", "failover_server=dhcp01", "-e", f"failover_maintenance={what}").ok()


def test_a_host_whose_role_is_refused_says_why_to_plan_and_apply(net: str) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, HQ, BACK)
        run(site, "plan").ok()
        maintain(site, "start")
        said = refused(run(site, "apply"))
        print(said)
        assert "it is not known whether that is what would be done now. Mend this and run the same command" in said
        assert "\n- dhcp01: has failed: DHCP01 is in maintenance" in said
        assert "Make a new plan" not in said
        for name in ("plan.md", "plan.json"):
            (site.folder / name).unlink()
        planned = run(site, "plan")
        assert "\n- dhcp01: has failed: DHCP01 is in maintenance" in refused(planned, "Write the plan")
        lines = planned.result("Say what would be done")["msg"]
        assert [line for line in lines if line.startswith("dhcp01") and ": FAILED: DHCP01 is in maintenance" in line]
        assert lines[-1].startswith("Next: mend that, or leave them out (failover_hosts)")
        maintain(site, "cancel")
        run(site, "plan").ok()
        run(site, "apply").ok()


def test_a_variable_that_there_is_not_is_told_by_check_and_plan(net: str) -> None:
    """Ansible refuses it before the role's first task, so none of its tasks has a result."""
    with Site(company(), "standin", net) as site:
        declare(site, HQ)
        options = ("-e", json.dumps({"failover_shared_secret": "{{ vault_failover_secret }}"}))
        planned = run(site, "plan", *options)
        assert "'vault_failover_secret' is undefined." in refused(planned, "Write the plan")
        told = planned.result("Say what would be done")["msg"]
        assert [line for line in told if "FAILED: " in line and "'vault_failover_secret' is undefined" in line]
        checked = run(site, "check", *options)
        rows = checked.result("Put it together")["rows"]
        (failed,) = [row for row in rows if row["status"] == "FAIL"]
        assert (failed["subject"], checked.code) == ("variables of the role", 2)
        assert "'vault_failover_secret' is undefined" in failed["evidence"]


def test_data_that_is_refused_is_told_of_every_host(net: str) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, {**HQ, "partner": "dhcp01"})
        planned = run(site, "plan")
        said = refused(planned, "Write the plan")
        print(said)
        for host in ("dhcp01", "dhcp02", "dhcp03"):
            assert f"\n- {host}: has failed: The relationships of the site cannot be taken as they are" in said
        assert planned.result("Say what would be done")["msg"][-2].endswith("not known of dhcp01, dhcp02, dhcp03.")


def test_a_server_that_is_off_is_no_hindrance_where_it_writes_nothing(net: str) -> None:
    """What a step needs of it, the primary looks for. Without the primary there is no plan."""
    with Site(company(), "standin", net) as site:
        declare(site, HQ)
        site.service.endpoints["DHCP03"].close()
        run(site, "plan").ok()
        assert list(steps(site)) == ["dhcp01"]
        (site.folder / "plan.md").unlink()
        site.service.endpoints["DHCP01"].close()
        assert "- dhcp01: cannot be reached: " in refused(run(site, "plan"), "Write the plan")
