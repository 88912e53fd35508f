# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Servers of other versions of Windows and of other languages, and one that Active Directory does not know."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from core_calls import CLIENTS, NAME, A, add, company, get, ids, run
from lab import table, topology
from lab.core import versions
from lab.core.api import Session
from lab.core.lab import Lab
from lab.core.server import OptionKey, Policy
from lab.powershell.stub import write_module
from lab.standin import script

NETBIOS = OptionKey(1, "Microsoft Windows 2000 Options")


def of(version: str, language: str = "en", **switches: Any) -> Lab:
    """DHCP02 is so."""
    lab = company(**switches)
    lab.servers["DHCP02"].os = versions.BUILDS[version]
    lab.servers["DHCP02"].language = language
    return lab


def asked(lab: Lab, cmdlet: str, parameters: dict[str, Any], select: tuple[str, ...] = (), on: str = "DHCP02") -> Any:
    call = {"id": "x", "op": "cmdlet", "cmdlet": cmdlet, "parameters": parameters, "select": select}
    reply = script.run(lab, Session(on, "administrator"), json.dumps({"calls": [call]}))
    return json.loads(reply)["reply"]["calls"][0]


@pytest.mark.parametrize("name", ["2012 R2", "2016", "2019", "2022", "2025"])
def test_from_2012_r2_on_all_is_the_same(name: str) -> None:
    about = topology.dumps(company()).replace("fqdn: dhcp02", f"os: {name}\n    fqdn: dhcp02")
    lab = topology.loads(about)
    assert lab.servers["DHCP02"].os == versions.BUILDS[name]
    assert versions.module(lab.servers["DHCP02"].version()) == versions.module((10, 0))
    add(lab)
    assert get(lab, "DHCP02").keys() == get(lab).keys()
    assert asked(lab, "Set-DhcpServerv4Failover", {"Name": NAME, "Mode": "HotStandby"})["errors"] == []


def test_what_2012_does_not_show() -> None:
    lab = of("2012")
    add(lab)
    later = {"PrimaryServerIP", "SecondaryServerIP", "PrimaryServerName", "SecondaryServerName", "ServerType"}
    assert get(lab).keys() - get(lab, "DHCP02").keys() == later
    assert "Fqdn" not in shown(lab, "Get-DhcpServerv4Policy", ScopeId=CLIENTS)
    assert "DnsSuffix" not in shown(lab, "Get-DhcpServerv4DnsSetting")
    there = run(lab, "Get-DhcpServerv4Failover", Name=(NAME,), ComputerName="DHCP02").objects[0].properties
    assert later <= there.keys(), "the module of the machine that asks decides"


def shown(lab: Lab, cmdlet: str, **parameters: Any) -> Any:
    return run(lab, cmdlet, on="DHCP02", **parameters).objects[0].properties


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "refused"),
    [
        ("Set-DhcpServerv4Failover", {"Name": NAME, "Mode": "HotStandby"}, "Mode"),
        ("Add-DhcpServerv4Policy", {"Name": "P", "Condition": "Or", "Fqdn": ["EQ", "x"]}, "Fqdn"),
        ("Get-DhcpServerv4DnsSetting", {"PolicyName": "P"}, "PolicyName"),
    ],
)
def test_what_2012_does_not_take(cmdlet: str, parameters: dict[str, Any], refused: str) -> None:
    (error,) = asked(of("2012"), cmdlet, parameters)["errors"]
    assert (error["id"], error["target"]) == ("windhcp.binding", refused)
    assert asked(of("2022"), cmdlet, parameters)["errors"] != [error]


def test_a_cmdlet_that_2012_does_not_have() -> None:
    renaming = ("Rename-DhcpServerv4Superscope", {"Name": "A", "NewName": "B"})
    assert [error["id"] for error in asked(of("2012"), *renaming)["errors"]] == ["windhcp.no_such_cmdlet"]
    assert [error["id"] for error in asked(of("2016"), *renaming)["errors"]] != ["windhcp.no_such_cmdlet"]


def test_the_stub_module_of_2012_is_as_small(tmp_path: Path) -> None:
    write_module(tmp_path / "old", (6, 2))
    write_module(tmp_path / "new")
    old, new = ((tmp_path / one / "DhcpServer/DhcpServer.psm1").read_text() for one in ("old", "new"))
    for part in ("function Rename-DhcpServerv4Superscope", "$Mode", "$Fqdn"):
        assert part in new
        assert part not in old
    assert "function Set-DhcpServerv4Failover" in old


# --- languages ---


@pytest.mark.parametrize(
    ("language", "vendor", "user"),
    [
        ("en", "Microsoft Options", "Default BOOTP Class"),
        ("de", "Microsoft-Optionen", "BOOTP-Standardklasse"),
        ("fr", "Options Microsoft", "Classe BOOTP par défaut"),
    ],
)
def test_built_in_classes_have_names_of_the_language(language: str, vendor: str, user: str) -> None:
    names = {one["Name"]: one["Data"] for one in classes(of("2022", language))}
    assert (names[vendor], names[user]) == ("0x4d534654", "0x424f4f54502e4d6963726f736f6674")
    assert len(names) == 8
    lab = of("2022", language)
    (error,) = run(lab, "Remove-DhcpServerv4Class", on="DHCP02", Type="Vendor", Name=(vendor,)).errors
    assert error.id == "DHCP 20089"


def classes(lab: Lab) -> Any:
    return [one.properties for one in run(lab, "Get-DhcpServerv4Class", on="DHCP02").objects]


def test_network_access_protection_has_a_class_before_2016() -> None:
    data = "0x" + b"MSFT Quarantine".hex()
    assert data in [one["Data"] for one in classes(of("2012 R2"))]
    assert data not in [one["Data"] for one in classes(of("2016"))]


def test_standard_options_have_names_of_the_language() -> None:
    (one,) = run(of("2022", "de"), "Get-DhcpServerv4OptionDefinition", on="DHCP02", OptionId=(6,)).objects
    assert one.properties["Name"] == "DNS-Server"


def with_option(lab: Lab) -> Lab:
    """NetBIOS is off on DHCP01's clients, and both servers know the option, each in its language."""
    for server in lab.servers.values():
        (windows,) = [name for name, data in names(lab, server.name).items() if data == "MSFT 5.0"]
        about: dict[str, Any] = {"OptionId": 1, "VendorClass": windows, "Name": "Disable", "Type": "DWord"}
        assert ids(run(lab, "Add-DhcpServerv4OptionDefinition", on=server.name, **about)) == []
    scope = lab.servers["DHCP01"].scopes[CLIENTS]
    scope.options[NETBIOS] = ("2",)
    scope.policies["Boot"] = Policy("Boot", criteria={"UserClass": ("EQ", "Default BOOTP Class*")})
    return lab


def names(lab: Lab, on: str) -> dict[str, str]:
    shown = run(lab, "Get-DhcpServerv4Class", on=on).objects
    return {str(one.properties["Name"]): str(one.properties["AsciiData"]) for one in shown}


def replicated(lab: Lab) -> list[str]:
    return ids(run(lab, "Invoke-DhcpServerv4FailoverReplication", ScopeId=(CLIENTS,), Force=True))


def test_a_built_in_class_is_another_one_in_another_language() -> None:
    lab = with_option(of("2022", "de"))
    assert ids(add(lab, CLIENTS)) == ["DHCP 20044"]
    lab = with_option(of("2022"))
    assert ids(add(lab, CLIENTS)) == []


@pytest.mark.parametrize("again", [lambda lab: [], replicated])
def test_or_it_is_known_by_its_data(again: Callable[[Lab], list[str]]) -> None:
    lab = with_option(of("2022", "de", built_in_class_travels_by="data"))
    assert ids(add(lab, CLIENTS)) == again(lab) == []
    there = lab.servers["DHCP02"].scopes[CLIENTS]
    assert there.options[OptionKey(1, "Microsoft Windows 2000-Optionen")] == ("2",)
    assert there.policies["Boot"].criteria == {"UserClass": ("EQ", "BOOTP-Standardklasse*")}
    assert NETBIOS in lab.servers["DHCP01"].scopes[CLIENTS].options


# --- Active Directory ---


@pytest.mark.parametrize(("answer", "state"), [("unaffected", "Normal"), ("communication_interrupted",) * 2])
def test_a_server_that_is_not_authorised_serves_nobody(answer: str, state: str) -> None:
    lab = company(unauthorized_state=answer)
    add(lab)
    assert lab.serves("DHCP02", CLIENTS)
    lab.servers["DHCP02"].authorized = False
    assert not lab.serves("DHCP02", CLIENTS)
    assert shown(lab, "Get-DhcpServerSetting")["IsAuthorized"] is False
    seen = {get(lab)["State"], get(lab, "DHCP02")["State"]}
    assert seen == {"CommunicationInterrupted" if state == answer else state}
    assert "DHCP02  dhcp02.contoso.example  10.10.0.12  (running, not authorised)" in table.render(lab)


def test_who_serves_a_scope() -> None:
    lab = company()
    assert lab.serves("DHCP01", CLIENTS)
    assert not lab.serves("DHCP01", A("10.30.50.0")), "it is inactive"
    assert not lab.serves("DHCP02", CLIENTS), "it is not there"
    lab.servers["DHCP01"].authorized = lab.servers["DHCP01"].domain_joined = False
    assert lab.serves("DHCP01", CLIENTS), "a workgroup asks nobody"
    lab.servers["DHCP01"].service = "paused"
    assert not lab.serves("DHCP01", CLIENTS)
