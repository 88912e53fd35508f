# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server at one moment: all that it is called, what it has, and how far its clock is ahead."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Address

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import ClockOffset, Server


@pytest.mark.parametrize("spelling", ["dhcp01", "DHCP01.contoso.example", "10.10.0.11", "localhost", "127.0.0.1", "."])
def test_a_server_knows_itself(spelling: str) -> None:
    assert builders.server().identity.is_called(spelling)


@pytest.mark.parametrize("spelling", ["dhcp02", "10.10.0.12", ""])
def test_and_no_other(spelling: str) -> None:
    assert not builders.server().identity.is_called(spelling)


@pytest.mark.parametrize(
    ("spelling", "called"),
    [
        ("dhcp-headquarte", True),
        ("DHCP-Headquarters-01", True),
        ("dhcp-headquarters-01.contoso.example", True),
        ("dhcp-headquarters-02", False),
    ],
)
def test_a_name_that_windows_cut_after_15_characters_and_the_whole_one(spelling: str, called: bool) -> None:
    cut = Server("DHCP-HEADQUARTE", (), (), (), host_name="dhcp-headquarters-01")
    assert cut.identity.is_called(spelling) is called


def test_what_it_has_is_found_by_its_exact_name() -> None:
    server = builders.server([builders.relationship("HQ", ["10.0.1.0"])])
    one, three = IPv4Address("10.0.1.0"), IPv4Address("10.0.3.0")
    assert server.relationship("HQ") == server.relationship_of(one) == server.relationships[0]
    assert (server.relationship("hq"), server.relationship_of(three)) == (None, None)
    assert (server.scope(three), server.scope(IPv4Address("10.0.4.0"))) == (server.scopes[2], None)


class Compared(IPv4Address):
    """Counts how often one is compared with another."""

    times = 0
    __hash__ = IPv4Address.__hash__

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return super().__eq__(other)


def test_the_relationships_of_all_scopes_are_found_in_a_few_comparisons_each() -> None:
    names = {f"R{number}": [f"10.{number}.{net}.0" for net in range(20)] for number in range(31)}
    server = builders.server([builders.relationship(name, scopes) for name, scopes in names.items()])
    Compared.times = 0
    for name, scopes in names.items():
        for scope in scopes:
            found = server.relationship_of(Compared(scope))
            assert found is not None
            assert found.name == name
    assert Compared.times <= 3 * 31 * 20


def seconds(least: float, most: float) -> ClockOffset:
    return ClockOffset(timedelta(seconds=least), timedelta(seconds=most))


@pytest.mark.parametrize(
    ("earlier", "latest", "known"),
    [
        (seconds(-5, 5), seconds(0, 20), seconds(0, 5)),
        (seconds(0, 1), seconds(0.2, 0.8), seconds(0.2, 0.8)),
        (seconds(0, 1), seconds(300, 301), seconds(300, 301)),
    ],
    ids=["what both say", "the narrower one", "it was set meanwhile"],
)
def test_each_reply_narrows_what_is_known_of_a_clock(
    earlier: ClockOffset, latest: ClockOffset, known: ClockOffset
) -> None:
    assert earlier.narrowed(latest) == known


@pytest.mark.parametrize(
    ("here", "there", "apart"),
    [
        (seconds(0, 10), seconds(5, 20), 0),
        (seconds(0, 10), seconds(75, 90), 65),
        (seconds(75, 90), seconds(0, 10), 65),
        (seconds(-90, 90), seconds(0, 0), 0),
    ],
    ids=["may be equal", "behind", "ahead", "may be anything"],
)
def test_by_how_much_two_clocks_differ_for_certain(here: ClockOffset, there: ClockOffset, apart: int) -> None:
    assert here.apart(there) == timedelta(seconds=apart)
