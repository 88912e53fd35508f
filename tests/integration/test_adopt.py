# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbook adopt: what runs becomes data, and a run with the data changes nothing."""

from __future__ import annotations

from pathlib import Path

import yaml
from harness import Site
from test_playbooks import company


def test_what_runs_becomes_data_that_changes_nothing(net: str, tmp_path: Path) -> None:
    file = tmp_path / "site" / "failover.yml"
    with Site(company(), "standin", net) as site:
        run = site.run("windhcp.failover.adopt", "-e", f"failover_file={file}").ok()
        assert run.written == []
        said = run.result("Say what was done")["msg"]
        assert said == [f"3 relationships are in {file}.", "A check run with it changes nothing."]
        data = yaml.safe_load(file.read_text(encoding="utf-8"))["failover_relationships"]
        assert [entry["name"] for entry in data] == ["Branches", "HQ", "Munich"]
        assert "- 10.0.1.0 # Clients" in file.read_text(encoding="utf-8")

        again = site.run("windhcp.failover.adopt", "-e", f"failover_file={file}")
        assert again.failure("Write the file")["msg"] == f"file: {file} exists, and is left as it is; name another one."

        same = site.run("windhcp.failover.site", "-e", f"@{file}").ok()
        assert (same.changed, same.written) == (0, [])


def test_what_would_not_prove_the_file_is_refused_before_a_server_is_read(net: str, tmp_path: Path) -> None:
    file = f"failover_file={tmp_path / 'failover.yml'}"
    with Site(company(), "standin", net) as site:
        (site.folder / "group_vars").mkdir()
        (site.folder / "group_vars/dhcp_servers.yml").write_text('{"failover_relationships": [7]}', encoding="utf-8")
        for options, words in (
            ((), "failover_file: is not set or empty; it should be"),
            (("-e", "failover_file="), "failover_file: is not set or empty; it should be"),
            (("-e", file, "-e", '{"failover_relationships": [{}]}'), "failover_relationships: is given, so"),
            (
                ("-e", file, "-e", "failover_only=HQ"),
                "failover_only: is given, so a check run would prove that and not",
            ),
        ):
            refused = site.run("windhcp.failover.adopt", *options)
            said = refused.failure("Check that the file has a name, and can be proven")["msg"]
            assert said.startswith(words)
            assert refused.counts.commands == 0
        site.run("windhcp.failover.adopt", "-e", file).ok()


def test_what_cannot_be_adopted_is_said(net: str, tmp_path: Path) -> None:
    file = tmp_path / "failover.yml"
    with Site(company(), "standin", net) as site:
        site.service.endpoints["DHCP03"].close()
        run = site.run("windhcp.failover.adopt", "-e", f"failover_file={file}")
        said = run.result("Say what was done")["msg"]
        assert any(line.startswith("Not adopted as it is: dhcp03 could not be read") for line in said)
        text = file.read_text(encoding="utf-8")
        assert "# Not adopted as it is: dhcp03 could not be read" in text
        data = yaml.safe_load(text)["failover_relationships"]
        assert [entry["name"] for entry in data] == ["Branches", "HQ", "Munich"], "the other server has told of Munich"
