# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The examples of the modules' documentation, every one of them, as one play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from harness import ROOT, Site
from lab import topology
from lab.core.lab import Lab

PREFIX = "windhcp.failover.dhcp_failover_"
SECRET = "kept out of sight"


def examples(module: str) -> list[dict[str, Any]]:
    documented = yaml.safe_load((ROOT / f"plugins/modules/dhcp_failover_{module}.yml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = yaml.safe_load(documented["EXAMPLES"])
    return found


def company() -> Lab:
    """The servers that the examples tell of."""
    ids = ["10.10.1.0", "10.10.2.0", "10.10.30.0", "10.20.1.0", "10.20.2.0", "10.20.3.0", "10.20.9.0"]
    scopes = {
        scope: {
            "name": f"Net {scope}",
            "subnet_mask": "255.255.255.0",
            "start_range": scope[:-1] + "10",
            "end_range": scope[:-1] + "200",
        }
        for scope in ids
    }
    servers = {
        f"DHCP0{number}": {
            "fqdn": f"dhcp0{number}.contoso.example",
            "address": f"127.0.0.{number}",
            "ip": f"10.10.0.{number}",
            "scopes": scopes if number == 1 else {},
        }
        for number in (1, 2)
    }
    return topology.loads(
        yaml.safe_dump({"credentials": [{"user": "administrator", "password": "random"}], "servers": servers})
    )


def between(module: str, **options: Any) -> dict[str, Any]:
    """What happens on the servers between two examples."""
    return {"name": "Between", f"{PREFIX}{module}": options}


def story() -> Iterator[dict[str, Any]]:
    load, standby, remove, swap, again = examples("relationship")
    members, create, new, exactly, away = examples("scope")
    info = examples("info")
    look, report = examples("report")
    report = {**report, f"{PREFIX}report": {**report[f"{PREFIX}report"], "directory": "report"}}
    look_again, keep = examples("adopt")
    need, partners = examples("check")
    (together,) = examples("check_report")
    plan = [*examples("plan_variables"), *examples("plan"), *examples("plan_check")]
    differs, reservations, configuration = examples("replicate")
    preview, back = examples("restore")
    (left_over,) = examples("scope_copy")
    relationship = {"partner_server": "dhcp02.contoso.example"}
    yield from (load, standby, members, create, swap, new, again, *examples("maintenance"))
    yield between("scope", relationship="HQ", scopes=["10.10.30.0"])
    yield between("relationship", name="Old", scopes=["10.20.9.0"], **relationship)
    yield from (
        *info,
        look,
        report,
        look_again,
        keep,
        need,
        partners,
        together,
        differs,
        reservations,
        configuration,
        remove,
    )
    yield from (*examples("site"), *plan)
    third = {"relationship": "Branches", "scopes": ["10.20.3.0"], "partner_host": "dhcp02"}
    yield between("scope", **third, state="absent", keep_scopes_on="this_server", other_copy="disable")
    yield left_over
    yield between("scope", **third)
    yield exactly
    yield between("scope", **third)
    yield away
    gone = between("scope", relationship="HQ", scopes=["10.10.30.0"], state="absent")
    gone[f"{PREFIX}scope"] |= {"keep_scopes_on": "partner", "other_copy": "delete"}
    yield {**gone, "register": "removal"}
    for task in (preview, back):
        yield {**task, f"{PREFIX}restore": {**task[f"{PREFIX}restore"], "path": "{{ removal.safety_copies[0].path }}"}}


def test_every_example_of_the_documentation_runs(net: str) -> None:
    documented = [path.stem for path in (ROOT / "plugins/modules").glob("dhcp_failover_*.yml")]
    names = [task["name"] for path in documented for task in examples(path.removeprefix("dhcp_failover_"))]
    site: Mapping[str, Any] = {
        "name": "HQ",
        "primary": "dhcp01",
        "partner": "dhcp02",
        "scopes": ["10.10.1.0", "10.10.2.0"],
    }
    with Site(company(), "standin", net) as lab:
        (lab.folder / "group_vars").mkdir()
        given = {"vault_failover_secret": SECRET, "failover_relationships": [site]}
        run = lab.play(list(story()), vars=given).ok()
        ran = [*run.tasks]
        for lost in examples("partner_down"):
            fire = lab.play([lost])
            refused = fire.failure(lost["name"])["msg"]
            assert "is in state Normal; a partner is declared down from CommunicationInterrupted only" in refused
            ran += fire.tasks
    with Site(topology.load(topology.TOPOLOGIES / "spare.yml"), "standin", net) as spare:
        (ask,) = examples("live_check")
        one = {
            f"{PREFIX}live_check": {**ask[f"{PREFIX}live_check"], "questions": ["standby_creator"]}
        }  # all take a minute
        ran += spare.play([{**ask, **one}, *examples("live_report")]).ok().tasks
        assert (spare.folder / "windhcp-live.json").is_file()
    assert sorted({one["task"] for one in ran} - {"Between"}) == sorted(names)
    assert SECRET not in run.output
