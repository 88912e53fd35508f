# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is asked before a partner is taken for silent, and in which order; what each answer means, a user is shown in
test_silent_partners.py."""

from __future__ import annotations

from dataclasses import replace

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.draft import Draft
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import (
    Knocked,
    PartnerRead,
    ReadRequest,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.silence import Asking, Silence, listen
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from worlds import GONE, HOP, OWN, PARTNER, SPELLINGS, partner, world

CUT = builders.relationship("HQ", ["10.0.1.0"], state="CommunicationInterrupted")
OFF = Asking("", "it is not down", is_off=True)
SILENT = Knocked(("WIN32 1722",))


def asked(start: World, asking: Asking = OFF) -> ReadRequest:
    d = Draft(start)
    assert listen(CUT, asking, d) is None
    return d.request()


def heard(start: World, asking: Asking = OFF) -> Silence:
    silence = listen(CUT, asking, Draft(start))
    assert silence is not None
    return silence


def alone(**knocked: Knocked) -> World:
    """The partner was not read; `knocked`: what came at its name and its address."""
    came = {PARTNER: knocked.get("name", SILENT), "DHCP02": SILENT, "10.10.0.12": knocked.get("address", SILENT)}
    return replace(world(builders.server([CUT])), knocked=came)


def test_every_name_and_the_address_are_asked_together_with_what_dns_has() -> None:
    start = world(builders.server([CUT]))
    bare = replace(start.here, server=replace(start.here.server, resolved={}))
    assert asked(start.having(bare)) == ReadRequest(resolve=(PARTNER, "DHCP02"), knocks=SPELLINGS)
    assert asked(start) == ReadRequest(knocks=SPELLINGS)


def test_with_partner_host_the_partner_is_read_in_the_same_round() -> None:
    start = replace(world(builders.server([CUT])), has_partner_host=True)
    assert asked(start) == ReadRequest(partners=(PartnerRead(SPELLINGS, "HQ"),), knocks=SPELLINGS)


def test_what_answers_is_looked_at() -> None:
    assert asked(alone(address=Knocked())) == ReadRequest(visits=("10.10.0.12",))
    stranger = partner({}, ["10.0.9.0"])
    assert "at 10.10.0.12 another machine answers" in heard(alone(address=Knocked(shown=stranger))).words
    with pytest.raises(Refused, match="answers"):
        heard(alone(address=Knocked(shown=partner({"HQ": ["10.0.1.0"]}))))


def test_a_half_of_the_name_is_the_partners_whomever_it_names() -> None:
    """A name that is not understood makes nobody a stranger."""
    half = builders.relationship("hq", [], partner_server="unheard-of.example", primary_ip=None, is_primary=False)
    there = replace(partner(), relationships=(half,))
    with pytest.raises(Refused, match="answers"):
        heard(alone(name=Knocked(shown=there)))


@pytest.mark.parametrize(("source", "seen"), [(HOP, False), (OWN, True)], ids=["second hop", "own connection"])
def test_the_controllers_own_look_is_told_beside_the_servers(source: object, seen: bool) -> None:
    start = world(builders.server([CUT]), GONE, OWN if source is OWN else HOP)
    silence = heard(start)
    assert (silence.seen, len(silence.asked)) == (seen, 3 + seen)


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_dead_partner_host_that_may_be_another_server_was_no_look_at_the_partner(elsewhere: bool) -> None:
    start = world(builders.server([CUT]), GONE, OWN)
    assert heard(start, replace(OFF, elsewhere=elsewhere)).seen is not elsewhere


def test_somebody_has_to_say_that_it_is_off_where_only_this_server_asked() -> None:
    start = world(builders.server([CUT]), GONE)
    with pytest.raises(Refused, match=r"^partner_is_off: needed, since dhcp02\.contoso\.example, the partner in 'HQ'"):
        heard(start, replace(OFF, is_off=False))
    assert not heard(start, replace(OFF, is_off=False, needs_word=False)).seen
