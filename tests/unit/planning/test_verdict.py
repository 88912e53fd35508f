# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of verdicts, and what follows from some of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import (
    HEALTH,
    KINDS,
    NOT_COLLECTED,
    SEVERITIES,
    SYNC,
    Verdict,
    check_off,
    decided,
    needing,
    without,
    worst,
)


def verdict(id_: str, relationship: str | None = "HQ", *kinds: str) -> Verdict:
    return Verdict(id_, "DHCP01", "It is so.", "Do this.", relationship, kinds=frozenset(kinds))


UNKNOWN = verdict(NOT_COLLECTED, None, "members_differ", "scope_full")


def test_each_kind_has_a_severity_and_words() -> None:
    assert all(kind.severity in SEVERITIES and kind.words for kind in KINDS.values())
    assert needing("nothing", "drift", "health", "drift and health") == KINDS.keys() - {NOT_COLLECTED}


@pytest.mark.parametrize(
    ("verdicts", "in_sync", "healthy"),
    [
        ([], True, True),
        ([verdict("members_differ")], False, False),
        ([verdict("members_differ", "Other")], True, True),
        ([verdict("scope_full")], True, False),
        ([verdict("not_authorized", None)], True, False),
        ([verdict("served_twice", None)], True, True),
        ([verdict("served_twice")], True, False),
        ([verdict("authentication_off")], True, True),
        ([UNKNOWN], None, None),
        ([UNKNOWN, verdict("content_differs")], False, None),
        ([verdict(NOT_COLLECTED, "HQ", "clocks_differ")], True, None),  # which would make it unhealthy
        ([verdict(NOT_COLLECTED, None, "not_authorized")], True, None),
        ([verdict(NOT_COLLECTED, "HQ", "classes_differ")], True, True),
        ([verdict(NOT_COLLECTED, "Other", "clocks_differ")], True, True),
        ([replace(verdict(NOT_COLLECTED, None, "served_twice"), scopes=("10.0.9.0",))], True, True),
        ([replace(verdict(NOT_COLLECTED, None, "served_twice"), partner="DHCP09")], True, True),
        ([replace(verdict("clocks_differ", None), evidence={"relationships": ["Lab", "HQ"]})], True, False),
        ([replace(verdict(NOT_COLLECTED), evidence={"problem": "It does not answer."})], None, None),
    ],
)
def test_in_sync_and_healthy_follow(verdicts: list[Verdict], in_sync: bool | None, healthy: bool | None) -> None:
    assert (decided(verdicts, SYNC, "HQ"), decided(verdicts, HEALTH, "HQ")) == (in_sync, healthy)


def test_the_worst_stands_first_and_unknown_is_worse_than_information() -> None:
    found = [verdict("split_scope"), UNKNOWN, verdict("audit_log_off"), verdict("scope_full")]
    assert [one.id for one in without(found, ())] == ["scope_full", "audit_log_off", NOT_COLLECTED, "split_scope"]
    assert (worst(found), worst(found[:2]), worst([])) == ("critical", "unknown", None)


def test_what_is_switched_off_is_not_told_and_not_unknown_either() -> None:
    (left,) = without([verdict("scope_full"), UNKNOWN], ["scope_full"])
    assert left.kinds == {"members_differ"}
    assert without([UNKNOWN], ["members_differ", "scope_full"]) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("scope_ful", "did you mean scope_full?"),
        ("x", "there are audit_log_off,"),
        (NOT_COLLECTED, "not_collected cannot be switched off, since it tells what nobody looked at"),
        (1, "there is no verdict '1'"),
    ],
)
def test_one_that_does_not_exist_cannot_be_switched_off(name: object, said: str) -> None:
    with pytest.raises(Refused, match=said):
        check_off([name])


def test_blanks_around_a_name_and_none_at_all_switch_nothing_else_off() -> None:
    assert check_off(["scope_full", " audit_log_off", ""]) == {"scope_full", "audit_log_off"}
