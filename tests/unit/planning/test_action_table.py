# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of kinds: what a user is shown of an action and what the server that runs it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DeclaredSettings
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import action_table, setting_changes
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import (
    Action,
    Direction,
    Kind,
    Membership,
    Modification,
    SafetyCopy,
)
from worlds import HERE, HOP, ONE, OWN, PARTNER, TWO, pair

NEW = scope_specs.parse([builders.definition("10.0.9.0", lease_duration="8:00:00", state="inactive")])[0]
WHOLE = scope_specs.parse(
    [
        builders.definition(
            "10.0.9.0",
            router=["10.0.9.1"],
            options=[{"id": 42, "value": ["10.10.0.1"]}],
            exclusions=[{"start_range": f"10.0.9.{n}0", "end_range": f"10.0.9.{n}9"} for n in (2, 1)],
            reservations=[{"ip": "10.0.9.15", "client_id": "00155d0a1401"}],
            delay=500,
        )
    ]
)[0]
HQ = setting_changes.complete(DeclaredSettings("HQ", PARTNER))
HOT = DeclaredSettings("HQ", mode="hot_standby")
COPY = r"C:\ProgramData\windhcp.failover\safety-copies\DHCP01-HQ.xml"


def action(kind: Kind, *scopes: Any, **more: Any) -> Action:
    return Action(0, kind, more.pop("where", HERE), more.pop("name", "HQ"), scopes, **more)


@pytest.mark.parametrize(
    ("done", "words", "sent"),
    [
        (
            action(Kind.SAVE, ONE, where=OWN, detail=30),
            "keep a safety copy on DHCP02 of what is on DHCP02, with leases: 10.0.1.0",
            "safety_copy",
        ),
        (
            action(Kind.MAKE, NEW.scope_id, detail=NEW),
            "create scope 10.0.9.0 'Scope 10.0.9.0' on DHCP01 (mask 255.255.255.0, 10.0.9.10 to 10.0.9.200, leases of "
            "08:00:00, inactive)",
            "Add-DhcpServerv4Scope",
        ),
        (
            action(Kind.MAKE, WHOLE.scope_id, detail=WHOLE),
            "create scope 10.0.9.0 'Scope 10.0.9.0' on DHCP01 (mask 255.255.255.0, 10.0.9.10 to 10.0.9.200, router, "
            "1 option, 2 exclusions, 1 reservation, delay 500 ms)",
            "Add-DhcpServerv4Scope Add-DhcpServerv4ExclusionRange Add-DhcpServerv4ExclusionRange "
            "Add-DhcpServerv4Reservation Set-DhcpServerv4OptionValue Set-DhcpServerv4OptionValue",
        ),
        (
            action(Kind.COMPLETE, WHOLE.scope_id, detail=replace(WHOLE.details, exclusions=(), delay=None)),
            "complete scope 10.0.9.0 on DHCP01, which a broken run has begun (router, 1 option, 1 reservation)",
            "Add-DhcpServerv4Reservation Set-DhcpServerv4OptionValue Set-DhcpServerv4OptionValue",
        ),
        (action(Kind.SERVE_ON, ONE), "activate 10.0.1.0 on DHCP01", "Set-DhcpServerv4Scope"),
        (action(Kind.SERVE_OFF, ONE, where=OWN), "deactivate 10.0.1.0 on DHCP02", "Set-DhcpServerv4Scope"),
        (
            action(Kind.DETACH_MEMBERS, ONE, TWO),
            "take out of relationship 'HQ' on DHCP01 alone: 10.0.1.0, 10.0.2.0",
            "remove_member_here",
        ),
        (
            action(Kind.DETACH_HALF, where=OWN),
            "remove the relationship 'HQ' on DHCP02 alone",
            "remove_relationship_here",
        ),
        (
            action(Kind.WITHDRAW_MEMBERS, ONE, other=OWN),
            "remove from relationship 'HQ', keeping on DHCP01 and deleting on DHCP02: 10.0.1.0",
            "Remove-DhcpServerv4FailoverScope",
        ),
        (
            action(Kind.WITHDRAW_RELATIONSHIP, other=OWN),
            "remove the empty relationship 'HQ' on DHCP01 and DHCP02",
            "Remove-DhcpServerv4Failover",
        ),
        (
            action(Kind.DELETE, ONE, where=OWN, other=HERE),
            "delete the copy of 10.0.1.0 on DHCP02, with its leases (DNS records of its clients may go too)",
            "Remove-DhcpServerv4Scope",
        ),
        (action(Kind.FORGET), "forget what DHCP01 keeps of the secret of 'HQ'", "drop_text"),
        (
            action(Kind.CREATE, ONE, partner=PARTNER, detail=HQ),
            f"create relationship 'HQ' with {PARTNER} (load balance, 50 % here, MCLT 01:00:00, no automatic "
            "switchover, authentication off), copying there: 10.0.1.0",
            "Add-DhcpServerv4Failover",
        ),
        (
            action(Kind.JOIN, TWO, partner=PARTNER),
            f"add to relationship 'HQ', copying to {PARTNER}: 10.0.2.0",
            "Add-DhcpServerv4FailoverScope",
        ),
        (
            action(Kind.MODIFY, detail=Modification({"mode": "hot_standby", "reserve_percent": 5}, HOT)),
            "modify relationship 'HQ': mode load_balance -> hot_standby, reserve_percent 5",
            "Set-DhcpServerv4Failover",
        ),
        (
            action(Kind.REPLICATE, ONE, other=OWN, detail=Direction("DHCP01", PARTNER)),
            f"replicate from DHCP01 to {PARTNER}, overwriting there: 10.0.1.0",
            "Invoke-DhcpServerv4FailoverReplication",
        ),
        (
            action(Kind.IMPORT, ONE, name="", detail=SafetyCopy(COPY, True, 30, ("user class 'Phones'",))),
            "bring back from the safety copy, with leases, inactive: 10.0.1.0; adds to DHCP01: user class 'Phones'",
            "import_copy",
        ),
        (
            action(Kind.DOWN, partner=PARTNER, detail="X does not answer RPC"),
            f"declare {PARTNER}, the partner of relationship 'HQ', down, since it is silent: X does not answer RPC",
            "Set-DhcpServerv4Failover",
        ),
    ],
    ids=lambda value: value.kind.name if isinstance(value, Action) else " ",
)
def test_what_a_user_is_shown_and_what_is_sent(done: Action, words: str, sent: str) -> None:
    start = pair({"HQ": ["10.0.1.0"]}, OWN)
    assert action_table.words(done, start) == words
    operations = action_table.operations(done, start)
    assert " ".join(one.get("cmdlet", one["op"]) for one in operations) == sent


def test_every_kind_has_a_row() -> None:
    assert set(action_table.KINDS) == set(Kind)


@pytest.mark.parametrize(
    ("kind", "computer"), [(Kind.SAVE, PARTNER), (Kind.SERVE_OFF, PARTNER), (Kind.DELETE, PARTNER)]
)
def test_over_the_second_hop_the_partner_is_named(kind: Kind, computer: str) -> None:
    start = pair({"HQ": ["10.0.1.0"]}, HOP)
    (operation,) = action_table.operations(
        action(kind, ONE, where=HOP, other=HERE, detail=0 if kind is Kind.SAVE else None), start
    )
    assert operation["parameters"]["ComputerName"] == computer


def test_the_last_copy_goes_only_when_the_scope_is_a_member_on_both_new_servers() -> None:
    waits = Membership("Branch", "dhcp03.contoso.example")
    proofs = action_table.KINDS[Kind.DELETE].proofs(action(Kind.DELETE, ONE, where=OWN, other=HERE, detail=waits))
    assert [proof["parameters"].get("ComputerName") for proof in proofs] == [None, "dhcp03.contoso.example"]


@pytest.mark.parametrize(("update_secret", "kept"), [("on_create", False), ("always", False), ("on_change", True)])
def test_a_secret_is_kept_for_later_only_where_its_change_is_asked_for(update_secret: Any, kept: bool) -> None:
    start = pair({"HQ": ["10.0.1.0"]})
    sent = DeclaredSettings("HQ", PARTNER, shared_secret="Kx7-secret", update_secret=update_secret)
    then = action_table.KINDS[Kind.CREATE].then(action(Kind.CREATE, ONE, partner=PARTNER, detail=sent), start)
    assert [operation["op"] for operation in then] == (["keep_text"] if kept else [])
    assert "Kx7-secret" not in repr(then)


@pytest.mark.parametrize(
    "kind", [Kind.DETACH_MEMBERS, Kind.DETACH_HALF, Kind.WITHDRAW_MEMBERS, Kind.WITHDRAW_RELATIONSHIP]
)
@pytest.mark.parametrize(("where", "held"), [(HOP, True), (OWN, False), (HERE, False)])
def test_over_the_hop_nothing_is_taken_out_of_a_relationship_with_another_partner(
    kind: Kind, where: Any, *, held: bool
) -> None:
    """Over a connection the mutex and the fingerprint of that server do it."""
    start = pair({"HQ": ["10.0.1.0"]}, where if where != HERE else HOP)
    (operation,) = action_table.operations(action(kind, ONE, where=where), start)
    only = operation.get("only_if")
    assert bool(only) is held
    if only:
        assert (only["parameters"], only["match"]) == ({"ComputerName": PARTNER}, {"Name": "HQ"})
        shown = start.views[HOP].relationships["HQ"].partner_server
        assert (only["property"], only["values"], only["timeout"]) == ("PartnerServer", [shown], 0)


@pytest.mark.parametrize(("where", "held"), [(HOP, True), (OWN, False), (HERE, False)])
def test_over_the_hop_no_copy_is_deleted_that_serves_by_then(where: Any, *, held: bool) -> None:
    """Whoever undid his own claim has put it back; a client may have got an address from it."""
    start = pair({"HQ": ["10.0.1.0"]}, where if where != HERE else HOP)
    (operation,) = action_table.operations(action(Kind.DELETE, ONE, where=where), start)
    only = operation.get("only_if")
    assert bool(only) is held
    if only:
        assert (only["cmdlet"], only["parameters"]) == (
            "Get-DhcpServerv4Scope",
            {"ScopeId": ["10.0.1.0"], "ComputerName": PARTNER},
        )
        assert (only["property"], only["values"], only["timeout"]) == ("State", ["InActive"], 0)
