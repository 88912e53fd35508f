# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files on the controller are written whole or not at all."""

from __future__ import annotations

import os
import resource
import stat
from pathlib import Path

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.written_files import create, create_all, written
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused, TaskFailure


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_in_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    files = {"x.json": "one\n", "y.prom": "zwölf\n"}
    assert written(folder, files) == ([str(folder / "x.json"), str(folder / "y.prom")], None)
    assert (folder / "y.prom").read_text(encoding="utf-8") == "zwölf\n"
    assert (mode(folder / "x.json"), mode(folder / "y.prom")) == (0o640, 0o644)


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    for name, given in (("x.json", 0o644), ("y.prom", 0o600)):
        (tmp_path / name).write_text("old")
        (tmp_path / name).chmod(given)
    written(tmp_path, {"x.json": "new", "y.prom": "new"})
    assert (mode(tmp_path / "x.json"), mode(tmp_path / "y.prom")) == (0o644, 0o600)


def test_a_file_that_cannot_be_written_leaves_the_old_ones_and_nothing_else(tmp_path: Path) -> None:
    written(tmp_path, {"w.txt": "old", "x.txt": "old"})
    with pytest.raises(UnicodeEncodeError):
        written(tmp_path, {"w.txt": "new", "x.txt": "\ud800"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w.txt", "x.txt"]
    assert {path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"old"}


def test_a_folder_in_the_place_of_a_file_is_named_and_no_other_file_is_replaced(tmp_path: Path) -> None:
    written(tmp_path, {"w.txt": "old"})
    (tmp_path / "x.txt").mkdir()
    files, problem = written(tmp_path, {"w.txt": "new", "x.txt": "new"})
    assert (files, (tmp_path / "w.txt").read_text(encoding="utf-8")) == ([], "old")
    assert problem == (
        f"directory: {tmp_path}/x.txt cannot be written on the controller (Is a directory); name one that this user "
        "may write."
    )


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    files, problem = written(tmp_path / "file" / "x", {"x.txt": ""})
    assert (files, (problem or "")[:10]) == ([], "directory:")


def test_what_a_killed_run_left_goes_once_nobody_is_at_work_on_it(tmp_path: Path) -> None:
    old, new, other = (tmp_path / name for name in (".x.txt.abcdefgh", ".x.txt.12345678", ".y.txt.abcdefgh"))
    for path in (old, new, other):
        path.write_text("half")
    for path in (old, other):
        os.utime(path, (0, 0))
    written(tmp_path, {"x.txt": "whole"})
    assert sorted(path.name for path in tmp_path.iterdir()) == [new.name, other.name, "x.txt"]


def test_a_new_file_is_made_and_an_old_one_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new" / "x.yml"
    create(path, "one")
    with pytest.raises(Refused, match=r"exists, and is left as it is"):
        create(path, "two")
    assert path.read_text(encoding="utf-8") == "one"
    with pytest.raises(TaskFailure, match=r"file: .* cannot be written on the controller"):
        create(path / "y", "")


def test_several_new_files_are_made_or_none(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match="b exists"):
        create_all({tmp_path / "a": "one", tmp_path / "b": "two"})
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    create_all({tmp_path / "a": "one", tmp_path / "c": "two"})
    assert (tmp_path / "c").read_text(encoding="utf-8") == "two"


def test_a_disk_that_is_full_leaves_no_part_of_a_new_file(tmp_path: Path) -> None:
    """A limit for the size of a file is the same to whoever writes it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(TaskFailure) as error:
            create_all({tmp_path / "x.md": "text", tmp_path / "x.json": "x" * 5000})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert str(error.value).startswith(f"file: {tmp_path}/x.json cannot be written on the controller (File too large)")
    assert list(tmp_path.iterdir()) == []
