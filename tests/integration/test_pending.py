# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run's tasks leave for its later ones: for that run and that server, wherever Ansible keeps it."""

from __future__ import annotations

from typing import Any

import yaml
from harness import Run, Site, lab

PREFIX = "windhcp.failover.dhcp_failover_"
UNKNOWN = "no task of this play declared it"
NEW = {
    "scope_id": "10.99.1.0",
    "subnet_mask": "255.255.255.0",
    "start_range": "10.99.1.10",
    "end_range": "10.99.1.99",
    "name": "New",
}


def declared(name: str, partner: str = "dhcp02", **task: Any) -> dict[str, Any]:
    options = {"name": name, "partner_server": f"{partner}.contoso.example"}
    return {"name": f"Declare {name}", f"{PREFIX}relationship": options, **task}


def scopes(name: str, called: str, *ids: str, **task: Any) -> dict[str, Any]:
    return {"name": called, f"{PREFIX}scope": {"relationship": name, "scopes": list(ids)}, **task}


def test_a_fact_cache_gives_nothing_to_the_next_run(net: str) -> None:
    """A nightly report says the same each night, and a run after it does not take what was only checked for a task."""
    with Site(lab(), "standin", net) as site:
        kept = site.folder / "facts"
        cache = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(kept)}

        def play(*tasks: dict[str, Any], check: bool = False) -> Run:
            path = site.folder / "cached.yml"
            path.write_text(yaml.safe_dump([{"hosts": "dhcp01", "gather_facts": False, "tasks": list(tasks)}]))
            return site.run(path, *(["--check"] if check else []), environment=cache)

        report = [declared("HQ"), scopes("HQ", "Scope", "10.10.10.0"), scopes("HQ", "More", "10.10.20.0")]
        nights = [play(*report, check=True).ok() for _call in range(2)]
        assert [night.changed for night in nights] == [2, 2]
        (file,) = kept.glob("*dhcp01")
        assert "windhcp_failover_pending_dhcp01" in file.read_text(encoding="utf-8"), "it was kept"
        run = play(scopes("HQ", "Alone", "10.10.20.0"))
        assert UNKNOWN in run.failure("Alone")["msg"]
        assert run.written == []


def test_tasks_that_are_delegated_find_what_was_declared_for_their_server(net: str) -> None:
    """In a loop over servers, with delegate_facts and without; what was only checked reaches no task that writes."""
    here, there = {"delegate_to": "dhcp01"}, {"delegate_to": "dhcp02"}
    partner = "{{ {'dhcp01': 'dhcp02', 'dhcp02': 'dhcp01'}[item] }}"
    both = declared("Of {{ item }}", partner, loop=["dhcp01", "dhcp02"], delegate_to="{{ item }}")
    created = {"relationship": "Of dhcp02", "create_scopes": [NEW]}
    tasks = [
        both,
        declared("Branches", **here, delegate_facts=True),
        declared("Berlin", **here, check_mode=True),
        scopes("Berlin", "Checked", "10.10.20.0", **here, check_mode=True),
        scopes("Berlin", "Written", "10.10.20.0", **here, ignore_errors=True),
        scopes("Branches", "Elsewhere", "10.20.10.0", **there, ignore_errors=True),
        scopes("Branches", "Branches", "10.20.10.0", **here),
        scopes("Of dhcp01", "Here", "10.10.10.0", **here),
        {"name": "There", f"{PREFIX}scope": created, **there},
    ]
    with Site(lab(), "standin", net) as site:
        run = site.play(tasks, host="localhost").ok()
        assert run.result("Checked")["changed"]
        for name in ("Written", "Elsewhere"):
            assert UNKNOWN in run.failure(name)["msg"]
        for name in ("Branches", "Here", "There"):
            assert run.result(name)["changed"]
        assert set(site.lab.servers["DHCP01"].relationships) == {"Of dhcp01", "Of dhcp02", "Branches"}


def test_all_that_the_items_of_a_loop_declare_counts(net: str) -> None:
    """Also of the role, which loops over the site's data, and of several items about one relationship."""
    loop = {"loop": ["10.10.10.0", "10.10.20.0"]}
    create = {"partner_server": "dhcp02.contoso.example"}
    checked = {"relationship": "Checked", "scopes": ["{{ item }}"], "create_relationship": create}
    data = [{"name": name, "primary": "dhcp01", "partner": "dhcp02", **create} for name in ("Role 1", "Role 2")]
    role = {"name": "windhcp.failover.failover", "apply": {"run_once": True}}
    tasks = [
        {"name": "Check", f"{PREFIX}scope": checked, "check_mode": True, **loop},
        scopes("Checked", "Both", "10.10.10.0", "10.10.20.0", check_mode=True),
        declared("Loop {{ item }}", loop=[1, 2, 3]),
        {"name": "Role", "ansible.builtin.include_role": role, "vars": {"failover_relationships": data}},
        scopes("Loop 1", "Of the loop", "10.10.10.0"),
        scopes("Role 1", "Of the role", "10.10.20.0"),
    ]
    with Site(lab(), "standin", net) as site:
        run = site.play(tasks).ok()
        steps = [item["plan"][-1]["step"].split(" ")[0] for item in run.result("Check")["results"]]
        assert steps == ["create", "add"], "the second item goes on from the first"
        assert run.result("Both")["plan"] == []
        assert set(site.lab.servers["DHCP01"].relationships) == {"Loop 1", "Role 1"}
