# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The errors of one operation are told together, each once, with the server that they are about."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import errors
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import RemoteError, error_ids
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import Failure, Place, Result


@pytest.mark.parametrize(
    "error_id", ["DHCP 20013,Export-DhcpServer", "windhcp.incomplete_copy", "DHCP 20005,Export-DhcpServer"]
)
def test_an_error_of_a_partner_that_was_asked_names_it_and_sends_nobody_to_the_wrong_server(error_id: str) -> None:
    for computer, where in (("dhcp02", "dhcp01 asking dhcp02"), ("", "dhcp01")):
        answered = Result(
            "export", Place("dhcp01", "Export-DhcpServer"), errors=(Failure(error_id, "No."),), computer=computer
        )
        text = str(RemoteError(answered, "dhcp01"))
        assert text.startswith(f"On {where}: ")
        assert ("event log" in text) == (f"event log on {computer or 'dhcp01'}" in text)
        own = Result("safety_copy", answered.place, errors=(Failure("windhcp.file", "No."),), computer=computer)
        assert str(RemoteError(own, "dhcp01")).startswith("On dhcp01: ")  # files are where the script runs


def test_of_many_errors_the_first_are_told_and_each_once() -> None:
    place = Place("dhcp01", "Get-X")
    several = [Failure(f"DHCP {number}", "No.") for number in (20005, 20005, *range(20113, 20123))]
    text = str(RemoteError(Result("export", place, errors=tuple(several)), "dhcp01"))
    assert (text.count("DHCP 20005"), text.count("On dhcp01: ")) == (1, errors.ERRORS_SHOWN)
    assert text.endswith("And 3 more errors.")


def test_ids_are_known_without_the_name_of_the_cmdlet() -> None:
    several = (Failure("DHCP 20005,Get-X", "No."), Failure("DHCP 20005,Set-X", "No."), Failure("windhcp.file", "No."))
    result = Result("export", Place("dhcp01", "Get-X"), errors=several)
    assert error_ids(result) == {"DHCP 20005", "windhcp.file"}
    assert RemoteError(result, "dhcp01").ids == ["DHCP 20005", "windhcp.file"]
