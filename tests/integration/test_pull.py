# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ansible-pull from a git repository with a vault file: examples/ansible-pull, with the lab's servers in the
inventory."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from harness import ROOT, Run, Site, lab

EXAMPLES = ROOT / "examples"
SECRET = "only-in-the-vault"


class Runner:
    """A Linux machine that pulls. It is called as the example's systemd service calls it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.repository = site.folder / "repository"
        self.password = site.folder / "vault-password"
        self.password.write_text("open sesame\n", encoding="utf-8")
        shutil.copytree(EXAMPLES / "repository", self.repository)
        servers = yaml.safe_load((site.folder / "inventory.yml").read_text(encoding="utf-8"))
        hosts = self.repository / "inventory" / "hosts.yml"
        example = yaml.safe_load(hosts.read_text(encoding="utf-8"))
        assert set(example["all"]["children"]["dhcp_servers"]["hosts"]) == set(servers["dhcp_servers"]["hosts"])
        example["all"]["children"] = servers
        hosts.write_text(yaml.safe_dump(example), encoding="utf-8")
        vault = hosts.parent / "group_vars" / "dhcp_servers" / "vault.yml"
        vault.write_text(f"vault_failover_secret: {SECRET}\n", encoding="utf-8")
        encrypted = site.execute("ansible-vault", "encrypt", "--vault-password-file", str(self.password), str(vault))
        assert encrypted.code == 0, encrypted.output
        assert SECRET not in vault.read_text(encoding="utf-8")
        self._git("init", "--quiet", "--initial-branch", "main")
        self.commit("The example")

    def commit(self, message: str) -> None:
        self._git("add", "--all")
        self._git(
            "-c", "user.name=Test", "-c", "user.email=test@contoso.example", "commit", "--quiet", "--message", message
        )

    def pull(self, *options: str) -> Run:
        """As ExecStart has it."""
        text = self._placed("dhcp-failover.service").replace("\\\n", " ")
        (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
        program, *arguments = shlex.split(line)
        return self.site.execute(program, *arguments, *options, environment=variables(text, "Environment="))

    def drift(self) -> Run:
        """As cron has it."""
        script = self.site.folder / "dhcp-failover-drift"
        script.write_text(self._placed(script.name), encoding="utf-8")
        table = self._placed("crontab")
        assert f"* /usr/local/bin/{script.name}\n" in table
        return self.site.execute("/bin/sh", str(script), environment=variables(table, ""))

    def _placed(self, name: str) -> str:
        """A file of the example, with the test's places in the places of the example."""
        text = (EXAMPLES / "ansible-pull" / "runner" / name).read_text(encoding="utf-8")
        for here, there in (
            ("https://git.contoso.example/dhcp-failover.git", self.repository.as_uri()),
            ("${STATE_DIRECTORY}", str(self.site.folder)),
            ("${CREDENTIALS_DIRECTORY}", str(self.site.folder)),
            ("%S/dhcp-failover", str(self.site.folder)),
            ("$HOME/.vault-password", str(self.password)),
            ("/opt/ansible/bin/python3", sys.executable),
            ("/opt/ansible/bin", str(Path(sys.executable).parent)),
        ):
            text = text.replace(here, there)
        assert [left for left in ("contoso.example/", "/opt/", "_DIRECTORY", "%S") if left in text] == []
        return text

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.repository, check=True)


def variables(text: str, before: str) -> dict[str, str]:
    """The environment that a unit or a crontab gives to what it starts."""
    return dict(re.findall(rf"^{before}([A-Z_]+)=(.*)$", text, re.MULTILINE))


def test_a_runner_pulls_applies_and_reports_drift(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        runner = Runner(site)
        first = runner.pull().ok()
        assert first.written == ["Add-DhcpServerv4Failover"]
        assert site.lab.servers["DHCP02"].relationships["Berlin"].secret == site.lab.hash_secret(SECRET)
        again = runner.pull().ok()
        assert (again.changed, again.counts.writes) == (0, 0)
        nothing = runner.drift().ok()
        assert (nothing.output, nothing.counts.writes) == ("", 0), "cron mails what is printed"

        # somebody changes a server by hand
        for server in site.lab.servers.values():
            server.relationships["Berlin"].percentage = 10
        drift = runner.pull("--check").ok()
        assert (drift.changed, drift.counts.writes) == (1, 0)
        assert "modify relationship 'Berlin': load_balance_percent 10 -> 60" in drift.output
        assert {'-    "load_balance_percent": 10,', '+    "load_balance_percent": 60,'} <= set(
            drift.output.splitlines()
        )
        mailed = runner.drift()
        assert (mailed.code, mailed.counts.writes) == (1, 0)
        assert "modify relationship 'Berlin': load_balance_percent 10 -> 60" in mailed.output

        # somebody changes the repository, and the next run brings both
        data = runner.repository / "inventory" / "group_vars" / "dhcp_servers" / "failover.yml"
        text = data.read_text(encoding="utf-8")
        assert "load_balance_percent: 60" in text
        data.write_text(text.replace("load_balance_percent: 60", "load_balance_percent: 70"), encoding="utf-8")
        runner.commit("Berlin takes more")
        assert runner.pull().ok().written == ["Set-DhcpServerv4Failover"]
        assert site.lab.servers["DHCP01"].relationships["Berlin"].percentage == 70

        # a server is away: it is not known whether it drifts
        site.service.endpoints["DHCP01"].close()
        unknown = runner.drift()
        assert (unknown.code, "dhcp01" in unknown.output) == (1, True)
        assert SECRET not in "".join(run.output for run in (first, again, drift, mailed, unknown))
