# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Export-DhcpServer and Import-DhcpServer in the lab's core, short enough to read in a test."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from core_calls import run
from lab.core.api import Outcome, Session
from lab.core.exporting import NAMESPACE
from lab.core.lab import Lab
from lab.core.server import DhcpClass, DnsSetting, Filter, OptionDefinition, OptionKey, Policy, Server

FILE = r"C:\temp\export.xml"
# the fields of Server that an export holds beside the scopes
LEVEL = (
    "conflict_detection_attempts",
    "activate_policies",
    "classes",
    "option_definitions",
    "option_values",
    "dns",
    "policies",
    "filters",
    "allow_list",
    "deny_list",
)


def export(lab: Lab, on: str = "DHCP01", **parameters: Any) -> Outcome:
    return run(lab, "Export-DhcpServer", on=on, File=FILE, **parameters)


def exported(lab: Lab, on: str = "DHCP01", **parameters: Any) -> bytes:
    outcome = export(lab, on, **parameters)
    assert outcome.errors == ()
    return outcome.files[FILE]


def import_(lab: Lab, content: bytes | None, on: str = "DHCP02", **parameters: Any) -> Outcome:
    files = {} if content is None else {FILE: content}
    about = {"File": FILE, "BackupPath": r"C:\temp\backup", "Force": True, **parameters}
    return lab.invoke(Session(on, "administrator"), "Import-DhcpServer", about, files)


def emptied(server: Server) -> Server:
    kept = {name: getattr(server, name) for name in ("name", "fqdn", "address", "ip", "credentials", "language")}
    return Server(**kept)


def change_the_level(server: Server) -> None:
    """Nothing at the level of the server is as it is on an empty one."""
    server.conflict_detection_attempts, server.activate_policies = 2, False
    server.dns = DnsSetting("Always", name_protection=True)
    server.classes["Büro"] = DhcpClass("Büro", "Vendor", "buero", "<&>")
    server.classes["Süd"] = DhcpClass("Süd", "User", "sued")
    server.option_definitions[OptionKey(225, "Büro")] = OptionDefinition("List", "Word", True, ("1", "2"), "Two & more")
    server.option_values[OptionKey(225, "Büro", "Süd")] = ("3", "4")
    server.policies["All"] = Policy(
        "All", criteria={"ClientId": ("NE", "01-02*")}, options={OptionKey(15): ("all.example",)}
    )
    server.filters["02-00-00-*"] = Filter("02-00-00-*", "Allow", "Büro")
    server.allow_list, server.deny_list = True, True


def xml(content: bytes) -> ET.Element:
    root = ET.fromstring(content)  # noqa: S314 - our own file
    assert root.tag == f"{{{NAMESPACE}}}DHCPServer"
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def scopes_in(content: bytes) -> list[str | None]:
    return [element.findtext("ScopeId") for element in xml(content).iterfind("IPv4/Scopes/Scope")]
