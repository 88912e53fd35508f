# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What becomes of PartnerDown when the two servers are in contact again."""

from __future__ import annotations

from typing import Any

import pytest
from core_calls import CLIENTS, NAME, A, add, company, get, ids, run
from lab.core.lab import Lab


def apart(**switches: Any) -> Lab:
    lab = company(**switches)
    add(lab)
    lab.cut_link("DHCP01", "DHCP02")
    return lab


def declare_down(lab: Lab, on: str = "DHCP01") -> None:
    assert ids(run(lab, "Set-DhcpServerv4Failover", on=on, Name=NAME, PartnerDown=True, Force=True)) == []


def lease(lab: Lab, on: str, address: str) -> None:
    assert (
        ids(
            run(
                lab, "Add-DhcpServerv4Lease", on=on, ScopeId=CLIENTS, IPAddress=A(address), ClientId="00-11-22-33-44-55"
            )
        )
        == []
    )


def states(lab: Lab, gets: int) -> list[tuple[str, str]]:
    """The states of both halves, as they are read one after the other (each read is a Get)."""
    return [(get(lab)["State"], get(lab, "DHCP02")["State"]) for _get in range(gets)]


def test_it_lasts_while_the_link_is_cut() -> None:
    lab = apart()
    declare_down(lab)
    assert set(states(lab, 4)) == {("PartnerDown", "CommunicationInterrupted")}


def test_the_other_half_recovers_and_then_both_are_normal() -> None:
    lab = apart(reintegration_polls=2)
    declare_down(lab)
    lab.mend_link("DHCP01", "DHCP02")
    down = "PartnerDown"
    assert states(lab, 4) == [(down, "Recover"), (down, "RecoverWait"), (down, "RecoverDone"), ("Normal", "Normal")]


@pytest.mark.parametrize(("polls", "seen"), [(0, 0), (1, 3), (3, 9)])
def test_how_long_it_takes(polls: int, seen: int) -> None:
    lab = apart(reintegration_polls=polls)
    declare_down(lab, on="DHCP02")
    lab.mend_link("DHCP01", "DHCP02")
    assert [get(lab, "DHCP02")["State"] for _get in range(seen + 1)] == ["PartnerDown"] * seen + ["Normal"]
    assert get(lab)["State"] == "Normal"


def test_it_waits_while_the_link_is_cut_again() -> None:
    lab = apart()
    declare_down(lab)
    lab.mend_link("DHCP01", "DHCP02")
    get(lab)
    lab.cut_link("DHCP01", "DHCP02")
    assert set(states(lab, 3)) == {("PartnerDown", "RecoverWait")}


@pytest.mark.parametrize("both", [True, False])
def test_a_conflict(both: bool) -> None:
    """Two that declared each other down; under the other answer one is enough."""
    lab = apart(partner_down_ends_in="recover" if both else "potential_conflict", reintegration_polls=3)
    declare_down(lab)
    if both:
        declare_down(lab, on="DHCP02")
    lab.mend_link("DHCP01", "DHCP02")
    assert states(lab, 1) == [("PotentialConflict", "PotentialConflict")]
    lab.cut_link("DHCP01", "DHCP02")
    assert states(lab, 2)[1] == ("ResolutionInterrupted", "ResolutionInterrupted")
    lab.mend_link("DHCP01", "DHCP02")
    assert states(lab, 2) == [("PotentialConflict", "Normal"), ("Normal", "Normal")]


def test_a_stopped_service_is_no_contact() -> None:
    lab = apart()
    declare_down(lab)
    lab.mend_link("DHCP01", "DHCP02")
    lab.servers["DHCP02"].service = "stopped"
    assert [get(lab)["State"] for _get in range(4)] == ["PartnerDown"] * 4


@pytest.mark.parametrize("polls", [0, 1])
def test_the_leases_of_both_are_on_both_afterwards(polls: int) -> None:
    lab = apart(reintegration_polls=polls)
    declare_down(lab)
    lease(lab, "DHCP01", "10.10.10.240")
    lease(lab, "DHCP02", "10.10.10.241")
    lab.mend_link("DHCP01", "DHCP02")
    states(lab, 4)
    here, there = (lab.servers[name].scopes[CLIENTS].leases for name in ("DHCP01", "DHCP02"))
    assert here == there
    assert {A("10.10.10.240"), A("10.10.10.241")} <= set(here)


def test_a_state_that_a_test_has_set_stays() -> None:
    lab = company()
    add(lab, settle=False)
    lab.set_state("DHCP02", NAME, "Recover")
    assert states(lab, 3)[1:] == [("Normal", "Recover")] * 2
