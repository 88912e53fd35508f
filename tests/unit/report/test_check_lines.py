# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of checks: what passes is a line, what does not is told in full, with its cure."""

from __future__ import annotations

from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._report.check_lines import check_lines
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.table import WIDTH

LONG = "what was found is told " * 12


def row(status: str, evidence: str, **more: Any) -> dict[str, Any]:
    return {"subject": "dhcp01", "label": "port", "status": status, "evidence": evidence, "cure": "", **more}


def test_what_passes_is_one_line_that_is_cut() -> None:
    head, _rule, line = check_lines([row("PASS", LONG, cure="none")])
    assert head.split() == ["of", "check", "status", "what", "was", "found"]
    assert line.endswith("…")
    assert len(line) <= WIDTH


def test_what_fails_is_told_in_full_with_its_cure() -> None:
    lines = check_lines([row("FAIL", LONG, cure=LONG)])
    assert " ".join(" ".join(lines).split()).count("what was found is told") == 24
    assert any(" -> what was found" in line for line in lines)
    assert all(len(line) <= WIDTH for line in lines)


def test_the_same_reason_is_told_once() -> None:
    reason = {"status": "unknown", "evidence": "not known", "cure": "mend it"}
    lines = check_lines([{**row("", ""), **reason, "label": label} for label in ("logon", "role", "rights")])
    assert [line.split()[-1] for line in lines if " unknown " in line] == ["known", "likewise", "likewise"]
    other = check_lines([{**row("", ""), **reason, "subject": subject} for subject in ("dhcp01", "dhcp02")])
    assert not any("likewise" in line for line in other), "of another server it is told again"


def test_the_subject_stands_where_it_begins() -> None:
    lines = check_lines([row("PASS", "a"), row("PASS", "b"), row("PASS", "c", subject="dhcp02")])
    assert [line.split()[0] for line in lines[2:]] == ["dhcp01", "port", "dhcp02"]


def test_long_names_and_hostile_ones() -> None:
    lines = check_lines([row("FAIL", "\x1b[2J", subject="dhcp01." + "x" * 200, cure="\u202ecure")])
    assert all(len(line) <= WIDTH for line in lines)
    assert "\x1b" not in "".join(lines)
    assert "\u202e" not in "".join(lines)
