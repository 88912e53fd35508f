# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is said of one variable: its name, what it holds, and what it should be; nothing where it is right."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import variable_checks as checks
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused


def test_one_that_is_set_and_one_that_is_not() -> None:
    assert checks.wrong("failover_new", None, "a server") == "failover_new: is not set; it should be a server."
    assert checks.wrong("failover_new", "", "a server") == "failover_new: is empty; it should be a server."
    assert (
        checks.wrong("failover_new", 7, "a server", ", a number")
        == "failover_new: is 7, a number; it should be a server."
    )


def test_a_host_is_named_with_those_that_may_be_meant() -> None:
    def said(value: object) -> list[str]:
        return list(checks.host({"failover_server": value}, "failover_server", "the server", ["dhcp01", "dhcp02"]))

    assert said("dhcp01") == []
    assert said("DHCP01.contoso.local") == [
        "failover_server: is 'DHCP01.contoso.local', which is no host of the inventory (it has dhcp01); it should be "
        "the server."
    ]
    assert said(None) == ["failover_server: is not set; it should be the server."]


@pytest.mark.parametrize("right", [True, False, "true", "No", "1", None])
def test_a_yes_or_a_no_as_people_and_command_lines_write_it(right: object) -> None:
    assert list(checks.flags({"failover_partner_is_off": right, "failover_dry_run": right}, "failover_partner")) == []


def test_a_flag_names_the_server_that_it_is_about_as_its_reader_does() -> None:
    assert list(checks.flags({"failover_partner_is_off": "x", "failover_orphan": "y"}, "failover_partner")) == [
        "failover_orphan: is 'y'; it should be true, when failover_partner is gone for good, or false, the default.",
        "failover_partner_is_off: is 'x'; it should be true, when somebody has seen that failover_partner is off and "
        "stays off, or false, the default.",
    ]


@pytest.mark.parametrize("value", [True, "true", "yes", "flase", 1])
def test_a_dry_run_that_would_write_is_refused(value: object) -> None:
    (said,) = checks.dry_run(value, check=False)
    assert said.startswith("failover_dry_run: is ")
    assert "it should be left out: this run does not take it, and would write" in said
    assert list(checks.dry_run(value, check=True)) == []


@pytest.mark.parametrize("value", [False, "false", "No", None, ""])
def test_what_is_no_dry_run_may_write(value: object) -> None:
    assert list(checks.dry_run(value, check=False)) == []


def test_what_a_playbook_sets_itself_is_given_by_nobody_else() -> None:
    sets = {"failover_recreate": "when_needed", "failover_other_copy": "delete"}
    assert list(checks.fixed(sets, sets)) == []
    assert list(checks.fixed(sets, {**sets, "failover_other_copy": "disable"})) == [
        "failover_other_copy: is given another value than this playbook sets itself; it should be left out."
    ]
    assert len(list(checks.fixed({"failover_expected_plan": {}}, {"failover_expected_plan": None}))) == 1


@pytest.mark.parametrize(("value", "is_right"), [(0, True), ("100", True), (None, True), (101, False), ("1.5", False)])
def test_a_number_within_the_bounds_of_its_option(value: object, is_right: bool) -> None:
    assert (list(checks.percent({"failover_max_removals_percent": value})) == []) is is_right


def test_names_and_scopes_however_they_come() -> None:
    assert checks.names(None) is None
    assert checks.names("HQ") == ("HQ",)
    assert checks.names(["HQ", ["Berlin\nParis"]]) == ("HQ", "Berlin", "Paris")
    assert checks.apart("[10.0.1.0, 10.0.2.0]") == ["10.0.1.0", "10.0.2.0"]


def test_all_that_is_wrong_is_refused_at_once() -> None:
    checks.refuse(iter(()))
    with pytest.raises(Refused, match=r"(?s)not as they should be.*first.*second"):
        checks.refuse(iter(("first", "second")))
