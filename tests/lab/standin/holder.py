# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The word that a run of the script leaves while it holds the mutex, for those that wait in vain."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from datetime import datetime

from lab.standin.files import Files
from lab.standin.own_files import OwnFiles, Stopped, folder

PATH = f"{folder('kept')}\\writing.txt"


@dataclass(frozen=True)
class Holding:
    files: Files
    since: datetime
    who: str
    user: str

    def begin(self) -> None:
        word = {
            "who": self.who,
            "user": self.user,
            "process": os.getpid(),
            "since": self.since.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        with contextlib.suppress(Stopped):
            OwnFiles(self.files).write_text(PATH, json.dumps(word), self.since)

    def end(self) -> None:
        with contextlib.suppress(Stopped):
            OwnFiles(self.files).remove_text(PATH)


def told(files: Files) -> str:
    """Who it is; runs of the stand-in are threads of this process, so one that is gone left nothing."""
    try:
        text = OwnFiles(files).read_text(PATH)
    except Stopped as stopped:
        return f"who it is could not be read: {stopped.failure['message']}"
    if not text:
        return "it left no word of who it is"
    word = json.loads(text)
    return f"{word['who']} as {word['user']}, process {word['process']} since {word['since']}"
