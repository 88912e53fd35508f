# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A pipeline of PowerShell Remoting as the command line and the standard input that a door runs, and the end of that
back."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Any

from lab.door import Finished
from psrpcore import ServerPipeline
from psrpcore.types import ErrorCategory, ErrorCategoryInfo, HostMethodIdentifier, NETException

# C PSABOUT: every other session configuration is somebody's own; here it is one of JEA, which takes no scripts
DEFAULT_CONFIGURATION = "microsoft.powershell"


class NotAScript(ValueError):
    """A pipeline that the lab does not run."""


class NoLanguage(Exception):
    """A script for a session configuration in NoLanguage mode."""


def command_line(pipeline: Any) -> str:
    """For one script, with arguments by position or not: what Ansible's psrp plugin sends. Raises NotAScript."""
    commands = pipeline.commands
    if len(commands) != 1 or not commands[0].is_script or any(name for name, _value in commands[0].parameters):
        raise NotAScript("The lab runs pipelines of one script, without named parameters.")
    script = str(commands[0].command_text)
    arguments = [f"'{str(value).replace(chr(39), chr(39) * 2)}'" for _name, value in commands[0].parameters]
    if arguments:
        script = f"$input | & {{ {script}\n}} {' '.join(arguments)}"
    code = base64.b64encode(script.encode("utf-16-le")).decode()
    return f"PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand {code}"


def standard_input(objects: Iterable[Any]) -> bytes:
    """The pipeline's input, each object a line, as $input gives them again."""
    return "".join(f"{one}\n" for one in objects).encode()


def report_no_language(pipeline: ServerPipeline) -> None:
    """M JEA: the record that PowerShell's parser gives."""
    pipeline.write_error(
        NETException(
            Message="The syntax is not supported by this runspace. This can occur if the runspace is in no-language "
            "mode."
        ),
        ErrorCategoryInfo(Category=ErrorCategory.ParserError, Reason="ParentContainsErrorRecordException"),
        fully_qualified_error_id="ScriptsNotAllowed",
    )


def report(finished: Finished, pipeline: ServerPipeline) -> None:
    """Lines of output are objects, what is on stderr is an error record, an exit code is told to the client's host."""
    if finished.stdout:
        for line in re.split(r"\r?\n", finished.stdout.decode("utf-8", "replace").rstrip("\r\n")):
            pipeline.write_output(line)
    if finished.stderr:
        text = finished.stderr.decode("utf-8", "replace").strip()
        pipeline.write_error(NETException(Message=text), fully_qualified_error_id="NativeCommandError")
    if finished.exit_code:
        pipeline.host_call(HostMethodIdentifier.SetShouldExit, [finished.exit_code])
