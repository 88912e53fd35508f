# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The two files of a plan: written together, and read only as they were written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import plan_files
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.reviewed_plan import fingerprint
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.plan_text import (
    json_text,
    one_line,
    plan_text,
)
from reviewed import sample

TEMPLATE = "{{ lookup('pipe', 'touch /tmp/ran') }}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    plan_files.write(str(tmp_path / "plan.md"), sample())
    return tmp_path / "plan.md"


def refused(file: Path) -> str:
    with pytest.raises(Refused) as error:
        plan_files.read(str(file))
    return str(error.value)


def forged(**changes: Any) -> Any:
    made = {**json.loads(json_text(sample())), **changes}
    return {**made, "fingerprint": fingerprint(made)}


def test_what_was_written_is_read(file: Path) -> None:
    assert plan_files.read(str(file)) == sample()
    assert sorted(path.name for path in file.parent.iterdir()) == ["plan.json", "plan.md"]


def test_line_ends_of_windows_are_no_matter(file: Path) -> None:
    for path in file.parent.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert plan_files.read(str(file)) == sample()


@pytest.mark.parametrize("name", ["plan.md", "plan.json"])
def test_neither_is_written_where_one_exists(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match=f"file: .*{name} exists, and is left as it is"):
        plan_files.write(str(tmp_path / "plan.md"), sample())
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [(name, "mine")]


@pytest.mark.parametrize("name", ["", "plan", "plan.json", "plan.md.txt"])
def test_its_name_says_which_of_the_two_it_is(name: str) -> None:
    with pytest.raises(Refused, match=r"it should be the file that people read, whose name ends in \.md"):
        plan_files.paths(name)


def test_a_line_of_the_text_that_was_changed_is_told(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("1. DHCP01: do this", "1. DHCP01: do that"), encoding="utf-8")
    assert "plan.md: line 18 is '1. DHCP01: do that', where '1. DHCP01: do this' is expected" in refused(file)


def test_a_step_that_was_taken_out_of_the_json_is_found(file: Path) -> None:
    first, second = sample()["hosts"]
    made = forged(hosts=[{**first, "steps": []}, second], counts={"hosts": 2, "steps": 0, "removals": 1})
    file.with_suffix(".json").write_text(json_text(made), encoding="utf-8")
    assert "the text and the JSON do not agree, or were changed" in refused(file)


def test_keys_that_stand_twice_are_found(file: Path) -> None:
    """Of two readers each could take another one."""
    data = file.with_suffix(".json")
    text = data.read_text(encoding="utf-8")
    data.write_text(text.replace('"schema":', '"created": "before",\n "schema":', 1), encoding="utf-8")
    assert "plan.json is no JSON that can be read ('created' stands twice in an object)" in refused(file)


def test_a_plan_that_was_forged_in_both_files_says_so_in_the_text(file: Path) -> None:
    """It is another plan, which nobody has reviewed; a template in it is a text."""
    made = forged(created=TEMPLATE)
    file.with_suffix(".json").write_text(json_text(made), encoding="utf-8")
    file.write_text(plan_text(made), encoding="utf-8")
    assert plan_files.read(str(file))["created"] == TEMPLATE
    assert TEMPLATE in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no JSON that can be read"),
        (b"{", "no JSON that can be read"),
        (b"[" * 100_000, "no JSON that can be read (RecursionError)"),
        (b"1" * 5_000, "no JSON that can be read"),
        (b"NaN", "is no plan"),
        (b'{"schema": 1, "schema": 1}', "('schema' stands twice in an object)"),
        (b'{"schema": "\xff"}', "is not UTF-8"),
        (b" " * (plan_files.MOST + 1), "has more than"),
        (b'\xef\xbb\xbf{"schema": 1}', "no JSON that can be read"),
    ],
    ids=[
        "empty",
        "cut",
        "deep",
        "a long number",
        "NaN",
        "a key twice",
        "not UTF-8",
        "huge",
        "a mark of the byte order",
    ],
)
def test_what_is_no_plan_is_told_without_a_traceback(file: Path, content: bytes, words: str) -> None:
    file.with_suffix(".json").write_bytes(content)
    assert words in refused(file)


def test_variables_too_deep_to_be_shown_are_refused(file: Path) -> None:
    deep: Any = []
    for _level in range(400):
        deep = [deep]
    made = forged()
    made["options"][0]["variables"]["failover_only"] = deep
    made["fingerprint"] = fingerprint(made)
    file.with_suffix(".json").write_text(json.dumps(made), encoding="utf-8")
    assert refused(file)


@pytest.mark.parametrize("data", [one_line(sample()), sample()], ids=["a text", "what is in it"])
def test_a_plan_that_was_handed_on_is_taken(data: Any) -> None:
    assert plan_files.handed_on(data) == sample()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "is no JSON that can be read (JSONDecodeError)"),
        ("[" * 100_000, "is no JSON that can be read (RecursionError)"),
        ({1, 2}, "is no JSON that can be read (TypeError)"),
        (["a plan"], "is no plan of windhcp.failover.plan"),
        ({**sample(), "created": "later"}, "its parts, or its fingerprint, do not agree"),
        (one_line(sample()).replace("{", '{"hosts": [], ', 1), "('hosts' stands twice in an object)"),
        (one_line(sample()).replace("do this", "do that"), "its parts, or its fingerprint, do not agree"),
    ],
)
def test_and_nothing_else_is(data: Any, words: str) -> None:
    with pytest.raises(Refused) as error:
        plan_files.handed_on(data)
    assert str(error.value).startswith("plan (failover_plan_file or failover_plan_data of the playbooks): ")
    assert words in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "plan.md cannot be read on the controller (No such file or directory)" in refused(tmp_path / "plan.md")
