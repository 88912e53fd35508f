# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The hosts of each playbook are never none without a word: it goes to the servers, or to the one that a variable
names, and where there is no such host, or --limit leaves it out, the run fails."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
SERVERS = (
    "{{ failover_hosts | default('dhcp_servers') "
    "if failover_hosts | default('') is string "
    "and query('inventory_hostnames', failover_hosts | default('dhcp_servers')) "
    "else 'all' if ansible_limit | default('') else 'localhost' }}"
)
ONE_SERVER = (
    "{{ undef(hint='%(it)s: is no host that --limit leaves in the run; leave --limit out') "
    "if ansible_limit | default('') and '@' not in ansible_limit "
    "and %(it)s | default('') not in query('inventory_hostnames', ansible_limit) "
    "else %(it)s if %(it)s | default('') in groups['all'] else 'localhost' }}"
)
NAMED = {ONE_SERVER % {"it": it} for it in ("failover_keep", "failover_server", "failover_live_server")}


@pytest.mark.parametrize("path", sorted((ROOT / "playbooks").glob("*.yml")), ids=lambda path: path.stem)
def test_a_play_has_hosts_or_fails(path: Path) -> None:
    for play in yaml.safe_load(path.read_text(encoding="utf-8")):
        assert play["hosts"] in {SERVERS, *NAMED}
        guarded = play["tasks"][0].get("ansible.builtin.import_tasks") == "tasks/servers_there.yml"
        assert guarded is (play["hosts"] == SERVERS)
