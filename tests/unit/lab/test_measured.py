# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What `make test` tells of its cost, with a small engine that starts itself once more under its Windows name."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import measured
import pytest
from lab.powershell.engine import ENGINE_VARIABLE, WINDOWS_NAMES

ENGINE = """#!/bin/sh
case "$1" in
  -Version) echo PowerShell 7.4.99 ;;
  outer) PATH="$(dirname "$WINDHCP_PWSH"):$PATH" exec PowerShell inner ;;
esac
"""
MAKEFILE = "start: ; @$(WINDHCP_PWSH) outer\nfails: ; @exit 3\nnever: ; @echo never\n"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "engine"
    folder.mkdir()
    for name in WINDOWS_NAMES:
        (folder / name).write_text(ENGINE, encoding="ascii")
        (folder / name).chmod(0o755)
    monkeypatch.setenv(ENGINE_VARIABLE, str(folder / "pwsh"))
    (tmp_path / "Makefile").write_text(MAKEFILE, encoding="ascii")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("engine")
def test_each_start_is_counted_also_one_powershell_in_another(tmp_path: Path) -> None:
    meter = measured.Meter(tmp_path)
    before = meter.read()
    for _time in range(2):
        subprocess.run([meter.environment[ENGINE_VARIABLE], "outer"], env=meter.environment, check=True)
    assert (meter.read() - before).starts == 4


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("most", "targets", "code", "shown"),
    [
        (4, "start start", 0, "all 4"),
        (3, "start start", 1, "4 starts of the PowerShell engine, and 3 are the most there may be."),
        (9, "start fails never", 2, "all 2"),
    ],
)
def test_it_fails_over_the_most_and_where_a_target_fails(
    most: int, targets: str, code: int, shown: str, capfd: pytest.CaptureFixture[str]
) -> None:
    if shutil.which("make") is None:
        pytest.skip("no make")
    assert measured.main(["--most-starts", str(most), *targets.split()]) == code
    output = capfd.readouterr().out
    assert shown in " ".join(output.split())
    assert "never" not in output.split()
