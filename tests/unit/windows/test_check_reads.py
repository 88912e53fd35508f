# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is asked for the checks: reads alone, none of which waits; each answer stands for itself."""

from __future__ import annotations

from dataclasses import replace

import lab_client
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import check_reads
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import error_ids
from pairs import pair

NAMES = ("dhcp02.contoso.example", "10.10.0.12")


def test_nothing_waits_and_nothing_is_held_to_it() -> None:
    for operation in (*check_reads.own_reads(), *check_reads.partner_reads(NAMES)):
        assert "retry_seconds" not in operation
        assert operation["op"] in ("cmdlet", "who_when", "probe_api", "probe_partner", "check_folder", "compare_clock")
        assert operation.get("cmdlet", "Get-").startswith("Get-")


def test_ids_are_unique_in_a_request() -> None:
    asked = [*check_reads.partner_reads(NAMES), *check_reads.partner_reads(["dhcp03.contoso.example"])]
    ids = [operation["id"] for operation in (*check_reads.own_reads(), *asked)]
    assert sorted({*ids, "probe_partner", "probe_api"}) == sorted(set(ids))


def test_answers_of_a_server_about_itself() -> None:
    servers = pair()
    said = check_reads.own_answers(lab_client.remote(servers.lab).read(check_reads.own_reads()).before)
    assert said.session.text("computer") == "DHCP01"
    assert [answer.id for answer in said.shown] == ["who", "bindings", "failover", "scopes"]
    assert check_reads.addresses(said.bindings) == {"10.10.0.11"}
    assert check_reads.addresses(replace(said.bindings, errors=said.api.errors)) == frozenset()
    assert error_ids(said.api) == {"DHCP 20115"}, "that there is no such relationship is an answer"
    assert said.not_ours is None


def test_answers_of_a_server_about_its_partner() -> None:
    servers = pair()
    answers = lab_client.remote(servers.lab).read(check_reads.partner_reads(NAMES)).before
    said = check_reads.partner_answers(NAMES, answers)
    assert said.resolved == (("10.10.0.12",), ("10.10.0.12",))
    assert said.addresses == {"10.10.0.12"}
    assert said.version.only().number("MajorVersion") == 10
    assert len(said.failover.objects) == 1
    assert said.setting.only().flag("IsAuthorized")
    assert said.clock.only().number("there")
