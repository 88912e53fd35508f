# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The file that people send: what was found, and no name of a server or an account, whatever messages say."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._live.findings import findings, sentences, text

ASKED: dict[str, Any] = {
    "servers": [{"os_build": "10.0.20348"}, {"os_build": "10.0.26100"}],
    "questions": [
        {"id": "client_ids_show", "asks": "this", "answer": "upper", "assumed": "lower", "not_asked": None},
        {"id": "two", "asks": "that", "answer": None, "assumed": None, "not_asked": "it takes a client"},
        {"id": "three", "asks": "that", "answer": None, "assumed": None, "not_asked": "it was left out of this run"},
    ],
}
WALK: dict[str, Any] = {
    "create": {"changed": True, "plan": [{"server": "WIN1", "step": "create relationship with win2.contoso.example"}]},
    "again create": {"changed": True},
    "modify": {"changed": False},
    "again modify": {"changed": False},
    "remove": {"failed": True, "msg": "CONTOSO\\alice on WIN1: DHCP 20115,Get-X; WIN32 5; DHCP 20115 of 10.1.2.3"},
    "end": {"failed": True, "msg": "WIN1 is gone"},
    "restore": {"changed": False, "unreachable": True, "msg": "HTTPConnectionPool(host='lab-b', port=5985)"},
}
FOUND = findings(ASKED, WALK, "2026-03-01T08:00:00+00:00")


def test_no_name_is_in_it_and_error_ids_are() -> None:
    written = text(FOUND)
    assert json.loads(written) == FOUND
    for name in ("lab-b", "win1", "win2", "contoso", "alice", "10.1.2.3"):
        assert name not in written.lower()
    assert (FOUND["servers"], FOUND["questions"]) == (ASKED["servers"], ASKED["questions"])
    assert FOUND["walk"][0] == {"step": "create", "well": True, "changed": True, "steps": 1, "why": None}


def test_a_step_changes_something_unless_it_is_the_same_again() -> None:
    assert [(step["step"], step["why"]) for step in FOUND["walk"] if not step["well"]] == [
        ("again create", "it changed something"),
        ("modify", "it changed nothing"),
        ("remove", "it failed (DHCP 20115, WIN32 5)"),
        ("end", "it failed"),
        ("restore", "it did not answer"),
    ]


def test_what_it_comes_to() -> None:
    questions, steps, otherwise, *wrong = sentences(FOUND)
    assert questions == (
        "1 question answered, 1 of them otherwise than assumed; 1 could not be asked here, "
        "and 1 were left out of this run."
    )
    assert steps == "2 of 7 steps went well."
    assert otherwise == 'Otherwise than assumed: client_ids_show (this) is "upper", not "lower".'
    assert wrong[0] == "again create: it changed something"
