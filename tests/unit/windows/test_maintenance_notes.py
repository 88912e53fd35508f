# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Notes of maintenance are among those that every task reads, and are told apart from those of runs by their names."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import journal
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.maintenance_note import Maintenance
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import maintenance_notes
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import Place, ReplyObject, Result

NOTE = maintenance_notes.named(Maintenance("DHCP01", ("dhcp02.contoso.example",), ("HQ",), {"HQ": 3600}))
RUN = Note("HQ", "dhcp02.contoso.example", run="1")


def answer(*texts: Mapping[str, object]) -> Result:
    place = Place("dhcp01", "find_texts")
    return Result("find_texts", place, tuple(ReplyObject(place, text) for text in texts))


def test_each_reader_finds_its_own() -> None:
    kept = answer(
        {"name": "unfinished.0123", "public": RUN.text()},
        {"name": NOTE.file, "public": NOTE.text()},
        {"name": f"{NOTE.file}x", "public": ""},
        {"name": "unfinished.4567", "public": NOTE.text()},
        {"name": NOTE.file, "public": RUN.text()},
    )
    assert maintenance_notes.found(kept) == (NOTE,)
    assert journal.found(kept, "dhcp01") == (RUN, RUN)


def test_it_is_read_with_the_notes_of_runs() -> None:
    kept = maintenance_notes.keep(NOTE)
    assert str(kept["name"]).startswith(f"{journal.look()['kind']}.maintenance.")
    assert kept["public"] == NOTE.text()
    assert maintenance_notes.drop(NOTE)["name"] == kept["name"]


def test_each_pair_of_a_server_has_a_note_of_its_own() -> None:
    other = maintenance_notes.named(Maintenance("DHCP01", ("dhcp03.contoso.example",)))
    again = maintenance_notes.named(Maintenance("dhcp01", ("DHCP02.contoso.example",), reason="again"))
    assert NOTE.file not in ("", other.file)
    assert again.file == NOTE.file
