# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A secret is nowhere: in no output at any verbosity, in no audit log, in no saved state."""

from __future__ import annotations

import json
from dataclasses import asdict

from harness import Site, lab
from lab import topology

SECRET = "Xk2-never-shown"


def test_no_verbosity_shows_it(door: str, net: str) -> None:
    secret = "{{ secret }}"  # as from a vault: core shows lines of the playbook itself beside an error
    relationship = {"name": "HQ", "partner_server": "dhcp02", "scopes": ["10.10.10.0"], "shared_secret": secret}
    tasks = [
        {"name": "Create", "windhcp.failover.dhcp_failover_relationship": relationship},
        {"name": "Send anew", "windhcp.failover.dhcp_failover_relationship": {**relationship, "update_secret": "always"}},
        {
            "name": "Fail",
            "windhcp.failover.dhcp_failover_scope": {
                "relationship": "New",
                "scopes": ["10.77.0.0"],
                "create_relationship": {"partner_server": "dhcp02", "shared_secret": secret},
            },
            "ignore_errors": True,
        },
    ]
    with Site(lab(), door, net) as site:
        (site.folder / "vault.yml").write_text(f"secret: {SECRET}\n", encoding="utf-8")
        run = site.play(tasks, "-vvvvv", "--diff", "-e", f"@{site.folder / 'vault.yml'}").ok()
        shown = [line for line in run.output.splitlines() if SECRET in line]
        assert shown == []
        assert SECRET not in json.dumps(run.tasks)
        assert SECRET not in json.dumps([asdict(entry) for entry in site.lab.audit.entries], default=str)
        assert SECRET not in topology.dumps(site.lab)
        passwords = [account.password for server in site.lab.servers.values() for account in server.credentials]
        assert not [one for one in passwords if one in topology.dumps(site.lab)]
        sent, received = (server.relationships["HQ"].secret for server in site.lab.servers.values())
        assert sent == received
        assert sent is not None
