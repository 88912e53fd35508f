# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an error of a server means and what to do about it: told by its id, whatever language its text is in."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import Heard
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import RemoteError
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import Failure, Place, Result


def error(operation: str, error_id: str) -> RemoteError:
    result = Result(operation, Place("dhcp01", operation), errors=(Failure(error_id, "Fehler {0} beim Server"),))
    return RemoteError(result, "dhcp01", "dhcp02.contoso.example")


@pytest.mark.parametrize(
    ("operation", "error_id", "parts"),
    [
        ("failover", "WIN32 5,Get-DhcpServerv4Failover", ["access is denied on dhcp01 itself", "local administrator"]),
        ("add_failover", "WIN32 5,Add-DhcpServerv4Failover", ["denied, here or at the partner dhcp02", "runas"]),
        (
            "add_failover",
            "DHCP 20121,Add-DhcpServerv4Failover",
            ["no DHCP rights there", "administrator of dhcp02.contoso.example"],
        ),
        ("probe_api", "WIN32 1722", ["TCP 135", "from dhcp01"]),
        ("add_failover", "DHCP 20119,Add-DhcpServerv4Failover", ["clocks", "w32tm"]),
        (
            "add_failover_scopes",
            "DHCP 20131,Add-X",
            [
                "BOOTP",
                "with its type set to Dhcp it would serve its BOOTP clients no more",
                "Windows Server 2012 refuses it",
            ],
        ),
        (
            "failover",
            "windhcp.property",
            ["a value of what a cmdlet answered cannot be read", "the same cmdlet on the server"],
        ),
        (
            "safety_copy",
            "windhcp.protect_folder",
            ["could not be kept to administrators", r"C:\ProgramData\windhcp.failover"],
        ),
        ("safety_copy", "windhcp.incomplete_copy", ["does not hold all that is there", "Repair-DhcpServerv4IPRecord"]),
        (
            "import_copy",
            "WIN32 5,Backup-DhcpServer",
            ["could not back its database up", "NETWORK SERVICE", r"windhcp.failover\backups"],
        ),
        (
            "import_copy",
            "windhcp.no_backup",
            ["could not back its database up", "NETWORK SERVICE", r"windhcp.failover\backups"],
        ),
        ("keep_text", "windhcp.file", ["could not be read or written", "disk"]),
        ("keep_text", "windhcp.bad_name", ["the name of a kept text", "report it"]),
        (
            "read_copy",
            "windhcp.not_a_copy",
            ["not that of a safety copy", r"C:\ProgramData\windhcp.failover\safety-copies"],
        ),
        ("read_copy", "windhcp.no_such_copy", ["no such safety copy", "on which it was made"]),
        ("import_copy", "WIN32 5,Import-DhcpServer", ["access is denied on dhcp01 itself"]),
        ("add_failover", "DHCP 31415,Add-X", ["the DHCP server refused it", "among the DHCP server's error codes"]),
        (
            "import_copy",
            "InvalidOperation,Import-DhcpServer",
            ["a newer version of Windows", "the version that it was made on"],
        ),
        ("import_copy", "ObjectNotFound,Import-DhcpServer", ["a scope is not in the file"]),
        ("import_copy", "ResourceUnavailable,Import-DhcpServer", ["is not there, or cannot be read"]),
        ("import_copy", "ParameterArgumentValidationError,Add-DhcpServerv4Lease", ["does not take one of the values"]),
        ("export", "ResourceExists,Export-DhcpServer", ["is there already"]),
        ("export", "CommandNotFoundException", ["a command is missing on the server", "RSAT-DHCP"]),
        ("export", "ObjectNotFound,Get-Something", ["PowerShell or the DhcpServer module refused it", "report it"]),
        (
            "keep_text",
            "windhcp.not_ours",
            ["not as this collection makes it", "Take it away", r"C:\ProgramData\windhcp.failover"],
        ),
        ("failover", "windhcp.computer_name", ["run parts of it as code", "partner_server"]),
    ],
)
def test_an_error_names_what_where_and_the_cure(operation: str, error_id: str, parts: list[str]) -> None:
    text = str(error(operation, error_id))
    for part in parts:
        assert part.lower() in text.lower()
    assert error_id in text
    assert ("error codes" in text) == error_id.startswith("DHCP 31415")
    assert "Fehler {0} beim Server" in text


@pytest.mark.parametrize(
    ("error_id", "heard"),
    [
        ("DHCP 20013", Heard.ANSWER),
        ("DHCP 20017", Heard.ANSWER),
        ("DHCP 20121", Heard.ANSWER),
        ("DHCP 20133", Heard.ANSWER),
        ("WIN32 5", Heard.ANSWER),
        ("WIN32 87", Heard.ANSWER),
        ("WIN32 1326", Heard.ANSWER),
        ("WIN32 1727", Heard.ANSWER),
        ("CommandNotFoundException", Heard.ANSWER),
        ("windhcp.no_module", Heard.ANSWER),
        ("WIN32 1722", Heard.NOTHING),
        ("DHCP 20122", Heard.NOTHING),
        ("WIN32 1753", Heard.STOPPED),
        ("DHCP 20123", Heard.STOPPED),
        ("DHCP 20124", Heard.NOT_ASKED),
    ],
)
def test_silence_is_what_is_known_to_be_silence_and_all_else_an_answer(error_id: str, heard: Heard) -> None:
    assert error("failover", f"{error_id},Get-X").heard is heard


NUMBERS = [20005, 20013, 20023, 20052, *range(20113, 20135)]
WORDS = ["windhcp.no_api", "windhcp.wait_timeout", "windhcp.file", "windhcp.check_mode", "WIN32 1722", "Unheard,Of-It"]


@pytest.mark.parametrize("error_id", [*(f"DHCP {number}" for number in NUMBERS), *WORDS])
def test_every_error_is_told_in_sentences_with_the_server_first(error_id: str) -> None:
    text = str(error("add_failover", error_id))
    assert text.startswith("On dhcp01: ")
    assert text.endswith(".")
    assert "{partner}" not in text.replace("Fehler {0}", "")


@pytest.mark.parametrize(
    ("error_id", "cure"),
    [
        ("DHCP 20130,Invoke-DhcpServerv4FailoverReplication", "Give fewer scopes to the task."),
        ("DHCP 20116,Remove-DhcpServerv4FailoverScope", "Run again: the next run plans from what is there now."),
        (
            "DHCP 20052,Add-DhcpServerv4Scope",
            "Run again: the next run plans from what is there now, and says what is in the way.",
        ),
    ],
)
def test_the_cure_comes_last(error_id: str, cure: str) -> None:
    assert str(error("add_failover", error_id)).endswith(cure)


@pytest.mark.parametrize(
    ("error_id", "passes"),
    [("DHCP 20133", True), ("windhcp.wait_timeout", True), ("DHCP 20119", False), ("WIN32 5", False)],
)
def test_whether_running_again_may_be_all_that_it_takes(error_id: str, passes: bool) -> None:
    assert error("add_failover", f"{error_id},Get-X").passes is passes
