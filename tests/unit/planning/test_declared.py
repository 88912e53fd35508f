# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of a task that become a policy, and the list of a whole server."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import declared
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.spec import Policy, Spec
from worlds import HOP, ONE, THREE, TWO, pair

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
    assert declared.policy(given) == expected
    assert declared.policy(given, move=True).move, "what one module has beside them"


@pytest.mark.parametrize(
    ("safety_copy", "days", "kept"), [(True, 0, 0), (True, 7, 7), (False, 0, None), (False, 7, None)]
)
def test_how_long_a_safety_copy_is_kept(safety_copy: bool, days: int, kept: int | None) -> None:
    assert declared.keep_days({"safety_copy": safety_copy, "safety_copy_days": days}) == kept


def whole(*specs: Spec) -> declared.WholeServer:
    return declared.WholeServer(
        specs, {spec.name: frozenset(spec.members) for spec in specs}, Policy(), False, frozenset()
    )


def test_what_hangs_together_with_a_relationship_is_left_out_with_it() -> None:
    """By a scope that goes from one to the other, or by a former name; however many there are between them."""
    here = pair({"HQ": ["10.0.1.0"], "Old": ["10.0.2.0"]}, HOP).here
    far, hq = Spec("Far", scopes=(ONE,)), Spec("HQ", scopes=(TWO,))
    new, solo = Spec("New", policy=Policy(previous_name="Old")), Spec("Solo", scopes=(THREE,))
    rest = whole(far, hq, new, solo).without("Far", here)
    assert ([spec.name for spec in rest.specs], {*rest.listed}) == (["Solo"], {"Solo"})
    assert rest.ignore == {"Far", "HQ", "New", "Old"}
    assert [spec.name for spec in whole(far, hq, new, solo).without("Solo", here).specs] == ["Far", "HQ", "New"]
