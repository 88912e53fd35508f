# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What ansible-playbook -vv tells of a task: a line for each read, the plan, and nothing that cannot be seen."""

from __future__ import annotations

import pytest
from ansible.utils.display import Display
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.verbose import tell
from lab_client import remote
from pairs import RELATIONSHIP, SCOPE, THREE, pair

SECRET = "Kx7-secret"


@pytest.mark.parametrize(("verbosity", "shown"), [(0, False), (1, False), (2, True), (3, True)])
def test_it_is_told_from_vv_on(
    verbosity: int, shown: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Display(), "verbosity", verbosity)
    tell(remote(pair().lab), "reads this server")
    assert ("<dhcp01> windhcp.failover: reads this server" in capsys.readouterr().out) is shown


def test_what_cannot_be_seen_is_shown_by_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Display(), "verbosity", 2)
    tell(remote(pair().lab), "plan: create relationship 'HQ\u202e\x1b[2J'")
    out = capsys.readouterr().out
    assert "create relationship 'HQ" in out
    assert "\u202e" not in out
    assert "\x1b[2J" not in out


def test_a_task_tells_its_reads_and_its_plan(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    servers = pair()
    monkeypatch.setattr(Display(), "verbosity", 2)
    servers.ok(SCOPE, relationship="HQ", scopes=[str(THREE)], wait_timeout=1)
    lines = [line for line in capsys.readouterr().out.splitlines() if "windhcp.failover: " in line]
    told = [line.split("windhcp.failover: ")[1].split(" ")[0] for line in lines]
    assert [word for word in told if word in ("reads", "plan:")] == ["reads", "reads", "plan:"]
    assert any("plan: add to relationship 'HQ'" in line for line in lines)


def test_no_secret_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    servers = pair()
    monkeypatch.setattr(Display(), "verbosity", 6)
    servers.ok(
        RELATIONSHIP, name="HQ", shared_secret=SECRET, update_secret="on_change", enable_auth=True, wait_timeout=1
    )
    out = "".join(capsys.readouterr())
    assert "plan: modify relationship 'HQ'" in out
    assert SECRET not in out
