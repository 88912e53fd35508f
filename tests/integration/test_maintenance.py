# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbook maintenance: a server goes and comes back, and nobody writes to its pairs meanwhile."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import yaml
from harness import Run, Site
from lab.core.lab import Lab
from nothing_lost.watched import WatchedLab, held, watched
from test_killed_processes import watch
from test_playbooks import HQ, assert_changes_nothing, company, run, waits_take_no_time

INTERVAL = timedelta(hours=1)
SERVER = {"failover_server": "dhcp01"}
SHOWN = "Show what was done"
HERE = {**HQ, "partner": "dhcp02", "partner_server": "dhcp02.contoso.example", "state_switch_interval": "1:00:00"}
FAR = {**HQ, "name": "Munich", "scopes": ["10.0.3.0"], "load_balance_percent": 50}


def lab(scene: Lab | None = None) -> Lab:
    """With automatic switchover in HQ alone."""
    scene = scene or company()
    for name in ("DHCP01", "DHCP02"):
        scene.servers[name].relationships["HQ"].safe_period = INTERVAL
    return scene


def switchover(site: Site, name: str = "HQ") -> list[timedelta | None]:
    halves = [server.relationships.get(name) for server in site.lab.servers.values()]
    return [half.safe_period for half in halves if half is not None]


def start(site: Site, **variables: Any) -> Run:
    return run(site, "maintenance", **SERVER, failover_maintenance="start", **variables)


def finish(site: Site, **variables: Any) -> Run:
    return run(site, "maintenance", **{**SERVER, "failover_maintenance": "finish", **variables})


def cancel(site: Site, **variables: Any) -> Run:
    return run(site, "maintenance", **{**SERVER, "failover_maintenance": "cancel", **variables})


def said(run: Run) -> str:
    return "\n".join(run.result(SHOWN)["msg"])


def tasks(site: Site, *own: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a run with a file of tasks."""
    path = site.folder / "updates.yml"
    path.write_text(yaml.safe_dump(list(own)), encoding="utf-8")
    return {**SERVER, "failover_maintenance_tasks": str(path)}


def test_it_is_begun_for_all_partners_and_finished(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        foretold = site.run("windhcp.failover.maintenance", "-e", "@" + _variables(site), "--check", "--diff")
        assert (foretold.ok().written, switchover(site)) == ([], [INTERVAL, INTERVAL])
        begun = start(site, failover_maintenance_reason="updates of November").ok()
        assert begun.written == ["Set-DhcpServerv4Failover"], "the others had no automatic switchover"
        assert (switchover(site), switchover(site, "Branches")) == ([None, None], [None, None])
        assert "(updates of November); automatic switchover is off: 'HQ' (01:00:00)." in said(begun)
        for server in ("DHCP01", "DHCP02", "DHCP03"):
            assert f"note on {server} that DHCP01 is in maintenance" in said(begun)
        again = start(site)
        assert_changes_nothing(again)
        assert "DHCP01 is in maintenance since " in said(again)
        assert "(updates of November), which it was before;" in said(again)
        ended = finish(site).ok()
        assert (ended.written, switchover(site)) == (["Set-DhcpServerv4Failover"], [INTERVAL, INTERVAL])
        assert "is finished, and automatic switchover is on again: 'HQ' (01:00:00)." in said(ended)
        nothing = finish(site)
        assert_changes_nothing(nothing)
        assert "DHCP01 is in no maintenance with a partner, so there is nothing to end." in said(nothing)


def _variables(site: Site) -> str:
    path = site.folder / "maintenance.yml"
    path.write_text(yaml.safe_dump({**SERVER, "failover_maintenance": "start"}), encoding="utf-8")
    return str(path)


def test_meanwhile_nobody_writes_to_the_pair_and_what_is_in_sync_stays_so(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        start(site, failover_partner="dhcp02").ok()
        night = site.site([HERE, FAR]).ok()
        assert (night.written, night.changed) == ([], 0), "a switchover that is paused is no difference"
        assert "DHCP01 is in maintenance since " in night.output
        refused = site.site([{**HERE, "load_balance_percent": 40}, FAR])
        assert (refused.code != 0, refused.written) == (True, [])
        assert (
            "so nothing is written to 'Branches', 'HQ', to anything else of that pair or to either of the two alone"
            in refused.output
        )
        turned = {**HERE, "primary": "dhcp02", "partner": "dhcp01", "partner_server": "dhcp01.contoso.example"}
        there = site.site([{**turned, "load_balance_percent": 70}, FAR])
        assert (there.code != 0, there.written) == (True, [])
        assert "DHCP01 is in maintenance since " in there.output
        other = site.site([HERE, {**FAR, "load_balance_percent": 40}]).ok()
        assert other.written == ["Set-DhcpServerv4Failover"], "the pair with dhcp03 is not in maintenance"
        seen = run(site, "info").ok()
        assert "maintenance" in "\n".join(seen.result("Show what is there")["msg"])
        finish(site).ok()
        assert site.site([{**HERE, "load_balance_percent": 40}, FAR]).ok().changed == 1


def test_a_file_of_tasks_runs_in_between(net: str) -> None:
    work = {"name": "Work", "windhcp.failover.dhcp_failover_info": {"gather": ["health"]}}
    with Site(lab(), "standin", net) as site:
        done = run(site, "maintenance", **tasks(site, work)).ok()
        ids = [verdict["id"] for verdict in done.result("Work", "dhcp01")["verdicts"]]
        assert "maintenance" in ids
        assert done.written == ["Set-DhcpServerv4Failover"] * 2
        assert switchover(site) == [INTERVAL, INTERVAL]
        assert "is finished" in said(done)
        missing = run(site, "maintenance", **{**tasks(site), "failover_maintenance_tasks": "/no/such/file.yml"})
        told = missing.failure("Check which server, and what is asked for")["msg"]
        assert "failover_maintenance_tasks: there is no file /no/such/file.yml" in told
        assert missing.written == []


FAILS = {"name": "Work", "ansible.builtin.fail": {"msg": "no update for this"}}
FAILED = "Say that the work failed, and what became of the maintenance"


def test_where_the_tasks_fail_what_was_paused_is_put_back(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        foretold = site.run("windhcp.failover.maintenance", "-e", json.dumps(tasks(site, FAILS)), "--check")
        told = foretold.failure(FAILED)["msg"]
        assert told.endswith("failed. This is check mode, so nothing was begun, and nothing cancelled.")
        assert said(foretold).startswith("Check mode, nothing was written. What a run without --check would do:\n")
        failed = run(site, "maintenance", **tasks(site, FAILS))
        assert failed.code != 0
        told = failed.failure(FAILED)["msg"]
        assert told.startswith("The task 'Work' of ")
        both = "automatic switchover is on again: 'HQ' (01:00:00). The maintenance of DHCP01 ('Munich') is cancelled."
        assert told.endswith(both)
        assert switchover(site) == [INTERVAL, INTERVAL]
        assert "is cancelled, and automatic switchover is on again" in said(failed)
        assert_changes_nothing(cancel(site))
        nameless = run(site, "maintenance", **tasks(site, {"ansible.builtin.fail": {}}))
        assert nameless.failure(FAILED)["msg"].startswith("The task 'ansible.builtin.fail' of ")


STAYS = (
    "The maintenance of DHCP01 ('Branches', 'HQ') is cancelled, and automatic switchover of 'HQ' stays off: a later "
    "failover_maintenance: cancel puts it back."
)


def test_what_cannot_be_put_back_is_told_where_the_tasks_fail(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        begun, away = site.folder / "begun", site.folder / "away"

        def goes_away() -> None:
            while not begun.exists():
                time.sleep(0.1)
            site.lab.cut_link("DHCP01", "DHCP02")
            away.touch()

        python = {
            "ansible_connection": "local",
            "ansible_shell_type": "sh",
            "ansible_python_interpreter": sys.executable,
        }
        work = {"ansible.builtin.shell": f"touch {begun}; until [ -e {away} ]; do sleep 0.1; done"}
        here = {"delegate_to": "localhost", "vars": python}
        thread = threading.Thread(target=goes_away, daemon=True)
        thread.start()
        own = tasks(site, {"name": "Lose contact", **work, **here}, FAILS)
        failed = run(site, "maintenance", failover_partner="dhcp02", **own)
        thread.join(1)
        assert failed.failure(FAILED)["msg"].endswith(f" failed. {STAYS}")
        assert said(failed).endswith(STAYS)
        warning = "dhcp01: WARNING: automatic switchover of 'HQ' stays off, since DHCP01 and DHCP02 are not in contact"
        assert warning in said(failed)
        assert switchover(site) == [None, None]
        site.lab.mend_link("DHCP01", "DHCP02")
        cancel(site).ok()
        assert switchover(site) == [INTERVAL, INTERVAL]


def test_what_was_begun_in_part_before_the_tasks_is_cancelled(net: str) -> None:
    scene = watched(lab())
    assert isinstance(scene, WatchedLab)
    with Site(scene, "standin", net) as site:
        waits_take_no_time(site)
        watch(scene, 0, lambda: scene.cut_link("DHCP01", "DHCP02"))
        failed = run(site, "maintenance", failover_partner="dhcp02", **tasks(site, FAILS))
        told = failed.failure("Begin the maintenance")["msg"]
        assert "the relationship is in a state in which nothing may be changed" in told
        assert "TASK [Do the work]" not in failed.output
        assert said(failed).endswith(STAYS)


@pytest.mark.parametrize(
    "text",
    ["- name: x\n  foo: [\n", "a: b\n", "- name: X\n  no.such.module:\n"],
    ids=["no YAML", "no list", "no module"],
)
def test_tasks_that_cannot_be_loaded_begin_nothing(text: str, net: str) -> None:
    with Site(lab(), "standin", net) as site:
        variables = tasks(site)
        (site.folder / "updates.yml").write_text(text, encoding="utf-8")
        wrong = run(site, "maintenance", **variables)
        assert (wrong.code != 0, wrong.written, switchover(site)) == (True, [], [INTERVAL, INTERVAL])
        assert "Begin the maintenance" not in wrong.output
        assert_changes_nothing(cancel(site))


@pytest.mark.parametrize("work", [{"name": "Work", "ansible.builtin.debug": {}}, FAILS], ids=["well", "not well"])
def test_tasks_do_not_run_in_the_maintenance_of_somebody_else(work: Mapping[str, Any], net: str) -> None:
    with Site(lab(), "standin", net) as site:
        start(site, failover_partner="dhcp02", failover_maintenance_reason="Anna swaps the disk").ok()
        refused = run(site, "maintenance", **tasks(site, work))
        told = refused.failure("Begin the maintenance")["msg"]
        assert told.startswith("DHCP01 is in maintenance since ")
        assert "(Anna swaps the disk), which this run did not begin, so it does not end it either" in told
        assert (refused.written, switchover(site)) == ([], [None, None])
        assert "TASK [Do the work]" not in refused.output
        assert "which it was before" in said(start(site, failover_partner="dhcp02")), "hers stands"


def test_what_was_not_done_is_not_listed_as_done(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        site.lab.fail_next("DHCP01", "Set-DhcpServerv4Failover", "DHCP 20133")
        done, planned = said(start(site)).split("What was found and planned where it FAILED, none of it or not all")
        assert done == ""
        assert "state_switch_interval 01:00:00 -> off" in planned
        assert "dhcp01: FAILED: " in planned
        assert "Next: fix what is listed as FAILED, and run the same command again" in planned
        assert "The maintenance may be begun in part: failover_maintenance: start completes it, and cancel" in planned
        cancel(site).ok()
        site.lab.fail_next("DHCP01", "Set-DhcpServerv4Failover", "DHCP 20133")
        undone = run(site, "maintenance", **tasks(site, FAILS))
        assert undone.code != 0
        assert "TASK [Do the work]" not in undone.output
        assert_changes_nothing(cancel(site))
        site.lab.fail_next("DHCP01", "Set-DhcpServerv4Failover", "DHCP 20133", after=1)
        failed = run(site, "maintenance", **tasks(site, FAILS))
        assert "The maintenance could not be cancelled, and may stand." in failed.failure(FAILED)["msg"]
        done, planned = said(failed).split("What was found and planned where it FAILED, none of it or not all")
        assert "state_switch_interval 01:00:00 -> off" in done
        assert "state_switch_interval off -> 01:00:00" in planned
        assert "Nothing is written to" not in planned
        assert planned.endswith("run it again (failover_maintenance: finish, or cancel).")
        cancel(site).ok()
        assert switchover(site) == [INTERVAL, INTERVAL]


def test_it_does_not_begin_where_the_partner_could_not_serve_alone(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        site.lab.servers["DHCP02"].scopes[next(iter(site.lab.servers["DHCP02"].scopes))].name = "Renamed there"
        differs = start(site)
        assert differs.written == []
        told = differs.failure("Begin the maintenance")["msg"]
        assert told.startswith("1 scope is not the same on DHCP01 and DHCP02: 10.0.1.0: look at them with windhcp.")
        assert switchover(site) == [INTERVAL, INTERVAL]


def test_finishing_waits_until_both_are_normal_and_says_what_differs_by_then(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        waits_take_no_time(site)
        start(site).ok()
        site.lab.cut_link("DHCP01", "DHCP02")
        late = finish(site, failover_wait_timeout=1)
        told = late.failure("End the maintenance")["msg"]
        assert told.startswith(
            "'Branches' is CommunicationInterrupted on DHCP01 and CommunicationInterrupted on DHCP02, "
        )
        assert "failover_maintenance: finish, or cancel, which waits for nothing" in told
        assert switchover(site) == [None, None]
        site.lab.mend_link("DHCP01", "DHCP02")
        site.lab.servers["DHCP02"].scopes[next(iter(site.lab.servers["DHCP02"].scopes))].name = "Renamed there"
        ended = finish(site).ok()
        assert switchover(site) == [INTERVAL, INTERVAL]
        assert "after the maintenance 1 scope is not the same on DHCP01 and DHCP02: 10.0.1.0" in ended.output


def test_a_server_that_stays_away_is_given_up_by_its_partner(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        waits_take_no_time(site)
        start(site, failover_partner="dhcp02").ok()
        site.lab.servers["DHCP01"].reachable = False
        site.service.endpoints["DHCP01"].close()
        there = {"failover_server": "dhcp02"}
        down = {**there, "failover_partner": "dhcp01", "failover_partner_is_off": True, "failover_dry_run": False}
        assert "DHCP01 is in maintenance since " in run(site, "partner_down", **down).output
        over = cancel(site, **there).ok()
        assert "automatic switchover of 'Branches', 'HQ' stays off" in over.output or "'HQ' stays off" in over.output
        run(site, "partner_down", **down).ok()
        assert site.lab.servers["DHCP02"].relationships["HQ"].state == "PartnerDown"


@pytest.mark.parametrize("ends", ["finish", "cancel"])
def test_a_play_that_is_killed_is_gone_on_with(ends: str, net: str) -> None:
    scene = watched(lab())
    assert isinstance(scene, WatchedLab)
    ending = {"finish": finish, "cancel": cancel}[ends]
    with Site(scene, "standin", net) as site:
        killed = watch(scene, 0, site.kill)
        assert (start(site).code, killed) == (-signal.SIGKILL, [0])
        ending(site).ok()
        assert switchover(site) == [INTERVAL, INTERVAL]
        start(site).ok()
        scene.watch = None
        killed = watch(scene, 0, site.kill)
        assert (ending(site).code, killed) == (-signal.SIGKILL, [0])
        assert scene.watch is not None
        before = scene.watch.before
        ending(site).ok()
        assert (switchover(site), before.lost(held(scene))) == ([INTERVAL, INTERVAL], [])
        assert_changes_nothing(cancel(site))
        assert site.site([HERE, FAR]).ok().changed == 0


def test_what_is_wrong_is_told_by_the_variables_of_the_playbook(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        wrong = run(site, "maintenance", failover_server="dhcp1", failover_maintenance="begin")
        told = wrong.failure("Check which server, and what is asked for")["msg"]
        assert "failover_server: is 'dhcp1', which is no host of the inventory" in told
        assert "failover_maintenance: is 'begin'; it should be start, finish or cancel" in told
        stranger = start(site, failover_partner="dhcp09")
        told = stranger.failure("Find those of the two")["msg"]
        assert told.startswith("failover_partner: dhcp01 has no relationship with dhcp09")
