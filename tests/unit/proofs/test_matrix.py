# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of versions: what a cell says, and that nothing is left out of it."""

from __future__ import annotations

import ast

import pytest
from lab import transports
from matrix import table
from matrix.cores import CORES, LIBRARIES, ROOT, NoPython, interpreter, pinned
from matrix.table import Case

REPORT = """<testsuites><testsuite>
<testcase name="test_an_account_without_delegation_reads[winrm-standin]"/>
<testcase name="test_a_wrong_become_password_runs_nothing[winrm]"/>
<testcase name="test_whether_a_logon_passes[winrm]"/>
<testcase name="test_whether_a_logon_passes[ssh]"><skipped message="there is no program ssh"/></testcase>
<testcase name="test_whether_a_logon_passes[psrp]"><failure message="AssertionError: no&#10;more"/></testcase>
<testcase name="test_https_believes_no_other"/>
</testsuite></testsuites>"""


def test_a_cell_says_what_works_or_why_not() -> None:
    found = table.cases(REPORT)
    assert table.row(found) == [
        "logon, become (3)",
        "no test",
        "no test",
        "FAILED: test_whether_a_logon_passes[psrp]",
        "there is no program ssh",
        "not run: takes a domain",
        "not run: takes a domain",
    ]
    assert table.count(found) == "4 passed, 1 failed, 1 skipped"
    assert found[4] == Case("test_whether_a_logon_passes[psrp]", "failed", "AssertionError: no")
    assert table.count([]) == "no test"


def test_it_is_about_every_way_in() -> None:
    assert [*table.CONNECTIONS] == [*transports.NAMES]
    assert table.markdown(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_each_version_is_tried_by_itself_with_what_the_tests_need() -> None:
    assert {core.version.rsplit(".", 1)[0] for core in CORES} >= {"2.16", "2.17", "2.18", "2.19", "2.21"}
    assert {core.python for core in CORES if core.units} == {"3.10", "3.11", "3.12", "3.13"}
    assert {*LIBRARIES} <= pinned().keys()
    assert any(core.version == pinned()["ansible-core"] for core in CORES)
    with pytest.raises(NoPython, match="no Python"):
        interpreter("2.99")


def test_nothing_of_the_plugins_needs_a_newer_python_than_the_oldest() -> None:
    """ast knows the grammar of 3.10, which ansible-core 2.16 and 2.17 still run on."""
    for path in (ROOT / "plugins").rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 10))
