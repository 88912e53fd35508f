# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the action plugins have in common: validate, read, plan, guard, (check mode stops here), apply, verify."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ansible.plugins.action import ActionBase

from . import apply, cmdlets, guards, pending, scope_definitions, snapshot
from .cmdlets import Operation
from .errors import RemoteError, RemoteFailure
from .model import Refused, Server, UnknownPartner
from .partner import PartnerAction
from .plan import Plan
from .remote import Remote, Reply
from .view import differences, relationship_result

SCRIPT = "windhcp.failover.dhcp_cmdlets"
MASK = "********"

Planner = Callable[[Server], Plan]


@dataclass(frozen=True)
class Seen:
    """A server as it was read: what was asked, what was answered, what that means."""

    remote: Remote
    reads: Sequence[Operation]
    reply: Reply
    server: Server


class FailoverAction(ActionBase):  # type: ignore[misc]
    """A module of this collection. A subclass names its argument spec and says in `perform` what it does."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False

    ARGUMENT_SPEC: ClassVar[dict[str, Any]]
    CONDITIONS: ClassVar[dict[str, Any]] = {}

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(argument_spec=self.ARGUMENT_SPEC, **self.CONDITIONS)
        self.host = str(self._task.delegate_to or task_vars.get("inventory_hostname", ""))
        self.check_mode = bool(self._task.check_mode)
        self.facts = pending.facts_of(task_vars)
        self.remote = Remote(lambda args: self._execute_module(SCRIPT, dict(args), task_vars=task_vars), self.host, self.check_mode)
        self.partner: Remote | None = None
        self.result: dict[str, Any] = {"changed": False}
        try:
            with contextlib.ExitStack() as connections:
                if options.get("partner_host"):
                    partner = connections.enter_context(contextlib.closing(PartnerAction(self, options["partner_host"], task_vars)))
                    self.partner = Remote(lambda args: partner.execute(SCRIPT, args), options["partner_host"], self.check_mode)
                self.result.update(self.perform(options, task_vars))
        except (Refused, RemoteFailure) as error:
            self.result.update(failed=True, msg=str(error))
        self.result["remote_calls"] = self.remote.calls + (self.partner.calls if self.partner else 0)
        result.update(mask(self.result, secrets(options)))
        return result

    def look(self, remote: Remote | None = None, also: Sequence[Operation] = ()) -> Seen:
        """The server (or the partner) as it is now; `also`: further reads."""
        remote = remote or self.remote
        reads = (*snapshot.reads(), *also)
        reply = remote.read(reads)
        return Seen(remote, reads, reply, snapshot.parse(reply.before, remote.host, reply.received))

    def converge(self, planner: Planner, verifier: Planner, waiting: apply.Waiting) -> tuple[Plan, Server]:
        """Plans from what is there, applies it, and plans once more: a plan that is not empty then is a failure."""
        here = self.look()
        resolved: Mapping[str, tuple[str, ...]] = {}
        start = pending.overlay(here.server, self.facts) if self.check_mode else here.server
        try:
            plan = planner(start)
        except UnknownPartner as unknown:
            resolved = self._resolve(unknown.spelling)
            plan = planner(replace(start, resolved=resolved))
        guards.check(plan, here.server, waiting.allow_state)
        if plan.steps and self.partner:
            guards.check_partner(plan, here.server, self.look(self.partner).server, waiting.allow_clock_skew)
        self.announce(plan, f"failover on {here.server.name}")
        if not plan.steps or self.check_mode:
            return plan, here.server
        after, _reply = self.carry_out(here, plan, waiting)
        try:
            left = verifier(replace(after, resolved=resolved)).steps
        except Refused as refused:
            raise RemoteFailure(f"Everything was written, but {after.name} does not show what was asked for: {refused}") from None
        if left:
            raise RemoteFailure(f"Everything was written, but {after.name} still needs: {'; '.join(step.text for step in left)}.")
        if self.partner:
            self._verify_partner(plan, after, self.partner)
        return plan, after

    def _resolve(self, spelling: str) -> Mapping[str, tuple[str, ...]]:
        """What addresses the server's DNS has for a name; none is an answer too."""
        (found,) = self.remote.read([cmdlets.resolve_name(spelling)]).before
        return {spelling: tuple(address for one in found["objects"] for address in one["addresses"])}

    def announce(self, plan: Plan, header: str) -> None:
        """The plan as the task's result shows it."""
        self.result.update(changed=bool(plan.steps), plan=[step.public() for step in plan.steps])
        if self._task.diff:
            headers = {"before_header": header, "after_header": header}
            created = {"create_scopes": [scope_definitions.options(one) for one in plan.creates]} if plan.creates else {}
            self.result["diff"] = {"before": plan.before, "after": {**plan.after, **created}, **headers}

    def carry_out(self, seen: Seen, plan: Plan, waiting: apply.Waiting, also: Sequence[Operation] = ()) -> tuple[Server, Reply]:
        """Runs the plan on the server that was seen, and reads it again (and `also`). Raises RemoteFailure."""
        self.result["changed"] = False  # until something was written
        calls = apply.operations(plan, seen.server, waiting)
        reply = seen.remote.write(seen.reads, seen.reply.fingerprint, calls, also)
        host = seen.remote.host
        if reply.status == "changed_meanwhile":
            changes = differences(seen.server, snapshot.parse(reply.before, host))
            raise RemoteFailure(
                f"{seen.server.name} was changed by someone else between reading and writing, so nothing was written: "
                f"{'; '.join(changes) or 'a read answers differently'}. Run again."
            )
        step = apply.under_way(plan, calls, reply.calls)
        done = [one.text for one in apply.done(plan, step)]
        self.result["changed"] = bool(done)
        try:
            after = snapshot.parse(reply.after, host)
        except RemoteFailure as failure:
            raise RemoteFailure(f"Done: {'; '.join(done) or 'nothing'}. Reading the server again failed: {failure} Run again.") from failure
        written = differences(seen.server, after) or done
        self.result["changed"] = step is None or bool(written)
        if reply.status == "stopped":
            error = RemoteError(reply.calls[-1], host, step.partner if step else plan.steps[-1].partner)
            so_far = f"Written before: {'; '.join(written)}. Running again completes it." if written else "Nothing was changed."
            raise RemoteFailure(f"{error} {so_far}")
        return after, reply

    def _verify_partner(self, plan: Plan, after: Server, partner: Remote) -> None:
        """How each setting travels to the partner is not known (L), so it is looked at there."""
        there = self.look(partner).server
        for relationship in after.relationships:
            if relationship.name in plan.touched() and (missing := guards.differs_at_partner(relationship, there)):
                raise RemoteFailure(
                    f"Everything was written on {after.name}, but its partner {there.name} does not show of '{relationship.name}': "
                    f"{'; '.join(missing)}. Look at the state of both servers and run again; a setting that did not travel has to be "
                    "set by running the task on the partner."
                )

    def waiting(self, options: Mapping[str, Any]) -> apply.Waiting:
        return apply.Waiting(
            options["wait_timeout"], options["wait_for_normal"], tuple(options["allow_state"]), options["allow_clock_skew"]
        )

    def carried(self, name: str, options: Mapping[str, Any], plan: Plan, after: Server) -> dict[str, Any]:
        """The host fact: with this relationship in it as long as the server does not have it, or its new scopes in check mode."""
        created = (*pending.created(self.facts, name), *plan.creates) if self.check_mode else ()
        if plan.after and (after.relationship(name) is None or created):
            facts = pending.remembering(self.facts, name, options, plan.after["scopes"], created)
        else:
            facts = pending.forgetting(self.facts, name)
        return {} if facts == self.facts else {"ansible_facts": {pending.FACT: facts}}

    def shown(self, name: str, plan: Plan, after: Server) -> Mapping[str, Any] | None:
        """The relationship for the result: as it is now, or (pending, check mode) as it would be."""
        relationship = after.relationship(name)
        if relationship is None or self.check_mode:
            return plan.after or None
        return relationship_result(relationship)


def secrets(options: Mapping[str, Any]) -> list[str]:
    """Every shared_secret among the options, the longest first."""
    found = [value for key, value in options.items() if key == "shared_secret" and value]
    for value in options.values():
        for member in value if isinstance(value, list) else [value]:
            if isinstance(member, Mapping):
                found += secrets(member)
    return sorted(found, key=len, reverse=True)


def mask(value: Any, hidden: list[str]) -> Any:
    """The value with every secret in it replaced, wherever it stands."""
    if isinstance(value, str):
        for secret in hidden:
            value = value.replace(secret, MASK)
        return value
    if isinstance(value, Mapping):
        return {key: mask(member, hidden) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask(member, hidden) for member in value]
    return value
