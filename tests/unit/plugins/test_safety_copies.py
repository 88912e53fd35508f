# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a request to what a user is shown: copies with their leases, what an import would change, which clients are
lost."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from typing import Any

import pytest
import rig
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import content
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import cmdlets, export, server_reads
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteError, UnexpectedReply
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export import Export
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_content import Content
from lab import topology
from lab.core.lab import Lab
from lab.core.server import DhcpClass, Filter, Lease, OptionDefinition, OptionKey, Policy, Reservation, Server

CLIENTS, PRINTERS = IPv4Address("10.10.10.0"), IPv4Address("10.10.30.0")
NOW = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(seconds=1)


def company() -> Lab:
    lab = topology.load(topology.TOPOLOGIES / "company.yml")
    lab.clock = NOW
    return lab


def results(lab: Lab, *operations: cmdlets.Operation) -> Any:
    return rig.remote(lab).read(operations).before


def exported(lab: Lab, leases: bool = False) -> Export:
    scopes = sorted(lab.servers["DHCP01"].scopes)
    return server_reads.exported(results(lab, cmdlets.export(scopes, leases=leases)), "dhcp01")


# --- what is in a copy
# -------------------------------------------------------------------------------------------------


def test_leases_are_read_by_scope_and_address() -> None:
    lab = company()
    scope = lab.servers["DHCP01"].scopes[PRINTERS]
    scope.reservations.clear()
    scope.leases = {
        IPv4Address("10.10.30.40"): Lease(IPv4Address("10.10.30.40"), "02-00-00-00-00-AA", expires=LATER),
        IPv4Address("10.10.30.41"): Lease(
            IPv4Address("10.10.30.41"), "02-00-00-00-00-bb", address_state="ActiveReservation"
        ),
    }
    found = exported(lab, leases=True)
    assert found.leases[PRINTERS] == {
        "10.10.30.40": export.Lease("0200000000aa", LATER, "Active"),
        "10.10.30.41": export.Lease("0200000000bb", None, "ActiveReservation"),
    }
    assert len(found.leases[CLIENTS]) == 120
    assert not any(exported(lab).leases.values())
    assert found.scopes == exported(lab).scopes


def test_a_copy_is_read_as_it_was_made() -> None:
    lab = company()
    remote = rig.remote(lab)
    ((copy,),) = (one.objects for one in remote.write([], "", [cmdlets.safety_copy([CLIENTS, PRINTERS], "HQ/1")]).calls)
    path = copy.name("path")
    assert path.startswith("C:\\ProgramData\\windhcp.failover\\safety-copies\\DHCP01-HQ_1-20260301T080000Z-")
    assert (copy.number("bytes") > 100_000, copy.number("removed")) == (True, 0)
    read = server_reads.read_copy(remote.read([cmdlets.read_copy(path)]).before, "dhcp01")
    whole = exported(lab, leases=True)
    assert set(read.scopes) == {CLIENTS, PRINTERS}
    assert read.leases == {scope: whole.leases[scope] for scope in read.scopes}
    assert (read.classes, read.definitions, read.version) == (whole.classes, whole.definitions, (10, 0))
    with pytest.raises(RemoteError, match=r"On dhcp01: there is no such safety copy .*Look in C:\\ProgramData"):
        server_reads.read_copy(remote.read([cmdlets.read_copy(path + ".gone")]).before, "dhcp01")


def test_an_export_with_leases_does_not_change_when_a_lease_comes() -> None:
    lab = company()
    remote = rig.remote(lab)
    reads = [cmdlets.export([CLIENTS], leases=True)]
    first = remote.read(reads).fingerprint
    lab.servers["DHCP01"].scopes[CLIENTS].leases.popitem()
    assert remote.read(reads).fingerprint == first
    lab.servers["DHCP01"].scopes[CLIENTS].name = "Other"
    assert remote.read(reads).fingerprint != first
    without = remote.read([cmdlets.export([CLIENTS])]).fingerprint
    lab.servers["DHCP01"].scopes[CLIENTS].name = "Another"
    assert remote.read([cmdlets.export([CLIENTS])]).fingerprint != without


def test_a_hidden_text_is_proven_and_never_shown() -> None:
    remote = rig.remote(company())
    kept = remote.write(
        [], "", [cmdlets.keep_text("dhcp01-hq", "salt", "hush"), cmdlets.prove_text("dhcp01-hq", "nonce")]
    )
    expected = hmac.new(b"hush", b"nonce", hashlib.sha256).hexdigest()
    (proven,) = kept.calls[-1].objects
    assert (proven.text("public"), proven.text("proof")) == ("salt", expected)
    assert "hush" not in repr([*kept.calls, *kept.after])
    dropped = remote.write([], "", [cmdlets.drop_text("dhcp01-hq"), cmdlets.prove_text("dhcp01-hq", "nonce")])
    assert dropped.calls[-1].objects == ()


# --- the times of leases
# -----------------------------------------------------------------------------------------------


def lease(about: str) -> export.Lease:
    text = f"<Leases><Lease><IPAddress>10.0.1.5</IPAddress><ClientId>AA-BB</ClientId>{about}</Lease></Leases>"
    whole = f"<DHCPServer><IPv4><Scopes><Scope><ScopeId>10.0.1.0</ScopeId>{text}</Scope></Scopes></IPv4></DHCPServer>"
    packed = base64.b64encode(gzip.compress(whole.encode())).decode()
    return export.read(packed, "dhcp01").leases[IPv4Address("10.0.1.0")]["10.0.1.5"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-01T09:00:00+01:00", NOW),
        ("2026-03-01T08:00:00Z", NOW),
        ("2026-03-01T08:00:00.1234567Z", NOW.replace(microsecond=123456)),
        ("2026-03-01T08:00:00", NOW + timedelta(hours=12)),  # the server's own time: as late as it can be
        ("3/1/2026 8:00:00 AM", None),
        ("", None),
    ],
)
def test_a_time_that_is_not_certain_is_late_rather_than_early(written: str, read: datetime | None) -> None:
    assert lease(f"<LeaseExpiryTime>{written}</LeaseExpiryTime>").expires == read


def test_a_lease_without_an_address_is_no_whole_export() -> None:
    with pytest.raises(UnexpectedReply, match="not the XML of a DHCP server"):
        lease("</Lease><Lease><IPAddress>nowhere</IPAddress>")


# --- which clients are lost
# --------------------------------------------------------------------------------------------


def held(state: str = "Active", expires: datetime | None = LATER, client: str = "aa") -> export.Lease:
    return export.Lease(client, expires, state)


def lost(kept: export.Lease | None, going: export.Lease | None) -> list[Mapping[str, Any]]:
    def side(one: export.Lease | None) -> Export:
        return Export({}, {}, {}, {}, {CLIENTS: {"10.10.10.50": one} if one else {}})

    return [one.public() for one in content.lost_leases(side(kept), side(going), [CLIENTS], NOW)]


LOST = {"scope_id": "10.10.10.0", "address": "10.10.10.50", "client_id": "aa", "expires": "2026-03-01T09:00:00Z"}


@pytest.mark.parametrize(
    ("kept", "going", "expected"),
    [
        (None, held(), [LOST]),
        (None, held(expires=None), [{**LOST, "expires": None}]),
        (None, held("ActiveReservation"), [LOST]),
        (None, held("SomethingNew"), [LOST]),
        (held(client="bb"), held(), [LOST]),
        (held("Expired"), held(), [LOST]),
        (held(expires=EARLIER), held(), [LOST]),
        (held(), held(), []),
        (held(expires=None), held(), []),
        (held(), None, []),
        (None, held(expires=EARLIER), []),
        (None, held("Expired"), []),
        (None, held("Declined"), []),
        (None, held("Offered"), []),
        (None, held("InactiveReservation", None), []),
    ],
)
def test_a_client_is_lost_when_only_the_copy_that_goes_knows_it(
    kept: export.Lease | None, going: export.Lease | None, expected: list[Mapping[str, Any]]
) -> None:
    assert lost(kept, going) == expected


@pytest.mark.parametrize("state", ["ActiveReservation", "Active", "SomethingNew"])
@pytest.mark.parametrize(("client", "expected"), [("aa", []), ("bb", [LOST])])
def test_a_client_for_whom_the_keeper_reserves_the_address_is_not_lost(
    client: str, expected: list[Mapping[str, Any]], state: str
) -> None:
    reserved = Content({"reservation 10.10.10.50": (("", "client_id"), ((), client))})
    for kept in ({}, {"10.10.10.50": held("InactiveReservation", None, client)}):
        keeper = Export({}, {}, {CLIENTS: reserved}, {}, {CLIENTS: kept})
        loser = Export({}, {}, {}, {}, {CLIENTS: {"10.10.10.50": held(state)}})
        assert [one.public() for one in content.lost_leases(keeper, loser, [CLIENTS], NOW)] == expected


def test_every_client_of_a_scope_that_the_source_does_not_have_is_lost() -> None:
    lab = company()
    here = exported(lab, leases=True)
    del lab.servers["DHCP01"].scopes[CLIENTS]
    found = content.lost_leases(exported(lab, leases=True), here, [CLIENTS, PRINTERS], NOW)
    assert [one.address for one in found] == sorted(here.leases[CLIENTS], key=IPv4Address)
    assert content.lost_leases(here, here, here.scopes, NOW) == []


# --- the server level
# --------------------------------------------------------------------------------------------------

KEY = OptionKey(225, "Polycom")
LEVEL: list[Callable[[Server], Any]] = [
    lambda s: setattr(s, "conflict_detection_attempts", 2),
    lambda s: setattr(s, "activate_policies", False),
    lambda s: s.classes.update(New=DhcpClass("New", "User", "new")),
    lambda s: s.option_definitions.update({KEY: OptionDefinition("List", "Word", True, ("1", "2"))}),
    lambda s: s.option_values.update({OptionKey(15): ("other.example",)}),
    lambda s: setattr(s, "deny_list", not s.deny_list),
    lambda s: s.filters.update({"02-00-00-*": Filter("02-00-00-*", "Allow")}),
    lambda s: s.policies.update(
        All=Policy("All", criteria={"ClientId": ("EQ", "01-02*")}, options={OptionKey(15): ("a",)})
    ),
]


def test_the_server_level_and_the_leases_are_no_content_of_a_scope() -> None:
    lab = company()
    before = exported(lab, leases=True)
    for change in LEVEL:
        change(lab.servers["DHCP01"])
    lab.servers["DHCP01"].scopes[CLIENTS].leases.clear()
    assert content.differences(before, exported(lab, leases=True), before.scopes) == []
    lab.servers["DHCP01"].scopes[CLIENTS].reservations[IPv4Address("10.10.10.77")] = Reservation(
        IPv4Address("10.10.10.77"), "aa"
    )
    assert [one.field for one in content.differences(before, exported(lab), before.scopes)] == [
        "reservation 10.10.10.77"
    ]
