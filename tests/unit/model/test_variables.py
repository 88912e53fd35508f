# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A variable that a user of a playbook or a role got wrong is named alone, with what it holds and what it should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.windhcp.failover.plugins.action.dhcp_failover_site import ActionModule
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import site, variables
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.variables import Replication

ROOT = Path(__file__).resolve().parents[3]
HOSTS = ["dhcp01", "dhcp02", "dhcp03"]
DECOMMISSION = {"failover_keep": "dhcp01", "failover_leaving": "dhcp02", "failover_other_copy": "disable"}
MIGRATE = {**DECOMMISSION, "failover_new": "dhcp03"}
SWAP = {"failover_relationships_to_swap": ["Branches"]}
GONE = {"failover_keep": "dhcp01", "failover_leaving": "dhcp02", "failover_orphan": True}
HQ = {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02", "mode": "load_balance", "scopes": ["10.0.1.0"]}
BRANCHES = {**HQ, "name": "Branches", "mode": "hot_standby", "scopes": ["10.0.2.0"]}
SITE = site.entries([HQ, BRANCHES], HOSTS)


def problems(read: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        read()
    headline, *lines = str(refused.value).split("\n- ")
    assert headline == "These variables are not as they should be, and nothing was written:"
    return lines


KEEPS = "it should be the server in the inventory that keeps the scopes."
BECOMES = (
    "it should be delete or disable, what becomes of the copies on failover_leaving; "
    "when that server is gone for good, set failover_orphan to true instead."
)
PERCENT = "it should be 0 to 100, how many of the members may be removed or lose a copy at once."
SHOWS = "it should be true, the default, which only shows what would be done, or false, which does it."
TAKES_ITS_PLACE = "it should be the server in the inventory that takes the place of failover_leaving."
UNKNOWN = "which is no host of the inventory"
NOT_DECLARED = "has what is not in failover_relationships, so nobody would"
CURE = "take it out, or add it there."

# variable, what it holds (None: not set), what the one line says of it
COMMON = [
    ("failover_keep", None, f"is not set; {KEEPS}"),
    ("failover_keep", "", f"is empty; {KEEPS}"),
    ("failover_keep", "dhcp1", f"is 'dhcp1', {UNKNOWN}; {KEEPS}"),
    ("failover_keep", "DHCP01.contoso.local", f"is 'DHCP01.contoso.local', {UNKNOWN} (it has dhcp01); {KEEPS}"),
    ("failover_leaving", None, "is not set; it should be the server that leaves."),
    ("failover_leaving", "dhcp01", "is 'dhcp01', as failover_keep is; it should be the other server, which leaves."),
    ("failover_other_copy", None, f"is not set; {BECOMES}"),
    ("failover_other_copy", "replace", f"is 'replace'; {BECOMES}"),
    (
        "failover_orphan",
        "ture",
        "is 'ture'; it should be true, when failover_leaving is gone for good, or false, the default.",
    ),
    ("failover_dry_run", "", f"is empty; {SHOWS}"),
    ("failover_dry_run", "flase", f"is 'flase'; {SHOWS}"),
]
LIMIT = [
    ("failover_max_removals_percent", 101, f"is 101; {PERCENT}"),
    ("failover_max_removals_percent", "half", f"is 'half'; {PERCENT}"),
]


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        *COMMON,
        *LIMIT,
        (
            "failover_leaving",
            "dhcp9",
            f"is 'dhcp9', {UNKNOWN}; it should be the server in the inventory that leaves; "
            "when it is gone for good, set failover_orphan to true.",
        ),
        (
            "failover_relationships_to_end",
            ["HQ", " "],
            "has an empty name; it should be names of relationships; leave it out to end all of the two servers.",
        ),
        (
            "failover_relationships_to_end",
            "",
            "has an empty name; it should be names of relationships; leave it out to end all of the two servers.",
        ),
    ],
)
def test_decommission_names_the_wrong_variable(variable: str, value: object, text: str) -> None:
    given = {**DECOMMISSION, variable: value}
    assert problems(lambda: variables.decommission(given, HOSTS)) == [f"{variable}: {text}"]


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        *COMMON,
        *LIMIT,
        ("failover_new", None, f"is not set; {TAKES_ITS_PLACE}"),
        ("failover_new", "dhcp9", f"is 'dhcp9', {UNKNOWN}; {TAKES_ITS_PLACE}"),
        ("failover_new", "dhcp01", f"is 'dhcp01', as failover_keep is; {TAKES_ITS_PLACE}"),
        ("failover_new", "dhcp02", f"is 'dhcp02', as failover_leaving is; {TAKES_ITS_PLACE}"),
    ],
)
def test_migrate_names_the_wrong_variable(variable: str, value: object, text: str) -> None:
    given = {**MIGRATE, variable: value}
    assert problems(lambda: variables.migrate(given, HOSTS, SITE)) == [f"{variable}: {text}"]


@pytest.mark.parametrize(
    ("read", "changed"),
    [
        (lambda: variables.migrate(MIGRATE, HOSTS, []), "with the new partner"),
        (lambda: variables.swap_roles(SWAP, []), "with primary and partner changed"),
    ],
)
def test_migrate_and_swap_roles_need_the_data(read: Callable[[], object], changed: str) -> None:
    should = f"it should be the data of windhcp.failover.site, {changed}."
    assert problems(read) == [f"failover_relationships: is not set or empty; {should}"]


def test_migrate_asks_for_no_data_of_a_host_that_is_not_there() -> None:
    (line,) = problems(lambda: variables.migrate({**MIGRATE, "failover_keep": "dhcp1"}, HOSTS, []))
    assert line.startswith("failover_keep: is 'dhcp1', which is no host of the inventory")


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        (
            "failover_relationships_to_swap",
            None,
            "is not set; it should be names of relationships in hot standby.",
        ),
        (
            "failover_relationships_to_swap",
            ["Branches", "HQ"],
            "has what is not in hot standby in failover_relationships (mode: hot_standby), so it has no active server: "
            "'HQ'; name none but those in hot standby.",
        ),
        (
            "failover_relationships_to_swap",
            "Gone",
            f"{NOT_DECLARED} write it: 'Gone'; {CURE}",
        ),
        COMMON[-1],
    ],
)
def test_swap_roles_names_the_wrong_variable(variable: str, value: object, text: str) -> None:
    given = {**SWAP, variable: value}
    gone = {"name": "Gone", "primary": "dhcp01", "partner": "dhcp02", "state": "absent"}
    ending = [*SITE, *site.entries([gone], HOSTS)]  # what is to be removed changes no places
    assert problems(lambda: variables.swap_roles(given, SITE)) == [f"{variable}: {text}"]
    assert problems(lambda: variables.swap_roles(given, ending)) == [f"{variable}: {text}"]


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        ("replicate_relationships", ["HQ", "Gone"], f"{NOT_DECLARED} replicate it: 'Gone'; {CURE}"),
        ("replicate_scopes", ["10.0.1.0", "10.9.9.0"], f"{NOT_DECLARED} replicate it: 10.9.9.0; {CURE}"),
        (
            "replicate_source",
            "dhcp03",
            "is 'dhcp03', which is no server of 'HQ', 'Branches' (of dhcp01 and dhcp02); it should be this_server or "
            "partner (seen from the primary), or a server that each relationship has.",
        ),
        ("replicate_allow_overwrite", "maybe", "is 'maybe'; it should be true or false."),
    ],
)
def test_replicate_names_the_wrong_variable(variable: str, value: object, text: str) -> None:
    assert problems(lambda: variables.replicate({variable: value}, SITE)) == [f"{variable}: {text}"]


def test_what_scopes_may_lose_is_said_before_a_server_is_read() -> None:
    given = {"failover_keep": "dhcp01", "failover_other_copy": "delete", "failover_scopes_to_remove": "10.0.1.0"}
    wrong = {"failover_allow_content_loss": "maybe"}
    text = "failover_allow_content_loss: is 'maybe'; it should be true or false."
    assert problems(lambda: variables.remove({**given, **wrong}, HOSTS)) == [text]
    assert problems(lambda: variables.decommission({**DECOMMISSION, **wrong}, HOSTS)) == [text]


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        ("failover_other_copy", "Delete", "is none of delete, disable."),
        ("failover_recreate", "always", "is none of never, when_needed."),
        ("failover_purge_scopes", "vielleicht", "is 'vielleicht'; it should be true or false."),
        ("failover_purge_relationships", "", "is empty; it should be true or false."),
        (
            "failover_allow_state",
            ["PartnerDown", "Normal"],
            "is 'Normal'; it should be states of CommunicationInterrupted, PartnerDown, PotentialConflict, "
            "ResolutionInterrupted; left out, none is allowed.",
        ),
    ],
)
def test_the_role_names_the_wrong_variable(variable: str, value: object, text: str) -> None:
    assert problems(lambda: variables.failover({variable: value}, SITE)) == [f"{variable}: {text}"]


def test_what_the_roles_take_is_checked_by_themselves() -> None:
    """Ansible would show the whole argument spec for a wrong value, and the last list would have nothing to tell."""
    for role in ("failover", "replicate"):
        path = ROOT / "roles" / role / "meta/argument_specs.yml"
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
        checked = ActionModule.ARGUMENT_SPEC[role]["options"].keys()
        assert {
            name for name in spec if name not in (*checked, "failover_relationships", "failover_expected_plan")
        } == (set())
        assert {name for name, option in spec.items() if option["type"] in ("bool", "int") or "choices" in option} == (
            set()
        )


def test_replicate_says_what_is_no_scope() -> None:
    (problem,) = problems(lambda: variables.replicate({"replicate_scopes": ["10.0.1"]}, SITE))
    assert problem.startswith("replicate_scopes: '10.0.1' is no IPv4 address; ")


def test_failover_only_has_to_be_in_the_data() -> None:
    assert problems(lambda: variables.failover({"failover_only": ["Gone", "HQ", "Lost"]}, SITE)) == [
        f"failover_only: {NOT_DECLARED} write it: 'Gone', 'Lost'; {CURE}"
    ]


def test_every_wrong_variable_is_named_at_once() -> None:
    named = [line.split(":")[0] for line in problems(lambda: variables.migrate({}, HOSTS, []))]
    assert named == [
        "failover_keep",
        "failover_leaving",
        "failover_new",
        "failover_other_copy",
        "failover_relationships",
    ]


def test_two_wrong_servers_are_both_named() -> None:
    given = {**DECOMMISSION, "failover_keep": "dhcp8", "failover_leaving": "dhcp9"}
    named = [line.split(",")[0] for line in problems(lambda: variables.decommission(given, HOSTS))]
    assert named == ["failover_keep: is 'dhcp8'", "failover_leaving: is 'dhcp9'"]


@pytest.mark.parametrize("yes", [True, "true", "True", "yes", "on", "1", 1])
def test_a_server_that_is_gone_is_not_read_and_need_not_be_in_the_inventory(yes: object) -> None:
    given = {**GONE, "failover_leaving": "dhcp9", "failover_orphan": yes}
    asked = variables.decommission(given, HOSTS)
    assert (asked.servers, asked.servers_to_read) == (("dhcp01", "dhcp9"), ("dhcp01",))


@pytest.mark.parametrize("no", [None, False, "no", "0"])
def test_both_servers_are_read_where_the_leaving_one_is_there(no: object) -> None:
    asked = variables.decommission({**DECOMMISSION, "failover_orphan": no}, HOSTS)
    assert asked.servers_to_read == ("dhcp01", "dhcp02")


@pytest.mark.parametrize(
    ("value", "named"),
    [(None, None), ([], ()), ("HQ", ("HQ",)), (["HQ", ["B"]], ("HQ", "B")), (7, ("7",))],
)
def test_names_may_be_one_or_several(value: object, named: tuple[str, ...] | None) -> None:
    """An empty list is none of them, and is not taken for all of them."""
    given: Mapping[str, Any] = {**DECOMMISSION, "failover_relationships_to_end": value}
    assert variables.decommission(given, HOSTS).named == named


def test_a_role_is_about_all_unless_it_is_told_otherwise() -> None:
    assert variables.failover({}, SITE) == SITE
    assert variables.failover({"failover_only": []}, SITE) == []
    assert [entry.name for entry in variables.failover({"failover_only": "HQ"}, SITE)] == ["HQ"]
    assert variables.replicate({"replicate_scopes": []}, SITE) == Replication(SITE)
    ending = [
        *SITE,
        *site.entries([{"name": "Old", "primary": "dhcp01", "partner": "dhcp02", "state": "absent"}], HOSTS),
    ]
    assert variables.replicate({}, ending) == Replication(SITE), "of what is to be removed nothing is replicated"
    asked = variables.replicate({"replicate_relationships": ["HQ"], "replicate_scopes": "10.0.1.0"}, SITE)
    assert ([entry.name for entry in asked.entries], asked.scopes) == (["HQ"], (IPv4Address("10.0.1.0"),))


def test_the_source_of_a_replication_may_be_called_by_its_name() -> None:
    asked = variables.replicate({"replicate_source": "dhcp02"}, SITE)
    assert [asked.source_on(host) for host in ("dhcp01", "dhcp02")] == ["partner", "this_server"]
    assert variables.replicate({"replicate_source": "partner"}, SITE).source_on("dhcp02") == "partner"
    assert variables.replicate({"replicate_source": None}, SITE).source_on("dhcp01") == "this_server"


REMOVE = {
    "failover_keep": "dhcp01",
    "failover_other_copy": "delete",
    "failover_scopes_to_remove": "10.0.1.0",
    "failover_relationships_to_remove": ["HQ"],
}
DOWN = {"failover_server": "dhcp01", "failover_partner": "dhcp09"}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"failover_keep": None}, f"failover_keep: is not set; {KEEPS}"),
        (
            {"failover_other_copy": None},
            "failover_other_copy: is not set; it should be delete or disable, what becomes of",
        ),
        ({"failover_scopes_to_remove": "HQ"}, "failover_scopes_to_remove: 'HQ' is no IPv4 address"),
        ({"failover_dry_run": "maybe"}, "failover_dry_run: is 'maybe'"),
        ({"failover_max_removals_percent": 101}, "failover_max_removals_percent: is 101; it should be 0 to 100"),
        (
            {"failover_scopes_to_remove": None, "failover_relationships_to_remove": [" "]},
            "failover_relationships_to_remove: is not set; it should be names of relationships, or",
        ),
    ],
)
def test_remove_names_the_wrong_variable(changes: Mapping[str, Any], text: str) -> None:
    (problem,) = problems(lambda: variables.remove({**REMOVE, **changes}, HOSTS))
    assert problem.startswith(text)


def test_what_is_to_be_removed() -> None:
    assert variables.remove(REMOVE, HOSTS) == variables.Removal("dhcp01", ("HQ",), (IPv4Address("10.0.1.0"),))
    for unset in (None, ""):  # a survey gives what nobody has answered as an empty text
        only = variables.remove({**REMOVE, "failover_relationships_to_remove": unset}, HOSTS)
        assert (only.relationships, only.scopes) == ((), (IPv4Address("10.0.1.0"),))


def test_names_as_a_survey_has_them() -> None:
    """It has no lists, and a name may have a comma."""
    told = variables.remove({**REMOVE, "failover_relationships_to_remove": "HQ, old\nBranches\r\n\n"}, HOSTS)
    assert told.relationships == ("HQ, old", "Branches")


@pytest.mark.parametrize(
    "text", ["10.0.1.0,10.0.2.0", "[10.0.2.0, 10.0.1.0]", "10.0.1.0 10.0.2.0", ["10.0.1.0", "10.0.2.0"]]
)
def test_scopes_as_a_command_line_has_them(text: object) -> None:
    """After -e a list that is not JSON is one text."""
    told = variables.remove({**REMOVE, "failover_scopes_to_remove": text}, HOSTS)
    assert [str(scope) for scope in told.scopes] == ["10.0.1.0", "10.0.2.0"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"failover_server": None}, "failover_server: is not set; it should be the server in the inventory that is to"),
        ({"failover_server": "dhcp1"}, f"failover_server: is 'dhcp1', {UNKNOWN}"),
        ({"failover_partner": ""}, "failover_partner: is empty; it should be the server that is down."),
        ({"failover_partner": "dhcp01"}, "failover_partner: is 'dhcp01', as failover_server is"),
        (
            {"failover_partner_is_off": "x"},
            "failover_partner_is_off: is 'x'; it should be true, when somebody has seen that failover_partner is off",
        ),
    ],
)
def test_partner_down_names_the_wrong_variable(changes: Mapping[str, Any], text: str) -> None:
    (problem,) = problems(lambda: variables.partner_down({**DOWN, **changes}, HOSTS))
    assert problem.startswith(text)
    assert variables.partner_down(DOWN, HOSTS).servers == ("dhcp01", "dhcp09")


UPDATES = {"failover_server": "dhcp01", "failover_maintenance_tasks": "updates.yml"}


@pytest.mark.parametrize(
    ("given", "begins", "ends"),
    [
        ({"failover_maintenance": "start"}, True, ""),
        ({"failover_maintenance": "finish"}, False, "finished"),
        ({"failover_maintenance": "cancel"}, False, "cancelled"),
        ({"failover_maintenance_tasks": "updates.yml"}, True, "finished"),
    ],
)
def test_what_of_a_maintenance_is_done(given: Mapping[str, Any], begins: bool, ends: str) -> None:
    asked = variables.maintenance({"failover_server": "dhcp01", **given}, HOSTS)
    assert (asked.begins, asked.ends, asked.servers) == (begins, ends, ("dhcp01", ""))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"failover_server": None}, "failover_server: is not set; it should be the server in the inventory that is"),
        ({"failover_server": "dhcp77"}, "failover_server: is 'dhcp77', which is no host of the inventory"),
        ({"failover_partner": "dhcp01"}, "failover_partner: is 'dhcp01', as failover_server is; it should be one of"),
        ({"failover_maintenance": "start"}, "failover_maintenance: is 'start'; it should be left out where failover_"),
        ({"failover_maintenance_tasks": []}, "failover_maintenance_tasks: is a list of 0; it should be the path of"),
        (
            {"failover_maintenance_tasks": None},
            "failover_maintenance: is not set; it should be start, finish or cancel",
        ),
        ({"failover_wait_timeout": "soon"}, "failover_wait_timeout: is 'soon'; it should be 0 to 2147483"),
        (
            {"failover_allow_state": ""},
            "failover_allow_state: is empty; it should be states of CommunicationInterrupted",
        ),
        ({"failover_use_partner_host": "nein"}, "failover_use_partner_host: is 'nein'; it should be true or false."),
    ],
)
def test_maintenance_names_the_wrong_variable(changes: Mapping[str, Any], text: str) -> None:
    (problem,) = problems(lambda: variables.maintenance({**UPDATES, **changes}, HOSTS))
    assert problem.startswith(text)


def test_restore_and_live_check_name_the_wrong_variables() -> None:
    named = [line.split(";")[0] for line in problems(lambda: variables.restore({"failover_server": "dhcp9"}, HOSTS))]
    assert named == [f"failover_server: is 'dhcp9', {UNKNOWN}", "failover_copy: is not set"]
    named = [line.split(";")[0] for line in problems(lambda: variables.live_check({"failover_live_server": ""}, HOSTS))]
    assert named == ["failover_live_server: is empty", "failover_live_partner: is not set"]
    two: dict[str, Any] = {"failover_live_server": "dhcp01", "failover_live_partner": "dhcp01"}
    assert problems(lambda: variables.live_check({**two, "failover_live_may_be_lost": "ja"}, HOSTS)) == [
        "failover_live_partner: is 'dhcp01', as failover_live_server is; it should be the other server.",
        "failover_live_may_be_lost: is 'ja'; it should be true or false.",
    ]
    variables.restore({"failover_server": "dhcp01", "failover_copy": "C:\\a.xml"}, HOSTS)
    variables.live_check({"failover_live_server": "dhcp01", "failover_live_partner": "dhcp02"}, HOSTS)
