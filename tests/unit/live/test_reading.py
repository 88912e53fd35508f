# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What servers show that have no relationship: each answer of the lab is found out."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._live import reading
from lab.core.open_question import Answer
from live_servers import answers_of, asked, is_found_out, servers


@pytest.mark.parametrize(("question", "answer"), answers_of(reading))
def test_each_answer_of_the_lab_is_found_out(question: str, answer: Answer) -> None:
    assert is_found_out(question, answer)


def test_an_account_that_is_set_keeps_the_question_unasked() -> None:
    lab = servers()
    lab.servers["DHCP01"].dns_account = "CONTOSO\\dns"
    found = asked(lab, "no_dns_credential")["no_dns_credential"]
    assert (found["answer"], found["not_asked"]) == (None, "an account is set on this server")
