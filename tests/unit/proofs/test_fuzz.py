# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A sample of `make fuzz`: spoilt replies end in clear texts, and a reader that is wrong is found out."""

from __future__ import annotations

import pytest
from fuzz.case import run, sabotaged
from fuzz.scenes import scenes

SEED, CASES, PARTS, SCENES = 1, 200, 2, 7


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_arrives_a_task_ends_clearly(part: int) -> None:
    cases = [run(SEED, number, one_in=SCENES) for number in range(part, CASES, PARTS)]
    problems = [
        f"case {case.number} ({case.scene}; {case.spoilt}): {case.wrong} {case.message}" for case in cases if case.wrong
    ]
    assert problems == []
    assert {case.kind for case in cases} >= {"unreadable", "good"}


def test_a_wrong_reader_is_found_out() -> None:
    for number in range(60):  # each scene is seen once while addresses are read rightly
        run(SEED, number, one_in=SCENES)
    with sabotaged():
        cases = [run(SEED, number, one_in=SCENES) for number in range(60)]
    assert "traceback" in {case.kind for case in cases}


def test_every_module_that_reads_a_server_is_spoilt() -> None:
    met = {(scene.task.module.removeprefix("dhcp_failover_"), scene.check_mode) for scene in scenes()}
    modules = ("info", "maintenance", "partner_down", "relationship", "replicate", "restore", "scope", "scope_copy")
    assert met == {(module, check_mode) for module in modules for check_mode in (True, False)}
