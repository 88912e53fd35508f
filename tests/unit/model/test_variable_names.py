# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A variable that is nearly one of the collection's is told; its list is that of the playbooks and roles."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.variable_names import NAMES, PREFIXES, misspelt
from docsite.build import ROOT
from docsite.playbooks import playbooks
from docsite.reference import ROLES, _spec

YAML = [*ROOT.glob("playbooks/*.yml"), *ROOT.glob("roles/*/tasks/*.yml")]


def test_the_names_are_those_of_the_playbooks_and_roles() -> None:
    read = {variable.name for playbook in playbooks() for variable in playbook.variables}
    assert read.union(*map(_spec, ROLES)) == NAMES
    assert [name for name in NAMES if not name.startswith(PREFIXES)] == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("failover_onyl", "failover_only"),
        ("failover_purge_scope", "failover_purge_scopes"),
        ("failover_sharedsecret", "failover_shared_secret"),
        ("failover_relationship", "failover_relationships"),
        ("replicate_relationship", "replicate_relationships"),
    ],
)
def test_what_is_nearly_one_is_told(name: str, meant: str) -> None:
    (said,) = misspelt([name, "failover_only", "other", "ansible_host"])
    assert said.startswith(f"{name} is set, which is no variable of this collection and has no effect: {meant} is")


def test_what_the_playbooks_set_themselves_is_never_told() -> None:
    """Nor what somebody else's role may be called."""
    words = chain.from_iterable(re.findall(r"\b(?:failover|replicate)_\w+", path.read_text("utf-8")) for path in YAML)
    assert misspelt({*words, "failover_my_own", "failover_group"}) == []
