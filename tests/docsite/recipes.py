# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A page of the cookbook as what a reader does with it: files to write, commands to run, and what they print.

Blocks with a ``:caption:`` are files, or a part of one. In blocks of the language console the lines after ``$`` are
commands, and the others what came. Blocks of powershell with ``on HOST`` as their caption are typed there. A comment
``.. lab: WORDS`` is for the lab only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

_BLOCK = re.compile(r"( *)\.\. code-block:: (\w+)$")
_LAB = re.compile(r"\.\. lab: (.+)$")
_PART = ", a part"
_TASK = re.compile(r"(TASK|PLAY RECAP|RUNNING HANDLER)( \[.*\])? \*+$")
_STATUS = re.compile(r"(ok|changed|skipping|included): \[?[^\]]*\]?( => \(item=.*\))?\s*$|\.\.\.ignoring$")
# what each run of the role says, and what a failed task returns beside its message
_SAID_OFTEN = ("Say which server writes the others", "Say when a secret is sent")
_FAILED = re.compile(r'(fatal: .* => \{).*?("msg": "(?:[^"\\]|\\.)*").*\}$')
# what two runs need not have in common: moments, names of files, how many tasks a play has
_VARIES = (
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?", "TIME"),
    (r"\d{8}T\d{6}Z", "TIME"),
    (r"\b\d+ KB", "SIZE"),
    (r"(ok|skipped|ignored|rescued)=\d+", r"\1=N"),
)


@dataclass(frozen=True)
class Block:
    """`start` and `end`: its lines in the page, counted from 0, `end` behind the last one."""

    language: str
    caption: str
    lines: Sequence[str]
    start: int = 0
    end: int = 0
    indent: str = ""


@dataclass(frozen=True)
class Lab:
    """What happens in the lab without the reader."""

    words: Sequence[str]


@dataclass(frozen=True)
class File:
    """`part`: of a file of variables, which keeps the rest."""

    path: str
    text: str
    part: bool = False


@dataclass(frozen=True)
class Typed:
    """A command of PowerShell's on a server."""

    host: str
    command: str


@dataclass(frozen=True)
class Commands:
    """A console: each command with what it prints, and where that stands in the page."""

    block: Block
    calls: Sequence[tuple[str, Sequence[str]]]


Step = Lab | File | Typed | Commands


def steps(page: str) -> Iterator[Step]:
    """All that a page asks for, in order."""
    lines = page.splitlines()
    for at, line in enumerate(lines):
        if match := _LAB.match(line):
            yield Lab(match[1].split())
        if _BLOCK.match(line):
            yield from _of(_block(lines, at))


def _block(lines: Sequence[str], at: int) -> Block:
    opened = _BLOCK.match(lines[at])
    assert opened is not None
    indent, caption, start = opened[1] + "   ", "", at + 1
    while start < len(lines) and lines[start].startswith(f"{indent}:"):
        caption = lines[start].partition(":caption:")[2].strip() or caption
        start += 1
    end = start
    while end < len(lines) and (lines[end].startswith(indent) or not lines[end]):
        end += 1
    while end > start and not lines[end - 1]:
        end -= 1
    while start < end and not lines[start]:
        start += 1
    return Block(opened[2], caption, [line.removeprefix(indent) for line in lines[start:end]], start, end, indent)


def _of(block: Block) -> Iterator[Step]:
    if block.language == "console":
        yield Commands(block, list(_calls(block.lines)))
    elif block.language == "powershell" and block.caption.startswith("on "):
        for command in re.sub(r" *`\n\s*", " ", "\n".join(block.lines)).splitlines():
            yield Typed(block.caption.removeprefix("on "), command)
    elif block.caption:
        path, part, _rest = block.caption.partition(_PART)
        yield File(path, "\n".join(block.lines) + "\n", bool(part))


def _calls(lines: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """A command goes on after a backslash."""
    command, printed, goes_on = "", list[str](), False
    for line in lines:
        if line.startswith("$ "):
            if command:
                yield command, _stripped(printed)
            command, printed = line.removeprefix("$ "), []
        elif goes_on:
            command += f"\n{line}"
        else:
            printed.append(line)
        goes_on = not printed and line.endswith("\\")
    yield command, _stripped(printed)


def _stripped(lines: Sequence[str]) -> Sequence[str]:
    return "\n".join(lines).strip("\n").splitlines()


def with_output(page: str, block: Block, calls: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The page with other output in one of its consoles."""
    made: list[str] = []
    for command, printed in calls:
        made += ["", *_command(command), *(["", *printed] if printed else [])]
    body = [f"{block.indent}{line}".rstrip() for line in made[1:]]
    lines = page.splitlines()
    return "\n".join([*lines[: block.start], *body, *lines[block.end :]]) + "\n"


def _command(command: str) -> Sequence[str]:
    first, *more = command.splitlines()
    return [f"$ {first}", *more]


def shortened(output: str) -> Sequence[str]:
    """What Ansible prints as a page has it: without tasks that only say ok, and without the rows of asterisks."""
    blocks: list[tuple[str, list[str]]] = [("", [])]
    for line in map(str.rstrip, output.splitlines()):
        if line.startswith("PLAY ["):
            continue
        if _TASK.match(line):
            blocks.append((re.sub(r"\*+$", "***", line), []))
        elif not _STATUS.match(line):
            blocks[-1][1].append(re.sub(r"  +", " ", line) if blocks[-1][0].startswith("PLAY RECAP") else line)
    kept: list[str] = []
    for title, lines in blocks:
        said = _stripped([_FAILED.sub(r"\1..., \2, ...}", line) for line in _without_origin(lines)])
        if any(said) and not any(name in title for name in _SAID_OFTEN):
            kept += ["", *([title] if title else []), *(line for line, _again in groupby(said))]
    return kept[1:]


def _without_origin(lines: Sequence[str]) -> Iterator[str]:
    """An error is told by ansible-core with the lines of the playbook around it, and then once more."""
    inside = False
    for line in lines:
        inside = (inside or line.startswith("[ERROR]: ")) and not line.startswith("fatal: ")
        if not inside:
            yield line


def masked(lines: Sequence[str]) -> Sequence[str]:
    """What has to be the same in each run."""
    text = "\n".join(lines)
    for pattern, word in _VARIES:
        text = re.sub(pattern, word, text)
    return text.splitlines()


def same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two outputs differ in nothing but what may vary."""
    return masked(one) == masked(other)
