# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans for the membership of scopes in one relationship. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address

from .model import Definition, Refused, Server
from .plan import Plan, add_steps, check_members, missing_members
from .relationship_plan import create, find
from .view import settings


def present(name: str, scopes: Sequence[IPv4Address], definition: Definition | None, server: Server) -> Plan:
    """The scopes are members. A relationship that does not exist yet is created of `definition` with them."""
    actual = find(server, name)
    if actual is None:
        if definition is None:
            raise Refused(
                f"relationship: '{name}' does not exist on {server.name}, and no task of this play declared it; "
                "give create_relationship, or declare it with dhcp_failover_relationship before."
            )
        if not scopes:
            raise Refused("scopes: at least one is needed, since the relationship does not exist yet.")
        return create(definition, scopes, server)
    missing = missing_members(actual, scopes)
    check_members(server, name, missing)
    after = replace(actual, scopes=tuple(sorted((*actual.scopes, *missing))))
    return Plan(tuple(add_steps(server, name, actual.partner_server, missing)), settings(actual), settings(after))
