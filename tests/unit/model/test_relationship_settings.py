# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A setting of a relationship is one row of a table and its documentation: each place that has to know it is looked at,
row by row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import builders
import pytest
import yaml
from ansible_collections.windhcp.failover.plugins.action import dhcp_failover, dhcp_failover_site
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import pending_fact
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.arguments import RELATIONSHIP as ARGUMENTS
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import render, site, task_options
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship import Relationship
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.relationship_settings import (
    DECLARED,
    SETTING,
    SETTINGS,
    SITE,
    OnPartner,
    Setting,
    SettingKind,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import setting_changes
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import cmdlets
from pairs import RELATIONSHIP, Pair, pair

ROOT = Path(__file__).resolve().parents[3]
DHCP_SERVER = json.loads((ROOT / "tests/lab/core/metadata.json").read_text(encoding="utf-8"))["cmdlets"]
ADD, SET = (DHCP_SERVER[f"{verb}-DhcpServerv4Failover"]["parameters"] for verb in ("Add", "Set"))
EACH = pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.option)
MODIFIED = pytest.mark.parametrize(
    "setting", [setting for setting in SETTINGS if setting.in_place], ids=lambda setting: setting.option
)
# which of Windows' parameters are no settings
NO_SETTINGS = {"Force", "Name", "PartnerDown", "PartnerServer", "PassThru", "ScopeId"}


def another(setting: Setting) -> Any:
    """A value that is not Windows' default."""
    match setting.kind:
        case SettingKind.CHOICE:
            return list(setting.choices)[-1]
        case SettingKind.PERCENT:
            return setting.default + 20
        case SettingKind.DURATION:
            return 7200
    return True


def current(mode: str | None) -> Relationship:
    """With Windows' defaults."""
    return builders.hot_standby() if mode == "hot_standby" else builders.relationship()


def changed(setting: Setting) -> Relationship:
    return replace(current(setting.mode), **{setting.option: another(setting)})


def secret(setting: Setting) -> dict[str, str]:
    return {"shared_secret": "Kx7-secret"} if setting.kind is SettingKind.AUTHENTICATION else {}


def options(setting: Setting) -> dict[str, Any]:
    """The options of a task that wants the other value."""
    value = another(setting)
    return {setting.option: str(value) if setting.kind is SettingKind.DURATION else value, **secret(setting)}


def document(path: str, *way: str) -> Mapping[str, Any]:
    """A part of a YAML file, whose texts that are YAML themselves are opened."""
    value = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    for key in way:
        value = (yaml.safe_load(value) if isinstance(value, str) else value)[key]
    return dict(value)


# --- documentation and arguments -------------------------------------------------------------------------------------


def test_the_options_of_a_relationship_are_the_rows() -> None:
    assert set(ARGUMENTS) == {"partner_server", *(setting.option for setting in DECLARED)}


@EACH
def test_the_result_documents_it(setting: Setting) -> None:
    """The other modules' documentation refers to that of dhcp_failover_info."""
    way = ("RETURN", "relationships", "contains")
    assert setting.option in document("plugins/modules/dhcp_failover_info.yml", *way)


@pytest.mark.parametrize("setting", SITE, ids=lambda setting: setting.option)
def test_the_data_of_a_site_and_of_the_role_has_it(setting: Setting) -> None:
    spec = dhcp_failover_site.ActionModule.ARGUMENT_SPEC["relationships"]["options"]
    way = ("argument_specs", "main", "options", "failover_relationships", "options")
    role = document("roles/failover/meta/argument_specs.yml", *way)
    assert spec[setting.option]["type"] == role[setting.option]["type"]
    assert spec[setting.option].get("choices") == role[setting.option].get("choices")
    assert setting.option in dhcp_failover.ENTRY, "the role's task hands it over"


@pytest.mark.parametrize("setting", DECLARED, ids=lambda setting: setting.option)
def test_a_host_fact_carries_all_but_the_secret(setting: Setting) -> None:
    entry = pending_fact.entry({setting.option: "x"}, [])
    assert (setting.option in entry["options"]) == (setting.kind is not SettingKind.SECRET)
    assert ("x" in str(entry)) == (setting.kind is not SettingKind.SECRET)


# --- Windows ---------------------------------------------------------------------------------------------------------


def test_every_parameter_of_windows_is_a_setting() -> None:
    ours = {name for setting in SETTINGS for name in setting.parameters}
    assert ours == {*ADD, *SET} - NO_SETTINGS
    for parameters, is_sent in ((ADD, "at_creation"), (SET, "in_place")):
        sent = {name for setting in SETTINGS if getattr(setting, is_sent) for name in setting.parameters}
        assert sent == set(parameters) - NO_SETTINGS


@EACH
def test_the_words_of_windows_are_the_choices(setting: Setting) -> None:
    parameter = {**ADD, **SET}[setting.parameters[0]]
    assert parameter.get("values") == (list(setting.choices.values()) or None)


@EACH
def test_windows_is_asked_for_every_property(setting: Setting) -> None:
    assert setting.properties
    assert set(setting.properties) <= set(cmdlets.get_failover()["select"])


# --- a task ----------------------------------------------------------------------------------------------------------


@EACH
def test_a_relationship_is_created_with_it(setting: Setting) -> None:
    """The plan says it, the call sends it, and the server that was asked afterwards shows it."""
    two = Pair()
    wanted = {"name": "New", "partner_server": "dhcp02.contoso.example", "scopes": ["10.0.3.0"], "wait_timeout": 1}
    result = two.ok(RELATIONSHIP, **wanted, **options(setting))
    assert setting.words(another(setting)) in str(result["plan"])
    assert result["relationship"][setting.option] == result["diff"]["after"][setting.option] == another(setting)
    assert not two.ok(RELATIONSHIP, **wanted, **options(setting))["changed"]


@MODIFIED
def test_it_is_changed_in_place(setting: Setting) -> None:
    two = pair()
    if setting.mode:
        two.ok(RELATIONSHIP, name="HQ", mode=setting.mode, wait_timeout=1)
    result = two.ok(RELATIONSHIP, name="HQ", wait_timeout=1, **options(setting))
    assert setting.option in str(result["plan"])
    assert result["diff"]["before"][setting.option] != result["diff"]["after"][setting.option]
    assert result["relationship"][setting.option] == another(setting)
    assert not two.ok(RELATIONSHIP, name="HQ", wait_timeout=1, **options(setting))["changed"]


@EACH
def test_a_change_that_came_between_names_it(setting: Setting) -> None:
    before, after = (builders.server([shown]) for shown in (current(setting.mode), changed(setting)))
    assert [words for words in render.differences(before, after) if f": {setting.option} " in words]


@pytest.mark.parametrize(
    "setting", [setting for setting in SETTINGS if setting.mode], ids=lambda setting: setting.option
)
def test_it_is_shown_and_taken_in_its_mode_only(setting: Setting) -> None:
    other = next(mode for mode in SETTING["mode"].choices if mode != setting.mode)
    assert setting.option not in render.settings(current(other))
    assert render.relationship_result(current(other))[setting.option] is None
    with pytest.raises(Refused, match=f"^{setting.option}: belongs to mode {setting.mode}, and mode is {other}"):
        task_options.parse("HQ", {"mode": other, **options(setting)})
    with pytest.raises(
        Refused, match=f"^{setting.option}: belongs to mode {setting.mode}, and 'HQ' is in mode {other}"
    ):
        setting_changes.check_mode_options(task_options.parse("HQ", options(setting)), current(other))


@EACH
def test_what_a_recreation_would_not_give_back_has_to_be_declared(setting: Setting) -> None:
    there = changed(setting)
    assert len(setting_changes.undeclared(task_options.parse("HQ", {"mode": setting.mode}), there)) == 1
    declared = {"mode": there.mode, **options(setting)}
    assert setting_changes.undeclared(task_options.parse("HQ", declared), there) == []
    assert setting_changes.undeclared(task_options.parse("HQ", {"mode": setting.mode}), current(setting.mode)) == []


def test_a_recreation_in_another_mode_asks_for_what_that_mode_has() -> None:
    """The old mode's settings cannot be declared with the new one; what both modes have would go back to Windows'
    defaults unseen."""
    there = builders.relationship(load_balance_percent=70, max_client_lead_time=7200)
    standby = task_options.parse("HQ", {"mode": "hot_standby"})
    assert setting_changes.undeclared(standby, there) == ["max_client_lead_time: 7200"]
    assert setting_changes.undeclared(standby, replace(there, mode="hot_standby")) == ["max_client_lead_time: 7200"]


# --- the data of a site ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", SITE, ids=lambda setting: setting.option)
def test_two_entries_that_differ_in_it_contradict_each_other(setting: Setting) -> None:
    first = {"shared_secret": "one", "enable_auth": None} if setting.kind is SettingKind.SECRET else {}
    entry = {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02", "mode": setting.mode or "load_balance", **first}
    default = setting.default if setting.kind is not SettingKind.CHOICE else next(iter(setting.choices))
    if setting.kind is not SettingKind.SECRET:
        entry[setting.option] = default
    other = {**entry, setting.option: "two" if setting.kind is SettingKind.SECRET else another(setting)}
    with pytest.raises(Refused, match=f"do not agree: {setting.option} "):
        site.entries([entry, other], ["dhcp01", "dhcp02"])
    (written,) = site.share(site.entries([other], ["dhcp01", "dhcp02"]), "dhcp01").writes
    assert written.get(setting.option) == (
        None if setting.kind is SettingKind.SECRET else setting.as_data(another(setting))
    )


@EACH
def test_the_entry_that_info_gives_has_what_is_the_same_on_both_servers(setting: Setting) -> None:
    primary = render.site_entry(replace(changed(setting), server_role=None), "dhcp01", "dhcp02")
    partner = render.site_entry(replace(changed(setting), server_role=None, is_primary=False), "dhcp02", "dhcp01")
    assert (setting.option in primary) == (setting.on_partner is not OnPartner.ROLE)
    if setting.mode != "hot_standby":
        assert (setting.option in partner) == (setting.on_partner is OnPartner.SAME)


@EACH
def test_what_the_other_server_has(setting: Setting) -> None:
    value = another(setting)
    mirrored = setting.mirrored(value)
    assert setting.mirrored(mirrored) == value
    assert (mirrored == value) == (setting.on_partner is OnPartner.SAME)
    assert setting.mirrored(None) is None
