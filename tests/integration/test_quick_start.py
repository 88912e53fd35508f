# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The README's first real server, pasted: each block in its order, into an empty folder, against the lab.

What is not as it stands there: where the collection comes from (SOURCE), the servers' addresses (ADDRESSES), and a file
with the vault's password in place of the prompt for it (PROMPT). pip finds what it shall install in the environment of
the tests.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from harness import COLLECTIONS, ROOT, Site, lab
from lab.core.server import Credential

README = (ROOT / "README.md").read_text(encoding="utf-8")
REPOSITORY = ROOT / "examples" / "repository"
SOURCE = '- name: windhcp.failover\n    version: ">=0.1.0,<1.0.0"'
ADDRESSES = ("ansible_host: dhcp01.contoso.example", "ansible_host: dhcp02.contoso.example")
PROMPT = " --ask-vault-pass"
DATA = "inventory/group_vars/dhcp_servers/failover.yml"
VAULT = "inventory/group_vars/dhcp_servers/vault.yml"


def blocks() -> Sequence[tuple[str, str]]:
    """Of the section, in order: the name of a file and what it holds, or no name and commands."""
    section = README.split("## Your first real server")[1].split("\n## ")[0]
    found = re.findall(r"^```(yaml|bash)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert len(found) == section.count("```") / 2, "no block is of another kind"
    return [
        (text.partition("\n")[0].removeprefix("# "), text.partition("\n")[2]) if kind == "yaml" else ("", text)
        for kind, text in found
    ]


def files() -> Mapping[str, str]:
    return {name: text for name, text in blocks() if name}


class Reader:
    """Somebody with an empty folder and the README. `printed`: what each command left on the screen; `written`: the
    cmdlets that wrote because of it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.folder = site.folder / "empty"
        self.folder.mkdir()
        self.printed: dict[str, str] = {}
        self.written: dict[str, Sequence[str]] = {}
        password = site.folder / "vault-password"
        password.write_text("open sesame\n", encoding="utf-8")
        self._environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(site.folder),
            "LANG": "C.UTF-8",
            "PIP_NO_INDEX": "1",  # all is there, and nothing else is installed
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_GALAXY_SERVER": "http://127.0.0.1:9",
            "ANSIBLE_VAULT_PASSWORD_FILE": str(password),
        }

    def paste(self, *, leave_out: str) -> Reader:
        """All blocks but the one that is this file, or has this playbook."""
        chosen = [(name, text) for name, text in blocks() if leave_out != name and f" {leave_out} " not in text]
        assert len(chosen) == len(blocks()) - 1
        for name, text in chosen:
            for old, new in self._substitutions().items():
                text = text.replace(old, new)
            if name:
                (self.folder / name).write_text(text, encoding="utf-8")
                continue
            for line in text.splitlines():
                mark = self.site.lab.audit.mark()
                self.printed[line] = self.type(line)
                self.written[line] = [one.cmdlet for one in self.site.lab.audit.since(mark, "cmdlet") if one.write]
        return self

    def type(self, line: str) -> str:
        ended = subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=self._environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        )
        assert ended.returncode == 0, f"{line}\n{ended.stdout}"
        return ended.stdout

    def of(self, words: str) -> str:
        """What the command printed that ends so."""
        (printed,) = (text for line, text in self.printed.items() if line.endswith(words))
        return printed

    def _substitutions(self) -> Mapping[str, str]:
        (archive,) = COLLECTIONS.parent.glob("windhcp-failover-*.tar.gz")
        servers = self.site.lab.servers
        addresses = (f"ansible_host: {servers[name].address}" for name in ("DHCP01", "DHCP02"))
        return {
            SOURCE: f"- name: {archive}\n    type: file",
            **dict(zip(ADDRESSES, addresses, strict=True)),
            PROMPT: "",
        }


def company(net: str) -> Site:
    """Two servers that know the account and the password of the README's files, over the connection that it has."""
    variables = yaml.safe_load(files()["inventory/hosts.yml"])["dhcp_servers"]["vars"]
    account = Credential(variables["ansible_user"], yaml.safe_load(files()[VAULT])["vault_dhcp_password"])
    servers = lab()
    for server in servers.servers.values():
        server.credentials = (account,)
    return Site(servers, "standin", net, variables["ansible_winrm_transport"])


def secrets() -> Sequence[str]:
    return list(yaml.safe_load(files()[VAULT]).values())


def test_each_substitution_is_in_the_readme_once_or_more() -> None:
    text = "".join(text for _name, text in blocks())
    for old in (SOURCE, *ADDRESSES, PROMPT):
        assert old in text


def test_its_folder_is_that_of_the_example_repository() -> None:
    """So what began with the README can be pulled, or given to AWX, as it is."""
    hosts = yaml.safe_load((REPOSITORY / "inventory" / "hosts.yml").read_text(encoding="utf-8"))
    assert hosts["all"]["children"] == yaml.safe_load(files()["inventory/hosts.yml"])
    for name, there in {DATA: DATA, "requirements.yml": "collections/requirements.yml"}.items():
        assert yaml.safe_load(files()[name]) == yaml.safe_load((REPOSITORY / there).read_text(encoding="utf-8"))


def test_a_pair_without_failover_gets_what_is_declared(net: str) -> None:
    with company(net) as site:
        reader = Reader(site).paste(leave_out="windhcp.failover.adopt")
        assert "no failover" in reader.of("windhcp.failover.info")
        assert "create relationship 'Berlin'" in reader.of("windhcp.failover.site --check --diff")
        assert [line for line, written in reader.written.items() if written] == [
            "ansible-playbook -i inventory windhcp.failover.site"
        ]
        half = site.lab.servers["DHCP02"].relationships["Berlin"]
        assert half.secret == site.lab.hash_secret(secrets()[1])
        assert (reader.folder / VAULT).read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")
        assert [text for text in reader.printed.values() for secret in secrets() if secret in text] == []
        again = reader.type("ansible-playbook -i inventory windhcp.failover.site")
        assert "changed=0" in again
        assert "changed=1" not in again


def test_what_exists_is_adopted_and_a_run_changes_nothing(net: str) -> None:
    with company(net) as site:
        existing = {"name": "HQ", "partner_server": "dhcp02.contoso.example", "scopes": ["10.10.30.0", "10.10.40.0"]}
        (account,) = site.lab.servers["DHCP01"].credentials
        become = {"become": True, "become_method": "runas", "become_user": account.user}
        task = {"name": "Before", "windhcp.failover.dhcp_failover_relationship": existing, **become}
        site.play([task], vars={"ansible_become_password": account.password}).ok()
        reader = Reader(site).paste(leave_out=DATA)
        assert "HQ " in reader.of("windhcp.failover.info")
        assert "A check run with it changes nothing." in reader.of(f"windhcp.failover.adopt -e failover_file={DATA}")
        (entry,) = yaml.safe_load((reader.folder / DATA).read_text(encoding="utf-8"))["failover_relationships"]
        assert entry["scopes"] == existing["scopes"]
        assert [written for written in reader.written.values() if written] == []
        assert "changed=1" not in reader.of("windhcp.failover.site")
