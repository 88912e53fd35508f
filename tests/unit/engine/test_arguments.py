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
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy

ACTIONS = "ansible_collections.windhcp.failover.plugins.action"
MODULES = sorted(path.stem for path in (Path(__file__).parents[3] / "plugins" / "action").glob("dhcp_*.py"))
SHARED = {
    name: option
    for group in ("RELATIONSHIP", "WAITING", "PARTNER", "REMOVAL", "JOINING", "SAFETY_COPY")
    for name, option in getattr(arguments, group).items()
}
SAID = {
    "keep_scopes_on": "partner",
    "other_copy": "disable",
    "orphan": "remove_here",
    "partner_is_off": True,
    "replace_partner_copy": "inactive_only",
    "safety_copy": True,
    "safety_copy_days": 30,
}
SILENT = {
    "keep_scopes_on": None,
    "other_copy": None,
    "orphan": "refuse",
    "partner_is_off": False,
    "replace_partner_copy": "never",
    "safety_copy": True,
    "safety_copy_days": 0,
}


def options(module: str) -> dict[str, Any]:
    spec: dict[str, Any] = importlib.import_module(f"{ACTIONS}.{module}").ActionModule.ARGUMENT_SPEC
    return spec


@pytest.mark.parametrize("module", [name for name in MODULES if name != "dhcp_failover_site"])
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


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            SAID,
            Policy("partner", "disable", orphan=True, partner_is_off=True, keep_days=30, replace_partner_copy=True),
        ),
        (SILENT, Policy()),
    ],
    ids=["said", "left out"],
)
def test_options_are_read_into_a_policy(given: dict[str, Any], expected: Policy) -> None:
    assert arguments.policy(given) == expected
    assert arguments.policy(given, move=True).move, "what one module has beside them"


@pytest.mark.parametrize(
    ("safety_copy", "days", "kept"), [(True, 0, 0), (True, 7, 7), (False, 0, None), (False, 7, None)]
)
def test_how_long_a_safety_copy_is_kept(safety_copy: bool, days: int, kept: int | None) -> None:
    assert arguments.keep_days({"safety_copy": safety_copy, "safety_copy_days": days}) == kept
