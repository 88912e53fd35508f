# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""_windows/safety_copies: which copies a server keeps, by their names."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import safety_copies
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import (
    Failure,
    Place,
    ReplyObject,
    Result,
)

PLACE = Place("dhcp01", "find_copies")
FOLDER = "C:\\ProgramData\\windhcp.failover\\safety-copies\\"


def file(name: str, **more: Any) -> dict[str, Any]:
    return {"path": FOLDER + name, "bytes": 10, "written": "2026-05-01T00:00:00Z", **more}


def answer(*objects: dict[str, Any], errors: tuple[Failure, ...] = (), warnings: tuple[str, ...] = ()) -> Result:
    return Result("find_copies", PLACE, tuple(ReplyObject(PLACE, one) for one in objects), errors, warnings)


def test_the_newest_first_with_what_the_names_say() -> None:
    found = safety_copies.found(
        answer(
            file("DHCP01-HQ-20260301T080000Z-0123abcd.xml"),
            file("DHCP01-B_ro-Nord-20260302T080000Z-0123abcd.xml", bytes=2**40),
            file("by-hand.xml"),
            file("import-20260302T080000Z-0123abcd.xml"),
            file("a name with blanks.xml"),
        ),
        "DHCP01",
    )
    assert found.copies is not None
    shown = [(copy.path[len(FOLDER) :], copy.label, copy.size) for copy in found.copies]
    assert shown == [
        ("by-hand.xml", None, 10),
        ("DHCP01-B_ro-Nord-20260302T080000Z-0123abcd.xml", "B_ro-Nord", 2**40),
        ("DHCP01-HQ-20260301T080000Z-0123abcd.xml", "HQ", 10),
    ]
    assert found.copies[2].time == datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
    assert found.problem is None


@pytest.mark.parametrize("name", ["DHCP02-HQ-20260301T080000Z-0123abcd.xml", "DHCP01-HQ-20269999T080000Z-0123abcd.xml"])
def test_a_name_that_the_script_did_not_give_on_this_server(name: str) -> None:
    found = safety_copies.found(answer(file(name, written=None)), "DHCP01")
    assert found.copies is not None
    (copy,) = found.copies
    assert copy.label is None or copy.time is None


def test_what_cannot_be_listed_is_unknown() -> None:
    found = safety_copies.found(answer(errors=(Failure("windhcp.not_ours", "It is a link."),)), "DHCP01")
    assert (found.copies, found.problem) == (None, "It is a link.")
    assert found.public(()) is None


def test_files_that_are_left_out_are_told() -> None:
    found = safety_copies.found(answer(warnings=("x.xml is a link.",)), "DHCP01")
    assert (found.copies, found.problem) == ((), "x.xml is a link.")


@pytest.mark.parametrize(
    ("names", "relationship"),
    [(["HQ", "B\u00fcro Nord"], "B\u00fcro Nord"), (["B\u00fcro Nord", "B_ro Nord"], None), (["HQ"], None)],
)
def test_the_relationship_is_the_only_one_that_gives_this_label(names: list[str], relationship: str | None) -> None:
    found = safety_copies.found(answer(file("DHCP01-B_ro_Nord-20260301T080000Z-0123abcd.xml")), "DHCP01")
    shown = found.public(names)
    assert shown is not None
    assert shown[0]["relationship"] == relationship
    assert shown[0]["time"] == "2026-03-01T08:00:00Z"


def test_a_label_is_made_of_utf_16_units() -> None:
    assert safety_copies.label_of("a \U0001f600.b-\u00fc") == "a___.b-_"
