# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An export of one server as values: its scopes and what is in them, leases, and what is no whole export."""

from __future__ import annotations

import base64
import gzip
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import export_elements
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import UnexpectedReply
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_elements import Export, Uses

SCOPE = IPv4Address("10.0.1.0")
WHOLE = "<DHCPServer><IPv4><Scopes><Scope><ScopeId>10.0.1.0</ScopeId>{}</Scope></Scopes></IPv4></DHCPServer>"
NOW = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)


def packed(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(gzip.compress(text.encode(encoding), mtime=0)).decode()


def read(inside: str) -> Export:
    """An export whose one scope has this in it."""
    return export_elements.read(packed(WHOLE.format(inside)), "dhcp01")


VALUES = "<OptionId>3</OptionId><Value>10.0.1.1</Value><Value>10.0.1.2</Value>"
OPTION = f"<OptionValues><OptionValue>{VALUES}{{}}</OptionValue></OptionValues>"
RESERVATION = "<IPAddress>10.0.1.9</IPAddress><ClientId>AA-BB</ClientId><Name>printer</Name>"


@pytest.mark.parametrize(
    ("inside", "content"),
    [
        ("<Name>Clients</Name>", {("", "name"): ("Clients",)}),
        ("<State>Active</State>", {("", "state"): ("Active",)}),
        ("<Colour>blue</Colour>", {("", "colour"): ("blue",)}),
        (OPTION.format(""), {("option 3", ""): ("10.0.1.1", "10.0.1.2")}),
        (
            OPTION.format("<VendorClass>Polycom</VendorClass>"),
            {("option 3 (vendor class Polycom)", ""): ("10.0.1.1", "10.0.1.2")},
        ),
        (
            f"<Reservations><Reservation>{RESERVATION}</Reservation></Reservations>",
            {
                ("reservation 10.0.1.9", ""): (),
                ("reservation 10.0.1.9", "ip_address"): ("10.0.1.9",),
                ("reservation 10.0.1.9", "client_id"): ("aabb",),
                ("reservation 10.0.1.9", "name"): ("printer",),
            },
        ),
        (
            "<ExclusionRanges><IPRange><StartRange>10.0.1.50</StartRange><EndRange>10.0.1.55</EndRange></IPRange>"
            "</ExclusionRanges>",
            {("exclusion 10.0.1.50-10.0.1.55", ""): ()},
        ),
    ],
    ids=[
        "a field",
        "the state",
        "what is not known",
        "an option",
        "of a vendor class",
        "a reservation",
        "an exclusion",
    ],
)
def test_what_is_in_a_scope(inside: str, content: dict[tuple[str, str], tuple[str, ...]]) -> None:
    assert dict(read(inside).scopes[SCOPE]) == {("", "scope_id"): ("10.0.1.0",), **content}


def test_what_a_scope_uses_of_the_server_level() -> None:
    inside = OPTION.format("<VendorClass>Polycom</VendorClass><UserClass>Phones</UserClass>")
    assert read(inside).uses[SCOPE] == Uses(
        frozenset({("Vendor", "Polycom"), ("User", "Phones")}), frozenset({("3", "Polycom")})
    )


LEASE = "<Lease><IPAddress>10.0.1.{}</IPAddress><ClientId>AA-{}</ClientId><AddressState>{}</AddressState></Lease>"


def test_leases_by_address() -> None:
    leases = "<Leases>" + LEASE.format(50, "0B", "Active") + LEASE.format(51, "CC", "Declined") + "</Leases>"
    assert read(leases).leases[SCOPE] == {
        "10.0.1.50": export_elements.Lease("aa0b", None, "Active"),
        "10.0.1.51": export_elements.Lease("aacc", None, "Declined"),
    }


@pytest.mark.parametrize("inside", ["", "<Leases />", "<Leases></Leases>"])
def test_a_scope_without_leases(inside: str) -> None:
    assert read(inside).leases == {SCOPE: {}}


@pytest.mark.parametrize(
    ("written", "expires"),
    [
        ("2026-03-01T09:00:00+01:00", NOW),
        ("2026-03-01T08:00:00Z", NOW),
        ("2026-03-01T08:00:00.1234567Z", NOW.replace(microsecond=123456)),
        ("2026-03-01T08:00:00", NOW + timedelta(hours=12)),
        ("9999-12-31T23:59:59.9999999", None),
        ("3/1/2026 8:00:00 AM", None),
        ("soon", None),
        ("", None),
    ],
    ids=[
        "with its offset",
        "UTC",
        "parts of a second",
        "the server's own time",
        "never",
        "a locale's",
        "words",
        "none",
    ],
)
def test_a_time_that_is_not_certain_is_late_rather_than_early(written: str, expires: datetime | None) -> None:
    lease = f"<Lease><IPAddress>10.0.1.5</IPAddress><LeaseExpiryTime>{written}</LeaseExpiryTime></Lease>"
    assert read(f"<Leases>{lease}</Leases>").leases[SCOPE]["10.0.1.5"].expires == expires


@pytest.mark.parametrize(
    ("major", "minor", "version"),
    [
        ("<MajorVersion>6</MajorVersion>", "<MinorVersion>3</MinorVersion>", (6, 3)),
        ("", "", None),
        ("<MajorVersion />", "<MinorVersion>3</MinorVersion>", None),
        ("<MajorVersion>six</MajorVersion>", "<MinorVersion>3</MinorVersion>", None),
        ("<MajorVersion>-6</MajorVersion>", "<MinorVersion>3</MinorVersion>", None),
        ("<MajorVersion><x/></MajorVersion>", "<MinorVersion>3</MinorVersion>", None),
        ("<MajorVersion>6</MajorVersion>", "<MinorVersion></MinorVersion>", None),
    ],
)
def test_the_version_of_the_server_where_it_is_told(major: str, minor: str, version: tuple[int, int] | None) -> None:
    whole = WHOLE.format("").replace("<IPv4>", f"{major}{minor}<IPv4>")
    message = export_elements.read(packed(whole), "dhcp01")
    assert (message.version, list(message.scopes)) == (version, [SCOPE])


def test_what_belongs_to_ipv6_is_passed_over() -> None:
    six = "<IPv6>" + "<Scopes><Scope><ScopeId>x</ScopeId></Scope></Scopes>" * 50_000 + "</IPv6>"
    whole = WHOLE.format("").replace("</DHCPServer>", six + "</DHCPServer>")
    assert list(export_elements.read(packed(whole), "dhcp01").scopes) == [SCOPE]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_is_read(encoding: str) -> None:
    name = "<Name>Zürich \U0001f600</Name>"
    assert export_elements.read(packed(WHOLE.format(name), encoding), "dhcp01") == read(name)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (packed(WHOLE[:-10]), "is not the XML of a DHCP server"),
        (packed("no XML at all"), "is not the XML of a DHCP server"),
        (packed("<Other/>"), "the root is 'Other'"),
        (packed("<DHCPServer/>"), "no IPv4 part"),
        (packed(WHOLE.replace("10.0.1.0", "nowhere")), "is not the XML of a DHCP server"),
        (packed(WHOLE.format("<Leases><Lease><IPAddress>x</IPAddress></Lease></Leases>")), "IPAddress is 'x'"),
        (packed('<!DOCTYPE a [<!ENTITY b "c">]>' + WHOLE), "has a document type"),
        (packed(WHOLE)[:40], "did not arrive whole"),
        ("%%%", "did not arrive whole"),
        ("", "did not arrive whole"),
    ],
)
def test_what_is_no_whole_export_is_refused_with_the_server_named(content: str, problem: str) -> None:
    with pytest.raises(UnexpectedReply) as refused:
        export_elements.read(content, "dhcp01")
    assert str(refused.value).startswith("the export of dhcp01 ")
    assert problem in str(refused.value)
    assert str(refused.value).endswith(".")
