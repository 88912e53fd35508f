# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A partner that is away: each answer of the lab is found out."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._live import interrupting
from lab.core.open_question import Answer
from live_servers import answers_of, asked, is_found_out, servers


@pytest.mark.parametrize(("question", "answer"), answers_of(interrupting))
def test_each_answer_of_the_lab_is_found_out(question: str, answer: Answer) -> None:
    assert is_found_out(question, answer)


def test_what_cannot_be_brought_about_is_not_asked() -> None:
    """Where a server refuses changes without its partner, its half never differs."""
    lab = servers(set_one_sided_when_unreachable=False)
    assert "cannot be made to differ" in asked(lab, "set_sends")["set_sends"]["not_asked"]
    assert "one server alone" in asked(lab, "differing_secrets")["differing_secrets"]["not_asked"]
    assert lab.servers["DHCP02"].service == "running"
