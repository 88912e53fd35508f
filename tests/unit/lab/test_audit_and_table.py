# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The audit of what was done, and the table of how it stands."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from core_calls import CLIENTS, NAME, add, awkward, company, run
from lab import table
from lab.audit import Audit, Entry
from lab.core.call import Call
from lab.core.registry import SIMULATED


def test_cmdlets_are_recorded_without_secrets() -> None:
    lab = company()
    add(lab, SharedSecret="Sup3rSecret", MaxClientLeadTime=timedelta(minutes=30), settle=False)
    run(lab, "Set-DhcpServerv4Failover", on="DHCP02", Name=NAME, SharedSecret=None)
    run(lab, "Get-DhcpServerv4Failover", ComputerName="dhcp02", Name=("x",))
    added, changed, read = lab.audit.entries
    assert (added.parameters["SharedSecret"], changed.parameters["SharedSecret"]) == ("********", None)
    assert added.parameters["MaxClientLeadTime"] == "00:30:00"
    assert "Sup3rSecret" not in repr(lab.audit.entries)
    assert (added.write, read.write, read.errors) == (True, False, ("DHCP 20115",))
    assert (added.server, added.via, read.server, read.via) == ("DHCP01", "session", "DHCP02", "DHCP01")


def test_counts_since_a_mark(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    audit.request("A", "Create", bytes_in=10, bytes_out=20)
    mark = audit.mark()
    audit.command("A", door="powershell", processes=2)
    audit.request("B", "Send", bytes_in=5, bytes_out=7)
    audit.cmdlet(Entry(server="A", user="u", cmdlet="Set-DhcpServerv4Scope", write=True))
    counts = audit.counts(since=mark)
    assert (counts.commands, counts.processes, counts.requests, counts.bytes_in, counts.writes) == (1, 2, 1, 5, 1)
    assert audit.counts("A").bytes_out == 20
    assert [entry.kind for entry in audit.since(mark, "command")] == ["command"]
    lines = (tmp_path / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3, 4]


def test_calls_run_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = company()
    inside: list[int] = []
    most: list[int] = []

    def slow(call: Call) -> None:
        inside.append(1)
        time.sleep(0.005)
        most.append(len(inside))
        inside.pop()

    monkeypatch.setitem(SIMULATED, "Get-DhcpServerVersion", slow)
    threads = [threading.Thread(target=run, args=(lab, "Get-DhcpServerVersion")) for _thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8
    assert [entry.number for entry in lab.audit.entries] == list(range(1, 9))


def test_the_table_shows_both_servers() -> None:
    lab = company()
    add(lab, CLIENTS, LoadBalancePercent=70, Name="n" * 126)
    lab.set_state("DHCP02", "n" * 126, "Recover")
    text = table.render(lab)
    rows = [line.split() for line in text.splitlines() if "nnn" in line and "%" in line]
    assert [word for word in rows[0] if word in ("70", "%")] == ["70", "%"]
    assert rows[0][-3:] == ["off", "Normal", "Recover"]
    assert rows[1][-3:] == ["off", "Recover", "Normal"]
    assert max(map(len, text.splitlines())) <= 120
    assert "Berlin clients" in text.split("DHCP02  dhcp02")[1]


def test_the_table_of_orphans_and_of_nothing() -> None:
    lab = awkward()
    del lab.servers["DHCP02"].relationships["Standing"]
    text = table.render(lab)
    assert "(none)" in text
    assert text.count("no scope") == 5
