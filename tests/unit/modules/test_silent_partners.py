# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A partner is declared down, or left behind, when it is known to be silent; whatever it says is an answer. Both ways
end in one server that serves alone, so both ask the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import (
    Heard,
    NothingDone,
    RemoteFailure,
    Unreachable,
)
from pairs import ONE, Pair, steps, unhurried

DOWN, RELATIONSHIP = "dhcp_failover_partner_down", "dhcp_failover_relationship"
LEAVE = {"state": "absent", "orphan": "remove_here"}
ALONE = pytest.mark.parametrize(
    ("module", "options"), [(DOWN, {}), (RELATIONSHIP, LEAVE)], ids=["declared down", "left behind"]
)
OWN: dict[str, Any] = {"partner_host": "dhcp02"}
OFF: dict[str, Any] = {"partner_is_off": True}
NAME, ADDRESS = "dhcp02.contoso.example", "10.10.0.12"
PASSWORD = Unreachable(
    "partner_host: dhcp02 cannot be reached (basic: the specified credentials were rejected by the server).",
    Heard.ANSWER,
    "TCP 5985 of dhcp02 answers the controller",
    ("dhcp02",),
)
DEAD = "TCP 5985 of dhcp02 does not answer the controller (ETIMEDOUT)"


def cut_off() -> Pair:
    """Both servers are there; TCP 647 between them is blocked, and RPC is not."""
    servers = unhurried()
    for name in ("DHCP01", "DHCP02"):
        servers.lab.set_state(name, "HQ", "CommunicationInterrupted")
    return servers


def burnt(*, in_dns: bool = True) -> Pair:
    servers = unhurried()
    servers.server("DHCP02").reachable = False
    if not in_dns:
        servers.lab.leads |= {NAME: "", "dhcp02": ""}
    return servers


# --- what is an answer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rpc", [True, False], ids=["RPC answers", "RPC is blocked as well"])
@pytest.mark.parametrize(
    "failure",
    [
        PASSWORD,
        NothingDone("On dhcp02: PowerShell runs in a restricted language mode there."),
        NothingDone("On dhcp02: The DhcpServer module could not be loaded."),
        RemoteFailure("On dhcp02: The script failed."),
    ],
    ids=["wrong password", "Constrained Language Mode", "no module", "script error"],
)
@ALONE
def test_what_a_partner_host_says_is_an_answer(
    module: str, options: dict[str, Any], failure: RemoteFailure, rpc: bool
) -> None:
    servers = cut_off()
    if not rpc:
        servers.lab.cut_link("DHCP01", "DHCP02")
    servers.wire.fails["DHCP02"] = failure
    message = servers.refused(module, name="HQ", **options, **OWN, **OFF)
    assert f"{NAME}, the partner in 'HQ', answers the controller, so it is not" in message
    assert str(failure).rstrip(".") in message


@pytest.mark.parametrize("error", ["WIN32 1326", "WIN32 87", "WIN32 1727", "DHCP 20013", "DHCP 20017", "DHCP 20133"])
@ALONE
def test_an_error_of_the_partner_over_rpc_is_an_answer(module: str, options: dict[str, Any], error: str) -> None:
    for check_mode in (True, False):
        servers = cut_off()
        for _attempt in range(3):
            servers.lab.fail_next("DHCP02", "Get-DhcpServerVersion", error)
            servers.lab.fail_next("DHCP02", "Get-DhcpServerv4Failover", error)
        result = servers.run(module, name="HQ", **options, **OFF, check_mode=check_mode)
        assert "answers" in result["msg"]
        assert servers.server("DHCP01").relationships["HQ"].state == "CommunicationInterrupted"


@ALONE
def test_a_dead_connection_is_no_silence_where_rpc_answers(module: str, options: dict[str, Any]) -> None:
    """A wrong ansible_port: nobody answers the controller, and the partner serves."""
    servers = cut_off()
    servers.wire.fails["DHCP02"] = Unreachable(
        "partner_host: dhcp02 cannot be reached.", Heard.NOTHING, DEAD, ("dhcp02",)
    )
    assert "answers (it is in state Comm" in servers.refused(module, name="HQ", **options, **OWN, **OFF)


@ALONE
def test_the_address_is_asked_also_where_the_name_leads_nowhere(module: str, options: dict[str, Any]) -> None:
    servers = cut_off()
    servers.lab.leads |= {NAME: "", "dhcp02": ""}
    assert f"{ADDRESS}, the partner in 'HQ', answers" in servers.refused(module, name="HQ", **options, **OFF)


@ALONE
def test_the_name_is_asked_also_where_the_address_is_silent(module: str, options: dict[str, Any]) -> None:
    """It got another address, and another machine may have the old one."""
    for old in ("", "DHCP03"):
        servers = cut_off()
        servers.lab.leads[ADDRESS] = old
        assert f"{NAME}, the partner in 'HQ', answers" in servers.refused(module, name="HQ", **options, **OFF)


@ALONE
def test_a_service_that_is_stopped_has_to_be_seen_on_the_machine_itself(module: str, options: dict[str, Any]) -> None:
    servers = unhurried()
    servers.server("DHCP02").service = "stopped"
    message = servers.refused(module, name="HQ", **options, **OFF)
    assert "its DHCP service is stopped or just starting (WIN32 1753)" in message
    assert "With that machine as partner_host it is seen" in message


@ALONE
def test_a_service_that_is_stopped_on_another_machine_is_no_silence(module: str, options: dict[str, Any]) -> None:
    servers = burnt()
    servers.server("DHCP03").service = "stopped"
    message = servers.refused(module, name="HQ", **options, **OFF, partner_host="dhcp03")
    assert message.startswith("partner_host: it is DHCP03, whose DHCP service does not run, and the partner of 'HQ' is")


@ALONE
def test_a_service_that_only_restarts_answers_in_the_end(module: str, options: dict[str, Any]) -> None:
    servers = cut_off()
    servers.server("DHCP02").service, servers.server("DHCP02").starting_calls = "starting", 3
    assert "answers" in servers.refused(module, name="HQ", **options, **OFF)


# --- what is silence -------------------------------------------------------------------------------------------------


@ALONE
def test_a_cut_line_looks_the_same_so_a_person_has_to_say_that_the_partner_is_off(
    module: str, options: dict[str, Any]
) -> None:
    message = burnt().refused(module, name="HQ", **options)
    assert message.startswith(f"partner_is_off: needed, since {NAME}, the partner in 'HQ', was asked by DHCP01 alone")
    assert f"{ADDRESS} does not answer RPC (WIN32 1722)" in message
    assert "say partner_is_off: true (failover_partner_is_off of the role and the playbooks); or give" in message


def test_who_gave_partner_host_is_not_told_to_give_it() -> None:
    """As `migrate` does: it is the new partner."""
    anew = {"partner_server": "dhcp03.contoso.example", "recreate": "when_needed", "scopes": ["10.0.1.0", "10.0.2.0"]}
    message = burnt().refused(RELATIONSHIP, name="HQ", **anew, orphan="remove_here", partner_host="dhcp03")
    assert message.startswith("partner_is_off: needed")
    assert message.endswith("(failover_partner_is_off of the role and the playbooks). Nothing was changed.")


@pytest.mark.parametrize("names", [("dhcp03",), ("dhcp03", "10.10.0.13"), ("dhcp02.fabrikam.example", "")])
@ALONE
def test_a_dead_host_that_nobody_knows_to_be_the_partner_is_no_look_at_it(
    module: str, options: dict[str, Any], names: tuple[str, ...]
) -> None:
    """It is off, and the partner is cut off and serves."""
    servers = cut_off()
    servers.lab.cut_link("DHCP01", "DHCP02")
    servers.wire.fails["DHCP03"] = Unreachable("partner_host: it cannot be reached.", Heard.NOTHING, DEAD, names)
    message = servers.refused(module, name="HQ", **options, partner_host="dhcp03")
    assert message.startswith(f"partner_is_off: needed, since {NAME}, the partner in 'HQ', was asked by DHCP01 alone")
    assert f"{DEAD}, and nobody saw that {' = '.join(filter(None, names))} is the partner ({NAME} = " in message
    assert "; or name the partner in partner_host, so" in message
    with_word = servers.run(module, name="HQ", **options, **OFF, partner_host="dhcp03", check_mode=True)
    assert with_word["changed"]


@pytest.mark.parametrize(
    "names", [("DHCP02.contoso.example.", ""), ("b", ADDRESS), ("b", NAME), ("b", "10.20.0.12"), ("dhcp02", "10.9.9.9")]
)
@ALONE
def test_a_dead_host_is_the_partner_by_its_name_or_by_where_its_connection_goes(
    module: str, options: dict[str, Any], names: tuple[str, ...]
) -> None:
    servers = burnt()
    servers.server("DHCP02").resolves_to = ("10.10.0.12", "10.20.0.12")
    servers.wire.fails["DHCP03"] = Unreachable("partner_host: it cannot be reached.", Heard.NOTHING, DEAD, names)
    assert servers.ok(module, name="HQ", **options, partner_host="dhcp03")["changed"]


@ALONE
def test_a_port_that_is_refused_says_that_the_machine_is_up(module: str, options: dict[str, Any]) -> None:
    """A wrong ansible_port, or WinRM that does not run: whether DHCP does is not seen."""
    servers = cut_off()
    servers.lab.cut_link("DHCP01", "DHCP02")
    came = "TCP 5985 of dhcp02 refuses the controller (ECONNREFUSED)"
    servers.wire.fails["DHCP02"] = Unreachable("It cannot be reached.", Heard.NOT_ASKED, came, ("dhcp02",))
    message = servers.refused(module, name="HQ", **options, **OWN)
    assert message.startswith("partner_is_off: needed")
    assert f"the controller's own look does not count: {came})" in message
    assert servers.run(module, name="HQ", **options, **OWN, **OFF, check_mode=True)["changed"]


@pytest.mark.parametrize("in_dns", [True, False], ids=["in DNS", "its record is gone"])
@pytest.mark.parametrize("route", [OWN, OFF], ids=["own connection", "second hop"])
def test_a_burnt_server_is_declared_down_and_then_left_behind(route: dict[str, Any], in_dns: bool) -> None:
    servers = burnt(in_dns=in_dns)
    leads = "does not answer RPC (WIN32 1722)" if in_dns else "has no address in DNS (WIN32 1722)"
    heard = f"{NAME} {leads}; {ADDRESS} does not answer RPC (WIN32 1722)"
    heard += "; TCP 5985 of dhcp02 does not answer the controller (ETIMEDOUT)" if route is OWN else ""
    (step,) = steps(servers.reached(DOWN, name="HQ", **route))
    assert step == f"declare {NAME}, the partner of relationship 'HQ', down, since it is silent: {heard}"
    result = servers.reached(RELATIONSHIP, name="HQ", **LEAVE, **route)
    assert result["warnings"] == [f"orphan: {NAME}, the partner in 'HQ', is taken for gone: {heard}"]
    here = servers.server("DHCP01")
    assert (here.relationships, here.scopes[ONE].state) == ({}, "Active")


@ALONE
def test_scopes_that_the_one_that_is_left_does_not_serve_are_told(module: str, options: dict[str, Any]) -> None:
    """A run that broke off may have taken them out of service here, while the partner served them."""
    servers = burnt()
    here = servers.server("DHCP01")
    here.scopes[ONE] = replace(here.scopes[ONE], state="InActive")
    warnings = servers.reached(module, name="HQ", **options, **OFF)["warnings"]
    assert warnings[-1] == (
        f"'HQ': {ONE} is out of service on DHCP01, and nobody serves it then: activate it (Set-DhcpServerv4Scope "
        "-State Active)"
    )


def test_one_whose_service_is_stopped_is_declared_down_and_then_left_behind() -> None:
    servers = unhurried()
    servers.server("DHCP02").service = "stopped"
    (step,) = steps(servers.reached(DOWN, name="HQ", **OWN))
    assert step.endswith(
        f"since it is silent: {NAME} answers RPC without a DHCP service (WIN32 1753); {ADDRESS} answers RPC without a "
        "DHCP service (WIN32 1753); the DHCP service of DHCP02 does not run (partner_host)"
    )
    servers.reached(RELATIONSHIP, name="HQ", **LEAVE, **OWN)
    assert servers.server("DHCP01").relationships == {}


def test_what_a_person_declared_down_by_hand_is_left_behind_without_a_word() -> None:
    servers = burnt()
    servers.lab.set_state("DHCP01", "HQ", "PartnerDown")
    servers.reached(RELATIONSHIP, name="HQ", **LEAVE)


@ALONE
def test_another_machine_at_the_address_is_not_the_partner(module: str, options: dict[str, Any]) -> None:
    servers = burnt()
    servers.lab.leads |= {NAME: "", "dhcp02": "", ADDRESS: "DHCP03"}
    result = servers.reached(module, name="HQ", **options, **OFF)
    words = f"at {ADDRESS} another machine answers, with neither 'HQ' nor one of its scopes in service"
    assert words in "".join([*steps(result), *result.get("warnings", [])])


@ALONE
def test_another_machine_that_serves_its_scopes_may_be_the_partner(module: str, options: dict[str, Any]) -> None:
    servers = burnt()
    servers.lab.leads |= {NAME: "", "dhcp02": "", ADDRESS: "DHCP03"}
    servers.server("DHCP03").scopes[ONE] = replace(servers.server("DHCP01").scopes[ONE], state="Active")
    message = servers.refused(module, name="HQ", **options, **OFF)
    assert "answers and is without this relationship" in message
    assert "state: absent without orphan takes it from this server" in message


@ALONE
def test_this_server_may_have_got_the_address_itself(module: str, options: dict[str, Any]) -> None:
    servers = burnt()
    servers.lab.leads |= {NAME: "DHCP01", "dhcp02": "DHCP01"}
    assert servers.reached(module, name="HQ", **options, **OFF)["changed"]


@ALONE
def test_one_that_comes_back_between_looking_and_writing_is_not_written_off(
    module: str, options: dict[str, Any]
) -> None:
    servers = burnt()
    plain = servers.wire.execute

    def execute(server: str, arguments: Any) -> Any:
        if '"calls"' in arguments["request"]:
            servers.server("DHCP02").reachable = True
        return plain(server, arguments)

    servers.wire.execute = execute  # type: ignore[method-assign]
    with servers.unchanged():
        result = servers.run(module, name="HQ", **options, **OFF)
    assert result["failed"]
    assert not result["changed"]


def test_one_whose_address_nobody_knows_cannot_be_asked() -> None:
    servers = burnt(in_dns=False)
    plain = servers.wire.execute

    def execute(server: str, arguments: Any) -> Any:  # Windows Server 2012 shows the partner's name alone
        answer: dict[str, Any] = {**plain(server, arguments)}
        for result in (*answer["reply"]["before"], *answer["reply"]["finally"]):
            for shown in result["objects"] if result["id"] == "failover" else ():
                for name in ("PrimaryServerIP", "SecondaryServerIP", "PrimaryServerName", "SecondaryServerName"):
                    shown.pop(name, None)
        return answer

    servers.wire.execute = execute  # type: ignore[method-assign]
    message = servers.refused(DOWN, name="HQ", **OFF)
    assert message.startswith(f"DHCP01 knows no address of {NAME}, the partner in 'HQ', so it cannot be asked whether")
    assert "hosts file" in message


def test_partner_down_that_came_by_itself_is_nobodys_word() -> None:
    """Automatic switchover makes it that while a line is cut."""
    servers = unhurried()
    servers.ok(RELATIONSHIP, name="HQ", state_switch_interval="1:00:00", wait_timeout=1)
    servers.lab.cut_link("DHCP01", "DHCP02")
    for host in ("dhcp01", "dhcp01", "dhcp02"):
        servers.run("dhcp_failover_info", host=host)
        servers.lab.advance(timedelta(hours=2))
    assert servers.server("DHCP01").relationships["HQ"].state == "PartnerDown"
    left_behind = {"name": "HQ", "state": "absent", "orphan": "remove_here", "wait_timeout": 1}
    assert servers.refused(RELATIONSHIP, **left_behind).startswith("partner_is_off: needed, since ")
    servers.ok(RELATIONSHIP, **left_behind, partner_is_off=True)


def test_another_relationship_with_the_partner_that_is_normal_is_a_sign_of_life() -> None:
    servers = unhurried()
    other = {"name": "Other", "partner_server": "dhcp02.contoso.example", "scopes": ["10.0.3.0"], "wait_timeout": 1}
    servers.ok(RELATIONSHIP, **other)
    for name in ("DHCP01", "DHCP02"):
        servers.lab.set_state(name, "HQ", "CommunicationInterrupted")
    servers.lab.cut_link("DHCP01", "DHCP02", "rpc")
    message = servers.refused(DOWN, name="HQ", partner_is_off=True)
    assert "is there: 'Other' with the same server is Normal, so it is not down." in message
