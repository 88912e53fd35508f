# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scopes that come, and that the partner has already: what is refused, and what cures it. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address

from .._model.refusal import Refused
from .._model.texts import few, sentences, variable
from .removals import removal
from .spec import Policy
from .world import ServerView


def check_not_left(name: str, scopes: Sequence[IPv4Address], here: ServerView, there: ServerView) -> None:
    """Raises Refused for scopes that a removal which did not end left on the partner alone."""
    if scopes:
        raise Refused(
            f"scopes: {few(scopes)} is in '{name}' on {there.name}, and not on {here.name}: a removal did not end, or "
            "this server was set up anew. Finish it with state: absent, keep_scopes_on, other_copy and partner_host, "
            "and add it then on the server that kept it."
        )


def check_replaced(
    name: str, taken: Sequence[IPv4Address], here: ServerView, there: ServerView, policy: Policy
) -> None:
    """The copies that the partner has already. Raises Refused, showing what differs, unless they may be replaced."""
    problems = []
    for scope in taken:
        taken_by = there.elsewhere(scope, name)
        active = there.serves(scope) or taken_by is not None
        if active or not policy.replace_partner_copy:
            shown = removal(scope, here, there, deleted=True, replaced=True)
            differs = few(shown.differences, between="; ", most=3) or "equal to the one here"
            told = f"replace_partner_copy: inactive_only ({variable('replace_partner_copy')})"
            cure = f"{told} replaces it, after a safety copy"
            if not active and here.serves(scope):
                cure += f"; where it was taken out of '{name}' on purpose, take it out of scopes as well"
            if not (active or here.serves(scope)):
                cure = (
                    "neither of the two is in service: compare them, and remove the one that is wrong "
                    f"(Remove-DhcpServerv4Scope); or activate the one on {here.name}, and {cure}"
                )
            if taken_by is not None:
                cure = f"it is in '{taken_by}' there: take it out of that one first, or renumber one of the two"
            elif active and not here.serves(scope):
                cure = (
                    f"it is in service there, and the one on {here.name} is not: run the task on {there.name}, with "
                    f"{here.name} as partner_server, where {cure}; or remove or renumber one of them"
                )
            elif active:
                cure = (
                    "it is in service there: compare both, and remove or renumber one of them; or deactivate the one "
                    f"there, and {cure}. Of a split scope, take out here before what the other half excludes, or it "
                    "stays excluded on both"
                )
            problems.append(f"scopes: {scope} exists on {there.name} already ({differs}); {cure}.")
    if problems:
        raise Refused(sentences(problems))


def check_made(taken: Sequence[IPv4Address], there: ServerView) -> None:
    """Raises Refused for scopes that would be created, and the partner has the only copy, in no relationship."""
    alone = [scope for scope in taken if scope not in there.owners]
    if served := [scope for scope in alone if there.serves(scope)]:
        raise Refused(
            f"create_scopes: {few(served)} is to be created, and exists on {there.name}, in service: run the task on "
            "that server, with this one as partner_server, and it is copied here; or, where that is another one, "
            "compare both, and remove or renumber one of them."
        )
    if alone:
        raise Refused(
            f"create_scopes: {few(alone)} is to be created, and {there.name} has a copy of it, out of service, which "
            "an empty scope would replace. Where a task that creates it was broken off on that server, run it there "
            "again; else remove the copy there first (Remove-DhcpServerv4Scope), or activate it there and bring it "
            "into failover from there."
        )
