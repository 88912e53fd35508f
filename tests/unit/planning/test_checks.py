# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is refused before anything is planned for it: each text begins with the option and ends with the cure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs, task_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import Server
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from worlds import KEEP_HERE, ONE, OWN, PARTNER, asked_of, content_of, in_words, partner, plan_of, world

HQ = builders.relationship()
REPLACE = Policy(replace_partner_copy=True, keep_days=None)


def declared(name: str = "HQ", policy: Policy | None = None, **options: Any) -> Spec:
    settings = task_options.parse(name, options)
    return Spec(name, settings, settings.scopes, policy=policy or Policy())


def refusal(start: Any, spec: Spec) -> str:
    with pytest.raises(Refused) as refused:
        plan_of(start, spec)
    return str(refused.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"partner_server": "10.10.0.99"},
            "partner_server: 'HQ' on DHCP01 has the partner dhcp02.contoso.example = DHCP02 = 10.10.0.12, not "
            "10.10.0.99. If both names mean the same server, write one of those it has here. Windows cannot",
        ),
        ({"partner_server": "dhcp01"}, "partner_server: 'dhcp01' is DHCP01 itself; name the other server."),
        ({"scopes": ["10.9.9.0"]}, "scopes: 10.9.9.0 is no scope of DHCP01; create it there first, or correct the id."),
        (
            {"scopes": ["10.0.1.7"]},
            "scopes: 10.0.1.7 is no scope of DHCP01; it lies inside scope 10.0.1.0, write that id.",
        ),
        (
            {"scopes": ["10.0.2.0"]},
            "scopes: 10.0.2.0 is in relationship 'Other' (partner dhcp02.contoso.example); a scope can be in one only: "
            "move: true of dhcp_failover_scope takes it from there.",
        ),
    ],
    ids=["another partner", "itself", "no scope", "inside a scope", "in another relationship"],
)
def test_what_a_relationship_that_is_there_cannot_become(options: dict[str, Any], message: str) -> None:
    here = builders.server([HQ, builders.relationship("Other", ["10.0.2.0"])])
    assert refusal(world(here, partner()), declared(**options)).startswith(message)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("HQ", {}, "partner_server: needed, since relationship 'HQ' does not exist on DHCP01 yet."),
        ("HQ", {"partner_server": "DHCP01"}, "partner_server: 'DHCP01' is DHCP01 itself; name the other server."),
        ("HQ", {"partner_server": "10.10.0.11"}, "partner_server: '10.10.0.11' is DHCP01 itself"),
        ("HQ", {"partner_server": "localhost"}, "partner_server: 'localhost' is DHCP01 itself"),
        (
            "HQ",
            {"partner_server": PARTNER, "enable_auth": True, "scopes": ["10.0.1.0"]},
            "shared_secret: needed, since relationship 'HQ' is to be created with authentication on",
        ),
        (
            "HQ ",
            {"partner_server": PARTNER},
            "name: 'HQ ' begins or ends with a space, and DHCP01 has no relationship of this name; names cannot be "
            "changed later, so this is taken for a mistake.",
        ),
        ("HQ", {"partner_server": PARTNER, "scopes": ["10.0.4.0"]}, "scopes: 10.0.4.0 is no scope of DHCP01"),
    ],
)
def test_what_cannot_be_created(name: str, options: dict[str, Any], message: str) -> None:
    assert refusal(world(builders.server(), partner()), declared(name, **options)).startswith(message)


def test_every_bad_scope_is_named_at_once() -> None:
    message = refusal(world(builders.server([HQ]), partner()), declared(scopes=["10.0.1.0", "10.8.0.0", "10.9.0.0"]))
    assert [scope in message for scope in ("10.8.0.0", "10.9.0.0", "10.0.1.0")] == [True, True, False]


@pytest.mark.parametrize(
    ("there", "message"),
    [
        (partner({"HQ": ["10.0.4.0"]}), "DHCP02 has it in its 'HQ' with this server. Do not create it here, or two"),
        (partner({"Lab": ["10.0.4.0"]}), "DHCP02 has it in its 'Lab'. Do not create it here, or two servers give the"),
        (partner(copies=["10.0.4.0"]), "DHCP02 has it in service. Do not create it here, or two servers give the same"),
        (partner(), "create it there first, or correct the id."),
        (
            RemoteFailure("It is silent."),
            "create it there first, or correct the id (whether the partner has it is not known: It is silent.).",
        ),
    ],
)
def test_nobody_is_told_to_create_a_scope_that_the_partner_serves(there: Any, message: str) -> None:
    spec = declared(partner_server=PARTNER, scopes=["10.0.4.0"])
    told = refusal(world(builders.server(), there), spec)
    assert told.startswith(f"scopes: 10.0.4.0 is no scope of DHCP01; {message}")


def test_the_32nd_relationship_is_refused_and_the_31st_is_not() -> None:
    full = [builders.relationship(f"R{number}") for number in range(31)]
    spec = declared(partner_server=PARTNER, scopes=["10.0.1.0"])
    assert refusal(world(builders.server(full)), spec) == (
        "name: DHCP01 has 31 failover relationships, and 31 is the most a server can have; remove one that is not "
        "needed (empty ones count)."
    )
    assert asked_of(world(builders.server(full[:30])), spec).partners


@pytest.mark.parametrize(
    ("theirs", "message"),
    [
        (
            {"hq": ["10.0.2.0"]},
            "name: DHCP02 has a relationship 'hq', which differs from 'HQ' in upper and lower case only, and DHCP01 "
            "has not; choose another name, or remove it there (state: absent, in a task on that server).",
        ),
        (
            {f"R{number}": [] for number in range(31)},
            "name: DHCP02 has 31 relationships already, the most a server can have; remove one that is not needed "
            "(empty ones count).",
        ),
    ],
    ids=["the name is taken", "no room"],
)
def test_what_the_partner_would_refuse(theirs: dict[str, list[str]], message: str) -> None:
    spec = declared(partner_server=PARTNER, scopes=["10.0.1.0"])
    assert refusal(world(builders.server(), partner(theirs), OWN), spec) == message


def joining(copy: Any, here: Any = "10.0.1.0", **exported: Any) -> tuple[Any, Spec]:
    """10.0.1.0 is to join HQ, and the partner has this copy."""
    start = world(builders.server([HQ], [here]), partner({"HQ": []}, [copy]), OWN, **exported)
    return start, declared(scopes=["10.0.1.0"])


@pytest.mark.parametrize(
    ("copy", "policy", "message"),
    [
        (
            builders.scope("10.0.1.0", active=False),
            Policy(),
            "scopes: 10.0.1.0 exists on DHCP02 already (equal to the one here); replace_partner_copy: inactive_only "
            "(failover_replace_partner_copy of the role and the playbooks) "
            "replaces it, after a safety copy; where it was taken out of 'HQ' on purpose, take it out of scopes as "
            "well.",
        ),
        (
            builders.scope("10.0.1.0"),
            REPLACE,
            "scopes: 10.0.1.0 exists on DHCP02 already (equal to the one here); it is in service there: compare both, "
            "and remove or renumber one of them; or deactivate the one there, and replace_partner_copy: inactive_only "
            "(failover_replace_partner_copy of the role and the playbooks) "
            "replaces it, after a safety copy. Of a split scope, take out here before what the other half excludes, or "
            "it stays excluded on both.",
        ),
        (
            builders.scope("10.0.0.0", end_range="10.0.1.50", subnet_mask="255.255.254.0"),
            REPLACE,
            "scopes: 10.0.1.0 (10.0.1.10 to 10.0.1.200) overlaps scope 10.0.0.0 of DHCP02 (10.0.0.10 to 10.0.1.50); "
            "correct one of the two ranges.",
        ),
    ],
    ids=["a copy", "a copy in service", "addresses of another scope"],
)
def test_what_the_partner_has_in_the_way_of_a_scope(copy: Any, policy: Policy, message: str) -> None:
    start, spec = joining(copy)
    assert refusal(start, replace(spec, policy=policy)) == message


def test_a_copy_out_of_service_is_replaced_when_told() -> None:
    start, spec = joining(builders.scope("10.0.1.0", active=False))
    first, *_rest = in_words(plan_of(start, replace(spec, policy=REPLACE)))
    assert first.startswith("delete the copy of 10.0.1.0 on DHCP02")


def test_how_the_copy_in_the_way_differs_is_told() -> None:
    there = content_of(ONE, {"reservation 10.0.1.9": {"client_id": "bb"}})
    copy = builders.scope("10.0.1.0", active=False)
    start, spec = joining(copy, exported_here=content_of(ONE, {}), exported_there=there)
    assert "(reservation 10.0.1.9: present on DHCP02, none on DHCP01)" in refusal(start, spec)


@pytest.mark.parametrize(
    ("define", "message"),
    [
        ({"subnet_mask": "255.255.0.0", "scope_id": "10.0.0.0"}, "overlaps scope 10.0.1.0"),
        ({"scope_id": "10.0.1.128", "subnet_mask": "255.255.255.128"}, "overlaps scope 10.0.1.0"),
    ],
)
def test_a_scope_that_is_to_be_created_in_a_subnet_that_is_taken(define: dict[str, Any], message: str) -> None:
    base = builders.definition(define["scope_id"])
    start, end = ("10.0.1.130", "10.0.1.200") if define["scope_id"] == "10.0.1.128" else ("10.0.9.10", "10.0.9.20")
    wanted = scope_specs.parse([{**base, **define, "start_range": start, "end_range": end}])
    assert message in refusal(world(builders.server([HQ])), Spec("HQ", define=wanted))


def test_a_removal_that_did_not_end_is_told_to_who_adds() -> None:
    here: Server = builders.server([builders.relationship("HQ", ["10.0.2.0"])])
    start = world(here, partner({"HQ": ["10.0.1.0", "10.0.2.0"]}), OWN)
    assert refusal(start, declared(scopes=["10.0.1.0"], policy=KEEP_HERE)) == (
        "scopes: 10.0.1.0 is in 'HQ' on DHCP02, and not on DHCP01: a removal did not end, or this server was set up "
        "anew. Finish it with state: absent, keep_scopes_on, other_copy and partner_host, and add it then on the "
        "server that kept it."
    )
