# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan as a value: what there is, what there will be, and the steps between. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any

from .._model.scope import ScopeSpec
from .._windows import cmdlets
from .sides import Connection


@dataclass(frozen=True)
class Step:
    """One write. `server` runs it, `partner` is the server that it reaches from there ("": none).

    `settled`: the relationship has to be Normal before it. `proofs`: reads that have to succeed before it.
    `then`: what holds only when everything was written, and the relationship is Normal again where that is waited for.
    """

    server: str
    text: str
    operation: cmdlets.Operation
    relationship: str
    partner: str
    removes: bool = False
    copies: tuple[IPv4Address, ...] = ()  # scopes that the partner gets
    here_only: bool = False  # prepares the relationship's next step and does not touch the relationship itself
    settled: bool = True
    proofs: tuple[cmdlets.Operation, ...] = ()
    then: tuple[cmdlets.Operation, ...] = ()
    connection: Connection = "this_server"

    def public(self) -> Mapping[str, str]:
        return {"server": self.server, "step": self.text}


@dataclass(frozen=True)
class Removal:
    """A scope's copy on `server` that goes (deleted), or stays there InActive; `kept_on` has the other one.

    `differences`: what the copy that goes has otherwise, or alone; `loses`: those of them that nobody has afterwards.
    """

    scope_id: IPv4Address
    server: str
    kept_on: str
    deleted: bool
    differences: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    replaced: bool = False  # the kept one is copied there anew

    def public(self) -> Mapping[str, Any]:
        return {
            "scope_id": str(self.scope_id),
            "server": self.server,
            "kept_on": self.kept_on,
            "other_copy": "replace" if self.replaced else "delete" if self.deleted else "disable",
            "differences": list(self.differences),
        }


@dataclass(frozen=True)
class Plan:
    """`before` and `after` are what a diff shows. `pending`: nothing to do until the relationship gets a scope.

    `creates`: scopes that come into being on this server. `removals`: copies that go, of so many `members`.
    """

    steps: tuple[Step, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    pending: bool = False
    creates: tuple[ScopeSpec, ...] = ()
    removals: tuple[Removal, ...] = ()
    members: int = 0
    warnings: tuple[str, ...] = ()

    def touched(self) -> Sequence[str]:
        """Names of the relationships that the steps write to, in order."""
        return tuple(dict.fromkeys(step.relationship for step in self.steps))
