# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes the collection importable as ansible_collections.windhcp.failover, from the work tree, and the modules in
support/ and what the integration tests have in common by their names."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TREE = ROOT / ".build" / "tree"

link = TREE / "ansible_collections" / "windhcp" / "failover"
if not link.exists():
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(ROOT, target_is_directory=True)
for folder in (TREE, ROOT / "tests", ROOT / "tests" / "integration", ROOT / "tests" / "unit" / "support"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from collections.abc import Iterator  # noqa: E402

import pytest  # noqa: E402
from browser.chromium import NoChromium, find_chromium  # noqa: E402
from lab.powershell.direct import DirectPowerShell  # noqa: E402
from lab.powershell.engine import NoEngine, find_engine  # noqa: E402


@pytest.fixture(scope="module")
def powershell() -> Iterator[DirectPowerShell]:
    """The collection's script in a real PowerShell."""
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    with DirectPowerShell(ROOT / "plugins" / "modules" / "dhcp_cmdlets.ps1") as direct:
        yield direct


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Coverage looks at what runs the plugins as a user's task does: the tests of the lab do not, and the proofs run
    the same lines ten thousand times."""
    left_out = [ROOT / "tests" / "unit" / name for name in ("lab", "script", "proofs")]
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in left_out):
            item.add_marker("no_cover")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not looked at in a browser is said where nobody can miss it."""
    if any("in_browser" in str(report.nodeid) for report in terminalreporter.stats.get("skipped", ())):
        try:
            find_chromium()
        except NoChromium as error:
            terminalreporter.write_sep("!", "THE REPORT'S PAGE WAS NOT LOOKED AT IN A BROWSER", yellow=True, bold=True)
            terminalreporter.write_line(str(error), yellow=True)
