# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A sample of `make bench`: its rows over real sockets, counted, and never timed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from bench.rows import OTHER, ROWS, Other, Row
from bench.running import Bench, Measured
from bench.servers import Kept, estate
from bench.sizes import Size

BASIC = """#!powershell
#AnsibleRequires -CSharpUtil Ansible.Basic
$module = [Ansible.Basic.AnsibleModule]::Create($args, @{ options = @{ name = @{ type = 'str' } } })
$module.ExitJson()
"""


def measured(size: str, rows: Sequence[Row], bench: Bench) -> dict[str, Measured]:
    servers = estate(Size.parse(size))
    kept = Kept(servers.lab)
    return {row.name: bench.measure(row, servers, kept) for row in rows}


def test_rows_in_sync(net: str) -> None:
    rows = [ROWS[name] for name in ("floor", "reads", "info", "relationships", "scopes")]
    found = measured("2/4", rows, Bench(net=net, runs=1))
    commands = {"floor": 1, "reads": 1, "info": 1, "relationships": 2, "scopes": 4}
    assert {name: one.counts.commands for name, one in found.items()} == commands
    assert {name: one.counts.starts for name, one in found.items()} == commands
    # a shell that is made and deleted, and four requests for each command
    assert {name: one.counts.requests for name, one in found.items()} == {
        name: 2 + 4 * number for name, number in commands.items()
    }
    assert [one.changed for one in found.values()] == [0] * len(rows)
    assert found["floor"].counts.bytes_out < found["reads"].counts.bytes_out < found["scopes"].counts.bytes_out


@pytest.mark.parametrize("change", ["setting", "scope"])
def test_a_change_is_the_same_change_each_time(net: str, change: str) -> None:
    """Three servers of a play; each run begins where the first did, or the second would have nothing to do."""
    found = measured(f"1/2x3+{change}", [ROWS["relationships"]], Bench(net=net, runs=2))["relationships"]
    assert (found.changed, found.hosts, found.runs) == (3, 3, 2)
    assert found.counts.commands == {"setting": 6, "scope": 9}[change]


def test_another_collection(net: str, tmp_path: Path) -> None:
    """Its script is not run; what it would compile is counted."""
    modules = tmp_path / "plugins" / "modules"
    modules.mkdir(parents=True)
    (tmp_path / "galaxy.yml").write_text("{namespace: a_stranger, name: dhcp, version: 1.0.0}")
    (modules / "keep.ps1").write_text(BASIC)
    task = tmp_path / "task.yml"
    task.write_text("a_stranger.dhcp.keep: {name: '{{ item.name }}'}\nloop: '{{ relationships }}'\n")
    other = Other.load(str(tmp_path), str(task))
    found = measured("3/3", [other.row], Bench(net=net, runs=1, other=other))[OTHER]
    assert (found.counts.commands, found.counts.compiles, found.untold) == (3, 3, 3)
