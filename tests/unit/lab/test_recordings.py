# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Both doors give the recorded replies, byte for byte, and the recordings are those of the script as it is now."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab.powershell import dhcpsapi
from lab.powershell.direct import OnePowerShell
from lab.powershell.engine import NoEngine, find_engine
from lab.standin import recordings, script
from lab.standin.files import Files

SCRIPT = Path(__file__).resolve().parents[3] / "plugins" / "modules" / "dhcp_cmdlets.ps1"
EXCHANGES = recordings.exchanges()


def standin() -> recordings.Answer:
    """With the files of one server, which stay from one request to the next."""
    files = Files()
    return lambda lab, session, request, secrets: script.run(lab, session, request, script.Process(files, secrets))


def test_the_recordings_are_of_this_script() -> None:
    assert recordings.known_script() == recordings.script_hash(SCRIPT.read_bytes()), (
        "make recordings, with a PowerShell"
    )


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.name)
def test_the_standin_answers_as_recorded(exchange: recordings.Exchange) -> None:
    assert list(exchange.answers(standin())) == list(recordings.recorded(exchange.name))


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.name)
def test_powershell_answers_as_recorded(exchange: recordings.Exchange) -> None:
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    if exchange.library and dhcpsapi.library() is None:
        pytest.skip("no C compiler")
    with OnePowerShell(SCRIPT) as powershell:
        assert list(exchange.answers(powershell)) == list(recordings.recorded(exchange.name))


def test_no_recording_holds_the_secret_that_was_sent() -> None:
    sent = (recordings.FOLDER / "exchanges.yml").read_text(encoding="utf-8")
    assert sent.count("not to be seen") == 9
    assert "not to be seen" not in recordings.RECORDINGS.read_text(encoding="ascii")
