# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What dhcp_failover_info returns of the servers of a lab, as a report takes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet import Seen, report
from pairs import Pair

CREATED = "2026-11-26T08:00:00+00:00"


def seen(servers: Pair, hosts: Sequence[str] = ("dhcp01", "dhcp02"), **options: Any) -> list[Seen]:
    """Each of the hosts is read, its partner over a connection of its own where that is one of them too."""
    servers.wire.inventory = hosts
    found = []
    for host in hosts:
        asked = {"gather": ["drift", "health", "scopes"], "partner_host": "auto", "verdicts_off": [], **options}
        result = servers.run("dhcp_failover_info", host=host, **asked)
        found.append(Seen(host, problem=result["msg"]) if result.get("failed") else Seen(host, plain(result)))
    return found


def on_the_controller(action: Any, hostvars: Mapping[str, Any], *, check_mode: bool = False, **options: Any) -> Any:
    """The result of a task that works with what the variables of hosts hold."""
    task = SimpleNamespace(check_mode=check_mode, diff=False, async_val=0, delegate_to=None, args=options)
    connection = SimpleNamespace(transport="local", _shell=SimpleNamespace(tmpdir=None))
    return action(task, connection, None, None, None, None).run(task_vars={"hostvars": hostvars})


def plain(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """As it is in a variable of Ansible's."""
    return dict(json.loads(json.dumps(result)))


def reported(servers: Pair, hosts: Sequence[str] = ("dhcp01", "dhcp02"), **options: Any) -> Mapping[str, Any]:
    """The report, which is JSON."""
    return plain(report(seen(servers, hosts, **options), CREATED))
