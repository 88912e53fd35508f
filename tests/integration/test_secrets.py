# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A secret is nowhere: in no output at any verbosity, in no audit log, in no saved state."""

from __future__ import annotations

import hmac
import json
import re
from dataclasses import asdict
from typing import Any

from harness import Site, lab
from lab import topology
from lab.powershell.process import PowerShellDoor
from lab.standin import StandinDoor

SECRET = "Xk2-never-shown"
OTHER = "Xk3-never-shown"


def test_no_verbosity_shows_it(door: str, net: str) -> None:
    secret = "{{ secret }}"  # as from a vault: core shows lines of the playbook itself beside an error
    relationship = {"name": "HQ", "partner_server": "dhcp02", "scopes": ["10.10.10.0"], "shared_secret": secret}
    tasks: list[dict[str, Any]] = [
        {"name": "Create", "windhcp.failover.dhcp_failover_relationship": relationship},
        {
            "name": "Send anew",
            "windhcp.failover.dhcp_failover_relationship": {**relationship, "update_secret": "always"},
        },
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


def test_one_that_is_known_again_leaves_no_trace(door: str, net: str) -> None:
    """Sent when it is another one, with nothing in the output from which it could be guessed, and forgotten with the
    relationship."""
    relationship = {"name": "HQ", "partner_server": "dhcp02", "scopes": ["10.10.10.0"], "update_secret": "on_change"}
    absent = {
        "name": "HQ",
        "state": "absent",
        "keep_scopes_on": "this_server",
        "other_copy": "delete",
        "safety_copy": False,
    }
    tasks = [
        {
            "name": name,
            "windhcp.failover.dhcp_failover_relationship": {**relationship, "shared_secret": f"{{{{ {secret} }}}}"},
        }
        for name, secret in (("Create", "secret"), ("Again", "secret"), ("Other", "other"))
    ]
    with Site(lab(), door, net) as site:
        (site.folder / "vault.yml").write_text(f"secret: {SECRET}\nother: {OTHER}\n", encoding="utf-8")
        first = site.play(tasks[:1], "-vvvvvv", "--diff", "-e", f"@{site.folder / 'vault.yml'}").ok()
        salts, hashes = kept(site)
        then = site.play(tasks[1:], "-vvvvvv", "--diff", "-e", f"@{site.folder / 'vault.yml'}").ok()
        more = kept(site)
        gone = site.play([{"name": "Remove", "windhcp.failover.dhcp_failover_relationship": absent}], "-vvvvvv").ok()
        assert kept(site) == ([], [])
        assert len({*salts, *hashes, *more[0], *more[1]}) == 4
        results = [run.result(name) for run, name in ((first, "Create"), (then, "Again"), (then, "Other"))]
        assert [(one["changed"], one["remote_calls"]) for one in results] == [(True, 3), (False, 1), (True, 2)]
        assert results[2]["diff"]["after"]["shared_secret"] == "sent anew"
        for run in (first, then, gone):
            assert not [word for word in (SECRET, OTHER, *hashes, *more[1]) if word in run.output]
            assert not [
                word for word in (SECRET, OTHER, *salts, *hashes, *more[0], *more[1]) if word in json.dumps(run.tasks)
            ]
        # ansible-core prints what the server answers: a proof, which is worth nothing without the number that it was
        # made with
        proofs, words = (set(re.findall(rf"\b[0-9a-f]{{{length}}}\b", then.output)) for length in (64, 32))
        assert '"proof"' in then.output
        assert not [
            word for word in words if hmac.new(hashes[0].encode(), word.encode(), "sha256").hexdigest() in proofs
        ]


def kept(site: Site) -> tuple[list[str], list[str]]:
    """The salts and the hashes on the disks of all servers."""
    door, contents = site.service.door, []
    if isinstance(door, StandinDoor):
        for files in door.files.values():
            contents += [
                content for path in files.paths() if "\\kept\\secret." in path for content in files.found(path).values()
            ]
    elif isinstance(door, PowerShellDoor):
        for server in site.lab.servers.values():
            contents += [path.read_bytes() for path in door.data_folder(server).glob("windhcp.failover/kept/secret.*")]
    lines = [content.decode().splitlines() for content in contents]
    return [public for public, _hidden in lines], [hidden for _public, hidden in lines]


def test_data_of_another_kind_is_not_shown(net: str) -> None:
    """A list within the list, a secret as another variable: whoever checks it says what is wrong without the value."""
    entry = {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02", "shared_secret": SECRET}
    names = {"failover_keep": "dhcp01", "failover_leaving": "dhcp02", "failover_new": "dhcp03"}
    books: list[tuple[str, dict[str, Any]]] = [
        ("site", {}),
        ("migrate", names),
        ("swap_roles", {"failover_relationships_to_swap": ["HQ"]}),
        ("replicate", {}),
    ]
    with Site(lab(), "standin", net) as site:
        for playbook, variables in books:
            data = json.dumps({"failover_relationships": [[entry], [entry]], **variables})
            run = site.run(f"windhcp.failover.{playbook}", "-e", data, "-vvv")
            assert "relationships: entry 1 is a list" in run.output
            assert SECRET not in run.output
        values: dict[str, Any] = {"failover_relationships": [entry], "failover_update_secret": SECRET}
        run = site.run("windhcp.failover.site", "-e", json.dumps(values))
        assert "failover_update_secret: is none of on_create, always, on_change" in run.output
        assert SECRET not in run.output
        values = {"failover_relationships": [entry], "failover_wait_timeout": -1}
        run = site.run("windhcp.failover.site", "-e", json.dumps(values))
        assert "failover_wait_timeout: is -1; it should be 0 to 2147483" in run.output
        assert run.written == []
