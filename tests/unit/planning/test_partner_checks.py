# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whom a server is asked about and by which names; what its answers say of the way, and of the two together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Address

import lab_client
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import ClockOffset
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import partner_checks
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.checklist import (
    FAIL,
    PASS,
    UNKNOWN,
    Row,
    of_server,
    of_way,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.data_checks import Entry
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.partner_checks import Ask, Way, partners
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.server_checks import HalfSeen, Look
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import check_reads
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import ReplyObject
from lab.core.server import Card, Credential
from pairs import Pair, pair

NAME = "dhcp02.contoso.example"
HERE = Look("DHCP01", "dhcp01.contoso.example", ("10.10.0.11",), "DHCP01\\admin")
THERE = Look("DHCP02", NAME, ("10.10.0.12",), "DHCP02\\admin")
LOOKS = {"dhcp01": HERE, "dhcp02": THERE}
HALF = HalfSeen("HQ", (NAME, "10.10.0.12"), "Normal", "dhcp02")
ENDS = ("dhcp01", "dhcp02")
RIGHTS = of_server("rights", "dhcp02", PASS, "admin")


def way(*known: Row, names: tuple[str, ...] = (NAME,), here: Look = HERE, there: Look | None = THERE) -> Way:
    return Way("dhcp01", Ask("dhcp02", names), here, there, [RIGHTS, *known])


def said(servers: Pair, asked: Way) -> dict[str, Row]:
    """What DHCP01 says of the partner that is asked about."""
    answers = lab_client.remote(servers.lab).read(check_reads.partner_reads(asked.ask.names)).before
    found = partner_checks.of_partner(asked, answers)
    return {row.id: row for row in found}


def statuses(rows: dict[str, Row]) -> dict[str, str]:
    return {id_: row.status for id_, row in rows.items()}


# --- whom ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "declared", "named", "asks"),
    [
        (HERE, [], "", [Ask("dhcp02", (NAME,))]),
        (replace(HERE, halves=(HALF,)), [], "", [Ask("dhcp02", (NAME, "10.10.0.12"))]),
        (HERE, [Entry("HQ", "dhcp01", "dhcp02", "other.example")], "", [Ask("dhcp02", ("other.example",))]),
        (HERE, [Entry("HQ", "dhcp02", "dhcp01", "dhcp01.example")], "", [Ask("dhcp02", (NAME,))]),
        (HERE, [Entry("HQ", "dhcp01", "dhcp09")], "", [Ask("dhcp09")]),
        (HERE, [Entry("HQ", "dhcp08", "dhcp09")], "", []),
        (HERE, [], "far.example", [Ask("far.example", ("far.example",))]),
        (HERE, [], NAME, [Ask("dhcp02", (NAME,))]),
        (HERE, [], "DHCP02", [Ask("dhcp02", (NAME,))]),
        (HERE, [Entry("HQ", "dhcp01", "dhcp09", "other.example")], "DHCP09", [Ask("dhcp09", ("other.example",))]),
        (HERE, [], "dhcp01", [Ask("dhcp02", (NAME,))]),
        (HERE, [], "dhcp01.contoso.example", [Ask("dhcp02", (NAME,))]),
        (None, [Entry("HQ", "dhcp01", "dhcp02", NAME)], "", [Ask("dhcp02", (NAME,))]),
        (replace(HERE, halves=(replace(HALF, host=None),)), [], "", [Ask(NAME, (NAME, "10.10.0.12"))]),
    ],
    ids=[
        "fresh",
        "half",
        "data",
        "secondary",
        "outside",
        "others",
        "named",
        "named as it calls itself",
        "named in upper case",
        "named in upper case, and not of the run",
        "itself",
        "itself as it calls itself",
        "not read",
        "no host",
    ],
)
def test_whom_a_server_is_asked_about(here: Look | None, declared: list[Entry], named: str, asks: list[Ask]) -> None:
    assert partners("dhcp01", {**LOOKS, "dhcp01": here}, declared, named) == asks


def test_the_partner_of_all_others_is_asked_about_each_of_them() -> None:
    looks = {**LOOKS, "dhcp03": None}
    assert partners("dhcp01", looks, [], "dhcp01") == [Ask("dhcp02", (NAME,)), Ask("dhcp03")]
    assert partners("dhcp02", looks, [], "dhcp01") == [Ask("dhcp01", ("dhcp01.contoso.example",))]


def test_a_partner_that_one_host_is_by_its_own_name_is_that_host() -> None:
    unknown = replace(HERE, halves=(replace(HALF, host=None, partner=("DHCP02.Contoso.example.",)),))
    (half,) = halves(unknown, dhcp02=THERE)
    assert half.host == "dhcp02"
    assert halves(unknown, dhcp02=THERE, dhcp03=THERE)[0].host is None, "two hosts have that name"
    assert halves(unknown, dhcp02=None)[0].host is None
    assert halves(replace(HERE, halves=(HALF,)), dhcp03=THERE) == (HALF,), "the inventory knows it"


def halves(here: Look, **others: Look | None) -> tuple[HalfSeen, ...]:
    found = partner_checks.with_hosts({"dhcp01": here, **others})["dhcp01"]
    assert found
    return found.halves


def test_of_three_fresh_servers_nobody_is_anybodys_partner() -> None:
    assert partners("dhcp01", {**LOOKS, "dhcp03": None}, []) == []
    assert partner_checks.no_partner("dhcp01").status == UNKNOWN


def test_a_partner_is_asked_by_its_whole_name_before_a_short_one() -> None:
    """The short one is another server in another domain."""
    here = replace(HERE, halves=(replace(HALF, partner=("10.10.0.12", "DHCP", NAME)),))
    assert partners("dhcp01", {**LOOKS, "dhcp01": here}, []) == [Ask("dhcp02", (NAME, "DHCP", "10.10.0.12"))]


def test_a_partner_that_was_not_read_has_no_name_that_could_be_asked() -> None:
    assert partners("dhcp01", {"dhcp01": HERE, "dhcp02": None}, []) == [Ask("dhcp02")]


# --- the way ---------------------------------------------------------------------------------------------------------


def test_a_way_that_is_well() -> None:
    assert statuses(said(pair(), way())) == dict.fromkeys(("name", "rpc", "hop", "partner_rights", "clocks"), PASS)


def test_a_name_that_leads_nowhere_or_elsewhere() -> None:
    servers = pair()
    servers.lab.leads[NAME] = ""
    rows = said(servers, way())
    assert statuses(rows) == {"name": FAIL}
    assert rows["name"].evidence == f"the DNS of dhcp01 has no address for {NAME}"
    servers.lab.leads[NAME] = "DHCP03"
    rows = said(servers, way())
    assert statuses(rows) == {"name": FAIL}
    assert rows["name"].evidence.startswith(
        f"another server answers: {NAME} = 10.10.0.13; dhcp02 listens on 10.10.0.12"
    )


def test_a_name_that_leads_to_another_card_of_the_same_server() -> None:
    servers = pair()
    server = servers.server("DHCP02")
    server.cards["Management"] = Card("Management", IPv4Address("10.99.0.12"))
    server.resolves_to = (IPv4Address("10.99.0.12"),)
    assert said(servers, way())["name"].status == PASS, "it was asked for its addresses"
    servers.server("DHCP01").credentials = tuple(
        replace(one, delegated=False) for one in servers.server("DHCP01").credentials
    )
    rows = said(servers, way())
    assert rows["name"].status == UNKNOWN, "it lets nobody ask"
    assert "Resolve-DnsName on dhcp01" in rows["name"].cure


def test_an_address_that_a_relationship_kept_and_the_partner_has_no_more() -> None:
    rows = said(pair(), way(names=(NAME, "10.10.0.99")))
    assert rows["name"].status == FAIL
    assert rows["name"].evidence == "dhcp01 knows dhcp02 by 10.10.0.99, and it listens on 10.10.0.12"


def test_nothing_is_held_against_a_partner_whose_addresses_are_not_known() -> None:
    assert said(pair(), way(there=None))["name"].status == PASS


def test_rpc_that_is_closed() -> None:
    servers = pair()
    servers.lab.cut_link("DHCP01", "DHCP02", "rpc", one_way=True)
    rows = said(servers, way())
    assert statuses(rows) == {"name": PASS, "rpc": FAIL}
    assert rows["rpc"].cure == "open TCP 135 and 49152-65535 from dhcp01 to dhcp02, and look at whether dhcp02 is up"
    explained = said(servers, way(of_server("port", "dhcp02", FAIL, "refused")))
    assert explained["rpc"].status == UNKNOWN, "it does not answer the controller either"


def test_a_service_that_does_not_run_on_a_partner_that_nobody_else_asks() -> None:
    servers = pair()
    servers.server("DHCP02").service = "stopped"
    rows = said(servers, way(there=None))
    assert statuses(rows) == {"name": PASS, "rpc": FAIL}
    assert "start it and run again" in rows["rpc"].cure


def _no_hop(servers: Pair) -> None:
    machine = servers.server("DHCP01")
    machine.credentials = tuple(replace(one, delegated=False) for one in machine.credentials)


def _no_rights(servers: Pair) -> None:
    machine = servers.server("DHCP02")
    machine.credentials = tuple(replace(one, admin=False) for one in machine.credentials)


NO_RIGHTS = replace(RIGHTS, status=FAIL)
OPERATOR = replace(THERE, user="DHCP02\\operator")
HOLDS = replace(HERE, goes_on=True)


@pytest.mark.parametrize(
    ("plant", "asked", "switches", "means", "says"),
    [
        (_no_hop, way(), {}, (FAIL, None), "(double hop)"),
        # the version is told: by the same account, which has rights there, it is the hop
        (_no_hop, way(), {"version_without_hop": True}, (FAIL, None), "does not go on to a second server"),
        # by another one nobody knows
        (_no_hop, way(there=OPERATOR), {"version_without_hop": True}, (FAIL, None), "either the logon on dhcp01"),
        (_no_rights, way(there=OPERATOR), {}, (FAIL, None), "either the logon on dhcp01"),
        (_no_rights, way(here=HOLDS, there=OPERATOR), {}, (PASS, FAIL), "has no DHCP rights there"),
        (_no_rights, way(there=None), {"partner_not_admin_error": "DHCP 20121"}, (PASS, FAIL), "has no DHCP rights"),
        # refused there itself: one fault, which is the partner's row
        (_no_rights, way(NO_RIGHTS), {"partner_not_admin_error": "DHCP 20121"}, (PASS, UNKNOWN), "on dhcp02 itself"),
        (_no_rights, way(NO_RIGHTS), {}, (UNKNOWN, UNKNOWN), "on dhcp02 itself"),
    ],
)
def test_what_a_refusal_at_the_partner_means(
    plant: Callable[[Pair], None], asked: Way, switches: dict[str, object], means: tuple[str, str | None], says: str
) -> None:
    servers = pair(**switches)
    plant(servers)
    known = asked if NO_RIGHTS not in asked.known else replace(asked, known=[NO_RIGHTS])
    rows = said(servers, known)
    assert rows["rpc"].status == PASS
    assert (rows["hop"].status, rows["partner_rights"].status if "partner_rights" in rows else None) == means
    assert says in rows["partner_rights" if means[0] == PASS else "hop"].evidence


@pytest.mark.parametrize(("number", "id_"), [(0, "name"), (-2, "clocks")])
def test_what_cannot_be_read_is_unknown(number: int, id_: str) -> None:
    """`number`: of the answer: the address, the clock."""
    asked = way()
    answers = list(lab_client.remote(pair().lab).read(check_reads.partner_reads(asked.ask.names)).before)
    answers[number] = replace(answers[number], objects=(ReplyObject(answers[number].place, {"addresses": [7]}),))
    last = partner_checks.of_partner(asked, answers)[-1]
    assert (last.id, last.status) == (id_, UNKNOWN)
    assert last.evidence.endswith("Please report it.")


def test_a_version_that_cannot_be_read_is_not_known() -> None:
    asked = way(there=None)
    answers = list(lab_client.remote(pair().lab).read(check_reads.partner_reads(asked.ask.names)).before)
    answers[1] = replace(answers[1], objects=())
    rows = partner_checks.of_partner(asked, answers)
    assert [row.id for row in rows] == ["name", "rpc", "hop", "partner_rights", "clocks"]


def test_a_partner_outside_of_the_run_is_told_of_by_who_asked_it() -> None:
    servers = pair()
    servers.server("DHCP02").authorized = False
    rows = said(servers, way(there=None))
    assert {id_: rows[id_].status for id_ in ("version", "authorised", "api", "room")} == {
        "version": PASS,
        "authorised": FAIL,
        "api": PASS,
        "room": PASS,
    }
    assert rows["room"].evidence == "1 of 31 relationships"
    assert rows["room"].servers == ("dhcp02",)


# --- the two together ------------------------------------------------------------------------------------------------


def test_the_clocks_of_both_by_what_the_hop_says() -> None:
    servers = pair()
    servers.server("DHCP02").clock_offset = timedelta(minutes=3)
    row = said(servers, way())["clocks"]
    assert (row.status, row.subject) == (FAIL, "dhcp01, dhcp02")


@pytest.mark.parametrize(
    ("least", "most", "status"), [(0, 1, PASS), (170, 190, FAIL), (50, 70, None), (-190, -170, FAIL)]
)
def test_the_clocks_of_both_by_what_the_controller_knows(least: int, most: int, status: str | None) -> None:
    here, there = (
        replace(look, clock=ClockOffset(timedelta(seconds=one), timedelta(seconds=other)))
        for look, one, other in ((HERE, 0, 0), (THERE, least, most))
    )
    row = partner_checks.by_controller(ENDS, here, there)
    assert (row.status if row else None) == status
    assert partner_checks.by_controller(ENDS, HERE, there) is None


def contact(mine: str | None, theirs: str | None, *known: Row, rows: tuple[Row, ...] = ()) -> Row:
    here = replace(HERE, halves=(replace(HALF, state=mine),)) if mine else HERE
    there = replace(THERE, halves=(HalfSeen("HQ", ("dhcp01",), theirs, "dhcp01"),)) if theirs else None
    (row,) = partner_checks.contact(way(*known, here=here, there=there), rows)
    return row


@pytest.mark.parametrize(
    ("mine", "theirs", "status"),
    [
        ("Normal", "Normal", PASS),
        ("Normal", None, PASS),
        ("CommunicationInterrupted", "CommunicationInterrupted", FAIL),
        ("PartnerDown", "Recover", UNKNOWN),
        ("PotentialConflict", "PotentialConflict", FAIL),
        ("NoSuchState", None, FAIL),
    ],
)
def test_two_services_are_in_contact_by_the_state_of_each_relationship(
    mine: str, theirs: str | None, status: str
) -> None:
    row = contact(mine, theirs)
    assert (row.status, row.subject) == (status, "'HQ' (dhcp01, dhcp02)")
    assert bool(row.cure) is (status != PASS)


def test_no_contact_is_no_wonder_where_the_partner_is_gone() -> None:
    for row in (
        contact("CommunicationInterrupted", None, of_server("service", "dhcp02", FAIL, "stopped")),
        contact("CommunicationInterrupted", None, rows=(of_way("rpc", ENDS, FAIL, "nobody"),)),
    ):
        assert row.status == UNKNOWN


def test_relationships_without_contact_are_one_fault_and_the_others_pass() -> None:
    cut = [HalfSeen(name, (NAME,), "CommunicationInterrupted", "dhcp02") for name in ("C", "A")]
    well = [HalfSeen(name, (NAME,), "Normal", "dhcp02") for name in ("B", "D")]
    theirs = tuple(replace(half, host="dhcp01") for half in (*cut, *well))
    rows = list(
        partner_checks.contact(way(here=replace(HERE, halves=(*cut, *well)), there=replace(THERE, halves=theirs)), ())
    )
    assert [(row.status, row.subject) for row in rows] == [
        (FAIL, "'A', 'C' (dhcp01, dhcp02)"),
        (PASS, "'B' (dhcp01, dhcp02)"),
        (PASS, "'D' (dhcp01, dhcp02)"),
    ]


def test_before_there_is_a_relationship_nobody_knows() -> None:
    row = contact(None, None)
    assert (row.status, row.subject) == (UNKNOWN, "dhcp01, dhcp02")
    assert "TCP 647" in row.cure


def test_a_credential_of_its_own_is_another_account() -> None:
    servers = pair()
    servers.server("DHCP02").credentials = (Credential("operator", "x"),)
    assert said(servers, way(there=OPERATOR))["hop"].status == FAIL
