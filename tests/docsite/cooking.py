# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m docsite.cooking: does what the pages of the cookbook say, against a lab, and writes anew what came."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import yaml
from harness import Site
from lab import topology, transports
from lab.core import metadata
from lab.core.api import Session

from docsite.build import PAGES
from docsite.recipes import Commands, File, Lab, Typed, same, shortened, steps, with_output

TOPOLOGY = Path(__file__).with_name("contoso.yml")


@dataclass(frozen=True)
class Story:
    """Pages that go on where the one before has ended, in a lab of their own. `without`: relationships that are not
    there yet; `adopted`: the reader has done what the first pages say."""

    pages: Sequence[str]
    without: Sequence[str] = ()
    adopted: bool = True
    transport: str = transports.DEFAULT


_FIRST = (
    "see",
    "adopt",
    "create",
    "add_scopes",
    "new_scope",
    "settings",
    "secret",
    "replicate",
    "drift",
    "take_out",
    "end",
)
_SERVERS = ("restore", "reservation", "new_address", "migrate", "swap_roles", "decommission")
STORIES = (
    Story(("first_server",), ("Berlin", "Branches", "Munich"), adopted=False, transport=transports.NTLM),
    Story(("cookbook", *(f"cookbook_{name}" for name in _FIRST)), ("Branches", "Munich"), adopted=False),
    Story(("cookbook", *(f"cookbook_{name}" for name in _SERVERS))),
    Story(("cookbook", "cookbook_partner_dead")),
)
FOLDER = "/home/admin/dhcp"  # of the reader, in what is printed
HOSTS = "inventory/hosts.yml"
DATA = "inventory/group_vars/dhcp_servers/failover.yml"
_COPY = re.compile(r"(DHCP\d\d-\w+-\d{8}T\d{6}Z)-([0-9a-f]{8})(?=\.xml)")  # the name of a safety copy
_PROGRAMS = ("ansible-playbook", "ansible-vault")


class Kitchen:
    """A lab and the folder of a reader."""

    def __init__(self, site: Site) -> None:
        self.site, self.folder, self.may_fail = site, site.folder, False
        (self.folder / HOSTS).parent.mkdir()
        (self.folder / "inventory.yml").rename(self.folder / HOSTS)
        self.password = ""
        self.copies: dict[str, str] = {}  # what a page has at the end of a safety copy's name -> its name here
        self.happens: Mapping[str, Callable[..., None]] = {
            "vault": self._vault,
            "fails": self._fails,
            "off": self._off,
            "address": self._address,
            "secret": self._secret,
        }

    def cook(self, page: str) -> str:
        """The page, with what its commands print now where that is something else."""
        consoles = 0
        for step in list(steps(page)):
            if isinstance(step, Lab):
                self.happens[step.words[0]](*step.words[1:])
            elif isinstance(step, File):
                self.write(step)
            elif isinstance(step, Typed):
                self.type(step)
            else:
                page = self._ran(page, step, consoles)
                consoles += 1
        return page

    def _ran(self, page: str, console: Commands, number: int) -> str:
        came = [(command, self.run(command)) for command, _printed in console.calls]
        if all(same(now, shown) for (_c, now), (_d, shown) in zip(came, console.calls, strict=True)):
            return page
        # where it is by now: those before it may have grown
        here = [step for step in steps(page) if isinstance(step, Commands)][number]
        return with_output(page, here.block, came)

    def run(self, command: str) -> Sequence[str]:
        """What a command prints, as a page shows it. Only one that a page says of may fail."""
        command = self._of_here(command)
        # the one thing that a reader does otherwise: he is asked for the password
        command = command.replace("--ask-vault-pass", "--vault-password-file .vault-password")
        program, *arguments = shlex.split(command.replace("\\\n", " "))
        if program == "cat":
            return (self.folder / arguments[0]).read_text(encoding="utf-8").splitlines()
        assert program in _PROGRAMS, command
        self.site.lab.advance(timedelta(minutes=5))
        ended = self.site.execute(program, *arguments, environment={"ANSIBLE_FORKS": "1"})
        assert bool(ended.code) == self.may_fail, ended.output
        self.may_fail = False
        return shortened(self._as_at_home(ended.output))

    def _of_here(self, text: str) -> str:
        return _COPY.sub(lambda match: self.copies.get(match[2], match[0]), text)

    def _as_at_home(self, output: str) -> str:
        """Without what is of this lab only: the folder, loopback addresses, and that names of copies end by chance."""
        output = output.replace(str(self.folder), FOLDER)
        for server in self.site.lab.servers.values():
            output = output.replace(server.address, server.fqdn)
        return _COPY.sub(lambda match: f"{match[1]}-{self._end(match[0])}", output)

    def _end(self, copy: str) -> str:
        known = {name: end for end, name in self.copies.items()}
        end = known.get(copy) or hashlib.sha256(str(len(known)).encode()).hexdigest()[:8]
        self.copies[end] = copy
        return end

    def write(self, file: File) -> None:
        """A file of the reader's, or what is new in one."""
        path = self.folder / file.path
        if file.path == HOSTS:
            self._inventory(path, yaml.safe_load(file.text)["dhcp_servers"])
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if not file.part:
            path.write_text(self._of_here(file.text), encoding="utf-8")
            return
        data, new = yaml.safe_load(path.read_text(encoding="utf-8")), yaml.safe_load(file.text)
        known = {entry["name"]: entry for entry in data["failover_relationships"]}
        for entry in new.pop("failover_relationships", ()):
            known[entry["name"]] = {**known.get(entry["name"], {}), **entry}
        data["failover_relationships"] = list(known.values())
        path.write_text(yaml.safe_dump({**data, **new}, sort_keys=False), encoding="utf-8")

    def _inventory(self, path: Path, shown: Any) -> None:
        """The one of a page, with the lab's addresses and account."""
        here = yaml.safe_load(path.read_text(encoding="utf-8"))["dhcp_servers"]
        for host, variables in shown["hosts"].items():
            variables.update({key: here["hosts"][host][key] for key in ("ansible_host", "ansible_port")})
        account = next(iter(self.site.lab.servers.values())).credentials[0]
        self.password = account.password
        shown["vars"].update({"ansible_user": account.user, "ansible_become_user": account.user})
        path.write_text(yaml.safe_dump({"dhcp_servers": shown}), encoding="utf-8")

    def type(self, typed: Typed) -> None:
        """A cmdlet that a person types on a server, each of its parameters with a value."""
        cmdlet, *words = shlex.split(typed.command)
        given = {name.removeprefix("-"): value for name, value in zip(words[::2], words[1::2], strict=True)}
        server = typed.host.upper()
        session = Session(server, self.site.lab.servers[server].credentials[0].user)
        outcome = self.site.lab.invoke(session, cmdlet, metadata.from_json(cmdlet, given))
        assert not outcome.errors, outcome.errors

    # --- what happens without the reader ----------------------------------------------------------------------------

    def _vault(self) -> None:
        """The reader's vault and the file with its password."""
        password = self.folder / ".vault-password"
        with open(os.open(password, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write("open sesame\n")
        self._keep("long and random enough")

    def _secret(self) -> None:
        self._keep("another one, and as long")

    def _keep(self, secret: str) -> None:
        vault = self.folder / DATA.replace("failover.yml", "vault.yml")
        vault.parent.mkdir(parents=True, exist_ok=True)
        vault.write_text(
            yaml.safe_dump({"vault_dhcp_password": self.password, "vault_failover_secret": secret}), encoding="utf-8"
        )
        self.run(f"ansible-vault encrypt --vault-id=new@.vault-password --encrypt-vault-id=new {vault}")

    def _fails(self) -> None:
        self.may_fail = True

    def _off(self, server: str) -> None:
        self.site.lab.servers[server].reachable = False
        self.site.service.endpoints[server].close()

    def _address(self, server: str, address: str) -> None:
        self.site.lab.change_address(server, IPv4Address(address))


def cooked(story: Story, net: str) -> Iterator[tuple[str, str]]:
    """The pages of a story as they come out now."""
    servers = yaml.safe_load(TOPOLOGY.read_text(encoding="utf-8"))
    for name in story.without:
        del servers["relationships"][name]
    with Site(topology.loads(yaml.safe_dump(servers)), "standin", net, story.transport) as site:
        kitchen = Kitchen(site)
        for at, name in enumerate(story.pages):
            yield name, kitchen.cook(read(name))
            if at == 0 and story.adopted:
                kitchen.run(f"ansible-playbook windhcp.failover.adopt -e failover_file={DATA}")
                kitchen.write(File(DATA, 'failover_shared_secret: "{{ vault_failover_secret }}"\n', part=True))


def read(name: str) -> str:
    """A page."""
    return (PAGES / f"{name}.rst").read_text(encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    """Without arguments all stories; with numbers only these."""
    net = f"127.{20 + os.getpid() % 200}.{os.getpid() // 200 % 250}"  # of this process
    for number, story in enumerate(STORIES):
        if arguments and str(number) not in arguments:
            continue
        for name, text in cooked(story, net):
            if read(name) != text:
                (PAGES / f"{name}.rst").write_text(text, encoding="utf-8")
                print(f"{name} is another one now")


if __name__ == "__main__":
    main(sys.argv[1:])
