# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scopes that come back from a safety copy: those that are not there, and only where nothing is in their way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.restoring import (
    Comparison,
    Here,
    Restoration,
    additions,
    chosen,
    counts,
    lost,
    planned,
    total,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_elements import (
    NOTHING,
    Export,
    Lease,
    ServerLevel,
    Uses,
)
from worlds import ONE, READ_AT, THREE, TWO, content_of, in_words, lease

PATH = r"C:\ProgramData\windhcp.failover\safety-copies\DHCP01-HQ.xml"
ALL = Restoration(PATH)
ACTIVE = {"": {"name": "Clients", "state": "Active", "subnet_mask": "255.255.255.0"}}
OFF = {"": {**ACTIVE[""], "state": "InActive"}}
PHONES, KIOSK, OPTION = ("User", "Phones"), ("User", "Kiosk"), ("150", "")


def saved(**more: Any) -> Export:
    """A safety copy: 10.0.1.0, which was active, and 10.0.2.0, which was not."""
    first, second = content_of(ONE, ACTIVE, _50=lease()), content_of(TWO, OFF)
    both = replace(first, scopes={**first.scopes, **second.scopes}, leases={**first.leases, **second.leases})
    return replace(both, version=(10, 0), **more)


def server(*scopes: str, export: Export = NOTHING, level: ServerLevel | None = None) -> Here:
    return Here(builders.server([], list(scopes)), export, level or ServerLevel((10, 0), {}, {}), READ_AT)


@pytest.mark.parametrize(
    ("inactive", "expected"),
    [
        (True, ["inactive: 10.0.1.0, 10.0.2.0"]),
        (False, ["inactive: 10.0.2.0", "active: 10.0.1.0"]),
    ],
    ids=["out of service", "as they were saved"],
)
def test_scopes_come_back_in_the_state_that_is_asked_for(inactive: bool, expected: list[str]) -> None:
    plan = planned(Comparison(Restoration(PATH, inactive=inactive), saved(), server("10.0.3.0")))
    assert in_words(plan) == [f"bring back from the safety copy, with leases, {words}" for words in expected]


@pytest.mark.parametrize(
    ("scopes", "found"), [((), (ONE, TWO)), ((TWO,), (TWO,)), ((TWO, ONE), (ONE, TWO))], ids=["all", "one", "both"]
)
def test_which_scopes(scopes: tuple[Any, ...], found: tuple[Any, ...]) -> None:
    assert chosen(Restoration(PATH, scopes), saved()) == found


@pytest.mark.parametrize(("copy", "holds"), [(saved(), "10.0.1.0, 10.0.2.0"), (NOTHING, "no scope")])
def test_a_scope_that_the_copy_does_not_hold(copy: Export, holds: str) -> None:
    with pytest.raises(Refused) as refused:
        chosen(Restoration(PATH, (THREE,)), copy)
    assert str(refused.value) == f"scopes: 10.0.3.0 is not in {PATH}, which holds {holds}."


def test_what_is_there_as_it_was_saved_is_no_change() -> None:
    here = content_of(ONE, OFF, _50=lease())
    plan = planned(Comparison(Restoration(PATH, (ONE,)), saved(), server("10.0.1.0", export=here)))
    assert plan.actions == ()


@pytest.mark.parametrize(
    ("there", "message"),
    [
        (
            content_of(ONE, {"": {**OFF[""], "name": "Mine"}}, _50=lease()),
            "scopes: 10.0.1.0 exists on DHCP01 already, with name Mine (Clients in the copy). Leave it out, or remove "
            "it there first (dhcp_failover_scope_copy where its partner keeps the scope, else by hand).",
        ),
        (
            content_of(ONE, ACTIVE, _50=lease()),
            "scopes: 10.0.1.0 exists on DHCP01 already, with state active (it would be inactive). Leave it out: it is "
            "in service there.",
        ),
        (content_of(ONE, OFF), "scopes: 10.0.1.0 exists on DHCP01 already, with no lease 10.0.1.50."),
    ],
    ids=["another name", "in service", "a lease that did not come"],
)
def test_what_is_there_and_differs_is_left_alone(there: Export, message: str) -> None:
    with pytest.raises(Refused) as refused:
        planned(Comparison(Restoration(PATH, (ONE,)), saved(), server("10.0.1.0", export=there)))
    assert str(refused.value).startswith(message)


def test_a_scope_that_would_lie_over_another_one() -> None:
    wide = content_of(ONE, {"": {**OFF[""], "subnet_mask": "255.255.0.0"}})
    with pytest.raises(Refused, match=r"^scopes: .*10\.0\.3\.0.*; leave it out, or remove the scope that is there\."):
        planned(Comparison(ALL, wide, server("10.0.3.0")))


@pytest.mark.parametrize(
    ("copy", "here", "message"),
    [
        ((10, 0), (6, 3), "was made by a newer Windows (version 10.0) than DHCP01 has (6.3)"),
        ((6, 3), (6, 2), None),
        ((6, 2), (10, 0), None),
    ],
    ids=["newer", "2012 R2 on 2012", "older"],
)
def test_copies_of_another_windows(copy: tuple[int, int], here: tuple[int, int], message: str | None) -> None:
    wanted, target = Restoration(PATH), server(level=ServerLevel(here, {}, {}))
    old = replace(saved(), version=copy)
    if message is None:
        (warning,) = planned(Comparison(wanted, old, target)).warnings
        assert warning == "the safety copy was made by Windows version {}.{}, and DHCP01 has {}.{}".format(*copy, *here)
    else:
        with pytest.raises(Refused) as refused:
            planned(Comparison(wanted, old, target))
        assert message in str(refused.value)


def test_what_comes_to_the_server_level_is_told() -> None:
    """Windows adds a class if its data is not there, and a definition if its id and vendor class are not."""
    copy = saved(classes={PHONES: "phones", KIOSK: "kiosk"}, definitions={OPTION: "IPv4Address"})
    level = ServerLevel((10, 0), {("User", "Terminals"): "kiosk"}, {})
    assert additions(copy, level) == ["user class 'Phones'", "definition of option 150"]
    (only,) = in_words(planned(Comparison(ALL, copy, server(level=level))))
    assert only.endswith("; adds to DHCP01: user class 'Phones', definition of option 150")


@pytest.mark.parametrize(
    ("level", "warning"),
    [
        (
            ServerLevel((10, 0), {PHONES: "phones"}, {OPTION: "String"}),
            "definition of option 150 is String on DHCP01 and IPv4Address in the copy: it stays as it is, and values "
            "may not fit",
        ),
        (
            ServerLevel((10, 0), {PHONES: "other"}, {OPTION: "IPv4Address"}),
            "user class 'Phones' of the copy is not the one that DHCP01 has under this name or with this data: it is "
            "not imported, nor is what needs it",
        ),
    ],
    ids=["a definition of another type", "a class of other data"],
)
def test_what_may_not_come_is_a_warning(level: ServerLevel, warning: str) -> None:
    uses = {ONE: Uses(frozenset({PHONES}), frozenset({OPTION}))}
    copy = saved(classes={PHONES: "phones"}, definitions={OPTION: "IPv4Address"}, uses=uses)
    assert planned(Comparison(ALL, copy, server(level=level))).warnings == (warning,)


def test_leases_that_did_not_come_are_told_with_the_cure() -> None:
    words = lost(Comparison(ALL, saved(), server("10.0.1.0", "10.0.2.0", export=content_of(ONE, OFF))), [ONE, TWO])
    assert words.startswith("Leases of the copy are not on DHCP01: 10.0.1.0 has no lease 10.0.1.50. ")
    assert "(Add-DhcpServerv4Lease)" in words
    assert lost(Comparison(ALL, saved(), server("10.0.1.0", export=content_of(ONE, OFF, _50=lease()))), [ONE]) == ""


def test_what_comes_is_counted_without_what_is_no_client() -> None:
    """An offer is nobody's lease, and that of a reservation comes back as the reservation."""
    reserved = {**ACTIVE, "reservation 10.0.1.9": {"client_id": "bb"}}
    offered = Lease("cc", None, "Offered")
    copy = content_of(ONE, reserved, _9=lease("bb", "ActiveReservation"), _50=lease(), _51=offered)
    found = counts([ONE, TWO], replace(copy, scopes={**copy.scopes, **saved().scopes, ONE: copy.scopes[ONE]}))
    assert found == [
        {"scope_id": "10.0.1.0", "leases": 1, "reservations": 1},
        {"scope_id": "10.0.2.0", "leases": 0, "reservations": 0},
    ]
    assert total(found) == {"leases": 1, "reservations": 1}
