# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options that several modules share, and the policy that they are read into."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import arguments
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import failover_states
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import DECLARED

ACTIONS = "ansible_collections.windhcp.failover.plugins.action"
MODULES = sorted(path.stem for path in (Path(__file__).parents[3] / "plugins" / "action").glob("dhcp_*.py"))
READS_NO_PARTNER_AS_TOLD = (  # most of them run on the controller alone
    "dhcp_failover_adopt",
    "dhcp_failover_check",
    "dhcp_failover_check_report",
    "dhcp_failover_live_check",  # its partner has to be said
    "dhcp_failover_live_report",
    "dhcp_failover_plan",
    "dhcp_failover_plan_check",
    "dhcp_failover_plan_variables",
    "dhcp_failover_report",
    "dhcp_failover_site",
)
SHARED = {
    name: option
    for group in ("RELATIONSHIP", "WAITING", "PARTNER", "REMOVAL", "JOINING", "SAFETY_COPY")
    for name, option in getattr(arguments, group).items()
}


def options(module: str) -> dict[str, Any]:
    spec: dict[str, Any] = importlib.import_module(f"{ACTIONS}.{module}").ActionModule.ARGUMENT_SPEC
    return spec


@pytest.mark.parametrize("module", [name for name in MODULES if name not in READS_NO_PARTNER_AS_TOLD])
def test_a_shared_option_is_the_same_in_each_module(module: str) -> None:
    taken = options(module)
    shared = {name for name in taken if name in SHARED}
    assert shared, "each takes partner_host, or safety_copy_days"
    assert {name: taken[name] for name in shared} == {name: SHARED[name] for name in shared}


def test_what_makes_a_relationship_is_an_option_of_it() -> None:
    assert list(arguments.RELATIONSHIP) == ["partner_server", *(setting.option for setting in DECLARED)]
    assert options("dhcp_failover_scope")["create_relationship"]["options"] == arguments.RELATIONSHIP


def test_no_state_that_passes_or_is_wanted_anyway_can_be_allowed() -> None:
    choices = set(arguments.WAITING["allow_state"]["choices"])
    assert choices == failover_states.STATES - failover_states.PASSING - {"Normal"}
    assert {"CommunicationInterrupted", "PartnerDown"} <= choices
