# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How scopes that are defined come to be: made out of service, with all that is in them, before they join. No I/O.

Windows knows no scope that is made at once: it is added, and then its exclusions, reservations and options are, one by
one. So a scope is added out of service, and a note says that it may be *incomplete*. A run that finds such a note has a
scope completed by the task that defines it, and else leaves it out of service and out of every relationship: what is
not there when it joins does not get to the partner either. Any other scope that is there is a person's, and is not
changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from .._model.refusal import Refused
from .._model.scope import ScopeSpec
from .._model.scope_details import NO_DETAILS
from .._model.texts import few, sentences
from .._windows.export_elements import NOTHING, ServerLevel, Uses
from .._windows.scope_cmdlets import DetailsRead
from . import checks, comparison
from .actions import Kind, Stage
from .draft import Draft
from .spec import Spec
from .world import ServerView


def read_of(desired: Iterable[Spec]) -> DetailsRead:
    """What is read of the scopes that are defined, whether they are there or not."""
    return DetailsRead.of(definition for spec in desired for definition in spec.define if definition.details)


def make(spec: Spec, d: Draft) -> None:
    """Scopes that are defined and not there are created, and those that a broken run has left incomplete are completed.
    Raises Refused where a subnet is taken."""
    if not spec.define or not d.knows_details(DetailsRead.of(_there(spec, d))):
        return
    current = d.here.half(spec.name)
    partner = current.relationship.partner_server if current else spec.settings and spec.settings.partner_server
    more: dict[str, Any] = {"partner": partner or "", "normal": True, "stage": Stage.MAKE}
    for new in checks.missing_scopes(spec.define, d.here):
        d.add(Kind.MAKE, d.here, spec.name, (new.scope_id,), detail=new, **more)
        d.complete.add(new.scope_id)
    for begun in (one for one in spec.define if one.scope_id in d.start.incomplete):
        lacking = begun.details.lacking(d.here.details.get(begun.scope_id, NO_DETAILS))
        is_free = begun.scope_id not in d.here.owners
        if lacking and is_free:
            d.add(Kind.COMPLETE, d.here, spec.name, (begun.scope_id,), detail=lacking, **more)
        if is_free or not lacking:
            d.complete.add(begun.scope_id)


def _there(spec: Spec, d: Draft) -> Sequence[ScopeSpec]:
    """Those with something in them whose scope was there from the start."""
    return [
        definition for definition in spec.define if definition.details and definition.scope_id in d.start.here.copies
    ]


def is_whole(definition: ScopeSpec, d: Draft) -> bool:
    """Whether a scope that is there has in it all that is defined."""
    there = d.here.details.get(definition.scope_id, NO_DETAILS)
    return not definition.details or not definition.details.lacking(there)


def check_complete(coming: Sequence[IPv4Address], d: Draft) -> None:
    """Raises Refused for scopes that would join and may be incomplete, where the task does not define them."""
    begun = {scope: note for scope, note in d.start.incomplete.items() if scope in coming and scope not in d.complete}
    for scope, note in begun.items():
        raise Refused(
            f"scopes: {few(begun)} was being created on {d.here.name} by an earlier run "
            f"({note.whose}) that was broken off, and options, exclusions or reservations may be "
            f"missing, which the partner would not get either. Run the task that defines it (create_scopes), or look "
            f"at it and activate it there (Set-DhcpServerv4Scope -ScopeId {scope} -State Active), and run again."
        )


# --- what options need -----------------------------------------------------------------------------------------------


def knows_level(spec: Spec, d: Draft) -> bool:
    """Whether it is known which options and classes this server has, where scopes that are made take any; if not, that
    has to be read first."""
    return not _needing(spec, d) or d.knows_level()


def check_options(spec: Spec, d: Draft, there: ServerView) -> None:
    """Raises Refused where a server lacks a definition or class of an option, or a value does not go with it."""
    needing, mine = _needing(spec, d), d.start.here.level
    if not needing or mine is None:
        return
    problems = [problem for definition in needing for problem in _problems(definition, d.here.name, mine)]
    if problems:
        raise Refused(sentences(problems))
    uses = {definition.scope_id: _uses(definition) for definition in needing}
    source = replace(NOTHING, classes=mine.classes, definitions=mine.definitions, uses=uses)
    if there.level is not None:
        checks.refuse_lacking(there.name, comparison.lacking(source, there.level, uses))


def _needing(spec: Spec, d: Draft) -> Sequence[ScopeSpec]:
    changed = {scope for action in d.actions if action.kind in (Kind.MAKE, Kind.COMPLETE) for scope in action.scopes}
    return [one for one in spec.define if one.scope_id in changed and one.details.needs_definitions]


def _uses(definition: ScopeSpec) -> Uses:
    options = definition.details.options
    classes = {("Vendor", option.vendor_class) for option in options if option.vendor_class}
    classes |= {("User", option.user_class) for option in options if option.user_class}
    return Uses(frozenset(classes), frozenset((str(option.option_id), option.vendor_class) for option in options))


def _problems(definition: ScopeSpec, server: str, level: ServerLevel) -> Iterable[str]:
    classes, definitions = set(map(comparison.folded, level.classes)), comparison.folded_keys(level.definitions)
    for kind in sorted(_uses(definition).classes):
        if comparison.folded(kind) not in classes:
            yield (
                f"create_scopes: {definition.scope_id}: options: {server} has no {comparison.class_name(kind)}; add it "
                "(Add-DhcpServerv4Class), on both servers, or correct the name."
            )
    for option in definition.details.options:
        where = f"create_scopes: {definition.scope_id}: options: {option.option_id}"
        key = (str(option.option_id), option.vendor_class)
        known = definitions.get(comparison.folded(key))
        if known is None:
            yield (
                f"{where}: {server} has no {comparison.definition_name(key)}; add it "
                "(Add-DhcpServerv4OptionDefinition), on both servers."
            )
        elif wrong := option.misfit(known):
            yield f"{where}: the value is {wrong}."
