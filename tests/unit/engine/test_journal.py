# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The notes on a server of runs that did not end: written, found, and removed, whatever the relationship is called."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import journal
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import kept_files
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import RemoteError
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import Failure
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import Remote
from lab.standin.files import Files
from lab.standin.own_files import FOLDER, folder
from nothing_lost import scenarios
from nothing_lost.task import Wire

PARTNER, SCOPE = "dhcp02.contoso.example", IPv4Address("10.0.1.0")
OURS = "O:BAG:DUD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"


def server(files: Files | None = None) -> Remote:
    wire = Wire(scenarios.lab(), files={"DHCP01": files or Files()})
    return Remote(lambda arguments: wire.execute("DHCP01", arguments), "dhcp01", check_mode=False)


def found(remote: Remote) -> tuple[Note, ...]:
    (answer,) = remote.read([journal.look()]).before
    return journal.found(answer, "dhcp01")


@pytest.mark.parametrize("name", ["HQ", "Zürich und São Paulo", "a b/c\\d:*?", "x" * 126])
def test_a_note_is_found_until_it_is_removed(name: str) -> None:
    remote, note = server(), Note(name, PARTNER, (SCOPE,), {SCOPE: "DHCP02"}, run="1", who="tester@controller")
    assert found(remote) == ()
    remote.write((), "", [journal.keep(note)])
    assert found(remote) == (note,)
    remote.write((), "", [journal.keep(replace(note, claimed={}, coming=(SCOPE,)))])
    assert found(remote) == (replace(note, claimed={}, coming=(SCOPE,)),), "the last one counts"
    remote.write((), "", [journal.drop(note)])
    assert found(remote) == ()


def test_each_relationship_has_a_note_of_its_own_and_all_are_found_at_once() -> None:
    """As Windows takes their names, whatever upper and lower case is."""
    remote = server()
    keep = [journal.keep(Note(name, PARTNER)) for name in ("HQ", "Branch", "hq", "HQ2")]
    remote.write((), "", [*keep, journal.drop(Note("Branch", PARTNER))])
    assert {note.relationship for note in found(remote)} == {"hq", "HQ2"}


def test_each_partner_of_a_relationship_has_a_note_of_its_own() -> None:
    """A run ends it with one, and makes it anew with another."""
    remote, former = server(), Note("HQ", PARTNER, (SCOPE,), {SCOPE: PARTNER}, run="1")
    new = Note("HQ", "dhcp03.contoso.example", (SCOPE,), run="1", coming=(SCOPE,))
    remote.write((), "", [journal.keep(former), journal.keep(new)])
    assert sorted(found(remote), key=str) == sorted((former, new), key=str)
    remote.write((), "", [journal.drop(former)])
    assert found(remote) == (new,)


def test_each_run_has_a_note_of_its_own() -> None:
    """The last words of one take nothing away that another one has noted meanwhile."""
    remote, mine, other = server(), Note("HQ", PARTNER, (SCOPE,), run="1"), Note("HQ", PARTNER, (SCOPE,), run="2")
    remote.write((), "", [journal.keep(mine)])
    remote.write((), "", [journal.keep(other)])
    remote.write((), "", [journal.drop(mine)])
    assert found(remote) == (other,)


@pytest.mark.parametrize("text", ["", "dhcp02.contoso.example", '{"relationship": "Lab"'])
def test_a_note_that_cannot_be_read_is_none(text: str) -> None:
    """It is only a hint: the servers are looked at without it too."""
    remote, note = server(), Note("HQ", PARTNER)
    remote.write((), "", [journal.keep(note), {**journal.keep(Note("Lab", PARTNER)), "public": text}])
    (answer,) = remote.read([journal.look()]).before
    assert len(answer.objects) == 2
    assert journal.found(answer, "dhcp01") == (note,)
    failed = replace(answer, objects=(), errors=(Failure("WIN32 32,find_texts", "The file is in use."),))
    assert journal.found(failed, "dhcp01") == ()


def test_what_else_is_kept_is_no_note() -> None:
    remote = server()
    remote.write(
        (), "", [kept_files.keep_text(kept_files.text_name("secret", "HQ"), Note("HQ", PARTNER).text(), "hush")]
    )
    assert found(remote) == ()


def test_something_of_somebody_else_in_its_place_is_no_missing_note() -> None:
    """No write would be possible, and each run would say that nothing is left of the one before."""
    files = Files()
    files.make_folder(FOLDER, OURS)
    files.make_folder(folder("kept"), None)
    with pytest.raises(RemoteError, match=r"windhcp\.not_ours"):
        found(server(files))
