# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lines that end a playbook: what was or would be done, what failed, what is next, and nothing of the idle."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.outcome_list import (
    CHECK,
    DONE,
    DRY_RUN,
    ONLY_PLANNED,
    PLANNED,
    outcome_list,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.removal_list import NOTHING

COPY = {"scope_id": "10.1.0.0", "server": "TWO", "kept_on": "ONE", "other_copy": "disable", "differences": []}
STEP = {"server": "ONE", "step": "modify relationship 'HQ': load_balance_percent 50 -> 60"}
CHANGED: dict[str, Any] = {"changed": True, "plan": [STEP]}
IDLE: dict[str, Any] = {"changed": False, "plan": []}
SKIPPED: dict[str, Any] = {"skipped": True, "changed": False}


def told(*results: dict[str, Any], **options: Any) -> list[str]:
    """Of hosts one, two, ..., each with a result."""
    hosts = {f"h{number}": {"result": result} for number, result in enumerate(results, start=1)}
    return outcome_list(hosts, hosts, ["site", "result"], **options)


@pytest.mark.parametrize(
    ("options", "headline", "then"),
    [
        ({}, DONE, "Next: windhcp.failover.info shows what is there now."),
        ({"then": "look"}, DONE, "Next: look."),
        ({"check": True}, CHECK, "Next: to do it, the same command without --check."),
        ({"dry_run": True}, DRY_RUN, "Next: to do it, the same command with -e failover_dry_run=false."),
        (
            {"dry_run": True, "check": True},
            DRY_RUN,
            "Next: to do it, the same command with -e failover_dry_run=false and without --check.",
        ),
        ({"planned": True, "then": "apply it"}, ONLY_PLANNED, "Next: apply it."),
    ],
)
def test_what_is_done_and_what_is_next(options: dict[str, Any], headline: str, then: str) -> None:
    step = f"ONE: {STEP['step']}"
    assert told(CHANGED, IDLE, SKIPPED, **options) == [headline, step, then]
    assert told(CHANGED, IDLE, SKIPPED, **options, copies=True) == [headline, NOTHING, step, then]
    assert told(CHANGED, **options, closing=False) == [headline, step]


def test_nothing_is_to_be_done() -> None:
    assert told(IDLE, SKIPPED, IDLE) == ["Nothing is to be done: h1, h3."]
    assert told(IDLE, otherwise="Exchange them") == ["Nothing is to be done: h1. Exchange them."]
    assert told(IDLE, copies=True, dry_run=True) == ["Nothing is to be done: h1."]
    assert told(IDLE, closing=False) == told(SKIPPED, closing=False) == []


def test_tasks_that_were_all_skipped_are_told_where_nothing_else_is() -> None:
    empty_loop = {"results": [], "skipped": True, "changed": False}
    assert told(empty_loop) == told(SKIPPED) == ["Nothing is to be done: h1."]


def test_a_host_of_which_no_task_ran_has_failed() -> None:
    hosts: dict[str, Any] = {"one": {"result": SKIPPED}, "two": {}, "three": {}}
    assert outcome_list(hosts, hosts, ["result"]) == [
        "two, three: FAILED: none of its tasks has run; the error above says why",
        "Next: fix what is listed as FAILED, and run the same command again.",
    ]


def test_what_an_earlier_play_left_is_not_told_of_a_task_that_did_not_run() -> None:
    hosts: dict[str, Any] = {"one": {"site": {"failed": True, "msg": "no"}, "result": CHANGED}}
    assert outcome_list(hosts, hosts, ["site", "result"])[:-1] == ["one: FAILED: no"]


def test_what_is_next_after_a_failure_may_be_another_command() -> None:
    lines = told({"failed": True, "changed": True, "msg": "no"}, again="plan anew")
    assert lines[-1] == "Next: fix what is listed as FAILED, and plan anew: what was done stays, and is not done twice."
    lines = told({"failed": True, "msg": "no"}, again="plan anew")
    assert lines[-1] == "Next: fix what is listed as FAILED, and plan anew.", "nothing was done that could stay"


def test_a_failure_says_where_and_why_and_promises_nothing() -> None:
    failed = {"failed": True, "msg": "refused: the partner is dead\nmore"}
    again = "Next: fix what is listed as FAILED, and run the same command again"
    assert told(failed, dry_run=True, copies=True) == ["h1: FAILED: refused: the partner is dead", "more", f"{again}."]
    silent: dict[str, Any] = {"unreachable": True, "msg": ""}
    assert told(CHANGED, silent)[2:] == [
        "h2: DOES NOT ANSWER: it gave no reason",
        f"{again}: what was done stays, and is not done twice.",
    ]
    assert told({"failed": True, "msg": "x" * 4000})[0] == f"h1: FAILED: {'x' * 3000}"


def test_what_several_hosts_failed_for_is_told_once_and_whole() -> None:
    wrong = {"failed": True, "msg": "The data is wrong:\n- 'HQ': one\n- 'HQ': two"}
    lines = told(wrong, CHANGED, wrong)
    assert lines[2:5] == ["h1, h3: FAILED: The data is wrong:", "- 'HQ': one", "- 'HQ': two"]


def test_a_note_does_not_stand_between_a_failure_and_what_is_next() -> None:
    hosts: dict[str, Any] = {
        "one": {"site": {"notes": ["sent only at creation"]}, "result": {"failed": True, "msg": "no"}}
    }
    assert "Note" not in str(outcome_list(hosts, hosts, ["site", "result"]))


def test_what_was_refused_is_not_told_as_done() -> None:
    refused = {"failed": True, "msg": "no", "plan": [STEP], "removals": [COPY]}
    kept = "10.1.0.0 is kept on ONE, and left on TWO, inactive, with its leases; the copies are equal"
    assert told(refused)[:-1] == [PLANNED, kept, f"ONE: {STEP['step']}", "h1: FAILED: no"]
    assert told(CHANGED, refused)[:3] == [DONE, f"ONE: {STEP['step']}", PLANNED]


def test_what_was_done_is_told_as_done_where_another_relationship_of_the_host_failed() -> None:
    outcomes = [{"name": "HQ", "outcome": "changed"}, {"name": "Far", "outcome": "failed"}]
    partly = {"failed": True, "msg": "'Far': no", "relationships": outcomes, **CHANGED}
    assert told(partly)[:2] == [DONE, f"ONE: {STEP['step']}"]
    assert PLANNED not in told(partly)


def test_each_item_of_a_loop_with_its_name_copies_first() -> None:
    loop = {"results": [{"item": {"relationship": "HQ"}, **CHANGED, "removals": [COPY]}, {"item": "Far", **IDLE}]}
    kept = "'HQ': 10.1.0.0 is kept on ONE, and left on TWO, inactive, with its leases; the copies are equal"
    assert told(loop)[1:3] == [kept, f"'HQ': ONE: {STEP['step']}"]


def test_differences_are_shown_of_what_was_refused_too() -> None:
    difference = {"scope_id": "10.1.0.0", "field": "name", "source": "A", "destination": None}
    difference |= {"source_server": "ONE", "destination_server": "TWO"}
    assert told({"failed": True, "msg": "no", "differences": [difference]})[:3] == [
        PLANNED,
        "10.1.0.0: name: A on ONE, none on TWO",
        "h1: FAILED: no",
    ]


def test_what_comes_back_is_counted() -> None:
    counts = [{"scope_id": "10.1.0.0", "leases": 17, "reservations": 3}]
    restored = {**CHANGED, "counts": counts, "server_additions": ["user class 'Kiosk'"]}
    assert told(restored)[2:4] == [
        "10.1.0.0 comes back with 17 leases and 3 reservations",
        "the server gets user class 'Kiosk'",
    ]


def test_notes_once_and_of_the_idle_only_where_nobody_else_is() -> None:
    hosts: dict[str, Any] = {
        "one": {"site": {"notes": ["sent only at creation"]}, "result": IDLE},
        "two": {"site": {"notes": ["two writes nothing"]}, "result": SKIPPED},
    }
    done = "Nothing is to be done: one."
    assert outcome_list(hosts, hosts, ["site", "result"]) == ["Note: sent only at creation.", done]
    assert outcome_list(["two"], hosts, ["site", "result"]) == ["Note: two writes nothing."]


def test_what_is_not_declared_is_told_with_its_host() -> None:
    beyond = {**IDLE, "extra": {"relationships": ["Old"]}}
    line = "h1: relationship 'Old' is there, and in no entry"
    assert told(beyond) == [line, "Nothing is to be done: h1."]
    assert told(beyond, extra=False) == ["Nothing is to be done: h1."]


def test_a_warning_is_told_where_nothing_is_to_be_done() -> None:
    lines = told({**IDLE, "warnings": ["the partner is silent", "the partner is silent"]})
    assert lines == ["h1: WARNING: the partner is silent", "Nothing is to be done: h1."]


def test_nothing_of_a_server_moves_the_cursor() -> None:
    assert told({"failed": True, "msg": "\x1b[2Jgone"})[0] == "h1: FAILED: \\x1b[2Jgone"
