# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read, plan, guard, (check mode stops here), apply, verify: the one way on which a module changes servers.

Knows two connections, the task's own and that of partner_host, and nothing of Ansible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from . import apply, cmdlets, guards, kept_secret, pending, scope_definitions, snapshot, unfinished
from .cmdlets import Operation
from .errors import EMPTY_FAILOVER, RemoteError, RemoteFailure, TooManyAtOnce, error_ids
from .export import Export
from .model import Refused, Server, UnknownPartner
from .plan import Plan, Step
from .remote import Remote, Reply
from .sides import AT_ONCE, Connection, Needed, Side, Sides
from .view import differences

Planner = Callable[[Sides], Plan]
NOTHING = Export(frozenset(), {}, {}, {})  # the content of scopes that are not there
TOO_MANY = "DHCP 20130"
ROUNDS = 8  # what a planner can ask for; more would be a fault of the planner


@dataclass(frozen=True)
class Seen:
    """A server as it was read: what was asked, what was answered, what that means."""

    remote: Remote
    reads: Sequence[Operation]
    reply: Reply
    server: Server

    def answer(self, operation: Operation) -> Mapping[str, Any]:
        return self.reply.before[list(self.reads).index(operation)]


class _Lacking(Exception):
    """A server does not have scopes whose content was asked for: this one, the one of partner_host, or another by its name."""

    def __init__(self, where: str, scopes: frozenset[IPv4Address]) -> None:
        super().__init__(where)
        self.where, self.scopes = where, scopes


class Convergence:
    """One task. `result` is what it has to show so far, also when it fails. `partner`: the connection of partner_host."""

    def __init__(
        self,
        here: Remote,
        partner: Remote | None = None,
        *,
        check_mode: bool = False,
        facts: pending.Facts | None = None,
        waiting: apply.Waiting | None = None,
        limits: guards.Limits | None = None,
    ) -> None:
        self.remotes: dict[Connection, Remote] = {"this_server": here}
        if partner:
            self.remotes["partner"] = partner
        self.check_mode = check_mode
        self.facts = facts or {}
        self.waiting = waiting or apply.Waiting()
        self.limits = limits or guards.Limits()
        self.result: dict[str, Any] = {"changed": False}
        self.relationships: Sequence[str] = ()  # those that the task is about
        self.kept = kept_secret.Kept()
        self.seen: dict[Connection, Seen] = {}
        self.needs: dict[str, Needed] = {}
        self.lacking: dict[str, frozenset[IPv4Address]] = {}  # scopes that a server was seen not to have
        self.at_once = AT_ONCE
        self.resolved: dict[str, tuple[str, ...]] = {}
        self._done: list[str] = []  # steps, and what they changed, in words

    # --- reading ---------------------------------------------------------------------------------------------------

    def look(self, connection: Connection = "this_server", also: Sequence[Operation] = ()) -> Seen:
        """A server as it is now; `also`: further reads."""
        remote = self.remotes[connection]
        reads = (*snapshot.reads(), *also)
        reply = remote.read(reads)
        self.seen[connection] = Seen(remote, reads, reply, snapshot.parse(reply.before, remote.host, reply.received))
        return self.seen[connection]

    def plan(self, planner: Planner) -> tuple[Plan, Sides]:
        """What is to be done, and what of the servers was needed to know it."""
        return self._planned(planner, self._gather())

    def _planned(self, planner: Planner, sides: Sides) -> tuple[Plan, Sides]:
        for _round in range(ROUNDS):
            try:
                return planner(sides), sides
            except UnknownPartner as unknown:
                self.resolved[unknown.spelling] = self._resolve(unknown.spelling)
                sides = replace(sides, here=replace(sides.here, server=replace(sides.here.server, resolved=dict(self.resolved))))
            except Needed as needed:
                self.needs[needed.key] = needed.merged(self.needs.get(needed.key))
                sides = self._gather()
        raise AssertionError("the planner never has enough")

    def _resolve(self, spelling: str) -> tuple[str, ...]:
        """What addresses the server's DNS has for a name; none is an answer too."""
        (found,) = self.remotes["this_server"].read([cmdlets.resolve_name(spelling)]).before
        return tuple(str(address) for one in found["objects"] for address in one["addresses"])

    def _gather(self) -> Sides:
        """Reads what is needed: where content is compared, the side that loses before the other."""
        while True:
            try:
                return self._gathered()
            except _Lacking as lacking:  # it cannot export what it does not have
                self.lacking[lacking.where] = lacking.scopes

    def _gathered(self) -> Sides:
        needs = self.needs.values()
        if any(needed.first == "this_server" for needed in needs):
            here, far = self._look_here(), self._look_at_partner_host()
        else:
            far = self._look_at_partner_host()
            here = self._look_here()
        partners = {needed.key: self._partner_side(needed, here, far) for needed in needs}
        noted = {name: partner for name in self.relationships if (partner := unfinished.partner(here.answer(unfinished.look(name))))}
        kept = self.kept.seen({name: here.answer(self.kept.look(name)) for name in self.relationships})
        return Sides(self._here_side(here), partners, "partner" in self.remotes, noted, self.at_once, kept)

    def _content(self, needs: Iterable[Needed], where: str) -> tuple[Operation, ...]:
        """The reads that the needs take on one server: the content of scopes, and whether the management API answers."""
        scopes = sorted({scope for needed in needs for scope in needed.scopes} - self.lacking.get(where, frozenset()))
        api = next((needed.relationship for needed in needs if needed.api), None)
        computer = None if where in ("this_server", "partner") else where
        return (
            *([cmdlets.export(scopes, computer, leases=True)] if scopes else []),
            *([cmdlets.probe_api(api, computer)] if api is not None else []),
        )

    def _side(self, seen: Seen, server: Server, needs: Iterable[Needed], where: str, **more: Any) -> Side:
        """A server with what was read of it for these needs. Raises RemoteError where the management API does not answer."""
        computer = None if where in ("this_server", "partner") else where
        looked_at = frozenset(scope for needed in needs for scope in needed.scopes)
        side = Side(server, computer=computer, read_at=seen.reply.received, looked_at=looked_at, **more)
        side = replace(side, content=NOTHING if looked_at else None)
        for read in self._content(needs, where):
            answer, host = seen.answer(read), seen.remote.host
            if read["op"] == "export":
                missing = frozenset(scope for scope in looked_at - self.lacking.get(where, frozenset()) if server.scope(scope) is None)
                if missing:
                    raise _Lacking(where, missing | self.lacking.get(where, frozenset()))
                side = replace(side, content=snapshot.exported(seen.reply.before, host, computer))
            elif answer["errors"] and not error_ids(answer) <= EMPTY_FAILOVER:
                raise RemoteError(answer, host, computer or "")
            else:
                side = replace(side, api=True)
        return side

    def _look_at_partner_host(self) -> Seen | RemoteFailure | None:
        """Only when something of it is needed; by then it can turn out to be another server than the partner."""
        mine = [needed for needed in self.needs.values() if not self._over_hop(needed)]
        if not mine:
            return None
        try:
            return self._look_once("partner", self._content(mine, "partner"))
        except RemoteFailure as failure:
            return failure

    def _look_here(self) -> Seen:
        """This server with the content that is compared, and over a second hop those partners that partner_host is not."""
        far: list[Operation] = []
        for needed in self.needs.values():
            if self._over_hop(needed):
                far += [cmdlets.probe_partner(needed.key), *snapshot.hop_reads(needed.key), *self._content([needed], needed.key)]
        own = self._content(self.needs.values(), "this_server")
        texts = [look(name) for name in self.relationships for look in (unfinished.look, self.kept.look)]
        first = any(needed.first == "this_server" for needed in self.needs.values())
        return self._look_once("this_server", (*texts, *own, *far) if first else (*texts, *far, *own))

    def _look_once(self, connection: Connection, also: Sequence[Operation]) -> Seen:
        """Reads a server, unless it was read with all of this already."""
        seen = self.seen.get(connection)
        return seen if seen and all(read in seen.reads for read in also) else self.look(connection, also)

    def _over_hop(self, needed: Needed) -> bool:
        """Whether the partner is asked by this server: partner_host is not given, or turned out to be another server."""
        if "partner" not in self.remotes:
            return True
        known = self.seen.get("partner")
        return bool(needed.elsewhere and known and not any(known.server.is_called(name) for name in needed.names))

    def _here_side(self, seen: Seen) -> Side:
        """This server; in check mode as it would be after the earlier tasks."""
        start = pending.overlay(seen.server, self.facts) if self.check_mode else seen.server
        return self._side(seen, replace(start, resolved=dict(self.resolved)), self.needs.values(), "this_server")

    def _partner_side(self, needed: Needed, here: Seen, far: Seen | RemoteFailure | None) -> Side | RemoteFailure:
        try:
            if isinstance(far, RemoteFailure):
                return far
            if not self._over_hop(needed) and far is not None:
                wrong = guards.not_the_partner(needed.relationship, needed.names, far.server) if needed.names else []
                if wrong:
                    raise Refused(f"{wrong[0]} Nothing was changed.")
                return self._side(far, far.server, [needed], "partner", connection="partner")
            if cmdlets.probe_partner(needed.key) not in here.reads:  # only now it is known that partner_host is another server
                here = self._look_here()
            probe = here.answer(cmdlets.probe_partner(needed.key))
            if probe["errors"]:
                raise RemoteError(probe, here.remote.host, needed.key)
            server = snapshot.hop(here.reply.before, here.remote.host, needed.key)
            return self._side(here, server, [needed], needed.key, via=here.server.name)
        except RemoteFailure as failure:
            return failure

    # --- changing --------------------------------------------------------------------------------------------------

    def run(self, planner: Planner, verifier: Planner | None = None) -> tuple[Plan, Server]:
        """Plans from what is there, applies it, and plans once more: a plan that is not empty then is a failure."""
        plan, sides = self.plan(planner)
        self._show(plan)  # also when it is refused
        self.guard(plan, sides)
        here = self.seen["this_server"].server
        self.announce(plan, f"failover on {here.name}")
        if self.check_mode or not (plan.steps or sides.unfinished):
            return plan, here
        if not plan.steps:
            self._forget(sides)
            return plan, here
        try:
            self.carry_out(plan)
        except TooManyAtOnce:
            self.at_once = self.at_once // 2
            self.seen.clear()
            return self.run(planner, verifier)
        try:
            return plan, self._verify(plan, sides, verifier or planner)
        except RemoteFailure:
            self._remember()
            raise

    def guard(self, plan: Plan, sides: Sides) -> None:
        """Before the first write. Reads the server of partner_host when something is to be done, unless that is known to be gone."""
        gone = any(isinstance(side, RemoteFailure) for side in sides.partners.values())
        if plan.steps and "partner" in self.remotes and "partner" not in self.seen and not gone:
            self.look("partner")
        here = self.seen["this_server"].server
        others = [side.server for side in sides.partners.values() if isinstance(side, Side)]
        for server in (here, *others):
            guards.check(plan, server, self.limits.allow_state)
        guards.check_removals(plan, self.limits)
        if plan.steps and "partner" in self.seen:
            guards.check_partner(plan, here, self.seen["partner"].server, self.limits.allow_clock_skew, self._elsewhere())

    def _elsewhere(self) -> frozenset[str]:
        """Relationships whose partner may be another server than the one of partner_host."""
        return frozenset(needed.relationship for needed in self.needs.values() if needed.elsewhere)

    def announce(self, plan: Plan, header: str) -> None:
        """The plan as the task's result shows it: the whole one, where it had to be made anew for smaller calls."""
        if "diff" in self.result:
            return
        self._show(plan)
        self.result["changed"] = bool(plan.steps)
        self.result["diff"] = {"before": plan.before, "after": plan.after, "before_header": header, "after_header": header}
        if plan.creates:
            self.result["diff"]["after"] = {**plan.after, "create_scopes": [scope_definitions.options(one) for one in plan.creates]}
        if plan.warnings:
            self.result["warnings"] = list(plan.warnings)

    def _show(self, plan: Plan) -> None:
        if "plan" not in self.result:
            self.result.update(plan=[step.public() for step in plan.steps], removals=[one.public() for one in plan.removals])

    def carry_out(self, plan: Plan, again: Sequence[Operation] = ()) -> None:
        """Runs the plan, one remote call after the other; `seen` is what each server shows after its call. Raises RemoteFailure."""
        self.result["changed"] = False  # until something was written
        written: set[Connection] = set()
        for connection, steps in apply.groups(plan):
            if connection in written:
                self.look(connection)
            written.add(connection)
            self._write(connection, steps, again)
        self.result["changed"] = True

    def _write(self, connection: Connection, steps: Sequence[Step], again: Sequence[Operation]) -> None:
        seen = self.seen[connection]
        host = seen.remote.host
        calls = apply.operations(steps, seen.server, self.waiting)
        if connection == "this_server":
            calls = unfinished.noted(steps, seen.server, calls)
        rereads = (*snapshot.reads(), *snapshot.hop_among(seen.reads), *again)
        reply = seen.remote.write(seen.reads, seen.reply.fingerprint, calls, rereads)
        if reply.status == "changed_meanwhile":
            changes = differences(seen.server, snapshot.parse(reply.before, host))
            raise RemoteFailure(
                f"{seen.server.name} was changed by someone else between reading and writing, so nothing was written there: "
                f"{'; '.join(changes) or 'a read answers differently'}. {self._so_far('Run again.')}"
            )
        self._note_copies(seen.remote, calls, reply)
        step = apply.under_way(steps, calls, reply.calls)
        done = [one.text for one in apply.done(steps, step)]
        self.result["changed"] = bool(done or self._done)
        try:
            after = snapshot.parse(reply.after, host)
        except RemoteFailure as failure:
            raise RemoteFailure(
                f"Done: {'; '.join([*self._done, *done]) or 'nothing'}. Reading the server again failed: {failure} Run again."
            ) from failure
        self._done += differences(seen.server, after) or done
        self.result["changed"] = step is None or bool(self._done)
        if reply.status == "stopped":
            error = RemoteError(reply.calls[-1], host, step.partner if step else steps[-1].partner)
            if TOO_MANY in error.ids and self.at_once > 1:
                raise TooManyAtOnce
            raise RemoteFailure(f"{error} {self._so_far('Nothing was changed.')}")
        self.seen[connection] = Seen(seen.remote, rereads, replace(reply, before=reply.after), after)

    def _forget(self, sides: Sides) -> None:
        """An earlier run did not end, and both servers show all the same what is wanted."""
        seen = self.seen["this_server"]
        seen.remote.write(seen.reads, seen.reply.fingerprint, [unfinished.drop(name) for name in sides.unfinished])

    def _remember(self) -> None:
        """The servers do not show what was written: the next run has to look at both."""
        seen = self.seen["this_server"]
        notes = {needed.relationship: needed.key for needed in self.needs.values() if needed.relationship and needed.key}
        if notes:
            seen.remote.write((), "", [unfinished.keep(note) for note in notes.items()])

    def _so_far(self, nothing: str) -> str:
        return f"Written before: {'; '.join(self._done)}. Running again completes it." if self._done else nothing

    def _note_copies(self, remote: Remote, calls: Sequence[Operation], reply: Reply) -> None:
        for call, result in zip(calls, reply.calls, strict=False):
            for one in result["objects"] if call["op"] == "safety_copy" else ():
                copy = {"host": remote.host, "path": one["path"], "scopes": call["parameters"]["ScopeId"]}
                self.result.setdefault("safety_copies", []).append(copy)

    # --- verifying -------------------------------------------------------------------------------------------------

    def _verify(self, plan: Plan, sides: Sides, verifier: Planner) -> Server:
        name = sides.here.name
        try:
            left = self._planned(verifier, self._afterwards(plan, sides))[0].steps
        except Refused as refused:
            raise RemoteFailure(f"Everything was written, but {name} does not show what was asked for: {refused}") from None
        if left:
            raise RemoteFailure(f"Everything was written, but {name} still needs: {'; '.join(step.text for step in left)}.")
        if "partner" in self.seen:
            self._verify_partner(plan, self.seen["this_server"].server, self.seen["partner"].server)
        return self.seen["this_server"].server

    def _afterwards(self, plan: Plan, sides: Sides) -> Sides:
        """Every side that was looked at, as it is now: what wrote last has just been read again, the others have not."""
        last = plan.steps[-1].connection
        for connection in self.seen:
            if connection != last:
                self.look(connection, also=snapshot.hop_among(self.seen[connection].reads))
        partners: dict[str, Side | RemoteFailure] = {}
        seen = self.seen["this_server"]
        for key, side in sides.partners.items():
            if isinstance(side, Side) and side.computer:
                partners[key] = replace(side, server=snapshot.hop(seen.reply.before, seen.remote.host, side.computer))
            elif isinstance(side, Side):  # found under no name as well, since a relationship that is gone names no partner
                partners[key] = partners[""] = replace(side, server=self.seen["partner"].server)
            else:
                partners[key] = side
        here = replace(sides.here, server=replace(seen.server, resolved=dict(self.resolved)))
        noted = {needed.relationship: needed.key for needed in self.needs.values() if needed.key}
        kept = kept_secret.Kept()  # what a step dropped is gone
        return replace(sides, here=here, partners=partners, unfinished={**noted, **sides.unfinished}, kept=kept)

    def _verify_partner(self, plan: Plan, after: Server, there: Server) -> None:
        """How each setting travels to the partner is not known (L), so it is looked at there."""
        for relationship in after.relationships:
            touched = relationship.name in plan.touched() and relationship.name not in self._elsewhere()
            if touched and (missing := guards.differs_at_partner(relationship, there)):
                raise RemoteFailure(
                    f"Everything was written on {after.name}, but its partner {there.name} does not show of '{relationship.name}': "
                    f"{'; '.join(missing)}. Look at the state of both servers and run again; a setting that did not travel has to be "
                    "set by running the task on the partner."
                )
