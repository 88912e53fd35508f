# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A sample of `make whole-server`: declarations of a whole server are reached, a killed run is completed, and nothing
is lost on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import action_table, effects
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind
from whole_server.runs import chain


@pytest.mark.parametrize("part", range(2))
def test_random_declarations(part: int) -> None:
    chains = [chain(seed) for seed in range(part * 13, part * 13 + 13)]
    assert [problem for run in chains for problem in run.wrong] == []
    assert sum(run.killed for run in chains) > 5
    assert sum(len(run.refused) for run in chains) < sum(run.declarations for run in chains) / 4


def test_a_wrong_effect_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    row = action_table.KINDS[Kind.WITHDRAW_MEMBERS]
    monkeypatch.setitem(action_table.KINDS, Kind.WITHDRAW_MEMBERS, replace(row, effect=effects.members_detached))
    assert any("the plan said" in wrong or "Please report" in wrong for seed in range(6) for wrong in chain(seed).wrong)
