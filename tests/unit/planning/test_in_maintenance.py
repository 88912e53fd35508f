# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which plans a note of maintenance holds back, on this server's side and on the partner's (whole tasks:
test_dhcp_failover_maintenance.py)."""

from __future__ import annotations

from dataclasses import replace

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Source
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.maintenance_note import Maintenance
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DeclaredSettings
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import in_maintenance
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind, Modification
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.draft import Draft
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.in_maintenance import InMaintenance
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan import Plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.plan_proof import finished
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import ReadRequest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Spec
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from worlds import HERE, ONE, OWN, PARTNER, THREE, partner, world

HQ = builders.relationship("HQ", ["10.0.1.0"])
FAR = builders.relationship("Far", ["10.0.3.0"], partner_server="dhcp03.contoso.example", secondary_server="DHCP03")
FAR = replace(FAR, secondary_ip="10.10.0.13")
NOTE = Maintenance("DHCP01", (PARTNER, "DHCP02", "10.10.0.12"), ("HQ",), {"HQ": 3600}, file="f")
MIRRORED = replace(NOTE, partner=("DHCP01", "10.10.0.11"))


def known(*notes: Maintenance, on: Source = HERE) -> World:
    return replace(world(builders.server([HQ, FAR]), partner({"HQ": ["10.0.1.0"]}), OWN), maintenance={on: notes})


def modified(start: World, name: str, interval: int, auto: bool | None = None) -> Plan:
    d = Draft(start)
    settings = DeclaredSettings(name=name, state_switch_interval=None if auto else interval, auto_state_transition=auto)
    detail = Modification({"state_switch_interval": interval}, settings)
    d.add(Kind.MODIFY, d.here, name, partner=d.here.relationships[name].partner_server, detail=detail)
    return finished(d, [Spec(name)])


def is_held_back(made: Plan) -> bool:
    try:
        in_maintenance.check(made)
    except InMaintenance:
        return True
    return False


@pytest.mark.parametrize(
    ("start", "held"),
    [
        (known(NOTE), True),
        (known(MIRRORED, on=OWN), True),
        (known(replace(NOTE, ended=True)), False),
        (known(replace(NOTE, partner=("dhcp03",), relationships=("Far",))), False),
        (known(replace(NOTE, partner=("dhcp09",), relationships=("X",)), on=OWN), False),
        (known(replace(NOTE, relationships=("Earlier",))), True),
        (known(), False),
    ],
    ids=["here", "there", "over", "with another", "of others", "its relationship is another by now", "none"],
)
def test_a_plan_for_the_pair_is_held_back_by_a_note_on_either_server(start: World, held: bool) -> None:
    assert is_held_back(modified(start, "HQ", 60)) is held


def test_what_is_about_another_partner_goes_on_and_what_is_about_this_server_alone_does_not() -> None:
    assert not is_held_back(modified(known(NOTE), "Far", 60))
    for scope, name, held in ((ONE, "", True), (THREE, "Far", False), (ONE, "hq", True)):
        d = Draft(known(NOTE))
        d.add(Kind.SERVE_ON, d.here, name, [scope])
        assert is_held_back(finished(d)) is held


@pytest.mark.parametrize("notes", [{HERE: (NOTE,)}, {OWN: (MIRRORED,)}], ids=["here", "there"])
@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({"partner_server": "dhcp03.contoso.example", "secondary_ip": "10.10.0.13"}, False),
        ({"partner_server": "dhcp02.contoso.example", "secondary_ip": "10.10.9.12"}, True),
    ],
    ids=["another server", "another address"],
)
def test_what_was_made_with_another_server_since_has_the_name_alone_in_common(
    notes: dict[Source, tuple[Maintenance, ...]], changes: dict[str, str], held: bool
) -> None:
    start = known()
    half = replace(start.here.relationships["HQ"], secondary_server="", **changes)  # type: ignore[arg-type]
    here = replace(start.here, relationships={**start.here.relationships, "HQ": half})
    made = modified(replace(start, views={**start.views, HERE: here}, maintenance=notes), "HQ", 3600)
    assert is_held_back(made) is held
    assert (in_maintenance.held(made).actions == ()) is (held and HERE in notes)
    assert bool(in_maintenance.warnings(made)) is (held and HERE in notes)


def test_a_partner_that_is_called_otherwise_than_it_calls_itself_is_no_other_server() -> None:
    start = known(MIRRORED, on=OWN)
    half = replace(start.here.relationships["HQ"], partner_server="failover.example", secondary_server="")
    half = replace(half, secondary_ip="10.10.9.12")
    here = replace(start.here, relationships={**start.here.relationships, "HQ": half})
    start = replace(start, views={**start.views, HERE: here}, known={**start.known, "failover.example": OWN})
    assert is_held_back(modified(start, "HQ", 60))


def test_a_plan_that_begins_or_ends_a_maintenance_is_none_of_those() -> None:
    assert not is_held_back(replace(modified(known(NOTE), "HQ", 60), maintains=True))


def test_nothing_to_do_is_told_where_it_is_about_the_pair() -> None:
    nothing = finished(Draft(known(NOTE)))
    (warning,) = in_maintenance.warnings(nothing)
    assert warning.startswith("DHCP01 is in maintenance: the playbook windhcp.failover.maintenance with ")
    assert in_maintenance.warnings(replace(nothing, desired=(Spec("Far"),))) == []
    assert len(in_maintenance.warnings(replace(nothing, desired=(Spec("Far"), Spec("HQ"))))) == 1
    assert in_maintenance.warnings(replace(nothing, maintains=True)) == ()
    assert in_maintenance.hint((NOTE,)).startswith(" DHCP01 is in maintenance")
    assert in_maintenance.hint((replace(NOTE, ended=True),)) == in_maintenance.hint(()) == ""


@pytest.mark.parametrize(
    ("note", "interval", "auto", "left"),
    [
        (NOTE, 3600, None, 0),
        (NOTE, 7200, None, 1),
        (NOTE, 7200, True, 0),
        (replace(NOTE, ended=True), 3600, None, 1),
        (replace(NOTE, paused={}), 3600, None, 1),
    ],
    ids=["as it was", "another", "on, whatever the interval", "to be put back", "not paused"],
)
def test_a_switchover_that_is_paused_is_no_difference(
    note: Maintenance, interval: int, auto: bool | None, left: int
) -> None:
    made = in_maintenance.held(modified(known(note), "HQ", interval, auto))
    assert len(made.actions) == left
    assert made.after(Spec("HQ"))["state_switch_interval"] == (interval if left else 0)


def test_a_planner_that_heeds_it_asks_and_plans_as_before() -> None:
    plans = in_maintenance.heeding(lambda now: modified(now, "HQ", 3600) if now.views else ReadRequest())
    assert plans(World()) == ReadRequest()
    made = plans(known(NOTE))
    assert isinstance(made, Plan)
    assert made.actions == ()


def test_what_is_changed_beside_it_is_all_that_is_told() -> None:
    d = Draft(known(NOTE))
    settings = DeclaredSettings(name="HQ", state_switch_interval=3600, load_balance_percent=55)
    detail = Modification({"load_balance_percent": 55, "state_switch_interval": 3600}, settings)
    d.add(Kind.MODIFY, d.here, "HQ", partner=PARTNER, detail=detail)
    (action,) = in_maintenance.held(finished(d, [Spec("HQ")])).actions
    assert dict(action.detail.changes) == {"load_balance_percent": 55}
