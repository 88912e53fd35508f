# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever a scope holds, and whatever its texts are, an export and an import bring it to another server."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address

import pytest
from core_calls import A
from hypothesis import given, settings
from hypothesis import strategies as st
from lab.core.export_file import read
from lab.core.exporting import document, written
from lab.core.metadata import MAX_TIMESPAN
from lab.core.options import scope_options
from lab.core.server import AddressRange, DnsSetting, Lease, OptionKey, Policy, Reservation, Scope, Server

AWKWARD = "Büro »Süd« & <Nord> \"quoted\" 'single' ]]> 日本 😀 \\ {0} %TEMP% \t\n\x0b end "

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\r"), max_size=8
)  # a line end is one of Windows' in the file
texts |= st.sampled_from([AWKWARD, "\n", " ", "\x1b\x00\uffff"])
addresses = st.integers(0x0A050001, 0x0A0500FE).map(IPv4Address)
ranges = st.tuples(addresses, addresses).map(lambda pair: AddressRange(min(pair), max(pair)))
values = st.lists(texts, min_size=1, max_size=3).map(tuple)
# 51 and 81 stand for other fields; the test below sets them
keys = st.builds(OptionKey, st.integers(2, 50) | st.integers(82, 254), texts, texts)
options = st.dictionaries(keys, values, max_size=3)
spans = st.integers(0, 10**7).map(lambda seconds: timedelta(seconds=seconds)) | st.just(MAX_TIMESPAN)
dns = st.builds(DnsSetting, st.sampled_from(["Always", "Never", "OnClientRequest"]), *[st.booleans()] * 4)
policies = st.builds(
    Policy,
    texts,
    condition=st.sampled_from(["And", "Or"]),
    enabled=st.booleans(),
    processing_order=st.integers(1, 99),
    description=texts,
    criteria=st.dictionaries(st.sampled_from(["VendorClass", "Fqdn", "MacAddress"]), values, max_size=2),
    lease_duration=st.none() | spans,
    dns_suffix=texts,
    ranges=st.lists(ranges, max_size=2),
    options=options,
)
reservations = st.builds(Reservation, addresses, texts, texts, texts, texts, options)
moments = st.datetimes(datetime(1000, 1, 1), timezones=st.just(timezone.utc)).map(
    lambda moment: moment.replace(microsecond=0)
)
leased = st.integers(0x0A050101, 0x0A0501FE).map(IPv4Address)  # no reservation has them
leases = st.builds(Lease, leased, texts, texts, texts, policy_name=texts, expires=st.none() | moments)
scopes = st.builds(
    Scope,
    scope_id=st.just(A("10.5.0.0")),
    subnet_mask=st.just(A("255.255.255.0")),
    start_range=st.just(A("10.5.0.1")),
    end_range=st.just(A("10.5.0.254")),
    name=texts,
    description=texts,
    state=st.sampled_from(["Active", "InActive"]),
    lease_duration=spans,
    type=st.sampled_from(["Dhcp", "Bootp", "Both"]),
    activate_policies=st.booleans(),
    delay=st.integers(0, 1000),
    max_bootp_clients=st.integers(0, 0xFFFFFFFF),
    nap_enable=st.booleans(),
    nap_profile=texts,
    superscope=texts,
    dns=st.none() | dns,
    exclusions=st.lists(ranges, max_size=2),
    options=options,
    reservations=st.lists(reservations, max_size=2).map(lambda several: {one.ip: one for one in several}),
    policies=st.lists(policies, max_size=2).map(lambda several: {one.name: one for one in several}),
    leases=st.lists(leases, max_size=2).map(lambda several: {one.ip: one for one in several}),
)


def through_a_file(scope: Scope) -> Scope:
    server = Server("DHCP01", "dhcp01.contoso.example", "127.0.0.1", A("10.0.0.1"))
    (copy,) = read(written(document(server, [scope], {scope.scope_id: scope.all_leases()}))).scopes.values()
    return copy


@settings(max_examples=25, deadline=None, derandomize=True)
@given(scopes)
def test_every_scope_comes_out_as_it_went_in(scope: Scope) -> None:
    before = deepcopy(scope)
    assert through_a_file(scope) == before


@pytest.mark.parametrize("option", [51, 81])
@pytest.mark.parametrize("value", ["0", "5", "23", "255", "691200"])
def test_options_that_stand_for_a_field_keep_their_value(option: int, value: str) -> None:
    scope = Scope(
        A("10.5.0.0"), A("255.255.255.0"), A("10.5.0.1"), A("10.5.0.9"), "s", options={OptionKey(option): (value,)}
    )
    assert scope_options(through_a_file(scope)) == scope_options(scope)


def test_every_text_of_a_server_may_be_awkward() -> None:
    scope = Scope(
        A("10.5.0.0"),
        A("255.255.255.0"),
        A("10.5.0.1"),
        A("10.5.0.9"),
        AWKWARD,
        description=AWKWARD,
        superscope=AWKWARD,
    )
    scope.reservations[A("10.5.0.2")] = Reservation(A("10.5.0.2"), "aa", AWKWARD, AWKWARD)
    scope.policies[AWKWARD] = Policy(AWKWARD, criteria={"Fqdn": ("EQ", AWKWARD)})
    assert through_a_file(scope) == scope
