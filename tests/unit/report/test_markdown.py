# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A report in Markdown."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.markdown import markdown, plain
from faults import FAULTS, healthy, rename
from fleets import reported


def test_a_healthy_fleet() -> None:
    text = markdown(reported(healthy()))
    assert text.startswith("# DHCP failover\n\n**OK** at 2026")
    assert "Nothing is wrong." in text
    assert "| HQ | dhcp01 \\- dhcp02 | load balance |" in text
    assert "| dhcp02 | DHCP02 | yes | 1 | 2 | none |" in text


def test_what_to_do_stands_first() -> None:
    servers = healthy()
    FAULTS["members_differ"].plant(servers)
    text = markdown(reported(servers))
    assert text.index("**critical**") < text.index("## Relationships")
    assert "(members_differ)" in text


@pytest.mark.parametrize("name", ["a|b", "<script>alert(1)</script>", "**bold**", "[x](http://y)", "a\nb", "`x`"])
def test_a_name_is_text_whatever_it_looks_like(name: str) -> None:
    servers = healthy()
    rename(servers, name)
    text = markdown(reported(servers))
    (line,) = [line for line in text.splitlines() if "load balance" in line]
    assert line.count("|") - line.count("\\|") == 10
    assert "<script>" not in text
    assert "\n" not in plain(name)
