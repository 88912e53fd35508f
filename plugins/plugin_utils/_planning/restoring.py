# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The way back from a safety copy: which scopes come, which are there already, what else an import would change. No
I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Address

from .. import content
from ..content import Difference
from ..export import Export
from ..model import Refused
from .actions import Kind, SafetyCopy, list_scopes
from .draft import Draft
from .plan import Plan
from .planner import finished
from .world import Scopes, ServerView, World

ACTIVE, INACTIVE = "active", "inactive"


@dataclass(frozen=True)
class Restoration:
    """`scopes`: none means all of the copy. `inactive`: out of service, whatever they were when they were saved.

    `copy`: what the file holds; `current`: what the server has, with the leases of the scopes that are there; `now`:
    its time.
    """

    path: str
    copy: Export
    current: Export
    now: datetime
    scopes: Scopes = ()
    inactive: bool = True

    @property
    def chosen(self) -> Scopes:
        """Raises Refused for a scope that is not in the copy."""
        missing = [scope for scope in self.scopes if scope not in self.copy.scopes]
        if missing:
            held = list_scopes(sorted(self.copy.scopes)) or "no scope"
            raise Refused(
                f"scopes: {list_scopes(missing)} is not in {self.path}, which holds {held}. Nothing was changed."
            )
        return tuple(sorted(self.scopes or self.copy.scopes))

    def state(self, scope: IPv4Address) -> str:
        """What it is after it came back."""
        return INACTIVE if self.inactive else saved_state(self.copy, scope)


def saved_state(export: Export, scope: IPv4Address) -> str:
    """One that is not told counts as active: it is what a scope is that was made without saying."""
    return export.scopes[scope].get(("", "state"), (ACTIVE,))[0].lower()


def restore(wanted: Restoration, world: World) -> Plan:
    """Scopes that are not there come; those that are there have to be what the copy would bring. Raises Refused."""
    d, scopes = Draft(world), wanted.chosen
    wrong = problems(wanted, world.here)
    if wrong:
        raise Refused(" ".join([*wrong, "Nothing was changed."]))
    coming = [scope for scope in scopes if scope not in world.here.copies]
    for state in (INACTIVE, ACTIVE):
        some = [scope for scope in coming if wanted.state(scope) == state]
        d.add(Kind.IMPORT, world.here, "", some, detail=SafetyCopy(wanted.path, state == INACTIVE))
    before = {str(scope): {"state": wanted.state(scope)} for scope in scopes if scope not in coming}
    after = {str(scope): {"state": wanted.state(scope)} for scope in scopes}
    return replace(finished(d), shown=({"scopes": before}, {"scopes": after}))


def problems(wanted: Restoration, here: ServerView) -> Sequence[str]:
    """How scopes that are there are not what the copy would bring."""
    there = [scope for scope in wanted.chosen if scope in here.copies]
    return [problem for scope in there if (problem := _problem(scope, wanted, here))]


def _problem(scope: IPv4Address, wanted: Restoration, here: ServerView) -> str | None:
    state, is_now = wanted.state(scope), saved_state(wanted.current, scope)
    differs = [f"state {is_now} (it would be {state})"] if state != is_now else []
    for differing in content.differences(wanted.copy, wanted.current, [scope]):
        if differing.field != "state":
            saved, now = _text(differing.source), _text(differing.destination)
            differs.append(f"{differing.field} {now} ({saved} in the copy)")
    # out of service no lease comes or goes by itself: one that is missing was never imported
    if is_now == INACTIVE:
        lost = content.lost_leases(wanted.current, wanted.copy, [scope], wanted.now)
        differs += [f"no lease {lease.address}" for lease in lost]
    if not differs:
        return None
    owner = here.owners.get(scope)
    member = f", in relationship '{owner}'," if owner else ""
    return (
        f"scopes: {scope} exists{member} on {here.name} already, with {'; '.join(differs)}. Leave it out, or remove it "
        "there first (dhcp_failover_scope_copy)."
    )


def server_level(wanted: Restoration, plan: Plan) -> Sequence[Difference]:
    """What an import would change beside the scopes, since it takes the server level settings of the file along."""
    return content.server_level_differences(wanted.copy, wanted.current) if plan.actions else []


def _text(value: str | None) -> str:
    return "none" if value is None else value
