# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the pages say of the code is so: playbooks, messages, lists of pages."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import ansible.plugins
import winrm.protocol
import yaml
from docsite.build import PAGES, ROOT
from docsite.playbooks import PLAYBOOKS

NAMES = {path.stem for path in PLAYBOOKS.glob("*.yml")}
ALL = {path.stem: path.read_text(encoding="utf-8") for path in PAGES.glob("*.rst")}
ROLES = {"failover", "replicate"}


def plugins_and_playbooks() -> str:
    """The text of the code with its strings in one piece: those of Python are cut anywhere."""
    folders = (ROOT / "plugins", ROOT / "playbooks", ROOT / "roles")
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".yml")]
    text = " ".join(path.read_text(encoding="utf-8") for path in files)
    return re.sub(r'"\s*f?"', "", re.sub(r"\s+", " ", text))


def test_every_playbook_has_a_goal() -> None:
    assert set(re.findall(r"``windhcp\.failover\.(\w+)", ALL["which_playbook"])) == NAMES


def test_every_playbook_that_a_page_calls_is_there() -> None:
    called = {
        name: re.findall(r"^ *\$ ansible-playbook .*?windhcp\.failover\.(\w+)", text, re.M)
        for name, text in ALL.items()
    }
    assert {name: calls for name, calls in called.items() if not {*calls} <= NAMES} == {}


def test_every_message_that_is_explained_is_one_of_the_code() -> None:
    messages = re.findall(r"^``(.+)``$", ALL["troubleshooting"], re.M)
    assert len(messages) > 20
    code = plugins_and_playbooks()
    assert [message for message in messages if message not in code and "undefined" not in message] == []


def test_every_page_is_listed_once_and_begins_with_its_label() -> None:
    listed = yaml.safe_load((PAGES.parent / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    assert sorted(name for section in listed for name in section["toctree"]) == sorted(ALL)
    for name, text in ALL.items():
        assert f".. _ansible_collections.windhcp.failover.docsite.{name}:" in "\n".join(text.splitlines()[:7]), name


def test_a_page_that_writes_variables_names_such_as_there_are() -> None:
    specs = [
        yaml.safe_load((ROOT / f"roles/{role}/meta/argument_specs.yml").read_text(encoding="utf-8")) for role in ROLES
    ]
    known = {name for spec in specs for name in spec["argument_specs"]["main"]["options"]}
    known |= set(re.findall(r"``((?:failover|replicate)_\w+)``", ALL["variables"]))
    for name, text in ALL.items():
        given = set(re.findall(r"-e '?\"?((?:failover|replicate)_\w+)|^   ((?:failover|replicate)_\w+):", text, re.M))
        assert {word for both in given for word in both if word} <= known, name


def test_every_variable_of_a_connection_is_one_of_ansibles() -> None:
    plugins = Path(ansible.plugins.__file__).parent
    known = set[str]()
    for name in ("connection/winrm", "connection/psrp", "connection/ssh", "become/runas", "shell/powershell"):
        known |= set(re.findall(r"ansible_\w+", (plugins / f"{name}.py").read_text(encoding="utf-8")))
    # what the plugin winrm hands on as it is
    known |= {f"ansible_winrm_{name}" for name in inspect.signature(winrm.protocol.Protocol.__init__).parameters}
    known |= {"ansible_connection", "ansible_shell_type", "ansible_become", "ansible_become_method", "ansible_host"}
    assert set(re.findall(r"ansible_(?!collections)\w+", ALL["winrm"] + ALL["first_server"])) <= known
