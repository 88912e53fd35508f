# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ansible-pull from a git repository with a vault file: examples/ansible-pull, with the lab's servers in the
inventory."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys

import yaml
from harness import ROOT, Run, Site, lab

EXAMPLE = ROOT / "examples" / "ansible-pull"
SECRET = "only-in-the-vault"


class Runner:
    """A Linux machine that pulls. It is called as the example's systemd service calls it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.repository = site.folder / "repository"
        self.password = site.folder / "vault-password"
        self.password.write_text("open sesame\n", encoding="utf-8")
        shutil.copytree(EXAMPLE / "repository", self.repository)
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
        environment = {"ANSIBLE_PYTHON_INTERPRETER": sys.executable}
        return self.site.execute("ansible-pull", *self._arguments(), *options, environment=environment)

    def _arguments(self) -> list[str]:
        """Those of ExecStart, with the test's places in the places of the example."""
        text = (EXAMPLE / "runner" / "dhcp-failover.service").read_text(encoding="utf-8").replace("\\\n", " ")
        line = next(line for line in text.splitlines() if line.startswith("ExecStart="))
        for here, there in (
            ("https://git.contoso.example/dhcp-failover.git", self.repository.as_uri()),
            ("${STATE_DIRECTORY}", str(self.site.folder)),
            ("${CREDENTIALS_DIRECTORY}", str(self.site.folder)),
        ):
            assert here in line
            line = line.replace(here, there)
        return shlex.split(line)[1:]

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.repository, check=True)


def test_a_runner_pulls_applies_and_reports_drift(net: str) -> None:
    with Site(lab(), "standin", net) as site:
        runner = Runner(site)
        first = runner.pull().ok()
        assert first.written == ["Add-DhcpServerv4Failover"]
        assert site.lab.servers["DHCP02"].relationships["Berlin"].secret == site.lab.hash_secret(SECRET)
        again = runner.pull().ok()
        assert (again.changed, again.counts.writes) == (0, 0)

        # somebody changes a server by hand
        for server in site.lab.servers.values():
            server.relationships["Berlin"].percentage = 10
        drift = runner.pull("--check").ok()
        assert (drift.changed, drift.counts.writes) == (1, 0)
        assert "modify relationship 'Berlin': load_balance_percent 10 -> 60" in drift.output
        assert {'-    "load_balance_percent": 10,', '+    "load_balance_percent": 60,'} <= set(
            drift.output.splitlines()
        )

        # somebody changes the repository, and the next run brings both
        data = runner.repository / "inventory" / "group_vars" / "dhcp_servers" / "failover.yml"
        text = data.read_text(encoding="utf-8")
        assert "load_balance_percent: 60" in text
        data.write_text(text.replace("load_balance_percent: 60", "load_balance_percent: 70"), encoding="utf-8")
        runner.commit("Berlin takes more")
        assert runner.pull().ok().written == ["Set-DhcpServerv4Failover"]
        assert site.lab.servers["DHCP01"].relationships["Berlin"].percentage == 70
        assert SECRET not in "".join(run.output for run in (first, again, drift))
