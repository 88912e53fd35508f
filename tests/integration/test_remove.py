# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbooks remove and partner_down: a dry run first, which lists what the run then does."""

from __future__ import annotations

import json
from typing import Any

from harness import Site
from test_playbooks import (
    BRANCHES_SCOPE,
    DNS,
    DO,
    HQ_SCOPE,
    KEEP,
    LIST,
    assert_changes_nothing,
    becomes,
    company,
    run,
    served,
    waits_take_no_time,
)

NEXT = "Next: to do it, the same command with -e failover_dry_run=false."


def test_a_limit_that_leaves_the_server_out_is_no_success(net: str) -> None:
    """Without a host there is no task that could say it."""
    with Site(company(), "standin", net) as site:
        for keep, limit in (("dhcp01", "dhcp02"), ("DHCP01", "dhcp01"), ("dhcp01", "dhcp_servers:!dhcp01")):
            wanted = {**KEEP, "failover_keep": keep, "failover_scopes_to_remove": "10.0.1.0"}
            left_out = site.run("windhcp.failover.remove", "-e", json.dumps(wanted), "--limit", limit)
            assert "failover_keep: is no host that --limit leaves in the run; leave --limit out" in left_out.output
            assert (left_out.code != 0, left_out.counts.commands) == (True, 0)
        wanted = {**KEEP, "failover_scopes_to_remove": "10.0.1.0"}
        site.run("windhcp.failover.remove", "-e", json.dumps(wanted), "--limit", "dhcp02,dhcp01").ok()


def test_scopes_and_relationships_leave_and_one_server_keeps_them(net: str) -> None:
    wanted: dict[str, Any] = {
        **KEEP,
        "failover_scopes_to_remove": ["10.0.1.0"],
        "failover_relationships_to_remove": "Branches",
    }
    with Site(company(), "standin", net) as site:
        before = served(site.lab)
        dry = run(site, "remove", **wanted).ok()
        assert dry.written == []
        kept = [
            f"{number} is kept on DHCP01, and deleted on DHCP02, with its leases" for number in ("10.0.1.0", "10.0.2.0")
        ]
        assert becomes(dry)[:3] == [f"'HQ': {kept[0]}; the copies are equal", f"{kept[1]}; the copies are equal", DNS]
        assert dry.result(LIST)["msg"][-1] == NEXT
        done = run(site, "remove", **wanted, **DO).ok()
        assert becomes(done) == becomes(dry)
        here, there = site.lab.servers["DHCP01"], site.lab.servers["DHCP02"]
        assert {HQ_SCOPE, BRANCHES_SCOPE} <= here.scopes.keys()
        assert not {HQ_SCOPE, BRANCHES_SCOPE} & there.scopes.keys()
        assert list(here.relationships) == ["HQ", "Munich"], "HQ has no scopes, and is there"
        assert served(site.lab) == before
        assert done.result(LIST)["msg"][-1] == (
            "Next: in failover_relationships take 10.0.1.0 out of the scopes of 'HQ'; give 'Branches' state: absent; "
            "or windhcp.failover.site wants it back."
        )
        again = run(site, "remove", **wanted, **DO)
        assert_changes_nothing(again)
        assert again.result(LIST)["msg"] == [
            "dhcp01: WARNING: 'Branches' is no relationship of dhcp01: it has ended before, or its name is another "
            "one; there is HQ, Munich",
            "dhcp01: WARNING: '10.0.1.0' is in no relationship of dhcp01: it has left before, or another one is meant",
            "Nothing is to be done: dhcp01.",
        ]


def test_the_list_is_never_empty_and_its_next_command_is_the_whole_one(net: str) -> None:
    with Site(company(), "standin", net) as site:
        unknown = run(site, "remove", **KEEP, failover_scopes_to_remove=["10.0.9.0"])
        said = unknown.failure("Find the relationships of the scopes")["msg"]
        assert "failover_scopes_to_remove: has 10.0.9.0, which is no scope of dhcp01" in said
        given = json.dumps({**KEEP, "failover_scopes_to_remove": ["10.0.1.0"]})
        both = site.run("windhcp.failover.remove", "--check", "-e", given).ok()
        assert both.result(LIST)["msg"][-1] == f"{NEXT[:-1]} and without --check."


def test_what_is_wrong_is_told_by_the_variables_of_the_playbook(net: str) -> None:
    with Site(company(), "standin", net) as site:
        said = run(site, "remove").failure("Check who keeps the scopes, and what becomes of the other copies")["msg"]
        assert "failover_keep: is not set" in said
        assert "failover_relationships_to_remove: is not set" in said
        said = run(site, "partner_down", failover_server="dhcp01").failure("Check which server serves alone")["msg"]
        assert "failover_partner: is not set" in said


def test_a_dead_partner_is_declared_down_in_all_its_relationships(net: str) -> None:
    pair = {"failover_server": "dhcp01", "failover_partner": "dhcp02", "failover_partner_is_off": True}
    with Site(company(), "standin", net) as site:
        waits_take_no_time(site)
        alive = run(site, "partner_down", **pair, **DO)
        assert alive.code
        assert alive.written == []
        site.lab.servers["DHCP02"].reachable = False
        looked = run(site, "partner_down", **{**pair, "failover_partner": "DHCP02"}, **DO)
        assert "answers" in looked.failure("Declare the partner down")["results"][0]["msg"], "to the controller"
        assert looked.written == []
        site.service.endpoints["DHCP02"].close()
        dry = run(site, "partner_down", **pair).ok()
        assert dry.written == []
        done = run(site, "partner_down", **pair, **DO).ok()
        assert done.written == ["Set-DhcpServerv4Failover", "Set-DhcpServerv4Failover"]
        states = {name: half.state for name, half in site.lab.servers["DHCP01"].relationships.items()}
        assert states == {"HQ": "PartnerDown", "Branches": "PartnerDown", "Munich": "Normal"}
        shown = "Show what becomes of the relationships"
        assert dry.result(shown)["msg"][1:-1] == done.result(shown)["msg"][1:-1]
        assert_changes_nothing(run(site, "partner_down", **pair, **DO))
