# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each server has its own half of a relationship: settings and secrets that differ, and what a Set makes of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from core_calls import get, ids, run
from lab import topology
from lab.codec import TopologyError
from lab.core.lab import Lab

HOUR = timedelta(hours=1)
TWO_SERVERS = """
credentials: [{user: administrator, password: random}]
servers:
  DHCP01: {fqdn: dhcp01.contoso.example, address: 127.0.0.11, ip: 10.10.0.11}
  DHCP02: {fqdn: dhcp02.contoso.example, address: 127.0.0.12, ip: 10.10.0.12}
relationships:
  HQ: {primary: DHCP01, secondary: DHCP02, percentage: 60, secret: one, safe_period: 00:30:00, secondary_half: {%s}}
"""
APART = "percentage: 20, mclt: 02:00:00, safe_period: 0, secret: one"


def apart(otherwise: str = APART, **switches: Any) -> Lab:
    lab = topology.loads(TWO_SERVERS % otherwise)
    for name, answer in switches.items():
        lab.switches = lab.switches.with_answer(name, answer)
    return lab


def half(lab: Lab, on: str = "DHCP02") -> dict[str, Any]:
    return get(lab, on, "HQ")


def change(lab: Lab, on: str = "DHCP01", **settings: Any) -> None:
    assert ids(run(lab, "Set-DhcpServerv4Failover", on=on, Name="HQ", Force=True, **settings)) == []


def test_each_server_shows_its_own() -> None:
    lab = apart("mode: HotStandby, percentage: 20, mclt: 02:00:00, safe_period: 0, secret: ''")
    here, there = half(lab, "DHCP01"), half(lab)
    assert (here["Mode"], here["LoadBalancePercent"], here["MaxClientLeadTime"]) == ("LoadBalance", 60, HOUR)
    assert (here["StateSwitchInterval"], here["AutoStateTransition"], here["EnableAuth"]) == (HOUR / 2, True, True)
    assert (there["Mode"], there["ReservePercent"], there["MaxClientLeadTime"]) == ("HotStandby", 20, 2 * HOUR)
    assert (there["StateSwitchInterval"], there["AutoStateTransition"], there["EnableAuth"]) == (None, False, False)


@pytest.mark.parametrize(("answer", "lead", "percent"), [("given", 1, 80), ("changed", 2, 80), ("all", 1, 40)], ids=str)
def test_what_a_set_sends_of_what_is_as_it_should_be_here(answer: str, lead: int, percent: int) -> None:
    """A lead time of an hour is no change of this half; nobody has said how many percent."""
    lab = apart(set_sends=answer)
    change(lab, MaxClientLeadTime=HOUR)
    assert (half(lab)["MaxClientLeadTime"], half(lab)["LoadBalancePercent"]) == (lead * HOUR, percent)
    assert half(lab, "DHCP01")["MaxClientLeadTime"] == HOUR


@pytest.mark.parametrize("answer", ["given", "changed", "all"])
def test_what_is_new_to_this_half_goes_to_the_partner(answer: str) -> None:
    lab = apart(set_sends=answer)
    change(lab, "DHCP02", MaxClientLeadTime=3 * HOUR, StateSwitchInterval=HOUR)
    assert (half(lab, "DHCP01")["MaxClientLeadTime"], half(lab, "DHCP01")["StateSwitchInterval"]) == (3 * HOUR, HOUR)
    assert half(lab, "DHCP01")["LoadBalancePercent"] == (20 if answer == "all" else 60)


@pytest.mark.parametrize("answer", ["given", "changed", "all"])
def test_a_change_of_mode_takes_the_percent_along(answer: str) -> None:
    lab = apart(set_sends=answer)
    change(lab, Mode="HotStandby", ReservePercent=7)
    assert (half(lab)["Mode"], half(lab)["ReservePercent"], half(lab)["ServerRole"]) == ("HotStandby", 7, "Standby")


@pytest.mark.parametrize("other", ["another", ""])
def test_different_secrets_show_in_the_state(other: str) -> None:
    lab = apart(f"secret: '{other}'")
    assert half(lab, "DHCP01")["State"] == half(lab)["State"] == "CommunicationInterrupted"
    change(lab, SharedSecret="the same on both")
    assert half(lab, "DHCP01")["State"] == half(lab)["State"] == "Normal"
    assert half(lab)["EnableAuth"]


def test_or_they_do_not() -> None:
    assert half(apart("secret: another", differing_secrets="normal"))["State"] == "Normal"


def test_secrets_still_differ_when_they_come_back_from_a_file() -> None:
    for otherwise, state in (("secret: another", "CommunicationInterrupted"), ("secret: one", "Normal")):
        text = topology.dumps(apart(otherwise))
        assert half(topology.loads(text))["State"] == state
        assert topology.dumps(topology.loads(text)) == text


@pytest.mark.parametrize(
    ("otherwise", "place"),
    [
        ("mode: both", "mode: unknown word 'both'"),
        ("percentage: 101", "percentage 101"),
        ("age: 3", "age: unknown field"),
    ],
)
def test_a_wrong_half_names_its_place(otherwise: str, place: str) -> None:
    with pytest.raises(TopologyError, match=place):
        apart(otherwise)
