# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a planner asks for, and what several requests come to together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import (
    Knocked,
    OwnRead,
    PartnerRead,
    ReadRequest,
    Unread,
    both,
    with_leases,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import Heard, RemoteFailure
from worlds import HERE, ONE, PARTNER, THREE, TWO

HQ = PartnerRead((PARTNER, "dhcp02"), "HQ", (ONE,))


def test_scopes_of_both_stand_once_and_in_order() -> None:
    assert both((THREE, ONE), (TWO, ONE)) == (ONE, TWO, THREE)
    assert both((), ()) == ()


# --- this server -----------------------------------------------------------------------------------------------------


def test_of_this_server_all_is_read_that_one_of_two_needs() -> None:
    secrets = OwnRead(secrets=("HQ", "Branch"), scopes=(TWO,), uses=(THREE,), copy="C:\\copy.xml")
    more = OwnRead(secrets=("Lab", "HQ"), scopes=(ONE,), level=True, statistics=True)
    assert secrets.merged(more) == OwnRead(
        ("HQ", "Branch", "Lab"), (ONE, TWO), True, (THREE,), level=True, copy="C:\\copy.xml", statistics=True
    )


@pytest.mark.parametrize(
    "read",
    [OwnRead(), OwnRead(secrets=("HQ",)), OwnRead(scopes=(ONE,), leases=False), OwnRead(level=True, statistics=True)],
    ids=str,
)
def test_what_was_asked_for_once_adds_nothing(read: OwnRead) -> None:
    assert read.merged(read) == read
    if not read.scopes or read.leases:
        assert OwnRead().merged(read) == read.merged(OwnRead()) == read


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (((ONE,), True), ((TWO,), False), True),
        (((ONE,), False), ((TWO,), True), True),
        (((ONE,), False), ((TWO,), False), False),
        (((ONE,), False), ((), True), False),  # who reads no scope wants no leases of any
        (((), True), ((TWO,), False), False),
        (((), False), ((), False), True),  # nothing is known of what will be asked for next
    ],
)
@pytest.mark.parametrize("kind", ["own", "partner"])
def test_leases_are_read_where_one_of_those_who_read_scopes_wants_them(
    first: tuple[Any, bool], second: tuple[Any, bool], expected: bool, kind: str
) -> None:
    reads: list[Any] = [
        OwnRead(scopes=scopes, leases=leases)
        if kind == "own"
        else PartnerRead((PARTNER,), "HQ", scopes=scopes, leases=leases)
        for scopes, leases in (first, second)
    ]
    assert with_leases(*reads) is expected
    assert reads[0].merged(reads[1]).leases is expected


# --- partners --------------------------------------------------------------------------------------------------------


def test_a_partner_is_asked_for_by_its_first_name() -> None:
    assert HQ.key == PARTNER
    assert PartnerRead((), "HQ").key == "", "that is the server of partner_host"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"scopes": (TWO,)}, {"scopes": (ONE, TWO)}),
        ({"api": True}, {"api": True}),
        ({"level": True}, {"level": True}),
        ({"first": HERE}, {"first": HERE}),
        ({"elsewhere": True}, {}),  # who knows that it is the server of partner_host is right
        ({"guarded": False}, {}),
    ],
    ids=str,
)
def test_of_a_partner_all_is_read_that_one_of_two_needs(change: dict[str, Any], expected: dict[str, Any]) -> None:
    other = replace(HQ, **change)
    assert HQ.merged(other) == other.merged(HQ) == replace(HQ, **expected)


def test_what_both_leave_to_windows_or_look_for_elsewhere_stays_so() -> None:
    loose = replace(HQ, elsewhere=True, guarded=False)
    assert loose.merged(loose) == loose


# --- requests --------------------------------------------------------------------------------------------------------


def test_two_requests_are_one_and_a_partner_is_in_it_once() -> None:
    branch = PartnerRead(("dhcp03.contoso.example",), "Branch", (TWO,))
    first = ReadRequest(OwnRead(("HQ",)), (HQ,), ("alias",))
    second = ReadRequest(OwnRead(("Branch",)), (branch, replace(HQ, scopes=(THREE,), level=True)), ("other", "alias"))
    merged = first.merged(second)
    assert merged.own.secrets == ("HQ", "Branch")
    assert merged.partners == (replace(HQ, scopes=(ONE, THREE), level=True), branch)
    assert merged.resolve == ("alias", "other")
    assert ReadRequest().merged(first) == first


def test_two_relationships_of_one_partner_are_one_read_of_it() -> None:
    branch = replace(HQ, relationship="Branch", scopes=(TWO,))
    (read,) = ReadRequest(partners=(HQ,)).merged(ReadRequest(partners=(branch,))).partners
    assert (read.key, read.scopes) == (PARTNER, (ONE, TWO))


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (ReadRequest(), "this server"),
        (ReadRequest(OwnRead(leases=False)), "this server"),
        (ReadRequest(OwnRead(("HQ",), level=True)), "this server; secrets HQ; level True"),
        (ReadRequest(partners=(replace(HQ, scopes=()),)), f"this server; partner {PARTNER} of 'HQ'"),
        (
            ReadRequest(partners=(replace(HQ, scopes=(ONE, TWO)),)),
            f"this server; partner {PARTNER} of 'HQ' with the content of 10.0.1.0, 10.0.2.0",
        ),
        (ReadRequest(partners=(PartnerRead((), "HQ"),)), "this server; partner of partner_host of 'HQ'"),
        (ReadRequest(resolve=("alias", "other")), "this server; addresses of alias; addresses of other"),
    ],
)
def test_the_one_who_watches_is_told_what_is_read(request_: ReadRequest, words: str) -> None:
    assert request_.words() == words


# --- a server that could not be read ---------------------------------------------------------------------------------


@pytest.mark.parametrize("heard", Heard)
def test_one_that_could_not_be_read_may_be_there_all_the_same(heard: Heard) -> None:
    failure = RemoteFailure("On dhcp01 asking dhcp02: access is denied.")
    assert Unread(failure).answered, "as long as nobody says otherwise"
    failure.heard = heard
    assert Unread(failure).answered is (heard is Heard.ANSWER)


@pytest.mark.parametrize(
    ("ids", "there"), [((), True), (("WIN32 5",), True), (("WIN32 1722",), False), (("WIN32 1753",), False)]
)
def test_one_that_was_knocked_at_is_there_where_its_service_said_something(ids: tuple[str, ...], there: bool) -> None:
    assert Knocked(ids).is_there is there
