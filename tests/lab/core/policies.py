# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Policies of the server and of scopes, and the address ranges of a scope's policies."""

from __future__ import annotations

from lab.core.api import CmdletObject, Value
from lab.core.call import Call
from lab.core.catalogue import class_of
from lab.core.copying import policy_classes
from lab.core.errors import Refused
from lab.core.options import find_policy
from lab.core.server import Policy, Scope

CRITERIA = (
    "VendorClass",
    "UserClass",
    "MacAddress",
    "ClientId",
    "Fqdn",
    "RelayAgent",
    "CircuitId",
    "RemoteId",
    "SubscriberId",
)


def view(scope: Scope | None, policy: Policy) -> CmdletObject:
    about: dict[str, Value] = {
        "Name": policy.name,
        "ProcessingOrder": policy.processing_order,
        "Condition": policy.condition,
        "Enabled": policy.enabled,
        "ScopeId": scope.scope_id if scope else None,
        "Description": policy.description,
    }
    about |= {name: policy.criteria.get(name) for name in CRITERIA}
    about["LeaseDuration"] = policy.lease_duration
    return CmdletObject("DhcpServerv4Policy", about)


def get(call: Call) -> None:
    scope = _scope(call)
    policies = (scope.policies if scope else call.server.policies).values()
    for name in call.texts("Name"):
        try:
            call.emit([view(scope, find_policy(call, scope, name))])
        except Refused as refusal:
            call.report(refusal)
    if not call.has("Name"):
        call.emit(view(scope, one) for one in sorted(policies, key=lambda policy: policy.processing_order))


def add(call: Call) -> None:
    """C SDK: 20105 the name is taken, 20109 no condition or one without EQ/NE and a value, 20044 no such class."""
    scope = _scope(call)
    policies = scope.policies if scope else call.server.policies
    name = call.text("Name")
    if name.lower() in (one.lower() for one in policies):
        raise call.fail("DHCP 20105", "add policy", name)
    criteria = {criterion: call.texts(criterion) for criterion in CRITERIA if call.texts(criterion)}
    valid = all(len(values) > 1 and values[0].upper() in ("EQ", "NE") for values in criteria.values())
    if not criteria or not valid:
        raise call.fail("DHCP 20109", "add policy", name)
    policy = Policy(
        name,
        condition=call.text("Condition"),
        enabled=call.parameters.get("Enabled") is not False,
        processing_order=call.number("ProcessingOrder", len(policies) + 1),
        description=call.text("Description"),
        criteria=criteria,
        lease_duration=call.span("LeaseDuration"),
    )
    if any(class_of(call.server, kind, one) is None for kind, one in policy_classes(policy)):
        raise call.fail("DHCP 20044", "add policy", name)
    if not 1 <= policy.processing_order <= len(policies) + 1:
        raise call.fail("DHCP 20110", "add policy", name)
    for other in policies.values():
        if other.processing_order >= policy.processing_order:
            other.processing_order += 1
    policies[name] = policy
    call.pass_thru(view(scope, policy))


def remove(call: Call) -> None:
    scope = _scope(call)
    policies = scope.policies if scope else call.server.policies
    for name in call.texts("Name"):
        try:
            policy = find_policy(call, scope, name)
        except Refused as refusal:
            call.report(refusal)
        else:
            del policies[policy.name]
            for other in policies.values():
                if other.processing_order > policy.processing_order:
                    other.processing_order -= 1
            call.pass_thru(view(scope, policy))


def get_ranges(call: Call) -> None:
    scope = call.scope(call.need_address("ScopeId"))
    for name in call.texts("Name") or tuple(scope.policies):
        try:
            policy = find_policy(call, scope, name)
        except Refused as refusal:
            call.report(refusal)
        else:
            for one in sorted(policy.ranges):
                about: dict[str, Value] = {
                    "Name": policy.name,
                    "ScopeId": scope.scope_id,
                    "StartRange": one.start,
                    "EndRange": one.end,
                }
                call.emit([CmdletObject("DhcpServerv4PolicyIPRange", about)])


def _scope(call: Call) -> Scope | None:
    scope_id = call.address("ScopeId")
    return None if scope_id is None else call.scope(scope_id)
