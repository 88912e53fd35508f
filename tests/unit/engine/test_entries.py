# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Of many entries the one that is wrong is named, and all that are wrong at once."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.action import dhcp_failover, dhcp_failover_site
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.entries import entry_problems
from pairs import Pair

WHOLE = dhcp_failover.ActionModule.ARGUMENT_SPEC
SITE = dhcp_failover_site.ActionModule.ARGUMENT_SPEC
HQ = {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02"}


@pytest.mark.parametrize(
    ("spec", "entry", "told"),
    [
        (WHOLE, {"name": "HQ", "load_balance_percent": "sixty"}, "entry 'HQ': argument 'load_balance_percent' is of"),
        (WHOLE, {"name": "HQ", "mode": "loadbalance"}, "entry 'HQ': value of mode must be one of: load_balance, hot"),
        (WHOLE, {"mode": "load_balance"}, "entry number 2: missing required arguments: name."),
        (WHOLE, {"name": "HQ", "create_scopes": [{"name": "New"}]}, "entry 'HQ': missing required arguments: "),
        (SITE, {"name": "HQ", "primary": "dhcp01"}, "entry 'HQ': missing required arguments: partner."),
    ],
    ids=["a type", "a choice", "no name", "in a scope", "of the site"],
)
def test_an_entry_that_does_not_fit_is_named(spec: dict[str, Any], entry: dict[str, Any], told: str) -> None:
    (problem,) = entry_problems(spec, {"relationships": [HQ if spec is SITE else {"name": "Fine"}, entry]})
    assert problem.startswith(f"relationships: {told}")


def test_what_is_no_list_of_dictionaries_is_for_ansible_to_tell() -> None:
    values: list[Any] = [None, "HQ", {"HQ": {}}, ["HQ"]]
    for given in values:
        assert list(entry_problems(WHOLE, {"relationships": given})) == []


def test_all_of_them_are_told_at_once_and_no_secret() -> None:
    entries = [
        {"name": "HQ", "load_balance_percent": "sixty", "shared_secret": "Kx7-secret"},
        {"name": "Branch", "mode": "Kx7-secret"},
    ]
    with pytest.raises(Exception, match=r"entry 'HQ': .* entry 'Branch': .* Nothing was changed") as raised:
        Pair().run("dhcp_failover", relationships=entries)
    assert "Kx7" not in str(raised.value)
