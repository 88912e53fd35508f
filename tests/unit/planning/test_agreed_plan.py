# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What another plan has otherwise than the one that was agreed to."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.agreed_plan import of_result, refusal

A = {"server": "DHCP01", "step": "do this"}
B = {"server": "DHCP02", "step": "do this"}
GOES: dict[str, Any] = {
    "scope_id": "10.0.1.0",
    "server": "DHCP02",
    "kept_on": "DHCP01",
    "other_copy": "delete",
    "differences": ["name: There"],
}
BECOMES = "10.0.1.0 is kept on DHCP01, and deleted on DHCP02, with its leases"


def otherwise(agreed: dict[str, Any], now: dict[str, Any]) -> list[str]:
    return of_result(agreed).otherwise(of_result(now))


@pytest.mark.parametrize(
    ("agreed", "now", "differences"),
    [
        ([A, B], [B, A], []),
        ([A], [A, B], ["new: DHCP02: do this"]),
        ([A, B], [A], ["gone: DHCP02: do this"]),
        ([A], [B], ["new: DHCP02: do this", "gone: DHCP01: do this"]),
        ([A], [A, A], ["new: DHCP01: do this"]),
        ([A], [], ["gone: DHCP01: do this"]),
    ],
)
def test_steps_are_new_or_gone(agreed: list[Any], now: list[Any], differences: list[str]) -> None:
    assert otherwise({"plan": agreed}, {"plan": now}) == differences


@pytest.mark.parametrize(
    ("agreed", "now", "differences"),
    [
        ([GOES], [GOES], []),
        ([GOES], [{**GOES, "differences": []}], []),
        ([GOES], [{**GOES, "differences": ["name: There", "leases"]}], [f"new: {BECOMES}; the copies differ: leases"]),
        ([], [GOES], [f"new: {BECOMES}; the copies differ: name: There"]),
        ([GOES], [], [f"gone: {BECOMES}; the copies differ: name: There"]),
    ],
)
def test_removals_may_lose_less_and_never_more(agreed: list[Any], now: list[Any], differences: list[str]) -> None:
    assert otherwise({"removals": agreed}, {"removals": now}) == differences
    beyond = of_result({"removals": agreed}).lost_beyond(of_result({"removals": now}))
    assert beyond == [words for words in differences if words.startswith("new:")]


@pytest.mark.parametrize("key", ["scope_id", "server", "kept_on"])
def test_a_removal_is_of_one_copy(key: str) -> None:
    assert len(otherwise({"removals": [GOES]}, {"removals": [{**GOES, key: "another"}]})) == 2


def test_texts_are_compared_as_they_are_told() -> None:
    told = of_result({"plan": [A], "removals": [GOES]}, str.upper)
    assert told.steps == (("DHCP01", "DO THIS"),)
    assert told.removals[0]["differences"] == ["NAME: THERE"]


def test_what_is_told_of_many_is_no_more_than_somebody_reads() -> None:
    steps = [{"server": "DHCP01", "step": f"{number} " + "x" * 300} for number in range(100)]
    assert len(str(refusal(otherwise({}, {"plan": steps})))) < 3000
    assert of_result({}).is_empty
