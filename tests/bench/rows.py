# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is measured side by side: each row is a play that does its work on every primary of an estate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.servers import Estate

COLLECTION = "windhcp.failover"
OTHER = "other"
Task = Mapping[str, Any]

_ENTRY = {
    "partner_server": "{{ item.partner_server }}",
    "mode": "{{ item.mode }}",
    "load_balance_percent": "{{ item.load_balance_percent }}",
}


@dataclass(frozen=True)
class Row:
    """`task`: what the play does, with the entries of its host in `relationships`. `module`: what it cannot do
    without. `changes`: it brings a server to what is declared. `everywhere`: it runs on the partners as well."""

    name: str
    words: str
    task: Task
    module: str = ""
    changes: bool = True
    everywhere: bool = False


def own(name: str) -> str:
    return f"{COLLECTION}.{name}"


ROWS: Mapping[str, Row] = {
    row.name: row
    for row in (
        Row("floor", "a script that does nothing", {"bench_floor": {}}, changes=False),
        Row("reads", "a script that only makes the same reads", {"bench_reads": {}}, changes=False),
        Row("info", own("dhcp_failover_info"), {own("dhcp_failover_info"): {}}, changes=False),
        Row(
            "dhcp_failover",
            own("dhcp_failover"),
            {own("dhcp_failover"): {"relationships": "{{ relationships }}"}},
            "dhcp_failover",
        ),
        Row("role", f"role {own('failover')}", {"include_role": {"name": own("failover")}}, everywhere=True),
        Row(
            "relationships",
            f"{own('dhcp_failover_relationship')} in a loop",
            {
                own("dhcp_failover_relationship"): {"name": "{{ item.name }}", "scopes": "{{ item.scopes }}", **_ENTRY},
                "loop": "{{ relationships }}",
                "loop_control": {"label": "{{ item.name }}"},
            },
        ),
        Row(
            "scopes",
            f"{own('dhcp_failover_scope')} for each scope",
            {
                own("dhcp_failover_scope"): {"relationship": "{{ item.0.name }}", "scopes": ["{{ item.1 }}"]},
                "loop": "{{ relationships | subelements('scopes') }}",
                "loop_control": {"label": "{{ item.1 }}"},
            },
        ),
    )
}
DEFAULT_ROWS = ("floor", "reads", "info", "dhcp_failover", "role", "relationships")


@dataclass(frozen=True)
class Other:
    """Another collection. `path`: its root, where galaxy.yml or MANIFEST.json lies; `task`: as in a playbook."""

    path: Path
    task: Task

    @classmethod
    def load(cls, path: str, task: str) -> Other:
        """From a folder and the file of one task. Raises OSError, YAMLError."""
        return cls(Path(path).resolve(strict=True), yaml.safe_load(Path(task).read_text(encoding="utf-8")))

    @property
    def name(self) -> tuple[str, str]:
        """Namespace and name. Raises OSError, KeyError."""
        built = self.path / "MANIFEST.json"
        if built.exists():
            about = json.loads(built.read_text(encoding="utf-8"))["collection_info"]
        else:
            about = yaml.safe_load((self.path / "galaxy.yml").read_text(encoding="utf-8"))
        return about["namespace"], about["name"]

    @property
    def row(self) -> Row:
        return Row(OTHER, f"{next(word for word in self.task if '.' in word)} in a loop", self.task)


def play(row: Row) -> Sequence[Mapping[str, Any]]:
    """The playbook."""
    hosts = "all" if row.everywhere else "primaries"
    return [{"name": row.name, "hosts": hosts, "gather_facts": False, "tasks": [{"name": row.name, **row.task}]}]


def variables(estate: Estate) -> Mapping[str, Mapping[str, Any]]:
    """What lies beside the inventory: the content of the files of variables, by their paths."""
    hosts = {f"host_vars/{host}.json": {"relationships": entries} for host, entries in estate.declared.items()}
    return {"group_vars/all.json": {"failover_relationships": estate.site}, **hosts}


def is_there(row: Row, collection: Path) -> bool:
    """Whether the built collection has what the row needs."""
    return not row.module or (collection / "plugins" / "action" / f"{row.module}.py").is_file()
