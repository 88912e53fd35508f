# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a server reaches a partner, with rights there and as one that has failover: what the answers to the first
reads mean."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import lab_client
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import cmdlets, probes
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import Heard
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_elements import ServerLevel
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import RemoteError
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import Failure, Place, ReplyObject, Result
from lab import topology
from lab.core.lab import Lab

PARTNER = "dhcp02.contoso.example"
HOP = f"access is denied at the partner {PARTNER}: the logon on dhcp01 does not go on to a second server (double hop)"
RIGHTS = f"access is denied at the partner {PARTNER}: the account has no DHCP rights there"
EITHER = (
    f"access is denied at the partner {PARTNER}: either the logon on dhcp01 does not go on to a second server "
    "(double hop), or the account"
)
BUSY = "RPC is not answered"
VERSION = {"MajorVersion": 10, "MinorVersion": 0}
TOO_OLD = "the partner does not support failover"
NEEDS = "Failover needs Windows Server 2012 or later on both servers."


@pytest.mark.parametrize(
    ("errors", "goes_on", "meaning", "answered"),
    [
        (("WIN32 5", "WIN32 5", "WIN32 5"), False, HOP, True),
        (("WIN32 5", "WIN32 5", "WIN32 5"), True, HOP, True),
        (("", "WIN32 5", "WIN32 5"), False, EITHER, True),
        (("", "WIN32 5", "WIN32 5"), True, RIGHTS, True),
        (("", "DHCP 20121", "DHCP 20121"), False, RIGHTS, True),
        (("", "DHCP 20115", "WIN32 5"), True, RIGHTS, True),
        (("", "WIN32 259", ""), False, "", True),
        (("", "", ""), False, "", True),
        (("WIN32 1722", "WIN32 1722", "WIN32 1722"), False, BUSY, False),
        (("WIN32 1753", "WIN32 1753", "WIN32 1753"), False, "The DHCP Server service there is stopped", False),
        (("DHCP 20124", "", ""), False, "the partner's name does not resolve", False),
        (("", "WIN32 1722", "WIN32 1722"), False, BUSY, True),
    ],
)
def test_three_refusals_have_three_meanings(
    errors: tuple[str, str, str], goes_on: bool, meaning: str, answered: bool
) -> None:
    """`errors`: of the three reads of the partner, its version, its relationships and its scopes."""
    reads, place = probes.reads(PARTNER), Place("dhcp01", "Get-X")
    answers = [
        Result(
            read["id"],
            place,
            (ReplyObject(place, VERSION),),
            (Failure(f"{error},Get-X", "No."),) if error else (),
            computer=PARTNER,
        )
        for read, error in zip(reads, errors, strict=True)
    ]
    if not meaning:
        probes.check(answers, "dhcp01", PARTNER, goes_on)
        return
    with pytest.raises(RemoteError) as refused:
        probes.check(answers, "dhcp01", PARTNER, goes_on)
    assert meaning in str(refused.value)
    assert str(refused.value).startswith(f"On dhcp01 asking {PARTNER}: ")
    assert (refused.value.heard is Heard.ANSWER) is answered


# --- the version, and the server level that comes with it ------------------------------------------------------------


def company(partner: str = "10.0.20348") -> Lab:
    """Two servers without a relationship; `partner`: its Windows."""
    lab = topology.load(topology.TOPOLOGIES / "company.yml")
    lab.servers["DHCP02"].os = partner
    return lab


def level(lab: Lab, partner: str = "") -> ServerLevel:
    """What DHCP01 tells of its own level, or of the partner's."""
    reads = probes.level_reads(partner or None)
    asked = (cmdlets.probe_partner(partner), *reads) if partner else reads
    version, *answers = lab_client.remote(lab).read(asked).before
    return probes.level(version, answers if partner else [version, *answers], "dhcp01", partner)


@pytest.mark.parametrize("windows", ["6.2.9200", "6.3.9600", "10.0.14393", "10.0.26100"])
def test_windows_server_2012_and_later_have_failover(windows: str) -> None:
    lab = company(windows)
    (answer,) = lab_client.remote(lab).read([cmdlets.probe_partner(PARTNER)]).before
    probes.check_version(answer, "dhcp01", PARTNER)


@pytest.mark.parametrize("windows", ["5.2.3790", "6.0.6002", "6.1.7601"])
def test_an_older_one_is_refused_as_windows_would(windows: str) -> None:
    lab, version = company(windows), windows.rpartition(".")[0]
    (answer,) = lab_client.remote(lab).read([cmdlets.probe_partner(PARTNER)]).before
    with pytest.raises(RemoteError) as refused:
        probes.check_version(answer, "dhcp01", PARTNER)
    assert str(refused.value).startswith(f"On dhcp01 asking {PARTNER}: {TOO_OLD}")
    assert f"its version is {version}" in str(refused.value)
    assert str(refused.value).count(NEEDS) == 1
    assert refused.value.heard is Heard.ANSWER, "a server that is too old is there"
    with pytest.raises(RemoteError, match=TOO_OLD):
        level(lab, PARTNER)


@pytest.mark.parametrize("partner", ["", PARTNER])
def test_the_level_is_the_version_the_classes_and_the_definitions(partner: str) -> None:
    lab = company()
    read = level(lab, partner)
    server = lab.servers["DHCP02" if partner else "DHCP01"]
    assert read.version == (10, 0)
    assert {name for _type, name in read.classes} > set(server.classes), "Windows' own are among them"
    own = {(str(key.option_id), key.vendor_class) for key in server.option_definitions}
    assert set(read.definitions) >= own
    assert own, "company.yml has some"


@pytest.mark.parametrize(("partner", "asking"), [("", "On dhcp01: "), (PARTNER, f"On dhcp01 asking {PARTNER}: ")])
def test_a_level_that_cannot_be_read_is_no_empty_one(partner: str, asking: str) -> None:
    lab = company()
    lab.fail_next("DHCP02" if partner else "DHCP01", "Get-DhcpServerv4Class", "WIN32 1722")
    with pytest.raises(RemoteError) as failure:
        level(lab, partner)
    assert str(failure.value).startswith(asking)


def test_missing_rights_for_the_level_have_the_meaning_of_any_refusal() -> None:
    lab = company()
    lab.fail_next("DHCP02", "Get-DhcpServerv4Class", "WIN32 5")
    with pytest.raises(RemoteError) as refused:
        level(lab, PARTNER)
    assert EITHER in str(refused.value)


def test_who_only_reaches_asks_less_than_who_reads() -> None:
    """The first of both is the version, which tells the second hop alone."""
    for asked in (probes.probes(PARTNER), probes.reads(PARTNER), probes.reads(PARTNER, guarded=False)):
        assert asked[0] == cmdlets.probe_partner(PARTNER)
    assert [bool(read.get("fingerprint")) for read in probes.reads(PARTNER)[1:]] == [True, True]
    assert [bool(read.get("fingerprint")) for read in probes.reads(PARTNER, guarded=False)[1:]] == [False, False]


@pytest.mark.parametrize(
    ("seconds", "apart"), [(0, 0), (1, 0), (61, 60), (62, 61), (-61, 60), (-62, 61), (86400, 86399)], ids=str
)
def test_clocks_differ_for_certain_by_a_second_less_than_they_show(seconds: int, apart: int) -> None:
    lab = company()
    lab.clock = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
    lab.servers["DHCP02"].clock_offset = timedelta(seconds=seconds)
    assert readiness(lab, PARTNER) == probes.Readiness(True, timedelta(seconds=apart))


def test_a_domain_member_has_to_be_authorised_and_what_is_not_told_is_not_known() -> None:
    lab = company()
    assert readiness(lab) == probes.Readiness(True)
    lab.servers["DHCP02"].authorized = lab.servers["DHCP01"].management_api = False
    assert readiness(lab, PARTNER) == probes.Readiness(False)
    lab.servers["DHCP02"].domain_joined = False
    assert readiness(lab, PARTNER) == probes.Readiness(True)
    lab.fail_next("DHCP02", "Get-DhcpServerSetting", "WIN32 5")
    assert readiness(lab, PARTNER) == probes.Readiness(None)


def readiness(lab: Lab, partner: str | None = None) -> probes.Readiness:
    return probes.readiness(lab_client.remote(lab).read(probes.readiness_reads(partner)).before)
