# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scope ids as they are written."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.scope import scope_ids


@pytest.mark.parametrize(
    ("texts", "ids"),
    [
        (["10.0.10.0", " 10.0.9.0", "10.0.10.0"], ["10.0.9.0", "10.0.10.0"]),
        (["10.1.20.77"], ["10.1.20.77"]),
        ([], []),
    ],
    ids=["sorted as numbers, each once", "what lies inside a scope is told later", "none"],
)
def test_scope_ids(texts: list[str], ids: list[str]) -> None:
    assert [str(scope) for scope in scope_ids(texts)] == ids


@pytest.mark.parametrize("text", ["10.0.1", "fd00::", "Clients", "", None])
def test_what_is_no_scope_id_is_refused_with_the_option(text: object) -> None:
    with pytest.raises(Refused) as refused:
        scope_ids([text], "ignore")
    assert str(refused.value) == (
        f"ignore: {text!r} is no IPv4 address; failover exists for IPv4 scopes only, write the scope id, for example "
        "10.1.20.0."
    )


def test_a_prefix_is_no_part_of_a_scope_id() -> None:
    with pytest.raises(Refused, match=r"without its prefix, for example 10\.1\.20\.0"):
        scope_ids(["10.0.1.0/24"])
