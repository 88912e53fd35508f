# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The note on a server of a run that did not end: written, found, and removed, whatever the relationship is called."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import journal
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteError
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import Failure
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import Remote
from lab.standin.files import Files
from lab.standin.own_files import FOLDER, folder
from nothing_lost import scenarios
from nothing_lost.task import Wire

PARTNER = "dhcp02.contoso.example"
OURS = "O:BAG:DUD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"


def server(files: Files | None = None) -> Remote:
    wire = Wire(scenarios.lab(), files={"DHCP01": files or Files()})
    return Remote(lambda arguments: wire.execute("DHCP01", arguments), "dhcp01", check_mode=False)


def found(remote: Remote, name: str) -> str | None:
    (answer,) = remote.read([journal.look(name)]).before
    return journal.partner(answer, "dhcp01")


@pytest.mark.parametrize("name", ["HQ", "Zürich und São Paulo", "a b/c\\d:*?", "x" * 126])
def test_a_note_tells_the_partner_until_it_is_removed(name: str) -> None:
    remote = server()
    assert found(remote, name) is None
    remote.write((), "", [journal.keep((name, PARTNER))])
    assert found(remote, name) == PARTNER
    remote.write((), "", [journal.keep((name, "dhcp03.contoso.example"))])
    assert found(remote, name) == "dhcp03.contoso.example", "the last one counts"
    remote.write((), "", [journal.drop(name)])
    assert found(remote, name) is None


def test_each_relationship_has_a_note_of_its_own() -> None:
    remote = server()
    remote.write((), "", [journal.keep(("HQ", PARTNER)), journal.keep(("Branch", "dhcp03")), journal.drop("Branch")])
    assert [found(remote, name) for name in ("HQ", "hq", "Branch", "HQ2")] == [PARTNER, PARTNER, None, None]


def test_a_note_that_cannot_be_read_is_none() -> None:
    """It is only a hint: the servers are looked at without it too."""
    (answer,) = server().read([journal.look("HQ")]).before
    failed = replace(answer, objects=(), errors=(Failure("WIN32 32,prove_text", "The file is in use."),))
    assert journal.partner(failed, "dhcp01") is None


def test_something_of_somebody_else_in_its_place_is_no_missing_note() -> None:
    """No write would be possible, and each run would say that nothing is left of the one before."""
    files = Files()
    files.make_folder(FOLDER, OURS)
    files.make_folder(folder("kept"), None)
    with pytest.raises(RemoteError, match=r"windhcp\.not_ours"):
        found(server(files), "HQ")
