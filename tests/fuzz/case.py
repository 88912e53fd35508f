# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One case: a task, one of its replies spoilt, and what is wrong with what comes of it."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import json
import random
import traceback
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import MagicMock

from ansible.plugins.action import ActionBase
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import UnexpectedReply
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import ReplyObject
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import Execute
from lab.audit import Entry
from nothing_lost.task import ACTIONS, Wire

from fuzz import mutations, scenes
from fuzz.wild import SECRET

MESSAGE_LIMIT = 20_000
_TURNS = (
    "LRE",
    "LRO",
    "RLE",
    "RLO",
    "PDF",
    "LRI",
    "RLI",
    "FSI",
    "PDI",
)  # characters that turn the order of writing round
SERVERS = ("dhcp01", "dhcp02", "dhcp03")


@dataclass
class Outcome:
    """`kind`: what came of it, in a word; `wrong`: what must not be."""

    number: int
    scene: str
    spoilt: str
    kind: str = ""
    message: str = ""
    wrong: list[str] = field(default_factory=list)
    traceback: str = ""


def run(seed: int, number: int, one_in: int = 1) -> Outcome:
    """`one_in`: of how many scenes one is met at all, since each has to be seen unspoilt first."""
    rng = random.Random(f"{seed} {number}")
    scene = rng.choice(scenes.scenes()[seed % one_in :: one_in])
    spoiler = _Spoiler(scene.wire(), rng, rng.randrange(scenes.calls(scene)))
    outcome = Outcome(number, scene.name, "")
    try:
        with contextlib.redirect_stderr(io.StringIO()), _refusals(spoiler):
            result = _perform(spoiler, scene)
    except Exception as error:
        outcome.kind, outcome.message = "traceback", f"{type(error).__name__}: {error}"[:300]
        outcome.traceback = traceback.format_exc()
        outcome.wrong.append("it ended with a traceback")
    else:
        _judge(outcome, result, spoiler, scene)
    outcome.spoilt = f"reply {spoiler.number}, {spoiler.how}"
    return outcome


class _Spoiler:
    """A wire on which one reply is spoilt.

    `refused_at`: how far the audit was when a reply was found unreadable; `refused`: the plan that it led to was
    refused."""

    def __init__(self, wire: Wire, rng: random.Random, number: int) -> None:
        self.wire, self.number = wire, number
        self.how = ""
        self.refused_at: int | None = None
        self.refused = False
        self._rng = rng

    def answer(
        self, action: Any, server: str, arguments: Mapping[str, Any], execute: Callable[..., Any]
    ) -> Mapping[str, Any]:
        number = self.wire.calls
        text = json.dumps(execute(server.upper(), arguments))
        if number == self.number:
            text, self.how = mutations.spoil(self._rng, text)
        return _parsed(action, text)


def _parsed(action: Any, text: str) -> Mapping[str, Any]:
    """As ansible-core takes what a module printed."""
    printed = {"stdout": text, "stderr": "", "rc": 0}
    profile = ["legacy"] if "profile" in inspect.signature(ActionBase._parse_returned_data).parameters else []
    parsed: Any = ActionBase._parse_returned_data(action, printed, *profile)
    result: Mapping[str, Any] = parsed if isinstance(parsed, Mapping) else parsed.as_result_dict(for_round_trip=True)
    return result


def _perform(spoiler: _Spoiler, scene: scenes.Scene) -> dict[str, Any]:
    task = MagicMock(
        check_mode=scene.check_mode, diff=True, async_val=0, delegate_to=None, args=dict(scene.task.options)
    )
    plugin = importlib.import_module(f"{ACTIONS}.{scene.task.module}").ActionModule

    class Action(plugin):  # type: ignore[misc, valid-type]
        def _execute_module(self, name: str, arguments: Mapping[str, Any], task_vars: Any = None) -> Mapping[str, Any]:
            return spoiler.answer(self, scene.task.host, arguments, spoiler.wire.execute)

        def perform(self, *arguments: Any) -> dict[str, Any]:
            try:
                found: dict[str, Any] = super().perform(*arguments)
            except Refused:
                spoiler.refused = True
                raise
            return found

        @contextlib.contextmanager
        def connect(self, partner: str, task_vars: Any) -> Iterator[tuple[Execute, Callable[[], bool]]]:
            yield lambda arguments: spoiler.answer(self, partner, arguments, spoiler.wire.reach), lambda: False

    action = Action(task, MagicMock(), MagicMock(), MagicMock(), MagicMock(), MagicMock())
    action._used_interpreter = None
    result: dict[str, Any] = action.run(task_vars={"inventory_hostname": scene.task.host, "ansible_facts": {}})
    return result


@contextlib.contextmanager
def _refusals(spoiler: _Spoiler) -> Iterator[None]:
    """Notes when the first reply was found unreadable, whatever becomes of that."""
    plain = UnexpectedReply.__init__

    def noting(self: UnexpectedReply, *arguments: Any) -> None:
        plain(self, *arguments)
        if spoiler.refused_at is None:
            spoiler.refused_at = spoiler.wire.lab.audit.mark()

    UnexpectedReply.__init__ = noting  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        UnexpectedReply.__init__ = plain  # type: ignore[method-assign]


def _judge(outcome: Outcome, result: Mapping[str, Any], spoiler: _Spoiler, scene: scenes.Scene) -> None:
    told = json.dumps(result, default=str)
    outcome.message = str(result.get("msg", ""))
    if result.get("failed"):
        outcome.kind = "failed" if spoiler.refused_at is None else "unreadable"
        outcome.wrong += _wrong_message(outcome.message, names_a_server=not spoiler.refused)
    else:
        outcome.kind = "good"
    if scene.task.options.get("shared_secret") == SECRET and SECRET[:12] in told:
        outcome.wrong.append("it shows the secret")
    if "Traceback (most" in told:
        outcome.wrong.append("it shows a traceback")
    entries = [entry for entry in spoiler.wire.lab.audit.since(spoiler.refused_at or 0, "cmdlet") if entry.write]
    written = [entry.cmdlet for entry in entries if entry.cmdlet != "Export-DhcpServer" and not _undoes(entry)]
    if written and (scene.check_mode or spoiler.refused_at is not None):
        outcome.wrong.append(
            f"something was written after a reply that was refused, or in check mode: {', '.join(written)}"
        )


def _wrong_message(message: str, *, names_a_server: bool) -> Iterator[str]:
    """A plan that is refused for what the servers seem to have names the option."""
    if names_a_server and not any(name in message.lower() for name in SERVERS):
        yield "the message names no server"
    if len(message) > MESSAGE_LIMIT:
        yield f"the message has {len(message)} characters"
    if any(
        unicodedata.category(one) in ("Cc", "Zl", "Zp", "Cs") or unicodedata.bidirectional(one) in _TURNS
        for one in message
    ):
        yield "the message holds characters that cannot be shown"


@contextlib.contextmanager
def sabotaged() -> Iterator[None]:
    """Addresses are read as they once were: a bare one as a list of its characters."""
    from ipaddress import IPv4Address

    plain = ReplyObject.addresses
    ReplyObject.addresses = lambda self, name: tuple(IPv4Address(one) for one in self.properties[name] or ())  # type: ignore[method-assign]
    try:
        yield
    finally:
        ReplyObject.addresses = plain  # type: ignore[method-assign]


def _undoes(entry: Entry) -> bool:
    """A copy that was put out of service for the moment serves again, which a reply that cannot be read is a reason
    for."""
    return entry.cmdlet == "Set-DhcpServerv4Scope" and entry.parameters.get("State") == "Active"
