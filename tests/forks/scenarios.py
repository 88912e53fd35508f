# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sites whose servers write to each other in one run of a playbook. A step that fails is told; the next is not run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

import yaml
from harness import Run, Site
from lab import topology
from lab.core.lab import Lab

Entry = Mapping[str, Any]
SPOKES = 10


class Failure(AssertionError):
    """A step did not end as it has to; the text says which, and what was told."""


def two_primaries(door: str, net: str) -> str:
    """Each of two servers is the primary of a relationship with the other: create, change, replicate, change places.
    Returns what was done, in words. Raises Failure."""
    with Site(servers({"DHCP01": "10.50.1.0", "DHCP02": "10.60.1.0"}), door, net) as site:
        data = [standby("SiteA", 1, 2, "10.50.1.0"), standby("SiteB", 2, 1, "10.60.1.0")]
        return done(site, data, swapped=True)


def hub(door: str, net: str, spokes: int = SPOKES) -> str:
    """Spokes that are primaries of a relationship with one hub, all at once. Returns what was done, in words. Raises
    Failure."""
    subnets = {number: f"10.50.{number}.0" for number in range(1, spokes + 1)}
    scopes: dict[str, str | None] = {f"DHCP{number:02}": subnet for number, subnet in subnets.items()}
    with Site(servers({**scopes, f"DHCP{spokes + 1:02}": None}), door, net) as site:
        data = [standby(f"Spoke{number}", number, spokes + 1, subnet) for number, subnet in subnets.items()]
        return done(site, data, "--forks", str(spokes))


def done(site: Site, data: Sequence[Entry], *options: str, swapped: bool = False) -> str:
    """The site from nothing to its last change. Raises Failure."""
    steps = []
    for step, entries, playbook, more in _steps(site, data, swapped):
        run = site.site(entries, *more, *options, playbook=playbook)
        _expect(step, run, len(data))
        steps.append(step)
    again = site.site(entries, *options)
    if again.code or again.changed:
        raise Failure(f"once more: rc {again.code}, changed {again.changed} (not 0)\n{told(again)}")
    return f"{', '.join(steps)}: changed {len(data)} each, and then nothing"


def _steps(
    site: Site, data: Sequence[Entry], swapped: bool
) -> Iterator[tuple[str, Sequence[Entry], str, Sequence[str]]]:
    yield "create", data, "site", ()
    changed = [{**entry, "max_client_lead_time": "2:00:00"} for entry in data]
    yield "change", changed, "site", ()
    for entry in data:
        primary = site.lab.servers[entry["primary"].upper()]
        primary.scopes[IPv4Address(entry["scopes"][0])].description = "changed on its primary"
    yield "replicate", changed, "replicate", ()
    if swapped:
        places = [
            {**entry, "primary": entry["partner"], "partner": entry["primary"]}
            | {"partner_server": f"{entry['primary']}.corp.example"}
            for entry in changed
        ]
        meant = {"failover_relationships_to_swap": [entry["name"] for entry in data], "failover_dry_run": False}
        yield "swap_roles", places, "swap_roles", ("-e", json.dumps(meant))


def _expect(step: str, run: Run, changes: int) -> None:
    if run.code or run.changed != changes:
        raise Failure(f"{step}: rc {run.code}, changed {run.changed} (not {changes})\n{told(run)}")


def told(run: Run) -> str:
    """What failed, or all of the output where no task did."""
    failures = [
        f"{one['host']}: {item['msg']}"
        for one in run.tasks
        if one["status"] != "ok"
        for item in one["result"].get("results", [one["result"]])
        if item.get("failed") and "msg" in item
    ]
    return "\n".join(failures) or run.output


def standby(name: str, primary: int, partner: int, scope: str) -> dict[str, Any]:
    """A relationship of the site's data."""
    return {
        "name": name,
        "primary": f"dhcp{primary:02}",
        "partner": f"dhcp{partner:02}",
        "partner_server": f"dhcp{partner:02}.corp.example",
        "mode": "hot_standby",
        "scopes": [scope],
    }


def servers(scopes: Mapping[str, str | None]) -> Lab:
    """Servers that have one scope, or none, and no relationship."""
    described = {
        name: {
            "fqdn": f"{name.lower()}.corp.example",
            "address": f"127.0.0.{number}",
            "ip": f"10.50.0.{number}",
            "scopes": {scope: _scope(scope)} if scope else {},
        }
        for number, (name, scope) in enumerate(scopes.items(), 11)
    }
    credentials = [{"user": "administrator", "password": "random"}]
    return topology.loads(yaml.safe_dump({"credentials": credentials, "servers": described}))


def _scope(scope: str) -> dict[str, str]:
    subnet = scope.removesuffix("0")
    ends = {"start_range": f"{subnet}10", "end_range": f"{subnet}200"}
    return {"name": f"Net {scope}", "subnet_mask": "255.255.255.0", **ends}
