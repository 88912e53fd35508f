# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the action plugins have in common: the options, the two connections, and a result without secrets."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, ClassVar

from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleRuntimeError
from ansible.plugins.action import ActionBase

from .._model import kinds, scope_specs, secret, task_options
from .._model.refusal import UNCHANGED, Refused, TaskFailure
from .._model.render import planned_result, relationship_result
from .._model.scope import ScopeSpec
from .._model.texts import in_sight, result_in_sight, short
from .._planning import guards, in_maintenance, not_normal
from .._planning.agreed_plan import AgreedPlan, of_result
from .._planning.plan import Plan
from .._planning.read_request import PartnerRead
from .._planning.world import Planner, World
from .._windows.errors import UnexpectedReply
from .._windows.script_request import Execute, Remote
from . import calls, logon, pending_fact
from .connection_reads import HERE
from .entries import entry_problems
from .inventory import PartnerHosts
from .partner_connection import PartnerAction
from .reader import Find, Reader
from .reconcile import Reconciliation, Verifier

SCRIPT = "windhcp.failover.dhcp_cmdlets"
MASK = "********"


class FailoverAction(ActionBase):  # type: ignore[misc]
    """A module of this collection. A subclass names its argument spec and says in `perform` what it does."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False

    WRITES: ClassVar[bool] = True
    DECLARES: ClassVar[bool] = False  # plans on what the earlier tasks of a check mode run would have made
    ARGUMENT_SPEC: ClassVar[dict[str, Any]]
    CONDITIONS: ClassVar[dict[str, Any]] = {}
    MAINTAINS: ClassVar[bool] = False  # it is about maintenance itself

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """What the module does with its options, and returns beside what every module returns. Raises TaskFailure."""
        raise NotImplementedError

    def partner_hosts(self, options: Mapping[str, Any]) -> PartnerHosts:
        """What the task says of the hosts of its partners."""
        return PartnerHosts(options.get("partner_host") or "")

    def check_given(self, given: Mapping[str, Any]) -> None:
        """Raises Refused for what Ansible would make something else of, or tell less of than a reader needs."""
        kinds.check(self.ARGUMENT_SPEC, given)

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The task, from its options to its result. A failure of the task is a result too; no secret is in it."""
        task_vars = task_vars or {}
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            self.check_given(self._task.args)
        except Refused as refused:
            return {**result, "failed": True, "changed": False, "msg": in_sight(refused.message())}
        options = validated(self, self.ARGUMENT_SPEC, self.CONDITIONS)
        self.host = str(self._task.delegate_to or task_vars.get("inventory_hostname", ""))
        self.check_mode = bool(self._task.check_mode)
        self.pending = pending_fact.recall(
            self._fact_places(task_vars), pending_fact.run_id(str(self._task._uuid)), self.host
        )
        self.facts = self.pending.seen(self.check_mode)
        self.warned = task_options.warnings(options)
        hidden = secret.all_of(options)
        remotes: list[Remote] = []
        answer = self._answer(options, task_vars, hidden, remotes)
        result.update(self._finished(answer, hidden, remotes))
        return result

    def _answer(
        self, options: Mapping[str, Any], task_vars: Mapping[str, Any], hidden: Sequence[str], remotes: list[Remote]
    ) -> dict[str, Any]:
        """What the module returns, also where the task fails. `remotes` has every connection that was made."""

        def hide(text: str) -> str:
            return str(mask(text, hidden))

        here = readable(lambda arguments: self._execute_module(SCRIPT, dict(arguments), task_vars=task_vars), self.host)
        remotes.append(
            Remote(here, self.host, self.check_mode, hide=hide, goes_on=lambda: logon.goes_on(self._connection))
        )
        self.reader = Reader(*remotes)  # what fails before there are others has seen nothing
        answer: dict[str, Any] = {"changed": False}
        try:
            task_options.check_bounds(options)
            logon.check_shell(self._connection, self.host)
            secret.check_kinds(self._task.args)
            options = secret.with_empty(self._task.args, options)
            with contextlib.ExitStack() as connections:

                def remote(partner: str) -> Remote:
                    execute, goes_on = connections.enter_context(self.connect(partner, task_vars))
                    made = Remote(readable(execute, partner), partner, self.check_mode, hide=hide, goes_on=goes_on)
                    remotes.append(made)
                    return made

                hosts, find = self.partner_hosts(options), None
                if hosts.several:
                    find = partner_finder(hosts, task_vars, self.host, remote)
                elif hosts.others:
                    remote(hosts.others)
                self.reader = Reader(*remotes, find=find, ahead=self._ahead, writes=self.WRITES)
                self.reconciliation = Reconciliation(
                    self.reader,
                    check_mode=self.check_mode,
                    waiting=waiting(options),
                    limits=self._limits(options),
                    agreed=agreed(options),
                )
                answer = self.reconciliation.result
                answer.update(self.perform(options, task_vars))
        except TaskFailure as failure:
            says = self.WRITES and (failure.written or not answer.get("changed"))
            told = failure.message() if says else str(failure)
            answer.update(failure.shows, failed=True, msg=told + self._hint(failure))
        return answer

    def _finished(self, answer: dict[str, Any], hidden: Sequence[str], remotes: Sequence[Remote]) -> dict[str, Any]:
        """With what every module returns; no secret is in what is told to a person."""
        if self.warned:
            answer["warnings"] = [*self.warned, *answer.get("warnings", ())]
        if not self._task.diff:
            answer.pop("diff", None)
        if reached := self.reader.partners_reached:
            answer["partners_reached"] = [{"host": host, "name": name} for host, name in reached]
        answer["remote_calls"] = sum(remote.calls for remote in remotes)
        return dict(result_in_sight(readable_by_all(answer, hidden)))

    def _hint(self, failure: TaskFailure) -> str:
        """What may be the reason of it, where that is not what it says."""
        if self.MAINTAINS or isinstance(failure, in_maintenance.InMaintenance):
            return ""
        return in_maintenance.hint(self.reader.maintenance.get(HERE, ()))

    @contextlib.contextmanager
    def connect(self, host: str, task_vars: Mapping[str, Any]) -> Iterator[tuple[Execute, Callable[[], bool]]]:
        """A connection of its own to another host of the inventory: what runs the script there, and whether its logon
        goes on."""
        with contextlib.closing(PartnerAction(self, host, task_vars)) as partner:
            yield lambda arguments: partner.execute(SCRIPT, arguments), lambda: logon.goes_on(partner._connection)

    def reconcile(self, planner: Planner[Plan], verifier: Verifier | None = None) -> Plan:
        """Brings the servers to what is planned, and verifies it by the `verifier`, or by planning again. Raises
        Refused and RemoteFailure."""
        verifies = verifier and (
            lambda applied, world: in_maintenance.heeding(lambda now: verifier(applied, now))(world)
        )
        plan = self.reconciliation.run(in_maintenance.heeding(planner), verifies)
        self.warned += [*guards.warnings(plan, self.reconciliation.limits.hosts), *in_maintenance.warnings(plan)]
        return plan

    def warn_of_states(self, names: Iterable[str], plan: Plan | None = None) -> None:
        """A relationship that the task is about and that is not Normal is a warning: as it was seen last, or (check
        mode) as it would be."""
        names = list(names)
        if asked := not_normal.partners_to_ask(names, self.reader.world()):
            self.reader.read(asked)
        world = plan.end if plan is not None and self.check_mode and not asked else self.reader.world()
        self._warn(not_normal.warnings(names, world))

    def definition_differences(self, specs: Sequence[ScopeSpec], plan: Plan) -> Sequence[Mapping[str, Any]]:
        """What scopes that are defined have otherwise, as they are or (check mode) would be, which is a warning too:
        nothing of it is changed."""
        here = (plan.end if self.check_mode else self.reader.world()).here
        found = scope_specs.differences(specs, here.copies, here.details)
        if found:
            self._warn([scope_specs.warning(found, here.name)])
        return found

    def _warn(self, warnings: Sequence[str]) -> None:
        if warnings:
            result = self.reconciliation.result
            result["warnings"] = [*result.get("warnings", ()), *warnings]

    def _fact_places(self, task_vars: Mapping[str, Any]) -> Iterator[object]:
        """Facts of the play's host, of whom a task was delegated to (there delegate_facts leaves them), and of the
        earlier items of a loop."""
        yield pending_fact.left(str(self._task._uuid))
        yield task_vars.get("ansible_facts")
        hostvars = task_vars.get("hostvars") or {}
        if self.DECLARES and self._task.delegate_to and self.host in hostvars:
            yield hostvars[self.host].get("ansible_facts")

    def _limits(self, options: Mapping[str, Any]) -> guards.Limits:
        return replace(limits(options), hosts=(self.host, *self.partner_hosts(options).named))

    def _ahead(self, world: World) -> World:
        return pending_fact.ahead(world, self.facts) if self.check_mode and self.DECLARES else world

    def carried(self, name: str, options: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
        """The host fact: with this relationship in it as long as the server does not have it, or its new scopes in
        check mode. `options`: those of its earlier tasks too."""
        created = (*pending_fact.created(self.facts, name), *plan.created_for(name)) if self.check_mode else ()
        after, exists = plan.shown_after(name), self.reader.here.relationship(name) is not None
        entry = None
        if after and (created or not exists):
            entry = pending_fact.entry({} if exists else options, after["scopes"], created)
        pending = self.pending.with_entry(name, entry, self.check_mode)
        if pending == self.pending:
            return {}
        fact = pending.fact(name)
        pending_fact.leave(str(self._task._uuid), fact)
        return {"ansible_facts": fact}

    def shown(self, name: str, plan: Plan) -> Mapping[str, Any] | None:
        """The relationship for the result: as it is now, or (pending, check mode) as it would be."""
        relationship, after = self.reader.here.relationship(name), plan.shown_after(name)
        if relationship is None or self.check_mode:
            return planned_result(after) if after else None
        return relationship_result(relationship)


def partner_finder(
    hosts: PartnerHosts, task_vars: Mapping[str, Any], own: str, remote: Callable[[str], Remote]
) -> Find:
    """How a task comes to the connections of its partners; each is made once, when it is needed."""
    made: dict[str, Remote] = {}

    def find(read: PartnerRead) -> tuple[str, Remote] | None:
        host = hosts.of(read, task_vars, own)
        if not host:
            return None
        if host not in made:
            made[host] = remote(host)
        return host, made[host]

    return find


def validated(action: ActionBase, spec: Mapping[str, Any], conditions: Mapping[str, Any]) -> dict[str, Any]:
    """A task's options. Raises AnsibleError for what does not fit, with no secret in it, whichever option holds one."""
    try:
        _validated, options = action.validate_argument_spec(argument_spec=spec, **conditions)
    except (AnsibleError, ValueError, TypeError) as error:  # where options of an option belong, and something else is
        problems = " ".join(entry_problems(spec, action._task.args))
        told = f"{problems} {UNCHANGED}" if problems else str(error)
        problem = str(mask(told, secret.possible(action._task.args)))
    else:
        return dict(options)
    raise AnsibleError(problem)  # not within except: Ansible may show what an error came from


def readable(execute: Execute, host: str) -> Execute:
    """`execute`, where Ansible stumbles over what the server printed: that is the server's failure and no traceback of
    ours. Raises UnexpectedReply."""

    def executed(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return execute(arguments)
        except AnsibleConnectionFailure:
            raise
        except (AnsibleRuntimeError, RecursionError, TypeError, ValueError, LookupError, AttributeError) as error:
            what = f"{type(error).__name__}: {short(str(error))}"
            raise UnexpectedReply(f"{host} gave a reply that Ansible cannot read ({what}).") from error

    return executed


def waiting(options: Mapping[str, Any]) -> calls.Waiting:
    """What the task says of waiting for Normal; seconds."""
    return calls.Waiting(
        options.get("wait_timeout", 180), options.get("wait_for_normal", True), tuple(options.get("allow_state", ()))
    )


def limits(options: Mapping[str, Any]) -> guards.Limits:
    """What the task allows a plan to do."""
    given = {limit.name: value for limit in fields(guards.Limits) if (value := options.get(limit.name)) is not None}
    return guards.Limits(**{**given, "allow_state": tuple(options.get("allow_state", ()))})


def agreed(options: Mapping[str, Any]) -> AgreedPlan | None:
    """The plan that a task may carry out, and no other; None: any."""
    expected = options.get("expected_plan")
    return of_result(expected) if expected is not None else None


def readable_by_all(result: Mapping[str, Any], hidden: Sequence[str]) -> dict[str, Any]:
    """The result with every secret replaced in what is told to a person. No other value is made from one, and later
    tasks go on with those: a name stays a name, also where it is a secret's text."""
    masked = {key: mask(value, hidden) if key in ("msg", "warnings") else value for key, value in result.items()}
    for key, words in (("plan", "step"), ("removals", "differences"), ("relationships", "msg")):
        if key in masked:
            masked[key] = [
                {**entry, words: mask(entry[words], hidden)} if words in entry else entry for entry in masked[key]
            ]
    for side in ("before", "after"):
        if "removals" in (shown := masked.get("diff", {}).get(side, ())):
            masked["diff"] = {**masked["diff"], side: {**shown, "removals": mask(shown["removals"], hidden)}}
    return masked


def mask(value: Any, hidden: Sequence[str]) -> Any:
    """A text, or each of several, with every secret in it replaced."""
    if isinstance(value, str):
        for one in hidden:
            value = value.replace(one, MASK)
        return value
    return [mask(member, hidden) for member in value]
