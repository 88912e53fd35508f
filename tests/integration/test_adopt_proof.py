# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A small run of make adopt-proof."""

from __future__ import annotations

import pytest
from adopt_proof.proof import prove


@pytest.mark.parametrize("number", [1, 2])
def test_what_exists_is_adopted_without_a_change(number: int, net: str) -> None:
    assert "adopted: changed 0, writes 0" in prove(2, number, "standin", net)
