# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What one element of an export says, as it is compared: whole exports are read in test_export_elements."""

from __future__ import annotations

from datetime import datetime, timezone
from ipaddress import IPv4Address

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import export_values
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_stream import Malformed, Node


def element(tag: str, *children: Node, words: str = "") -> Node:
    node = Node(tag)
    node.words, node.children = words, list(children)
    return node


def texts(**children: str) -> list[Node]:
    return [element(tag, words=words) for tag, words in children.items()]


OPTION = element("OptionValue", *texts(OptionId=" 43 ", Value="0x01", VendorClass="PXE", UserClass="Phones"))


def test_an_option_is_called_by_its_number_and_classes() -> None:
    assert export_values.option_name_of(OPTION) == "option 43 (vendor class PXE, user class Phones)"
    assert export_values.option_id_of(OPTION) == "43"
    with pytest.raises(Malformed, match="OptionId is 'six', which is not a number"):
        export_values.option_id_of(element("OptionValue", *texts(OptionId="six")))


def test_hardware_addresses_flags_and_durations_are_compared_in_one_spelling() -> None:
    reservation = element("Reservation", *texts(ClientId="AA-BB", Enabled="TRUE", Name="Printer", Description=""))
    assert export_values.fields_of("reservation", reservation.children) == {
        "client_id": ("aabb",),
        "enabled": ("true",),
        "name": ("Printer",),
    }


def test_an_item_has_its_options_and_ranges_as_fields() -> None:
    ranges = element("IPRanges", element("IPRange", *texts(StartRange="10.0.1.5", EndRange="10.0.1.9")))
    policy = element("Policy", *texts(Name="PXE"), ranges, element("OptionValues", OPTION))
    assert export_values.item_of("policy", policy) == {
        "": (),
        "name": ("PXE",),
        "range 10.0.1.5-10.0.1.9": (),
        "option 43 (vendor class PXE, user class Phones)": ("0x01",),
    }


def test_a_criterion_is_its_operators_each_with_its_values_in_order() -> None:
    values = ("NE", "c", "EQ", "b", "a")
    criteria = [element("MacAddress", words=value) for value in values]
    assert export_values.fields_of("policy", criteria) == {"mac_address": ("eq", "a", "b", "ne", "c")}
    assert [export_values.is_operator(value) for value in values] == [True, False, True, False, False]


def test_a_moment_and_an_address() -> None:
    assert export_values.moment_of("2026-03-01T08:00:00Z") == datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
    assert export_values.moment_of("9999-12-31T23:59:59.9999999") is None
    assert export_values.address_of(" 10.0.1.0 ", "ScopeId") == IPv4Address("10.0.1.0")
    with pytest.raises(Malformed, match="ScopeId is 'here', which is not an IPv4 address"):
        export_values.address_of("here", "ScopeId")


def test_what_is_in_a_list_and_the_text_of_a_child() -> None:
    server = element("IPv4", element("OptionValues", OPTION), *texts(NapEnabled="false"))
    assert list(export_values.members_of(server, "OptionValues")) == [OPTION]
    assert export_values.text_of(server, "NapEnabled") == "false"
    assert export_values.text_of(server, "Nothing") == ""
    assert export_values.values_of(server.children, "NapEnabled") == ("false",)
