# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What leaves and ends: each answer of the lab is found out."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._live import removing
from lab.core.open_question import Answer
from live_servers import answers_of, asked, is_found_out, servers


@pytest.mark.parametrize(("question", "answer"), answers_of(removing))
def test_each_answer_of_the_lab_is_found_out(question: str, answer: Answer) -> None:
    assert is_found_out(question, answer)


def test_without_the_management_api_that_is_the_answer() -> None:
    lab = servers()
    lab.servers["DHCP02"].management_api = False
    found = asked(lab, "disable_through_api", "orphan_state")
    assert found["disable_through_api"]["answer"] == "windhcp.no_api"
    assert found["api_bad_scope_stops_good_ones"]["answer"] is None
    assert "windhcp.no_api" in found["orphan_state"]["not_asked"]
    assert asked(servers(), "disable_through_api")["disable_through_api"]["answer"] == "works"


def test_a_copy_that_is_out_of_service_leaves_like_any_other() -> None:
    assert asked(servers(), "inactive_member_removal")["inactive_member_removal"]["answer"] == "as usual"
