# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_site: a server's part of the site's data, without a look at any server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.windhcp.failover.plugins.action import dhcp_failover_site

ROOT = Path(__file__).resolve().parents[3]
HOSTS = ["dhcp01", "dhcp02", "dhcp03", "dhcp04"]


SECRET = "Kx7-secret"


def run(relationships: list[dict[str, Any]], *, shown: bool = False, **more: Any) -> dict[str, Any]:
    """`shown`: a secret may be in the result, as a name that was there before."""
    task = MagicMock(check_mode=True, diff=True, async_val=0, args={"relationships": relationships, **more})
    action = dhcp_failover_site.ActionModule(task, MagicMock(), MagicMock(), MagicMock(), MagicMock(), MagicMock())
    action._execute_module = MagicMock(side_effect=AssertionError("it runs nothing"))
    result: dict[str, Any] = action.run(task_vars={"inventory_hostname": "dhcp01", "groups": {"all": HOSTS}})
    assert shown or SECRET not in json.dumps(result)
    return result


def test_the_action_takes_the_data_as_a_user_writes_it() -> None:
    plain = {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02"}
    result = run([{**plain, "load_balance_percent": "60", "shared_secret": SECRET}])
    assert (result["changed"], result["writes"][0]["load_balance_percent"], result["written_by"]) == (False, 60, {})
    failed = run([{**plain, "partner_server": SECRET, "shared_secret": SECRET}, {**plain, "partner_server": "dhcp02"}])
    assert failed["failed"]
    assert "********" in failed["msg"]


def test_the_role_takes_what_the_module_takes() -> None:
    specs = yaml.safe_load((ROOT / "roles" / "failover" / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    taken = specs["argument_specs"]["main"]["options"]["failover_relationships"]["options"]
    spec = dict(dhcp_failover_site.ActionModule.ARGUMENT_SPEC["relationships"]["options"])
    spec["create_scopes"] = {"type": "list", "elements": "dict"}  # what is in one the module's documentation tells
    assert {
        name: {key: value for key, value in option.items() if key != "description"} for name, option in taken.items()
    } == spec


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            [[{"name": "HQ", "shared_secret": SECRET}], []],
            "entry 1 is a list; it should be a dictionary, make one list",
        ),
        ([{"name": "HQ", "primary": "a", "partner": "b"}, f"name=HQ shared_secret={SECRET}"], "entry 2 is a text"),
        ([None], "entry 1 is empty"),
        ([7], "entry 1 is a number"),
        (f"name=HQ shared_secret={SECRET}", "is a text; it should be a list"),
        ({"HQ": {"shared_secret": SECRET}}, "is a dictionary; it should be a list"),
    ],
)
def test_data_of_another_kind_is_refused_and_not_shown(data: Any, said: str) -> None:
    result = run(data)
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].startswith(f"relationships: {said}")


def test_the_variables_of_the_role_have_bounds() -> None:
    for variable, value in (("failover_wait_timeout", -1), ("failover_max_removals_percent", "101")):
        result = run([PLAIN], failover={variable: value})
        assert f"{variable}: is " in result["msg"]
        assert run([PLAIN], failover={variable: "60"})["names"] == ["Berlin-Mitte"]
    said = run([PLAIN], failover={"failover_update_secret": "onchange"})["msg"]
    assert "failover_update_secret: is none of on_create, always, on_change." in said


PLAIN = {"name": "Berlin-Mitte", "primary": "dhcp01", "partner": "dhcp02", "scopes": ["10.0.1.0"]}


def test_a_secret_that_is_a_name_leaves_the_data_as_it_is() -> None:
    for secret in ("Berlin-Mitte", "dhcp0", "e", "load_balance", "10.0.1.0"):
        result = run([{**PLAIN, "shared_secret": secret}], shown=True)
        (written,) = result["writes"]
        assert {option: written[option] for option in PLAIN} == PLAIN
        assert (result["names"], written["partner_server"]) == (["Berlin-Mitte"], "dhcp02")
        assert (result["secret_entries"], result["with_secret"]) == ({"Berlin-Mitte": 0}, ["Berlin-Mitte"])
        assert "so it is refused where it has to be sent" in result["warnings"][0]


@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_secret_is_refused_where_authentication_may_be_meant(empty: str | None) -> None:
    said = run([{**PLAIN, "shared_secret": empty}])["msg"]
    assert "'Berlin-Mitte' (dhcp01 with dhcp02): shared_secret: is empty" in said
    off = run([{**PLAIN, "shared_secret": empty, "enable_auth": False}])
    assert (off["with_secret"], off["writes"][0]["enable_auth"]) == ([], False)
    for all_of_them in ([PLAIN], [{**PLAIN, "enable_auth": True}]):
        said = run(all_of_them, failover={"failover_shared_secret": empty})["msg"]
        assert "failover_shared_secret: is empty (does the vault or the variable have it?), and 'Berlin-Mitte'" in said
    for fine in ({"shared_secret": SECRET}, {"enable_auth": False}):
        assert not run([{**PLAIN, **fine}], failover={"failover_shared_secret": empty}).get("failed")


def test_the_secret_of_all_goes_to_those_that_name_none() -> None:
    other = {**PLAIN, "name": "Own", "scopes": [], "shared_secret": SECRET}
    off = {**PLAIN, "name": "Off", "scopes": [], "enable_auth": False}
    result = run([PLAIN, other, off], failover={"failover_shared_secret": SECRET})
    assert (result["with_secret"], result["secret_entries"]) == (["Berlin-Mitte", "Own"], {"Own": 1})
    assert run([PLAIN, other, off], failover={})["with_secret"] == ["Own"]


@pytest.mark.parametrize(("value", "kind"), [(12345678, "a number"), (["x"], "a list"), ({"x": 1}, "a dictionary")])
def test_a_secret_is_a_text(value: object, kind: str) -> None:
    assert run([PLAIN, {**PLAIN, "shared_secret": value}])["msg"] == (
        f"relationships[1].shared_secret: is {kind}; a secret is a text, write it in quotes. Nothing was changed."
    )
    assert run([PLAIN], failover={"failover_shared_secret": value})["msg"].startswith(
        f"failover.failover_shared_secret: is {kind};"
    )


def test_a_number_that_yaml_may_have_made_of_minutes_is_told_once() -> None:
    result = run([{**PLAIN, "max_client_lead_time": 60, "state_switch_interval": "0:01:00"}])
    (warning,) = result["warnings"]
    assert warning.startswith("'Berlin-Mitte' (dhcp01 with dhcp02): max_client_lead_time: is 60 seconds, which is what")
    written = result["writes"][0]
    assert (written["max_client_lead_time"], written["state_switch_interval"]) == ("00:01:00", "00:01:00")


@pytest.mark.parametrize(("value", "kind"), [(False, "true or false"), (83, "a number"), (["HQ"], "a list")])
def test_a_name_is_a_text(value: object, kind: str) -> None:
    """YAML makes false of NO: nobody calls a relationship False."""
    for option in ("name", "primary", "partner_server", "previous_name"):
        assert run([PLAIN, {**PLAIN, option: value}])["msg"] == (
            f"relationships[1].{option}: is {kind}; a name is a text, write it in quotes. Nothing was changed."
        )


def test_a_file_of_tasks_may_be_in_the_folder_of_who_runs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "updates.yml").write_text("[]", encoding="utf-8")
    given = {"failover_server": "dhcp01", "failover_maintenance_tasks": "~/updates.yml"}
    assert run([], maintenance=given)["tasks_file"] == str(tmp_path / "updates.yml")


def test_what_a_terminal_obeys_is_in_no_message() -> None:
    failed = run([{**PLAIN, "name": "H\x1b[31m\nQ", "primary": "dhcp09"}])
    _what, problem = failed["msg"].split("\n")
    assert problem.startswith("- 'H\\x1b[31m\\x0aQ' (dhcp09 with dhcp02)")
    warned = run([{**PLAIN, "name": "H\x1b[31mQ", "max_client_lead_time": 60}])
    assert (warned["names"], warned["warnings"][0][:14]) == (["H\x1b[31mQ"], "'H\\x1b[31mQ' (")


def given(purpose: str, asked: dict[str, Any], /, *, check: bool = False, fixed: Any = None, **more: Any) -> str:
    """What is said where a run of a role or a playbook has more variables than it takes."""
    known = {"inventory_hostname": "dhcp01", "groups": {"all": HOSTS}, **more}
    args = {"relationships": [PLAIN], purpose: asked, **({"fixed": fixed} if fixed else {})}
    task = MagicMock(check_mode=check, diff=True, async_val=0, args=args)
    templar = Templar(loader=DataLoader(), variables=known)
    action = dhcp_failover_site.ActionModule(task, MagicMock(), MagicMock(), MagicMock(), templar, MagicMock())
    result = action.run(task_vars=known)
    return "\n".join([str(result.get("msg", "")), *result.get("warnings", ())]).strip()


DOWN = {"failover_server": "dhcp01", "failover_maintenance": "start"}
LEAVES = {"failover_keep": "dhcp01", "failover_leaving": "dhcp02", "failover_other_copy": "delete"}


@pytest.mark.parametrize(("purpose", "asked"), [("failover", {}), ("replicate", {}), ("maintenance", DOWN)])
def test_a_dry_run_that_is_not_taken_is_refused_and_not_written(purpose: str, asked: dict[str, Any]) -> None:
    assert "failover_dry_run: is true; it should be left out" in given(purpose, asked, failover_dry_run=True)
    assert given(purpose, asked, failover_dry_run=True, check=True) == ""
    for fine in (False, "false", None):
        assert given(purpose, asked, failover_dry_run=fine) == ""


def test_what_belongs_to_another_playbook_is_refused_or_told() -> None:
    assert "windhcp.failover.remove takes it" in given("decommission", LEAVES, failover_relationships_to_remove=["X"])
    assert given("decommission", LEAVES, failover_relationships_to_end=["X"]) == ""
    assert given("failover", {}, failover_scopes_to_remove="10.0.1.0").startswith(
        "failover_scopes_to_remove is set, and"
    )
    assert given("failover", {}, failover_keep="dhcp01") == "", "the playbook that runs the role may take it"


def test_what_a_playbook_sets_for_the_role_is_what_it_gets() -> None:
    sets = {"failover_recreate": "when_needed"}
    assert given("failover", {}, fixed=sets, failover_recreate="when_needed") == ""
    assert "failover_recreate: is given another value than this playbook sets itself" in given(
        "failover", {}, fixed=sets, failover_recreate="never"
    )
