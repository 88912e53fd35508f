# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A partner may be called by a word that means something else to this collection: it is still the server of that name
that is compared, saved and written to."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest
from lab.core.server import Reservation
from pairs import ONE, SCOPE, Pair, pair

RESERVED = IPv4Address("10.0.1.150")
REMOVAL = {"keep_scopes_on": "this_server", "other_copy": "delete"}
OWN_WORDS, OTHERS = ("partner", "this_server"), ("PARTNER", "local", "here", "none")
WORDS = pytest.mark.parametrize("word", [*OWN_WORDS, *OTHERS])


def called(word: str) -> Pair:
    """DHCP01 and DHCP02 with scope 10.0.1.0 in HQ, where Windows knows the partner by this word alone; DHCP02 has a
    reservation that DHCP01 has not."""
    servers = pair(ONE)
    partner, relationship = servers.server("DHCP02"), servers.server("DHCP01").relationships["HQ"]
    servers.lab.servers["DHCP02"] = replace(partner, aliases=(*partner.aliases, word))
    relationship.partner_server = word
    partner.scopes[ONE].reservations[RESERVED] = Reservation(RESERVED, "02-00-00-00-00-01")
    return servers


def exported(servers: Pair, mark: int) -> list[str]:
    """The server of each export since then, as it was called."""
    return [
        str(entry.parameters.get("ComputerName", "DHCP01"))
        for entry in servers.lab.audit.since(mark, "cmdlet")
        if entry.cmdlet == "Export-DhcpServer"
    ]


@WORDS
def test_a_removal_compares_with_the_server_of_that_name(word: str) -> None:
    servers = called(word)
    message = servers.refused(SCOPE, **servers.remove(ONE, **REMOVAL))
    assert message.startswith(
        f"the copies that would go differ from those kept on DHCP01: {ONE} reservation {RESERVED}"
    )


@WORDS
def test_a_removal_saves_what_that_server_has(word: str) -> None:
    servers = called(word)
    mark = servers.lab.audit.mark()
    result = servers.ok(SCOPE, **servers.remove(ONE, **REMOVAL, allow_content_loss=True))
    assert set(exported(servers, mark)) == {"DHCP01", word}
    assert ONE not in servers.server("DHCP02").scopes
    (copy,) = result["safety_copies"]
    (saved,) = servers.wire.files["DHCP01"].found(copy["path"]).values()
    assert str(RESERVED) in saved.decode("utf-8-sig"), "it is of the server that lost its copy"


@pytest.mark.parametrize("word", [*OWN_WORDS, *OTHERS])
def test_drift_and_replication_are_with_that_server(word: str) -> None:
    servers = called(word)
    (relationship,) = servers.ok("dhcp_failover_info", gather=["drift"])["relationships"]
    assert [difference["field"] for difference in relationship["drift"]["differences"]] == [f"reservation {RESERVED}"]
    assert f"{ONE} reservation {RESERVED}" in servers.refused("dhcp_failover_replicate", all=True)
    servers.ok("dhcp_failover_replicate", all=True, allow_overwrite=True)
    assert RESERVED not in servers.server("DHCP02").scopes[ONE].reservations
