# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every state that Windows has for a relationship is waited for, refused with a cure, or the one that is wanted."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import failover_states as states
from lab.core.server import STATES

NEVER_SHOWN = {"NoState"}  # of a relationship that is there


def test_each_state_of_windows_has_its_place() -> None:
    assert set(STATES) - NEVER_SHOWN == states.STATES
    assert {states.NORMAL}.isdisjoint(states.PASSING | set(states.REFUSED))
    assert states.PASSING.isdisjoint(states.REFUSED)


@pytest.mark.parametrize("state", sorted(states.REFUSED))
def test_what_is_refused_says_what_to_do(state: str) -> None:
    assert any(word in states.REFUSED[state] for word in ("bring the partner back", "wait until", "let the two"))


def test_what_a_write_can_cause_is_refused_before_one() -> None:
    assert set(states.REFUSED) >= states.PASSING_AFTER_A_WRITE
