# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One pair: read both servers, use what they say as the site's data, expect nothing to happen; edit it, expect one
cmdlet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from harness import Run, Site

from adopt_proof.edit import edit
from adopt_proof.pair import make


class Failure(AssertionError):
    """The proof does not hold for a pair; the text says what happened instead."""


def prove(seed: int, number: int, door: str, net: str) -> str:
    """Proves one pair, in words. Raises Failure."""
    random = Random(f"{seed}/{number}")
    pair = make(random)
    with Site(pair.lab, door, net) as site:
        data = adopted(site, random)
        found = described(data)
        again = site.site(data)
        expect(again, found, "adopting it", changed=0, written=[])
        edited = edit(data, pair, random)
        run = site.site(edited.data)
        expect(run, found, edited.text, changed=1, written=[edited.cmdlet])
    return f"{found}; adopted: changed 0, writes 0; {edited.text}: {edited.cmdlet}"


def adopted(site: Site, random: Random) -> Sequence[Mapping[str, Any]]:
    """What dhcp_failover_info calls config, of both servers, in any order."""
    run = site.run("windhcp.failover.info")
    if run.code:
        raise Failure(f"reading failed:\n{run.output}")
    configs = [one["result"]["config"] for one in run.tasks if "config" in one["result"]]
    data = [entry for config in configs for entry in config["failover_relationships"]]
    if len(data) != sum(len(server.relationships) for server in site.lab.servers.values()):
        raise Failure(f"not every relationship was found: {data}")
    random.shuffle(data)
    return data


def expect(run: Run, found: str, doing: str, *, changed: int, written: list[str]) -> None:
    if run.code or (run.changed, list(run.written)) != (changed, written):
        raise Failure(
            f"{found}; {doing}: changed {run.changed} (not {changed}), written {list(run.written)} (not "
            f"{written})\n{run.output}"
        )


def described(data: Sequence[Mapping[str, Any]]) -> str:
    one_each = list({entry["name"]: entry for entry in data}.values())
    modes = [entry["mode"] for entry in one_each]
    return (
        f"{len(one_each)} relationships ({modes.count('load_balance')} load balance, {modes.count('hot_standby')} hot "
        "standby, "
        f"{sum(entry['enable_auth'] for entry in one_each)} with authentication, "
        f"{sum(not entry['scopes'] for entry in one_each)} empty)"
    )
