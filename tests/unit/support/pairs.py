# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A pair of simulated servers with scopes in failover, and tasks on them: the real action plugins against the lab.

What a test of a module needs: `pair()` makes the servers, `Pair.reached`, `refused` and `run` are a task as a user runs
it, and `server` is what there is afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from ipaddress import IPv4Address
from typing import Any

from lab.core.lab import Lab
from nothing_lost.said import otherwise, shown_otherwise
from nothing_lost.scenarios import ONE, THREE, TWO, lab, members
from nothing_lost.task import Wire, perform

__all__ = ["ONE", "THREE", "TWO", "Pair", "answering", "pair", "steps", "unhurried"]

SCOPE, RELATIONSHIP = "dhcp_failover_scope", "dhcp_failover_relationship"


@dataclass
class Pair:
    """DHCP01 and DHCP02 (and DHCP03, which has nothing), tasks running on dhcp01."""

    lab: Lab = field(default_factory=lab)

    def __post_init__(self) -> None:
        self.wire = Wire(self.lab)

    def run(self, module: str, *, host: str = "dhcp01", check_mode: bool = False, **options: Any) -> dict[str, Any]:
        self.wire.calls = 0
        return perform(self.wire, module, options, host, check_mode)

    def ok(self, module: str, **options: Any) -> dict[str, Any]:
        result = self.run(module, **options)
        assert not result.get("failed"), result["msg"]
        self.came(result, options)
        return result

    def came(self, result: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        """Where something was run: the servers show what the plan said, and the result what diff.after said."""
        if self.wire.plan is not None and not options.get("check_mode"):
            wrong = list(otherwise(self.lab, self.wire.plan))
            assert wrong == [], "; ".join(wrong)
            wrong = list(shown_otherwise(self.lab, self.wire.plan, result))
            assert wrong == [], "; ".join(wrong)

    def reached(self, module: str, **options: Any) -> dict[str, Any]:
        """The run does what check mode said, which wrote nothing, and the next run changes nothing."""
        with self.unchanged():
            ahead = self.run(module, check_mode=True, **options)
        result = self.ok(module, **options)
        shown = ("changed", "plan", "removals", "diff", "warnings")
        assert [ahead.get(key) for key in shown] == [result.get(key) for key in shown]
        assert not self.ok(module, **options)["changed"]
        return result

    def refused(self, module: str, **options: Any) -> str:
        """Fails in check mode and in earnest, both with the same words, and nothing is written."""
        messages = []
        for check_mode in (True, False):
            with self.unchanged():
                result = self.run(module, check_mode=check_mode, **options)
            assert result.get("failed"), f"it was not refused: {result}"
            assert not result["changed"]
            messages.append(result["msg"])
        assert messages[0] == messages[1]
        assert messages[0].endswith("."), "it is a sentence"
        return str(messages[0])

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        mark = self.lab.audit.mark()
        yield
        assert [
            entry.cmdlet
            for entry in self.lab.audit.since(mark, "cmdlet")
            if entry.write and entry.cmdlet != "Export-DhcpServer"
        ] == []

    def remove(self, *scopes: IPv4Address, **options: Any) -> dict[str, Any]:
        """The options of a removal from HQ."""
        return {
            "relationship": "HQ",
            "scopes": [str(scope) for scope in scopes],
            "state": "absent",
            "wait_timeout": 1,
            **options,
        }

    def server(self, name: str) -> Any:
        return self.lab.servers[name]


def steps(result: Mapping[str, Any]) -> list[str]:
    """What a user is shown of the plan."""
    return [step["step"] for step in result["plan"]]


def pair(*scopes: IPv4Address, **switches: Any) -> Pair:
    """With these scopes in HQ (ONE and TWO if none are given), under other answers to open questions."""
    servers = Pair()
    for name, answer in switches.items():
        servers.lab.switches = servers.lab.switches.with_answer(name, answer)
    task = members(*(scopes or (ONE, TWO)))
    servers.ok(task.module, **task.options)
    return servers


def unhurried(*scopes: IPv4Address, **switches: Any) -> Pair:
    """Such a pair by a clock of its own: what waits some seconds for an answer takes none of our time."""
    servers = pair(*scopes, **switches)
    servers.lab.clock, servers.lab.simulated_waits = datetime.now(timezone.utc), True
    return servers


def answering(read: str = "scopes", of: int | None = None, **properties: Any) -> Pair:
    """Servers of which the first object of a read, or each, has other values of some properties."""
    servers = pair(ONE)
    plain = servers.wire.execute

    def execute(server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        answer: dict[str, Any] = json.loads(json.dumps(plain(server, arguments)))
        for result in (*answer["reply"]["before"], *answer["reply"]["finally"]):
            if result["id"] == read:
                for shown in result["objects"][:of]:
                    shown.update(properties)
        return answer

    servers.wire.execute = execute  # type: ignore[method-assign]
    return servers
