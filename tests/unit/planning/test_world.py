# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The servers as they were read and as they would be: whose view it is, how it was reached, and what still has to be
read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Connection, Hop
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import PartnerRead, Unread
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import mirrored, view
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure
from worlds import HERE, HOP, ONE, OWN, PARTNER, THREE, TWO, pair, partner, world

HQ = builders.relationship("HQ", ["10.0.1.0"])


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (
            builders.hot_standby("HQ", [], partner_server="DHCP01", server_role="standby", is_primary=False),
            builders.hot_standby("HQ", [], partner_server=PARTNER, server_role="active", is_primary=True),
        ),
        (
            builders.relationship(
                "HQ", ["10.0.1.0"], partner_server="DHCP01", load_balance_percent=30, is_primary=False
            ),
            builders.relationship("HQ", ["10.0.1.0"], partner_server=PARTNER, load_balance_percent=70, is_primary=True),
        ),
        (
            builders.relationship("HQ", [], partner_server="DHCP01", is_primary=None),
            builders.relationship("HQ", [], partner_server=PARTNER, is_primary=None),
        ),
    ],
    ids=["hot standby", "load balance", "nobody says who is primary"],
)
def test_the_partner_s_half_mirrored_is_as_this_server_shows_it(theirs: Any, ours: Any) -> None:
    assert mirrored(theirs, PARTNER) == ours
    assert mirrored(ours, "DHCP01") == theirs


@pytest.mark.parametrize(
    ("source", "computer", "runs_on"),
    [(Connection.PARTNER, None, "DHCP02"), (Hop("partner", "DHCP01"), "partner", "DHCP01")],
)
def test_a_partner_that_is_called_partner_is_no_connection(source: Any, computer: str | None, runs_on: str) -> None:
    there = view(partner({"HQ": ["10.0.1.0"]}), source, builders.server([HQ]))
    assert (there.computer, there.runs_on) == (computer, runs_on)


def test_a_relationship_of_the_partner_with_another_server_is_none_of_ours() -> None:
    """It occupies its name and its scopes, and nothing is done to it."""
    with_us, with_another = (
        partner({"HQ": ["10.0.1.0"]}),
        builders.relationship("Lab", ["10.0.2.0"], partner_server="dhcp09.contoso.example", is_primary=None),
    )
    there = view(replace(with_us, relationships=(*with_us.relationships, with_another)), OWN, builders.server([HQ]))
    assert [there.half(name) is not None for name in ("HQ", "Lab")] == [True, False]
    assert (there.elsewhere(ONE, "HQ"), there.elsewhere(TWO, "HQ"), there.elsewhere(TWO, "Lab")) == (None, "Lab", "Lab")


def test_a_name_in_other_letters_is_a_question() -> None:
    here = view(builders.server([HQ]), HERE)
    half = here.find("HQ", "name")
    assert half is not None
    assert (half.name, half.server, half.scopes) == ("HQ", "DHCP01", (ONE,))
    assert here.find("Lab", "name") is None
    with pytest.raises(
        Refused, match=r"^relationship: DHCP01 has a relationship 'HQ', which differs from 'hq' in upper"
    ):
        here.find("hq", "relationship")


def test_a_view_that_changes_leaves_the_old_one_as_it_was() -> None:
    before = view(builders.server([HQ]), HERE)
    after = before.with_members("HQ", coming=[TWO], going=[ONE]).switched([TWO], active=False).without_copies([THREE])
    assert (set(after.members("HQ")), after.serves(TWO), THREE in after.copies) == ({TWO}, False, False)
    assert (set(before.members("HQ")), before.serves(TWO), THREE in before.copies) == ({ONE}, True, True)
    assert before.without_half("HQ").half("HQ") is None


@pytest.mark.parametrize(
    ("read", "known"),
    [
        (PartnerRead((PARTNER,), "HQ", (ONE,), api=True), True),
        (PartnerRead(("DHCP02",), "HQ", (ONE,)), True),
        (PartnerRead(("10.10.0.12",), "HQ"), True),
        (PartnerRead(("dhcp03",), "HQ"), False),
        (PartnerRead((), "HQ"), False),
    ],
    ids=["its name", "another of its names", "its address", "another server", "that of partner_host"],
)
def test_one_server_is_known_under_all_its_names(read: PartnerRead, known: bool) -> None:
    start = pair({"HQ": ["10.0.1.0"]}, HOP)
    assert start.asked(read) == (start.views[HOP] if known else None)


def test_it_has_to_be_read_as_far_as_it_is_needed() -> None:
    start = pair({"HQ": ["10.0.1.0"]}, HOP)
    shallow = start.having(replace(start.views[HOP], contents=(), api=False))
    assert shallow.asked(PartnerRead((PARTNER,), "HQ")) == shallow.views[HOP]
    assert shallow.asked(PartnerRead((PARTNER,), "HQ", (ONE,))) is None
    assert shallow.asked(PartnerRead((PARTNER,), "HQ", api=True)) is None


def test_why_a_partner_could_not_be_read_is_an_answer() -> None:
    failure = RemoteFailure("On dhcp01: the partner is not reachable.")
    answer = world(builders.server([HQ]), failure).asked(PartnerRead((PARTNER,), "HQ"))
    assert isinstance(answer, Unread)
    assert answer.failure is failure


@pytest.mark.parametrize(
    ("has_partner_host", "journal", "names"),
    [
        (False, (), ()),
        (False, (Note("Gone", PARTNER, run="dead"),), (PARTNER,)),
        (False, (Note("GONE", PARTNER, run="dead"),), (PARTNER,)),
        (True, (Note("Gone", PARTNER, run="dead"),), ()),
    ],
    ids=["never heard of", "noted by a run that broke off", "noted in capitals", "partner_host is asked"],
)
def test_what_the_partner_of_a_relationship_that_is_not_there_is_called(
    has_partner_host: bool, journal: tuple[Note, ...], names: tuple[str, ...]
) -> None:
    start = replace(world(builders.server([HQ])), has_partner_host=has_partner_host, journal=journal)
    assert start.partner_names("Gone") == names
    assert start.partner_names("HQ") == (PARTNER, "DHCP02", "10.10.0.12")
    assert start.reads_both("Gone") is (has_partner_host or bool(journal))


def test_two_reads_of_one_partner_are_one() -> None:
    first = PartnerRead((PARTNER,), "HQ", (ONE,), guarded=False, elsewhere=True)
    other = PartnerRead((PARTNER,), "Lab", (THREE, ONE), api=True, first=HERE)
    assert first.merged(other) == PartnerRead(
        (PARTNER,), "HQ", (ONE, THREE), api=True, first=HERE, guarded=True, also=("Lab",)
    )
    assert first.merged(other).relationships == ("HQ", "Lab")
