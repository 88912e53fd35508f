# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the pages of the documentation tell a reader to do is done, and what they show is what comes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from docsite import cooking
from docsite.build import PAGES
from docsite.cooking import STORIES, Story
from docsite.recipes import Commands, File, steps
from harness import ROOT, Site
from lab import topology
from lab.core.api import Session
from lab.powershell.engine import NoEngine, find_engine


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.pages[-1])
def test_a_story_goes_as_its_pages_say(story: Story, net: str) -> None:
    for name, text in cooking.cooked(story, net):
        assert text == cooking.read(name), f"{name}: make cookbook writes it anew; look at what has changed"


def test_every_page_of_the_cookbook_is_in_one_story() -> None:
    cooked = [name for story in STORIES for name in story.pages if name != "cookbook"]
    assert sorted(cooked) == sorted(["first_server", *(path.stem for path in PAGES.glob("cookbook_*.rst"))])


def test_what_is_shown_of_an_example_stands_in_it() -> None:
    shown = [step for step in steps(cooking.read("unattended")) if isinstance(step, File)]
    assert len(shown) == 3
    for file in shown:
        assert file.text in (ROOT / file.path).read_text(encoding="utf-8"), file.path


def test_the_play_of_module_defaults_runs(net: str) -> None:
    (_marker, block) = cooking.read("module_defaults").split(".. code-block:: yaml\n")
    play = "\n".join(line[3:] for line in block.split("\n\nIn a task")[0].splitlines())
    servers = yaml.safe_load(cooking.TOPOLOGY.read_text(encoding="utf-8"))
    with Site(topology.loads(yaml.safe_dump({**servers, "relationships": {}})), "standin", net) as site:
        book = site.folder / "book.yml"
        book.write_text(play, encoding="utf-8")
        run = site.run(book).ok()
        assert run.written == ["Add-DhcpServerv4Failover"]
        found = run.result("What is there now")["relationships"]
        assert [(one["name"], one["drift"]["in_sync"]) for one in found] == [("Berlin", True)]


def test_a_reservation_is_found_in_a_safety_copy_as_the_page_says(net: str, tmp_path: Path) -> None:
    """The lines that are typed on the server, in the engine, over a file that the lab has exported."""
    try:
        engine = find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    page = cooking.read("cookbook_reservation")
    typed = re.search(r"code-block:: powershell\n\n((?:   .+\n)+)", page)
    assert typed
    script = "\n".join(line[3:] for line in typed[1].splitlines())
    copy = re.search(r"DHCP02-Berlin-[0-9TZa-f-]+\.xml", script)
    assert copy
    assert page.index(copy[0]) < typed.start(), "a run has told of this copy before"
    with Site(topology.load(cooking.TOPOLOGY), "standin", net) as site:
        kitchen = cooking.Kitchen(site)
        kitchen.cook(page[: page.index(".. code-block:: console")])
        session = Session("DHCP02", site.lab.servers["DHCP02"].credentials[0].user)
        outcome = site.lab.invoke(session, "Export-DhcpServer", {"File": "C:\\copy.xml", "Leases": True})
        assert not outcome.errors
        (tmp_path / copy[0]).write_bytes(outcome.files["C:\\copy.xml"])
    script = script.replace(r"C:\ProgramData\windhcp.failover\safety-copies", str(tmp_path)).replace("\\", "/")
    said = subprocess.run(
        [str(engine.path), "-NoProfile", "-NonInteractive", "-Command", script],
        text=True,
        capture_output=True,
        check=True,
        timeout=120,
    ).stdout
    assert re.findall(r"(\w+)\s*: (.+)", said)[:3] == [
        ("Name", "phone-88"),
        ("IPAddress", "10.10.20.88"),
        ("ClientId", "00-15-5d-01-02-88"),
    ]


def test_the_lab_serves_its_page_as_written(net: str, tmp_path: Path) -> None:
    """The page's commands as one script, at addresses and with files of this test's own."""
    calls = [call[0] for step in steps(cooking.read("lab")) if isinstance(step, Commands) for call in step.calls]
    build, *commands = calls
    assert build == "make collection", "which has run before the tests"
    company = "tests/lab/topologies/company.yml"
    text = (ROOT / company).read_text(encoding="utf-8").replace("127.0.0.", f"{net}.")
    (tmp_path / "company.yml").write_text(text, encoding="utf-8")
    script = re.sub("/tmp(?=/)", str(tmp_path), "\n".join(commands))  # noqa: S108 - the page says it
    script = script.replace(company, str(tmp_path / "company.yml"))
    wait = f"&\nuntil [ -e {tmp_path}/ready.json ]; do sleep 0.1; done\n"
    python = f"{ROOT}/.venv/bin/python -m lab show {tmp_path}/state.yml"
    assert script.count(" &\n") == 1
    ended = subprocess.run(
        ["bash", "-ec", f"{script.replace(' &' + chr(10), ' ' + wait)}\nkill %1\nwait %1\n{python}"],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert "2 of 2 servers were read" in ended.stdout
    assert "DHCP01  dhcp01.contoso.example" in ended.stdout, "what was saved"


def test_what_the_labs_page_breaks_is_known_to_it() -> None:
    keys = re.findall(r"^   \* - ``(\w+: .+)``, (?:at a server|at the top)$", cooking.read("lab"), re.M)
    assert len(keys) == 5
    servers = yaml.safe_load(cooking.TOPOLOGY.read_text(encoding="utf-8"))
    for key in map(yaml.safe_load, keys):
        place = servers if "cut_links" in key else servers["servers"]["DHCP02"]
        place.update(key)
    lab = topology.loads(yaml.safe_dump(servers))
    there = lab.servers["DHCP02"]
    assert (there.service, there.reachable, there.management_api) == ("stopped", False, False)
    assert there.clock_offset.total_seconds() == 120
    assert not lab.reaches("DHCP01", "DHCP02")
