# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where the runs begin: three servers, two relationships, scopes of every kind, and safety copies of an earlier
removal."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from lab import topology
from lab.core.lab import Lab
from lab.core.open_questions import answered
from lab.standin.files import Files
from nothing_lost.task import Wire, perform

from races.servers import RacedLab, active, raced
from races.tasks import EIGHT, FIVE, FOUR, NEW_SCOPE, NINE, ONE, SIX, THREE, TWO, created_with, declared, removal, scope

RANGE = (
    "{{name: Clients, subnet_mask: 255.255.255.0, start_range: 10.0.{0}.10, end_range: 10.0.{0}.99, leases: "
    "{{count: 2}}}}"
)


def _inside(*scopes: IPv4Address) -> str:
    return ", ".join(f"{scope}: {RANGE.format(str(scope).split('.')[2])}" for scope in scopes)


HERE, THERE = _inside(ONE, TWO, THREE, FOUR, FIVE), _inside(SIX, EIGHT)
SERVERS = f"""
credentials: [{{user: admin, password: random}}]
switches: {{settle_polls: 0}}
servers:
  DHCP01: {{fqdn: dhcp01.contoso.example, address: 127.0.0.11, ip: 10.10.0.11, scopes: {{{HERE}}}}}
  DHCP02: {{fqdn: dhcp02.contoso.example, address: 127.0.0.12, ip: 10.10.0.12, scopes: {{{THERE}}}}}
  DHCP03: {{fqdn: dhcp03.contoso.example, address: 127.0.0.13, ip: 10.10.0.13}}
"""


ADDRESS, ALIAS = "10.10.0.12", "backup.contoso.example"
GIVEN = {"stored_partner_name": "given"}
SPELLINGS: Mapping[
    str, tuple[str, Mapping[str, Any]]
] = {  # how DHCP02 was called when HQ was made, and what Windows answers
    "address": (ADDRESS, {}),
    "alias": (ALIAS, {}),
    "named_by_address": (ADDRESS, GIVEN),
    "named_by_alias": (ALIAS, GIVEN),
    "both_by_address": (ADDRESS, {**GIVEN, "own_half_follows_its_server": False}),
    "both_by_alias": (ALIAS, {**GIVEN, "own_half_follows_its_server": False}),
}


@dataclass(frozen=True)
class Scene:
    """`saved`: server -> its safety copy of the first scope. `unserved`: scopes that nobody serves at first."""

    name: str
    lab: RacedLab
    files: dict[str, Files]
    saved: dict[str, str]
    unserved: frozenset[IPv4Address]

    def fresh(self) -> tuple[RacedLab, dict[str, Files]]:
        """One of its own for a schedule."""
        return raced(self.lab), deepcopy(self.files)


@functools.cache
def scene(name: str) -> Scene:
    """pair: both servers are up. inactive: the first scopes are out of service on both. silent: the partner is gone.
    half_first: a cmdlet writes to the partner before its own server. settling: what is new is not Normal at once. A
    spelling: DHCP01 calls its partner so. Behind a comma, another answer to an open question about Windows, as
    open_questions.written has it: pair,null_interval=ignored."""
    name, _comma, answer = name.partition(",")
    lab = topology.loads(SERVERS)
    if answer:
        switch = answer.partition("=")[0]
        lab.switches = lab.switches.with_answer(switch, getattr(answered(answer), switch))
    files: dict[str, Files] = {}
    saved = {host: _saved(lab, files, host) for host in ("DHCP01", "DHCP02")}
    _made(lab, files, "dhcp_failover_scope", scope("Branch", THREE, **created_with("dhcp02")))
    for keeper, loser, left in (("DHCP01", "DHCP02", FIVE), ("DHCP02", "DHCP01", SIX)):
        lab.servers[loser].scopes[left] = replace(deepcopy(lab.servers[keeper].scopes[left]), state="InActive")
    if name == "inactive":
        for server in ("DHCP01", "DHCP02"):
            for member in (ONE, TWO):
                lab.servers[server].scopes[member].state = "InActive"
    if name == "silent":
        lab.servers["DHCP02"].reachable = False
    if name in SPELLINGS:
        _spell(lab, *SPELLINGS[name])
    if name == "half_first":
        lab.switches = lab.switches.with_answer("partner_half_first", True)
    if name == "settling":
        lab.switches = lab.switches.with_answer("settle_polls", 2)
    scopes = {one for server in lab.servers.values() for one in server.scopes}
    return Scene(name, raced(lab), files, saved, frozenset(one for one in scopes if not active(lab, one)))


def _spell(lab: Lab, called: str, answers: Mapping[str, Any]) -> None:
    """Every relationship of DHCP01's was made with `called` as its partner."""
    lab.servers["DHCP02"].aliases = (ALIAS,)
    for switch, answer in answers.items():
        lab.switches = lab.switches.with_answer(switch, answer)
    for half in lab.servers["DHCP01"].relationships.values():
        half.partner_server = called
        if lab.switches.stored_partner_name == "given":
            for one in (half, lab.servers["DHCP02"].relationships[half.name]):
                one.secondary_name = called


def _saved(lab: Lab, files: dict[str, Files], host: str) -> str:
    """Two members of HQ were taken out. One is in it again, one is gone; the path of what that left on the server that
    lost them."""
    loser, keeper = (host.lower(), "dhcp02" if host == "DHCP01" else "dhcp01")
    if "HQ" not in lab.servers["DHCP01"].relationships:
        _made(lab, files, "dhcp_failover_relationship", declared("dhcp01", "dhcp02"))
    _made(lab, files, "dhcp_failover_scope", {**scope("HQ"), "create_scopes": [NEW_SCOPE]})
    goes = removal("partner", "delete")
    result = _made(lab, files, "dhcp_failover_scope", scope("HQ", ONE, NINE, **goes), loser)
    _made(lab, files, "dhcp_failover_scope", scope("HQ", ONE), keeper)
    del lab.servers[keeper.upper()].scopes[NINE]
    return str(result["safety_copies"][0]["path"])


def _made(
    lab: Lab, files: dict[str, Files], module: str, options: Mapping[str, Any], host: str = "dhcp01"
) -> dict[str, Any]:
    result = perform(Wire(lab, files=files), module, options, host)
    assert not result.get("failed"), result["msg"]
    return result
