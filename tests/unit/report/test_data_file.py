# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A site's data as a file: it comes back as it was, whatever the names are."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.data_file import data_file, scalar
from hypothesis import given
from hypothesis import strategies as st

ENTRY = {
    "name": "Berlin",
    "primary": "dhcp01",
    "partner": "dhcp02",
    "mode": "load_balance",
    "load_balance_percent": 60,
    "max_client_lead_time": "01:00:00",
    "enable_auth": True,
    "scopes": ["10.0.1.0", "10.0.2.0"],
}


class Loader(yaml.SafeLoader):
    """Knows Ansible's tag."""


def _unsafe(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    return loader.construct_scalar(node)


Loader.add_constructor("!unsafe", _unsafe)


def load(text: str) -> Any:
    return yaml.load(text, Loader)  # noqa: S506 # a SafeLoader


def test_a_file_for_people() -> None:
    assert data_file([ENTRY], {"10.0.1.0": "Clients"}, ["As it was."]) == (
        "# As it was.\n"
        "---\n"
        "failover_relationships:\n"
        "  - name: Berlin\n"
        "    primary: dhcp01\n"
        "    partner: dhcp02\n"
        "    mode: load_balance\n"
        "    load_balance_percent: 60\n"
        '    max_client_lead_time: "01:00:00"\n'
        "    enable_auth: true\n"
        "    scopes:\n"
        "      - 10.0.1.0 # Clients\n"
        "      - 10.0.2.0\n"
    )


@pytest.mark.parametrize(
    "name", ["", "a: b", "# x", "on", "No", "1:00", "12", "1e3", "~", "{{ x }}", "{% x %}", "a'\"b", "é\n"]
)
def test_hostile_names_come_back(name: str) -> None:
    text = data_file([{**ENTRY, "name": name}], {"10.0.1.0": name}, [name])
    assert load(text) == {"failover_relationships": [{**ENTRY, "name": name}]}
    assert ("!unsafe" in text) is name.startswith("{")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=126))
def test_any_name_comes_back(name: str) -> None:
    assert load(f"- {scalar(name)}") == [name]
    text = data_file([{**ENTRY, "name": name}], {"10.0.1.0": name, "10.0.2.0": name}, [name])
    assert load(text)["failover_relationships"][0] == {**ENTRY, "name": name}


def test_nothing_and_an_empty_relationship() -> None:
    assert load(data_file([], {}, [])) == {"failover_relationships": []}
    assert load(data_file([{**ENTRY, "scopes": []}], {}, [])) == {"failover_relationships": [{**ENTRY, "scopes": []}]}
