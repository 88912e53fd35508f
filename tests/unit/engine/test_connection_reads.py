# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is asked over one connection for a request, in order, and what views the answers come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import lab_client
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import connection_reads
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.connection_reads import Reading
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Connection, Hop
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import (
    OwnRead,
    PartnerRead,
    ReadRequest,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import (
    cmdlets,
    kept_files,
    probes,
    server_replies,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.cmdlets import Operation
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import Heard
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import RemoteError
from lab.core.lab import Lab
from pairs import ONE, THREE, TWO, pair

PARTNER, THIRD = "dhcp02.contoso.example", "dhcp03.contoso.example"
HERE, THERE = Connection.THIS_SERVER, Connection.PARTNER
HQ = PartnerRead((PARTNER,), "HQ", (ONE,))
BRANCH = PartnerRead((PARTNER,), "Branch", (TWO,), api=True, level=True)
NOTHING: connection_reads.Lacking = {}


def read(lab: Lab, operations: Sequence[Operation], server: str = "DHCP01") -> Reading:
    """A connection over which these were asked beside what shows the server."""
    remote, asked = lab_client.remote(lab, server), (*server_replies.reads(), *operations)
    reply = remote.read(asked)
    return Reading(remote, asked, reply, server_replies.parse(reply.before, server.lower()))


# --- a request -> operations -----------------------------------------------------------------------------------------


def test_several_reads_of_a_partner_are_one() -> None:
    reads = connection_reads.of_partners([HQ, BRANCH], PARTNER, NOTHING)
    assert (reads.scopes, reads.api, reads.level, reads.computer) == ((ONE, TWO), "Branch", True, PARTNER)
    assert reads.operations() == [
        cmdlets.export((ONE, TWO), PARTNER, leases=True),
        cmdlets.probe_api("Branch", PARTNER),
        *probes.level_reads(PARTNER),
        *probes.readiness_reads(PARTNER),
    ]


def test_the_content_of_what_is_compared_is_read_of_this_server_too() -> None:
    request = ReadRequest(OwnRead(scopes=(THREE,), leases=False), (HQ,))
    assert connection_reads.of_this_server(request, NOTHING).export == [cmdlets.export((ONE, THREE), leases=True)]


@pytest.mark.parametrize(
    ("lacking", "expected"),
    [
        ({}, [cmdlets.export((ONE, TWO), PARTNER, leases=True)]),
        ({PARTNER: frozenset([TWO])}, [cmdlets.export((ONE,), PARTNER, leases=True)]),
        ({PARTNER: frozenset([ONE, TWO])}, []),
        ({THIRD: frozenset([ONE])}, [cmdlets.export((ONE, TWO), PARTNER, leases=True)]),
    ],
)
def test_scopes_that_a_server_lacks_are_not_asked_of_it(
    lacking: connection_reads.Lacking, expected: list[Operation]
) -> None:
    assert connection_reads.of_partners([replace(HQ, scopes=(ONE, TWO))], PARTNER, lacking).export == expected


@pytest.mark.parametrize("first", [HERE, THERE])
def test_who_loses_is_read_first(first: Connection) -> None:
    request = ReadRequest(partners=(replace(HQ, first=first),))
    asked = list(connection_reads.own_operations(request, request.partners, [], NOTHING))
    mine, theirs = cmdlets.export((ONE,), leases=True), cmdlets.export((ONE,), PARTNER, leases=True)
    assert (asked.index(mine) < asked.index(theirs)) is (first is HERE)


def test_the_way_to_a_partner_stands_before_what_it_shows() -> None:
    request = ReadRequest(OwnRead(level=True), (HQ,))
    look = kept_files.prove_text("unfinished.x", "")
    assert connection_reads.own_operations(request, request.partners, [look], NOTHING) == [
        look,
        *probes.reads(PARTNER),
        cmdlets.export((ONE,), PARTNER, leases=True),
        cmdlets.export((ONE,), leases=True),
        *server_replies.level_reads(),
    ]


def test_what_else_is_read_of_this_server_stands_behind() -> None:
    own = OwnRead(uses=(THREE,), copy="C:\\copy.xml", statistics=True)
    assert connection_reads.own_operations(ReadRequest(own), [], [], NOTHING) == [
        cmdlets.get_statistics(),
        kept_files.read_copy("C:\\copy.xml"),
        cmdlets.uses((THREE,)),
    ]


@pytest.mark.parametrize(
    ("own", "partner", "expected"),
    [
        (OwnRead(uses=(THREE,)), replace(HQ, level=True), [PARTNER]),
        (OwnRead(), replace(HQ, level=True), []),  # nothing comes there
        (OwnRead(uses=(THREE,)), HQ, []),
        (OwnRead(uses=(THREE,)), replace(HQ, names=(), level=True), []),  # it has no name to be reached by
    ],
)
def test_a_partner_host_that_scopes_come_to_is_reached_by_this_server_later(
    own: OwnRead, partner: PartnerRead, expected: list[str]
) -> None:
    request = ReadRequest(own, (partner,))
    assert connection_reads.reached_later(request, []) == expected
    assert connection_reads.reached_later(request, [partner]) == [], "that is asked over the hop anyway"


def test_what_of_a_reading_has_to_stay_the_same_before_a_write() -> None:
    lab = pair().lab
    seen = read(lab, [cmdlets.get_statistics(), *probes.reads(PARTNER, guarded=False), *server_replies.level_reads()])
    guarded = [operation["id"] for operation in seen.guarded]
    assert guarded == ["who", "bindings", "failover", "scopes", "version", "classes", "definitions"]
    assert seen.has(server_replies.reads())
    assert not seen.has([cmdlets.uses((ONE,))])
    assert seen.answer(cmdlets.get_statistics()).id == "statistics"


# --- answers -> views ------------------------------------------------------------------------------------------------


def test_this_server_with_what_was_read_of_it() -> None:
    lab = pair().lab
    request = ReadRequest(OwnRead(scopes=(ONE,), uses=(THREE,), level=True))
    reads = connection_reads.of_this_server(request, NOTHING)
    seen = connection_reads.own_view(
        read(lab, connection_reads.own_operations(request, [], [], NOTHING)), request, reads
    )
    content = seen.content(ONE)
    assert (seen.name, seen.source, sorted(seen.members("HQ"))) == ("DHCP01", HERE, [ONE, TWO])
    assert content is not None
    assert len(content.export.leases[ONE]) == 4
    assert content.read_at == seen.read_at, "by the server's clock"
    assert seen.needed_level(THREE) is not None
    assert seen.needed_level(TWO) is None
    assert seen.level is not None
    assert seen.level.version == (10, 0)


def test_a_scope_that_is_gone_when_it_is_asked_what_it_needs_is_told() -> None:
    lab, gone = pair().lab, IPv4Address("10.0.9.0")
    request = ReadRequest(OwnRead(uses=(THREE, gone)))
    seen = read(lab, connection_reads.own_operations(request, [], [], NOTHING))
    with pytest.raises(RemoteError, match="the scope does not exist there"):
        connection_reads.own_view(seen, request, connection_reads.of_this_server(request, NOTHING))


def test_a_partner_over_its_own_connection() -> None:
    lab = pair().lab
    here = read(lab, []).server
    reads = connection_reads.of_partners([BRANCH], THERE, NOTHING)
    seen = connection_reads.partner_view(read(lab, reads.operations(), "DHCP02"), THERE, reads, here)
    assert (seen.name, seen.source, seen.api, list(seen.ours)) == ("DHCP02", THERE, True, ["HQ"])
    assert seen.level is not None
    assert [content.scopes for content in seen.contents] == [{TWO}]


def test_a_partner_over_the_hop_is_called_as_it_was_asked() -> None:
    lab = pair().lab
    reads = connection_reads.of_partners([BRANCH], PARTNER, NOTHING)
    asked = [*connection_reads.partner_shows(BRANCH), *reads.operations()]
    seen = connection_reads.hop_view(read(lab, asked), BRANCH, reads)
    assert (seen.name, seen.source, seen.computer) == (PARTNER, Hop(PARTNER, "DHCP01"), PARTNER)
    assert (seen.api, sorted(seen.members("HQ"))) == (True, [ONE, TWO])
    assert seen.level is not None


@pytest.mark.parametrize(
    ("cmdlet", "error", "answered"),
    [
        ("Get-DhcpServerVersion", "WIN32 1722", False),
        ("Get-DhcpServerv4Scope", "WIN32 1722", True),
        ("Export-DhcpServer", "WIN32 1726", True),
        ("Get-DhcpServerv4Class", "WIN32 1722", True),
    ],
)
def test_a_partner_that_does_not_tell_something_is_no_partner_without_it(
    cmdlet: str, error: str, answered: bool
) -> None:
    """`answered`: it is there, so it is not down."""
    lab = pair().lab
    lab.fail_next("DHCP02", cmdlet, error)
    reads = connection_reads.of_partners([BRANCH], PARTNER, NOTHING)
    seen = read(lab, [*connection_reads.partner_shows(BRANCH), *reads.operations()])
    with pytest.raises(RemoteError) as failure:
        connection_reads.hop_view(seen, BRANCH, reads)
    assert (failure.value.heard is Heard.ANSWER) is answered


def test_an_empty_server_can_answer_for_its_management_api() -> None:
    """It has no relationship to be asked for, and says so; that is an answer of the interface."""
    lab = pair().lab
    asked = PartnerRead((THIRD,), "New", api=True)
    reads = connection_reads.of_partners([asked], THIRD, NOTHING)
    seen = connection_reads.hop_view(
        read(lab, [*connection_reads.partner_shows(asked), *reads.operations()]), asked, reads
    )
    assert (seen.api, dict(seen.relationships)) == (True, {})


def test_an_api_that_does_not_answer_is_told() -> None:
    lab = pair().lab
    lab.servers["DHCP01"].management_api = False  # this server asks, with its own library
    reads = connection_reads.of_partners([BRANCH], PARTNER, NOTHING)
    with pytest.raises(RemoteError):
        connection_reads.hop_view(
            read(lab, [*connection_reads.partner_shows(BRANCH), *reads.operations()]), BRANCH, reads
        )


@pytest.mark.parametrize(
    ("known", "expected"), [(frozenset[IPv4Address](), {THREE}), (frozenset([THREE]), frozenset[IPv4Address]())]
)
def test_scopes_that_turn_out_not_to_be_there_are_found_once(known: frozenset[IPv4Address], expected: Any) -> None:
    lab = pair().lab
    reads = connection_reads.of_partners([replace(HQ, scopes=(ONE, THREE))], THERE, {THERE: known})
    seen = connection_reads.partner_view(read(lab, reads.operations(), "DHCP02"), THERE, reads, read(lab, []).server)
    assert connection_reads.missing(seen, reads) == expected
