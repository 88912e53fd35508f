# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a server shows of itself, and which of its scopes it has in common with a partner."""

from __future__ import annotations

import builders
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.server_verdicts import of_server, served
from worlds import OWN, servers, world


def test_only_active_scopes_are_unprotected() -> None:
    here = builders.server(
        [builders.relationship("HQ", ["10.0.1.0"])],
        ["10.0.1.0", "10.0.2.0", builders.scope("10.0.3.0", active=False)],
    )
    found = {verdict.id: verdict for verdict in of_server(world(here), drift=True, health=True)}
    assert found["scopes_unprotected"].scopes == ("10.0.2.0",)


@pytest.mark.parametrize(
    ("here", "there", "common"),
    [
        ("1+HQ", "1+HQ", [True]),
        ("1+HQ", "1+", [False]),
        ("1+", "1+HQ", [False]),
        ("1-HQ", "1+HQ", []),
        ("1+Far", "1+HQ", [False]),
    ],
)
def test_scopes_in_common_are_those_of_both_halves(here: str, there: str, common: list[bool]) -> None:
    start = servers(here, there)
    mine = served(start.here, start.views[OWN])
    assert [one.common == {str(start.views[OWN].source)} for one in mine] == common
