# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two simulated servers that may be lost, the experiments on them, and what flipping a switch of the lab does to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._live.experiments import EXPERIMENTS
from lab import topology
from lab.core.lab import Lab
from lab.core.open_question import Answer
from lab.core.open_questions import Switches, every_single_change
from lab.standin.files import Files
from nothing_lost.task import Wire, perform

MODULE = "dhcp_failover_live_check"
MOST_SCOPES = 31  # an experiment does not try more in one call


def servers(**answers: Answer) -> Lab:
    lab = topology.load(topology.TOPOLOGIES / "spare.yml")
    for name, answer in answers.items():
        lab.switches = lab.switches.with_answer(name, answer)
    return lab


def run(lab: Lab, act: str = "ask", files: dict[str, Files] | None = None, **options: Any) -> dict[str, Any]:
    """`files`: what earlier runs left on the servers beside what the lab knows."""
    given = {"act": act, "partner_host": "dhcp02", "may_be_lost": True, **options}
    return perform(Wire(lab, files={} if files is None else files), MODULE, given)


def asked(lab: Lab, *questions: str) -> dict[str, dict[str, Any]]:
    """By question."""
    result = run(lab, questions=list(questions))
    assert not result.get("failed"), result["msg"]
    return {one["id"]: one for one in result["questions"]}


def questions_of(module: Any) -> Sequence[str]:
    """Those that the experiments of a module answer."""
    return [
        question
        for experiment in EXPERIMENTS
        if experiment.run.__module__ == module.__name__
        for question in experiment.answers
    ]


def answers_of(module: Any) -> Sequence[tuple[str, Answer]]:
    """Each answer that the lab can give to one of them."""
    mine, plain = questions_of(module), Switches()
    usual = [(name, getattr(plain, name)) for name in mine if hasattr(plain, name)]
    return [*usual, *((name, answer) for name, answer, _switches in every_single_change() if name in mine)]


def is_found_out(question: str, answer: Answer) -> bool:
    """Whether the experiment gives this answer where the lab does. Where it cannot tell two apart it names both."""
    found = asked(servers(**{question: answer}), question)[question]["answer"]
    if question == "add_scopes_max":
        return bool(found == min(int(answer), MOST_SCOPES))
    return bool(found == answer or (isinstance(found, str) and answer in found.split(" or ")))


def is_clean(lab: Lab) -> bool:
    """Nothing of ours is there, or anything else."""
    ours = [
        name
        for server in lab.servers.values()
        for name in (*server.classes, *(one.name for one in server.option_definitions.values()))
        if name.startswith("windhcp-live-")
    ]
    used = any(server.relationships or server.scopes or server.service != "running" for server in lab.servers.values())
    return not ours and not used
