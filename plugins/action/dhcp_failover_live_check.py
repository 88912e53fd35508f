# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.inventory import AUTO
from ..plugin_utils._live.experiments import ask
from ..plugin_utils._live.pair_to_lose import Bench
from ..plugin_utils._live.questions import QUESTIONS
from ..plugin_utils._live.side import Side, Unanswered
from ..plugin_utils._model.identity import same_server
from ..plugin_utils._model.refusal import Refused, TaskFailure
from ..plugin_utils._model.texts import few, shown


class ActionModule(FailoverAction):
    """Experiments on two DHCP servers that may be lost."""

    ARGUMENT_SPEC = {
        "act": {"type": "str", "choices": ["clean", "ask", "stop_partner", "start_partner"], "required": True},
        "partner_host": {"type": "str", "required": True},
        "may_be_lost": {"type": "bool", "default": False},
        "questions": {"type": "list", "elements": "str", "default": []},
    }

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """What is asked for, where nothing of others is there. Raises Refused and RemoteFailure."""
        self._check(options)
        if options["partner_host"] in ("", AUTO):
            raise Refused("partner_host: names no server; write the name of the other one in the inventory.")
        here, there = (Side.of(remote) for remote in self.reader.remotes.values())
        if same_server(here.computer, there.computer) and same_server(here.name, there.name):
            raise Refused(f"partner_host: {options['partner_host']} is the server of the task; name another one.")
        bench = Bench(here, there)
        try:
            return {"changed": True, "partner_server": there.name, **_done(bench, options)}
        except Unanswered as failure:
            raise TaskFailure(f"That cannot be done here: {failure}.") from failure
        except TaskFailure as failure:
            failure.nothing = ""  # the two may have been written to on the way
            raise

    def _check(self, options: Mapping[str, Any]) -> None:
        """Raises Refused."""
        if not options["may_be_lost"]:
            raise Refused(
                "may_be_lost: is false; it should be true, for two servers of which everything may be lost "
                "(failover_live_may_be_lost of the playbook)."
            )
        if self.check_mode:
            raise Refused("act: cannot be tried in check mode, since it learns from what it writes.")
        known = [question.id for question in QUESTIONS]
        for one in options["questions"]:
            if one not in known:
                near = get_close_matches(one, known, 1)
                there = f"{near[0]} is one" if near else f"there are {few(known, most=len(known))}"
                raise Refused(f"questions: {shown(one)} is none; {there}.")


def _done(bench: Bench, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Raises Refused, Unanswered and RemoteFailure."""
    was_stopped = bench.check_others()
    if options["act"] == "start_partner":
        return {"changed": was_stopped}
    if options["act"] == "stop_partner":
        bench.there.stop()
        return {}
    if options["act"] == "clean":
        removed = bench.clean()
        return {"removed": removed, "changed": bool(removed) or was_stopped}
    bench.check_hop()
    return {"questions": ask(bench, options["questions"]), "servers": [side.about() for side in bench.sides]}
