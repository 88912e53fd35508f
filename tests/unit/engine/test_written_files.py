# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files on the controller are written whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.written_files import create, create_all, write
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused, TaskFailure


def test_files_in_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert write(folder, {"x.txt": "one\n", "y.txt": "zwölf\n"}) == [str(folder / "x.txt"), str(folder / "y.txt")]
    assert (folder / "y.txt").read_text(encoding="utf-8") == "zwölf\n"
    assert stat.S_IMODE((folder / "x.txt").stat().st_mode) == 0o644


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, {"x.txt": "old"})
    with pytest.raises(UnicodeEncodeError):
        write(tmp_path, {"x.txt": "\ud800"})
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]
    assert (tmp_path / "x.txt").read_text(encoding="utf-8") == "old"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TaskFailure, match=r"directory: .*file"):
        write(tmp_path / "file" / "x", {"x.txt": ""})


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
