# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What pytest's JUnit report says, as cells of a table. Pure."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# name of the lab's transport -> what it is
CONNECTIONS: Mapping[str, str] = {
    "winrm": "winrm Basic/HTTP",
    "https": "winrm HTTPS, verified",
    "ntlm": "winrm NTLM, encrypted",
    "psrp": "psrp NTLM, encrypted",
    "ssh": "ssh, key",
}
NOT_RUN = ("Kerberos", "CredSSP")  # they take a domain
_BECOME = ("become", "without_delegation")


@dataclass(frozen=True)
class Case:
    """A test that was run. `outcome`: passed, failed or skipped; `why`: of one that was not passed."""

    name: str
    outcome: str
    why: str = ""

    @property
    def transport(self) -> str:
        """The one that it is about ("": none)."""
        words = re.split(r"[\[\]-]", self.name)[1:]
        named = [word for word in words if word in CONNECTIONS]
        return named[0] if named else ""

    @property
    def becomes(self) -> bool:
        """Whether it has a task that runs as another account."""
        return any(word in self.name for word in _BECOME)


def cases(report: str) -> Sequence[Case]:
    """All of a report (XML)."""
    return [_case(one) for one in ET.fromstring(report).iter("testcase")]  # noqa: S314 # our own


def _case(element: ET.Element) -> Case:
    for kind, outcome in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        found = element.find(kind)
        if found is not None:
            return Case(element.get("name", ""), outcome, found.get("message", "").splitlines()[0])
    return Case(element.get("name", ""), "passed")


def cell(some: Iterable[Case]) -> str:
    """Of tests about one connection: what works, or why not."""
    every = list(some)
    if failed := [case.name for case in every if case.outcome == "failed"]:
        return f"FAILED: {', '.join(failed)}"
    passed = [case for case in every if case.outcome == "passed"]
    if not passed:
        return every[0].why if every else "no test"
    words = ["logon"] * any(not case.becomes for case in passed) + ["become"] * any(case.becomes for case in passed)
    return f"{', '.join(words)} ({len(passed)})"


def row(found: Sequence[Case]) -> Sequence[str]:
    """A cell for each connection, and those that are not run."""
    by_connection = [cell(case for case in found if case.transport == name) for name in CONNECTIONS]
    return [*by_connection, *("not run: takes a domain" for _name in NOT_RUN)]


def count(found: Sequence[Case]) -> str:
    """Of a whole run."""
    numbers = [(word, sum(case.outcome == word for case in found)) for word in ("passed", "failed", "skipped")]
    return ", ".join(f"{number} {word}" for word, number in numbers if number) or "no test"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(one)} |" for one in lines)
