# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is refused may still have something to show in the task's result."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused, showing


def test_what_was_found_goes_along_with_the_refusal() -> None:
    with pytest.raises(Refused) as refused, showing(differences=["name"]), showing(removals=[]):
        raise Refused("scopes: 10.0.1.0 is no scope of DHCP01.")
    assert str(refused.value) == "scopes: 10.0.1.0 is no scope of DHCP01."
    assert refused.value.shows == {"differences": ["name"], "removals": []}


def test_of_what_is_not_refused_nothing_is_shown_and_other_errors_pass() -> None:
    with pytest.raises(ValueError, match=r"^other$") as other, showing(differences=["name"]):
        raise ValueError("other")
    assert not hasattr(other.value, "shows")
