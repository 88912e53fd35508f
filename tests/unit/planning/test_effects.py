# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What each action needs where it stands, and what the two servers look like after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import scope_specs
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DeclaredSettings
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import action_table, setting_changes
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import (
    Action,
    Kind,
    Membership,
    Modification,
    SafetyCopy,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.secret_record import SecretRecord
from worlds import HERE, ONE, OWN, PARTNER, THREE, TWO, pair, partner, world

HQ = {"HQ": ["10.0.1.0", "10.0.2.0"]}
NEW = scope_specs.parse([builders.definition("10.0.9.0")])[0]
CREATED = setting_changes.complete(DeclaredSettings("New", PARTNER))
MODIFIED = Modification({"load_balance_percent": 60}, DeclaredSettings("HQ"))


def action(kind: Kind, *scopes: Any, name: str = "HQ", where: Any = HERE, **more: Any) -> Action:
    return Action(0, kind, where, name, scopes, **more)


def shown(now: World) -> Mapping[str, str]:
    """Each server's scopes: members of which relationship, in service (+) or not (-)."""
    servers = {"here": now.views[HERE], "there": now.views[OWN]}
    return {
        name: " ".join(
            f"{str(scope)[5]}{'+' if view.serves(scope) else '-'}{view.owners.get(scope, '')}"
            for scope in sorted(view.copies)
        )
        for name, view in servers.items()
    }


@pytest.mark.parametrize(
    ("done", "here", "there"),
    [
        (action(Kind.SAVE, ONE, detail=0), "1+HQ 2+HQ 3+", "1+HQ 2+HQ"),
        (action(Kind.MAKE, NEW.scope_id, detail=NEW), "1+HQ 2+HQ 3+ 9-", "1+HQ 2+HQ"),
        (action(Kind.SERVE_OFF, THREE), "1+HQ 2+HQ 3-", "1+HQ 2+HQ"),
        (action(Kind.DETACH_MEMBERS, ONE, where=OWN), "1+HQ 2+HQ 3+", "1+ 2+HQ"),
        (action(Kind.DETACH_HALF, where=OWN), "1+HQ 2+HQ 3+", "1+ 2+"),
        (action(Kind.WITHDRAW_MEMBERS, ONE, other=OWN), "1+ 2+HQ 3+", "2+HQ"),
        (action(Kind.WITHDRAW_MEMBERS, ONE, where=OWN, other=HERE), "2+HQ 3+", "1+ 2+HQ"),
        (action(Kind.WITHDRAW_RELATIONSHIP, other=OWN), "1+ 2+ 3+", "1+ 2+"),
        (action(Kind.DELETE, ONE, where=OWN, other=HERE), "1+HQ 2+HQ 3+", "2+HQ"),
        (action(Kind.JOIN, THREE, other=OWN, partner=PARTNER), "1+HQ 2+HQ 3+HQ", "1+HQ 2+HQ 3+HQ"),
        (
            action(Kind.CREATE, THREE, name="New", other=OWN, partner=PARTNER, detail=CREATED),
            "1+HQ 2+HQ 3+New",
            "1+HQ 2+HQ 3+New",
        ),
        (action(Kind.REPLICATE, THREE, other=OWN), "1+HQ 2+HQ 3+", "1+HQ 2+HQ 3+"),
        (
            action(Kind.IMPORT, NEW.scope_id, detail=SafetyCopy("copy.xml", inactive=True)),
            "1+HQ 2+HQ 3+ 9-",
            "1+HQ 2+HQ",
        ),
    ],
    ids=lambda value: (
        f"{value.kind.value} {'here' if value.where is HERE else 'there'}" if isinstance(value, Action) else " "
    ),
)
def test_what_the_servers_show_after_it(done: Action, here: str, there: str) -> None:
    start = pair(HQ, OWN)
    assert shown(action_table.effect(start, done)) == {"here": here, "there": there}
    assert shown(start) == {"here": "1+HQ 2+HQ 3+", "there": "1+HQ 2+HQ"}, "what it started from stays as it was"


def test_a_scope_that_was_made_serves_when_it_is_switched_on() -> None:
    made = action_table.effect(pair(HQ, OWN), action(Kind.MAKE, NEW.scope_id, detail=NEW))
    on = action(Kind.SERVE_ON, NEW.scope_id)
    assert action_table.needs(made, on) is None
    assert shown(action_table.effect(made, on))["here"] == "1+HQ 2+HQ 3+ 9+"
    assert action_table.needs(pair(HQ, OWN), on) == "DHCP01 has no copy of 10.0.9.0"


def test_a_new_relationship_has_both_halves() -> None:
    done = action(Kind.CREATE, THREE, name="New", other=OWN, partner=PARTNER, detail=CREATED)
    after = action_table.effect(pair(HQ, OWN), done)
    assert [view.relationships["New"].partner_server for view in after.views.values()] == [PARTNER, "DHCP01"]


@pytest.mark.parametrize(
    ("changes", "here", "there"),
    [
        ({"load_balance_percent": 60}, {"load_balance_percent": 60}, {"load_balance_percent": 40}),
        ({"max_client_lead_time": 7200}, {"max_client_lead_time": 7200}, {"max_client_lead_time": 7200}),
        ({"shared_secret": True, "enable_auth": True}, {"enable_auth": True}, {"enable_auth": True}),
        (
            {"mode": "hot_standby", "reserve_percent": 8},
            {"mode": "hot_standby", "server_role": "active", "load_balance_percent": None, "reserve_percent": 8},
            {"mode": "hot_standby", "server_role": "standby", "load_balance_percent": None, "reserve_percent": 8},
        ),
    ],
    ids=str,
)
def test_what_is_modified_arrives_on_the_partner(
    changes: dict[str, Any], here: dict[str, Any], there: dict[str, Any]
) -> None:
    start = pair(HQ, OWN)
    after = action_table.effect(
        start, action(Kind.MODIFY, other=OWN, detail=Modification(changes, DeclaredSettings("HQ")))
    )
    for source, expected in ((HERE, here), (OWN, there)):
        before = start.views[source].relationships["HQ"]
        assert after.views[source].relationships["HQ"] == replace(before, **expected)


def test_a_partner_without_its_half_gets_nothing_of_it() -> None:
    start = world(builders.server([builders.relationship("HQ", ["10.0.1.0"])]), partner(), OWN)
    after = action_table.effect(start, action(Kind.MODIFY, other=OWN, detail=MODIFIED))
    assert after.views[OWN] == start.views[OWN]
    assert after.here.relationships["HQ"].load_balance_percent == 60


def test_settings_and_states_that_change() -> None:
    start = pair(HQ, OWN)
    assert (
        action_table.effect(start, action(Kind.MODIFY, detail=MODIFIED)).here.relationships["HQ"].load_balance_percent
        == 60
    )
    assert action_table.effect(start, action(Kind.DOWN)).here.relationships["HQ"].state == "PartnerDown"
    kept = replace(start, secrets=SecretRecord({"HQ": ("salt", "proof"), "Lab": ("salt", "proof")}))
    after = action_table.effect(kept, action(Kind.FORGET)).secrets
    assert (after.exists("HQ"), after.exists("Lab")) == (False, True)


@pytest.mark.parametrize(
    ("wanted", "lacks"),
    [
        (action(Kind.SAVE, THREE, where=OWN, detail=0), "DHCP02 has no copy of 10.0.3.0"),
        (action(Kind.MAKE, ONE, detail=NEW), "DHCP01 has 10.0.1.0 already"),
        (action(Kind.SERVE_OFF, THREE, where=OWN), "DHCP02 has no copy of 10.0.3.0"),
        (action(Kind.DETACH_MEMBERS, THREE), "10.0.3.0 is no member of 'HQ' on DHCP01"),
        (action(Kind.DETACH_HALF), "'HQ' on DHCP01 still has members: 10.0.1.0, 10.0.2.0"),
        (action(Kind.DETACH_HALF, name="Lab"), "DHCP01 has no relationship 'Lab'"),
        (action(Kind.WITHDRAW_MEMBERS, THREE, other=OWN), "10.0.3.0 is no member of 'HQ' on DHCP01"),
        (action(Kind.WITHDRAW_RELATIONSHIP, other=OWN), "'HQ' on DHCP01 still has members: 10.0.1.0, 10.0.2.0"),
        (action(Kind.DELETE, ONE, where=OWN, other=HERE), "10.0.1.0 is in service on DHCP02"),
        (action(Kind.DELETE, THREE, other=OWN), "10.0.3.0 is in service on DHCP01"),
        (action(Kind.FORGET), "nothing is kept of the secret of 'HQ'"),
        (action(Kind.CREATE, THREE, other=OWN, detail=CREATED), "DHCP01 has a relationship 'HQ' already"),
        (action(Kind.CREATE, ONE, name="New", other=OWN, detail=CREATED), "10.0.1.0 ('HQ') is in failover on DHCP01"),
        (action(Kind.JOIN, ONE, other=OWN), "10.0.1.0 ('HQ') is in failover on DHCP01"),
        (action(Kind.JOIN, THREE, name="Lab", other=OWN), "DHCP01 has no relationship 'Lab'"),
        (action(Kind.MODIFY, name="Lab", detail=MODIFIED), "DHCP01 has no relationship 'Lab'"),
        (action(Kind.REPLICATE, NEW.scope_id, other=OWN), "DHCP01 has no copy of 10.0.9.0"),
        (action(Kind.IMPORT, ONE, detail=SafetyCopy("copy.xml", inactive=True)), "DHCP01 has 10.0.1.0 already"),
        (action(Kind.DOWN), "'HQ' is in state Normal"),
    ],
    ids=lambda value: "" if isinstance(value, Action) else str(value),
)
def test_what_it_needs_and_does_not_find(wanted: Action, lacks: str) -> None:
    assert action_table.needs(pair(HQ, OWN), wanted) == lacks


def test_a_scope_that_the_partner_has_already_cannot_join() -> None:
    here = builders.server([builders.relationship("HQ", ["10.0.1.0"])])
    start = world(here, partner({"HQ": ["10.0.1.0"]}, ["10.0.3.0"]), OWN)
    assert action_table.needs(start, action(Kind.JOIN, THREE, other=OWN)) == "DHCP02 has 10.0.3.0 already"
    assert action_table.needs(start, action(Kind.JOIN, TWO, other=OWN)) is None


def test_of_two_copies_that_nobody_serves_none_goes() -> None:
    """Unless the kept one is in failover."""
    off, there = builders.scope("10.0.1.0", active=False), partner(None, [builders.scope("10.0.1.0", active=False)])
    delete = action(Kind.DELETE, ONE, where=OWN, other=HERE)
    alone = world(builders.server([], [off]), there, OWN)
    assert action_table.needs(alone, delete) == "10.0.1.0 is on DHCP01 neither in service nor in failover"
    member = world(builders.server([builders.relationship("HQ", ["10.0.1.0"])], [off]), there, OWN)
    assert action_table.needs(member, delete) is None


def test_a_former_partner_s_copy_waits_for_the_membership() -> None:
    here = builders.server([builders.relationship("HQ", ["10.0.1.0"])])
    start = world(here, partner(None, [builders.scope("10.0.1.0", active=False)]), OWN)
    waits = Membership("Branch", "dhcp03.contoso.example")
    last = action(Kind.DELETE, ONE, name="Branch", where=OWN, other=HERE, detail=waits)
    assert action_table.needs(start, last) == "10.0.1.0 is not yet a member of 'Branch' on DHCP01"
    assert action_table.needs(start, replace(last, detail=Membership("HQ", PARTNER))) is None
