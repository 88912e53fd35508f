# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the script is asked to keep on a server: names that it takes, parameters that bind, nothing hidden in sight."""

from __future__ import annotations

import json
import re
from ipaddress import IPv4Address
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.secret import split
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import cmdlets, kept_files
from lab.core import metadata

SCOPES = [IPv4Address("10.0.1.0"), IPv4Address("10.0.2.0")]


@pytest.mark.parametrize(
    ("operation", "cmdlet"),
    [
        (kept_files.safety_copy(SCOPES, "HQ", 30, "dhcp02"), "Export-DhcpServer"),
        (kept_files.import_copy("x.xml", SCOPES, inactive=True), "Import-DhcpServer"),
        (cmdlets.export(SCOPES, "dhcp02", leases=True), "Export-DhcpServer"),
    ],
)
def test_what_is_passed_on_to_a_cmdlet_binds(operation: dict[str, Any], cmdlet: str) -> None:
    more = {"File": "x.xml", "BackupPath": "x"} if cmdlet == "Import-DhcpServer" else {"File": "x.xml"}
    metadata.check_binding(cmdlet, metadata.from_json(cmdlet, {**more, **operation["parameters"]}))


@pytest.mark.parametrize("relationship", ["HQ", "Zürich und São Paulo", "a/b\\c:*?", "x" * 126, "日本"])
def test_a_text_of_any_relationship_has_a_name_that_the_script_takes(relationship: str) -> None:
    name = kept_files.text_name("unfinished", relationship)
    assert re.fullmatch(r"[a-z0-9.-]{1,80}", name)
    assert name == kept_files.text_name("unfinished", relationship.upper())
    assert name != kept_files.text_name("secret", relationship)


def test_the_hidden_line_does_not_stand_in_the_request() -> None:
    text, secrets = split({"calls": [kept_files.keep_text("a", "in sight", "hush")]})
    assert secrets == ["hush"]
    assert "hush" not in text
    assert json.loads(text)["calls"][0]["public"] == "in sight"


def test_an_import_names_its_scopes() -> None:
    with pytest.raises(AssertionError, match="names its scopes"):
        kept_files.import_copy("x.xml", [], inactive=True)
