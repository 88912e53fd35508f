# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What scopes need of the server level before they can come to a partner: classes and option definitions."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.requirements import Requirements
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export import Export, Uses
from worlds import ONE, PARTNER, THREE, TWO

PHONES, OPTION = ("User", "Phones"), ("150", "")
HERE = Export(
    {PHONES: "phones"},
    {OPTION: "IPv4Address"},
    {},
    {
        ONE: Uses(frozenset({PHONES}), frozenset()),
        TWO: Uses(frozenset(), frozenset({OPTION})),
        THREE: Uses(frozenset(), frozenset()),
    },
)
LACKS = Export({}, {}, {}, {})


def required(partner: Export) -> Requirements:
    return Requirements([HERE], {PARTNER: partner})


@pytest.mark.parametrize(
    ("scopes", "partner", "lacking"),
    [
        ([ONE], LACKS, "user class 'Phones'"),
        ([TWO], LACKS, "definition of option 150"),
        ([TWO], Export({}, {OPTION: "String"}, {}, {}), "definition of option 150 as IPv4Address (it has String)"),
        ([ONE, TWO, THREE], LACKS, "user class 'Phones', definition of option 150"),
    ],
    ids=["a class", "a definition", "a definition of another type", "both"],
)
def test_what_the_partner_lacks_is_told(scopes: list[IPv4Address], partner: Export, lacking: str) -> None:
    with pytest.raises(Refused) as refused:
        required(partner).check(PARTNER, "DHCP02", scopes)
    assert str(refused.value) == (
        f"DHCP02 lacks what the scopes use, and Windows does not replicate it: {lacking}. Create it there first; "
        "nothing was changed."
    )


@pytest.mark.parametrize(
    ("scopes", "partner"),
    [
        ([THREE], LACKS),
        ([ONE, TWO], Export({("User", "phones"): "phones"}, {OPTION: "IPv4Address"}, {}, {})),
        ([], LACKS),
    ],
    ids=["a scope that needs nothing", "it has all, in other letters", "no scope"],
)
def test_what_the_partner_has_is_enough(scopes: list[IPv4Address], partner: Export) -> None:
    required(partner).check(PARTNER, "DHCP02", scopes)


def test_scopes_of_which_it_is_not_known_yet() -> None:
    assert Requirements().unknown([TWO, ONE, ONE]) == [ONE, TWO]
    assert required(LACKS).unknown([ONE, TWO, THREE]) == []
