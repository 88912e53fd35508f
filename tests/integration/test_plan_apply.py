# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbooks plan and apply: what was reviewed is carried out, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from harness import Run, Site
from test_playbooks import BRANCHES_SCOPE, HQ_SCOPE, company, served
from test_secrets import kept

PAIR = {"primary": "dhcp01", "partner": "dhcp02", "partner_server": "dhcp02.contoso.example"}
TURNED = {"primary": "dhcp02", "partner": "dhcp01", "partner_server": "dhcp01.contoso.example"}
HQ: dict[str, Any] = {**PAIR, "name": "HQ", "load_balance_percent": 70, "max_client_lead_time": 7200}
BRANCHES: dict[str, Any] = {**PAIR, "name": "Branches", "reserve_percent": 15}
MUNICH: dict[str, Any] = {**PAIR, "name": "Munich", "partner": "dhcp03", "partner_server": "dhcp03.contoso.example"}
# the other server is the primary of this one, so two hosts write
BACK: dict[str, Any] = {**TURNED, "name": "Branches", "max_client_lead_time": 1800}
SECRET = "Xk2-never-shown"
OTHER = "Xk3-never-shown"
PURGE: dict[str, Any] = {"failover_purge_scopes": True, "failover_other_copy": "delete"}
LEAD = "max_client_lead_time"
COMPARE = "Compare, before anything is written"
TO_DO = "Say what is to be done"
SHOWN = "Show what was done"


def declare(site: Site, *entries: dict[str, Any], **variables: Any) -> None:
    """What the variables of the group say from now on."""
    folder = site.folder / "group_vars"
    folder.mkdir(exist_ok=True)
    data = {"failover_relationships": [*entries, MUNICH], **variables}
    (folder / "dhcp_servers.yml").write_text(json.dumps(data), encoding="utf-8")


def run(site: Site, playbook: str, *options: str) -> Run:
    return site.run(f"windhcp.failover.{playbook}", "-e", "failover_plan_file=plan.md", *options)


def data(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site.folder / "plan.json").read_text(encoding="utf-8"))
    return found


def steps(site: Site) -> dict[str, list[str]]:
    return {entry["host"]: [step["step"] for step in entry["steps"]] for entry in data(site)["hosts"] if entry["steps"]}


def refused(run: Run, task: str = COMPARE) -> str:
    """Why nothing was written by it."""
    said: str = run.failure(task)["msg"]
    assert (run.code, run.written, run.counts.writes) == (2, [], 0)
    return said


def text(site: Site) -> str:
    return (site.folder / "plan.md").read_text(encoding="utf-8")


# --- planned, reviewed, carried out ----------------------------------------------------------------------------------


def test_what_was_planned_is_done_and_done_again_it_is_nothing(door: str, net: str) -> None:
    with Site(company(), door, net) as site:
        declare(site, HQ, BACK)
        planned = run(site, "plan").ok()
        assert planned.written == []
        assert planned.result("Say what would be done")["msg"][-2].startswith("The plan is in ")
        assert planned.result("Say what would be done")["msg"][:2] == [
            "Nothing was written. What would be done now:",
            f"DHCP01: {steps(site)['dhcp01'][0]}",
        ]
        assert steps(site) == {
            "dhcp01": [f"modify relationship 'HQ': load_balance_percent 60 -> 70, {LEAD} 01:00:00 -> 02:00:00"],
            "dhcp02": [f"modify relationship 'Branches': {LEAD} 01:00:00 -> 00:30:00"],
        }
        for step in (step for several in steps(site).values() for step in several):
            assert f": {step}" in text(site)
        assert 'max_client_lead_time: "02:00:00"' in text(site)

        compared = run(site, "apply", "--check").ok()
        assert (compared.written, compared.changed) == ([], 2)
        assert compared.result(SHOWN)["msg"][0].startswith("Check mode, nothing was written.")
        assert compared.result(SHOWN)["msg"][-1] == "Next: to do it, the same command without --check."

        applied = run(site, "apply").ok()
        assert applied.written == ["Set-DhcpServerv4Failover", "Set-DhcpServerv4Failover"]
        assert applied.result(TO_DO)["msg"] == [
            f"The plan of {data(site)['created']}: its steps are to be done on dhcp01 (1), dhcp02 (1)."
        ]
        assert applied.result(SHOWN)["msg"] == [
            "What was done:",
            "No copy of a scope goes.",
            *(f"{host.upper()}: {step}" for host, (step,) in steps(site).items()),
            "Next: windhcp.failover.info shows what is there now.",
        ]
        again = run(site, "apply").ok()
        assert (again.written, again.changed) == ([], 0)
        assert again.result(TO_DO)["msg"] == [
            f"The plan of {data(site)['created']}: nothing is to be done.",
            "On dhcp01, dhcp02 everything that it would do is there already.",
        ]
        assert again.result(SHOWN)["msg"] == ["Nothing is to be done: dhcp01, dhcp02."]


def test_files_that_exist_are_left_as_they_are(net: str) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, HQ)
        (site.folder / "plan.json").write_text("mine", encoding="utf-8")
        said = run(site, "plan").failure("Write the plan")["msg"]
        assert said.endswith("plan.json exists, and is left as it is; name another one.")
        assert not (site.folder / "plan.md").exists()


def test_an_empty_plan_is_one_too(net: str) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, {**PAIR, "name": "HQ"})
        run(site, "plan").ok()
        assert data(site)["counts"] == {"hosts": 3, "steps": 0, "removals": 0}
        assert text(site).count("Nothing is to be done.") == 4
        applied = run(site, "apply").ok()
        assert (applied.written, applied.changed) == ([], 0)
        site.lab.servers["DHCP01"].relationships["HQ"].percentage = 70
        declare(site, HQ)
        assert run(site, "apply").ok().written == [], "the data of the plan asks for nothing"


def test_copies_that_go_are_in_the_plan_and_no_others_go(net: str) -> None:
    with Site(company(), "standin", net) as site:
        before = served(site.lab)
        declare(site, {**PAIR, "name": "HQ", "scopes": ["10.0.9.0"]}, **PURGE)
        assert "10.0.9.0" in run(site, "plan").failure("Keep the relationships as declared")["msg"]
        assert not (site.folder / "plan.md").exists()
        declare(site, {**PAIR, "name": "HQ", "state": "absent"}, **PURGE)
        run(site, "plan").ok()
        line = "REMOVAL: 10.0.1.0 is kept on DHCP01, and deleted on DHCP02, with its leases; the copies are equal"
        assert line in text(site).splitlines()
        there = site.lab.servers["DHCP02"]
        there.scopes[HQ_SCOPE].name = "Renamed there"
        assert run(site, "apply").counts.writes == 0
        there.scopes[HQ_SCOPE].name = "Clients"
        run(site, "apply").ok()
        assert HQ_SCOPE not in there.scopes
        assert BRANCHES_SCOPE in there.scopes
        assert served(site.lab) == before


def test_a_name_that_looks_like_a_template_is_a_name(net: str) -> None:
    name = "{{ 7 * 7 }} K\u00f6ln `x` </b>"
    with Site(company(), "standin", net) as site:
        declare(site)
        path = site.folder / "group_vars" / "dhcp_servers.yml"
        entries = [{**PAIR, "name": name, "scopes": ["10.0.1.0"]}, {**PAIR, "name": "HQ"}, MUNICH]
        raw = json.dumps({"failover_relationships": entries, "failover_other_copy": "delete"}, ensure_ascii=False)
        path.write_text(raw.replace(json.dumps(name, ensure_ascii=False), f"!unsafe '{name}'"), encoding="utf-8")
        run(site, "plan").ok()
        assert f"DHCP01: create relationship '{name}' with dhcp02.contoso.example" in text(site)
        run(site, "apply").ok()
        assert name in site.lab.servers["DHCP01"].relationships


# --- what has changed in between -------------------------------------------------------------------------------------


def by_hand(site: Site) -> None:
    for server in site.lab.servers.values():
        if "HQ" in server.relationships:
            server.relationships["HQ"].scopes.clear()
    del site.lab.servers["DHCP02"].scopes[HQ_SCOPE]


def setting(site: Site) -> None:
    site.lab.servers["DHCP01"].relationships["HQ"].percentage = 65


def setting_of_the_other_host(site: Site) -> None:
    site.lab.servers["DHCP02"].relationships["Branches"].mclt = timedelta(seconds=900)


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (by_hand, ["dhcp01: new: DHCP01: add to relationship 'HQ', copying to dhcp02.contoso.example: 10.0.1.0"]),
        (
            setting,
            [
                "dhcp01: new: DHCP01: modify relationship 'HQ': load_balance_percent 65 -> 70, max_client_lead_time "
                "01:00:00 -> 02:00:00",
                "dhcp01: gone: DHCP01: modify relationship 'HQ': load_balance_percent 60 -> 70, max_client_lead_time "
                "01:00:00 -> 02:00:00",
            ],
        ),
        (
            setting_of_the_other_host,
            [
                "dhcp02: new: DHCP02: modify relationship 'Branches': max_client_lead_time 00:15:00 -> 00:30:00",
                "dhcp02: gone: DHCP02: modify relationship 'Branches': max_client_lead_time 01:00:00 -> 00:30:00",
            ],
        ),
    ],
    ids=["a scope", "a setting", "a setting of another host"],
)
def test_a_server_that_was_changed_refuses_the_whole(
    net: str, change: Callable[[Site], None], lines: list[str]
) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, {**HQ, "scopes": ["10.0.1.0"]}, BACK)
        run(site, "plan").ok()
        change(site)
        said = refused(run(site, "apply"))
        print(said)
        assert [line for line in lines if f"\n- {line}" not in said] == []


def test_the_data_and_variables_of_the_file_count_and_not_those_of_today(net: str) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, HQ)
        run(site, "plan").ok()
        gone = [{**PAIR, "name": name, "state": "absent"} for name in ("HQ", "Branches")]
        declare(site, *gone, **PURGE, failover_purge_relationships=True, failover_only=["Branches"])
        assert run(site, "apply").ok().written == ["Set-DhcpServerv4Failover"]
        assert {*site.lab.servers["DHCP01"].relationships} == {"HQ", "Branches", "Munich"}


def test_what_is_given_otherwise_by_an_option_is_refused_by_its_name(net: str) -> None:
    given = {"failover_purge_relationships": True, "failover_other_copy": "delete"}
    with Site(company(), "standin", net) as site:
        declare(site, HQ)
        run(site, "plan").ok()
        said = refused(run(site, "apply", "-e", json.dumps(given)))
        for name in given:
            assert f"dhcp01: {name}: is given as another value than the plan has; leave it out" in said


@pytest.mark.parametrize("host", ["dhcp01", "dhcp02"])
def test_a_host_that_cannot_be_reached_refuses_the_whole(net: str, host: str) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, HQ, BACK)
        run(site, "plan").ok()
        site.service.endpoints[host.upper()].close()
        applied = run(site, "apply")
        print(applied.output)
        assert applied.code
        assert (applied.written, applied.counts.writes) == ([], 0)
        assert f"{host}: cannot be reached: " in refused(applied)


def test_and_there_is_no_plan_without_it(net: str) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, HQ, BACK)
        site.service.endpoints["DHCP02"].close()
        said = run(site, "plan").failure("Write the plan")["msg"]
        assert said.startswith("A plan is one of all hosts (failover_hosts leaves some out), and nothing was written:")
        assert "\n- dhcp02: cannot be reached: " in said
        assert not (site.folder / "plan.md").exists()


def test_a_plan_of_some_hosts_is_about_those(net: str) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, HQ, BACK)
        run(site, "plan", "--limit", "dhcp01,dhcp03").ok()
        assert "is a plan for dhcp03, too" in refused(run(site, "apply", "--limit", "dhcp01"), "Read the plan")
        assert run(site, "apply").ok().written == ["Set-DhcpServerv4Failover"]
        assert site.lab.servers["DHCP02"].relationships["Branches"].mclt == timedelta(hours=1)


def test_a_part_that_is_done_asks_for_a_new_plan_and_says_what_is_left(net: str) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, HQ, BRANCHES)
        run(site, "plan").ok()
        site.lab.fail_next("DHCP01", "Set-DhcpServerv4Failover", "DHCP 20133", after=1)
        broken = run(site, "apply")
        assert broken.code
        assert broken.written == ["Set-DhcpServerv4Failover", "Set-DhcpServerv4Failover"]
        said = refused(run(site, "apply"))
        print(said)
        assert "gone: DHCP01: modify relationship 'HQ'" in said
        assert "a part of it is done, and this is left: DHCP01: modify relationship 'Branches'" in said


def test_a_host_that_is_done_leaves_the_others_to_be_done(net: str) -> None:
    """The run was killed in between: what is left is whole plans of other hosts, which somebody has agreed to."""
    with Site(company(), "standin", net) as site:
        declare(site, HQ, BACK)
        run(site, "plan").ok()
        site.run("windhcp.failover.site", "--limit", "dhcp01").ok()
        other = run(site, "apply", "-e", '{"failover_expected_plan": null}')
        assert "sets itself" in refused(other, "Check the site's data before anything is written")
        applied = run(site, "apply").ok()
        assert applied.written == ["Set-DhcpServerv4Failover"]
        assert "On dhcp01 everything that it would do is there already." in applied.result(TO_DO)["msg"]


# --- files that are not as they were written -------------------------------------------------------------------------


def forge(site: Site, *changes: tuple[str, str, str]) -> None:
    """Another plan, in both files, with a fingerprint that is right: each text of the data, and as the text has it."""
    reviewed, made = text(site), data(site)
    before, raw = made.pop("fingerprint"), json.dumps(made)
    for old, new, shown in changes:
        assert old in reviewed
        reviewed, raw = reviewed.replace(old, shown), raw.replace(json.dumps(old), json.dumps(new))
    made = json.loads(raw)
    told = json.dumps(made, sort_keys=True, separators=(",", ":")).encode()
    after = f"sha256:{hashlib.sha256(told).hexdigest()}"
    (site.folder / "plan.json").write_text(
        json.dumps({**made, "fingerprint": after}, indent=1) + "\n", encoding="utf-8"
    )
    (site.folder / "plan.md").write_text(reviewed.replace(before, after), encoding="utf-8")


def test_a_text_or_data_that_was_edited_is_refused(net: str) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, HQ)
        run(site, "plan").ok()
        reviewed, raw = text(site), json.dumps(data(site), indent=1) + "\n"
        edits = [
            ("plan.md", reviewed.replace("60 -> 70", "60 -> 50"), "the text and the JSON do not agree"),
            ("plan.json", raw.replace('"load_balance_percent": 70', '"load_balance_percent": 0'), "do not agree"),
            ("plan.json", raw.replace("plan/1", "plan/2"), "was made by version '0.1.0' of the collection (format "),
            ("plan.json", raw + raw, "no JSON that can be read"),
        ]
        for name, content, words in edits:
            (site.folder / "plan.md").write_text(reviewed, encoding="utf-8")
            (site.folder / "plan.json").write_text(raw, encoding="utf-8")
            (site.folder / name).write_text(content, encoding="utf-8")
            assert words in refused(run(site, "apply"), "Read the plan")
        (site.folder / "plan.md").write_bytes(b"\xff")
        assert "plan.md is not UTF-8" in refused(run(site, "apply"), "Read the plan")


def test_nothing_of_a_forged_plan_is_run(net: str) -> None:
    with Site(company(), "standin", net) as site:
        declare(site, HQ, failover_other_copy="disable")
        run(site, "plan").ok()
        ran = site.folder / "ran"
        template = "{{ lookup('ansible.builtin.pipe', 'touch " + str(ran) + "') }}"
        unsafe = f'!unsafe "{template}"'
        (step,) = steps(site)["dhcp01"]
        genuine = [(path, path.read_bytes()) for path in (site.folder / "plan.md", site.folder / "plan.json")]
        for old, new, shown, task, words in (
            (step, template, template, COMPARE, f"gone: DHCP01: {template}"),
            (data(site)["created"], template, template, "", ""),
            ("HQ", template, unsafe, "", ""),
            ("disable", template, unsafe, COMPARE, "failover_other_copy: is none of delete, disable."),
        ):
            forge(site, (old, new, shown))
            applied = run(site, "apply", "-vvv", *([] if task else ["--check"]))
            print(old, applied.output)
            assert applied.written == []
            assert not ran.exists()
            if task:
                assert words in refused(applied, task)
            for path, content in genuine:
                path.write_bytes(content)


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_no_secret_is_in_the_files_or_in_the_output(net: str) -> None:
    """That of an entry, and that of all; they come from the variables of today."""
    new: dict[str, Any] = {
        "name": "New",
        **PAIR,
        "scopes": ["10.0.8.0"],
        "create_scopes": [],
        "shared_secret": "{{ vault_own }}",
    }
    new["create_scopes"] = [
        {
            "scope_id": "10.0.8.0",
            "name": "N",
            "subnet_mask": "255.255.255.0",
            "start_range": "10.0.8.10",
            "end_range": "10.0.8.99",
        }
    ]
    common = {"failover_shared_secret": "{{ vault_all }}", "failover_update_secret": "on_change"}
    with Site(company(), "standin", net) as site:
        vault = site.folder / "vault.yml"
        vault.write_text(f"vault_own: {SECRET}\nvault_all: {OTHER}\n", encoding="utf-8")
        declare(site, {**HQ, "enable_auth": True}, new, **common)
        options = ("-vvv", "--diff", "-e", f"@{vault}")
        planned = run(site, "plan", *options).ok()
        assert data(site)["hosts"][0]["secrets"] == [
            {"relationship": "HQ", "variable": "failover_shared_secret"},
            {"relationship": "New", "variable": "shared_secret"},
            {"relationship": "Munich", "variable": "failover_shared_secret"},
        ]
        vault.write_text(f"vault_own: ''\nvault_all: {OTHER}\n", encoding="utf-8")
        lost = run(site, "apply", *options)
        assert (lost.code, lost.written) == (2, [])
        vault.write_text(f"vault_own: {SECRET}\nvault_all: {OTHER}\n", encoding="utf-8")
        applied = run(site, "apply", *options).ok()
        here = site.lab.servers["DHCP01"].relationships
        assert here["New"].secret != here["HQ"].secret
        assert None not in (here["New"].secret, here["HQ"].secret)
        salts, hashes = kept(site)
        assert hashes
        run(site, "apply", *options).ok()
        for where in (
            planned.output,
            lost.output,
            applied.output,
            json.dumps(applied.tasks),
            text(site),
            json.dumps(data(site)),
        ):
            assert [one for one in (SECRET, OTHER, *hashes) if one in where] == []
        assert [one for one in salts if one in text(site) or one in json.dumps(data(site))] == []
