# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A scope travels to the partner: as a whole when it joins a relationship, its configuration when it is replicated."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

from lab.core.catalogue import class_of, definition_of, named_there
from lab.core.open_questions import Switches
from lab.core.server import OptionKey, OptionValues, Policy, Scope, Server

CLASS_CRITERIA = {"VendorClass": "Vendor", "UserClass": "User"}


def add_copy(scope: Scope, partner: Server) -> None:
    """C section 5: all properties, exclusions, options, reservations, policies, State, superscope, and the leases."""
    partner.scopes[scope.scope_id] = _as_there(scope, partner)


def overwrite(scope: Scope, partner: Server) -> None:
    """C PSDOC/WSD section 6: the partner's configuration is overwritten, not merged; its leases are not
    configuration."""
    before = partner.scopes.get(scope.scope_id)
    partner.scopes[scope.scope_id] = replace(_as_there(scope, partner), leases=before.leases if before else {})


def exchange_leases(one: Scope, other: Scope, switches: Switches) -> None:
    """Both have the leases of both; of two for one address the one that ends later (I MS-DHCPF 3.1.7.1)."""
    later_wins = switches.same_address_keeps == "later_end"
    for lease in [*one.leases.values(), *other.leases.values()]:
        for scope in (one, other):
            there = scope.leases.get(lease.ip)
            later = there and there.expires and (lease.expires is None or lease.expires > there.expires)
            if there is None or (later and later_wins):
                scope.leases[lease.ip] = lease


def half_copy(scope: Scope, partner: Server) -> None:
    """U 5, 6, switch missing_class_leaves_copy: the scope itself arrived, what depends on the missing class did not."""
    partner.scopes[scope.scope_id] = replace(deepcopy(scope), options={}, policies={}, reservations={}, leases={})


def _as_there(scope: Scope, there: Server) -> Scope:
    """Another server has its own names of the built-in classes, if they got through at all (see ``lacking``)."""
    copy = deepcopy(scope)
    copy.options = _options_there(copy.options, there)
    for reservation in copy.reservations.values():
        reservation.options = _options_there(reservation.options, there)
    for policy in copy.policies.values():
        policy.options = _options_there(policy.options, there)
        for criterion in set(policy.criteria) & set(CLASS_CRITERIA):
            first, *values = policy.criteria[criterion]
            policy.criteria[criterion] = (first, *(_value_there(one, there) for one in values))
    return copy


def _options_there(options: OptionValues, there: Server) -> OptionValues:
    return {
        OptionKey(key.option_id, named_there(key.vendor_class, there), named_there(key.user_class, there)): value
        for key, value in options.items()
    }


def _value_there(value: str, there: Server) -> str:
    return named_there(value.rstrip("*"), there) + "*" * value.endswith("*")


def lacking(scope: Scope, server: Server, partner: Server, switches: Switches) -> str:
    """The error id for what the scope needs and the partner does not have; "" if nothing."""
    error_id = _first_lacking(scope, server, partner, switches)
    return error_id if switches.lacking_error == "what_lacks" or not error_id else switches.lacking_error


def _first_lacking(scope: Scope, server: Server, partner: Server, switches: Switches) -> str:
    """L 6, switch lacking_error: 20044 a class, 20010 an option definition, 20103 a definition of another type."""
    if switches.built_in_class_travels_by == "data":  # as if this server had the partner's names
        scope, server = _as_there(scope, partner), replace(server, language=partner.language)
    for kind, name in classes_in(scope):
        if class_of(server, kind, name) and class_of(partner, kind, name) is None:
            return "DHCP 20044"
    for key in options_in(scope):
        mine, theirs = definition_of(server, key), definition_of(partner, key)
        if mine and theirs is None:
            return "DHCP 20010"
        if mine and theirs and (mine.type, mine.multi_valued) != (theirs.type, theirs.multi_valued):
            return "DHCP 20103"
    return ""


def options_in(scope: Scope) -> Iterator[OptionKey]:
    """Of the scope, its reservations and its policies."""
    yield from scope.options
    for reservation in scope.reservations.values():
        yield from reservation.options
    for policy in scope.policies.values():
        yield from policy.options


def classes_in(scope: Scope) -> Iterator[tuple[str, str]]:
    for key in options_in(scope):
        if key.vendor_class:
            yield "Vendor", key.vendor_class
        if key.user_class:
            yield "User", key.user_class
    for policy in scope.policies.values():
        yield from policy_classes(policy)


def policy_classes(policy: Policy) -> Iterator[tuple[str, str]]:
    """(Vendor or User, class name) of a policy's conditions; the first element of a condition is EQ or NE."""
    for criterion, kind in CLASS_CRITERIA.items():
        for value in policy.criteria.get(criterion, ())[1:]:
            yield kind, value.rstrip("*")
