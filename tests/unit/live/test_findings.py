# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The file that people send: what was found, and no name of a server."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._live.findings import findings, sentences, text

ASKED: dict[str, Any] = {
    "servers": [{"os_build": "10.0.20348"}, {"os_build": "10.0.26100"}],
    "names": [["lab-a", "win1.contoso.example", "WIN1", "win1"], ["lab-b", "win2.contoso.example", "WIN2", "win2"]],
    "questions": [
        {"id": "one", "asks": "this", "answer": "empty", "not_asked": None},
        {"id": "two", "asks": "that", "answer": None, "not_asked": "On lab-b: win1 refused it (WIN2.contoso.example)"},
    ],
}
WALK: dict[str, Any] = {
    "create": {"changed": True, "plan": [{"server": "WIN1", "step": "create relationship with win2.contoso.example"}]},
    "again create": {"changed": True},
    "modify": {"changed": False},
    "again modify": {"changed": False},
    "remove": {"changed": False, "failed": True, "msg": "On WIN1: no"},
    "restore": {"changed": False, "unreachable": True, "msg": "lab-b is silent"},
}
FOUND = findings(ASKED, WALK, "2026-03-01T08:00:00+00:00")


def test_no_name_is_in_it() -> None:
    written = text(FOUND)
    assert json.loads(written) == FOUND
    for name in ("lab-a", "lab-b", "win1", "win2", "contoso"):
        assert name not in written.lower()
    assert FOUND["questions"][1]["not_asked"] == "On SECOND: FIRST refused it (SECOND)"
    assert FOUND["walk"][0]["plan"] == ["create relationship with SECOND"]


def test_a_step_changes_something_unless_it_is_the_same_again() -> None:
    assert [(step["step"], step["why"]) for step in FOUND["walk"] if not step["well"]] == [
        ("again create", "it changed something"),
        ("modify", "it changed nothing"),
        ("remove", "On FIRST: no"),
        ("restore", "SECOND is silent"),
    ]


def test_what_it_comes_to() -> None:
    first, *wrong = sentences(FOUND)
    assert first == "1 of 2 questions are answered, and 2 of 6 steps went well."
    assert wrong[0] == "again create: it changed something"
