# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Windows command lines, as far as a WinRM client needs them: words, quotes, carets and `cmd /c`."""

from __future__ import annotations

import ntpath

PROGRAMS = ("powershell", "pwsh")  # with or without a folder and .exe


class NotPowerShell(ValueError):
    """A command line that the lab refuses to run."""


def powershell_arguments(line: str) -> tuple[str, list[str]]:
    """The PowerShell that a line calls ("powershell", "pwsh") and its arguments. Raises NotPowerShell.

    WinRM hands the line to cmd.exe, which takes its carets and then starts the program.
    """
    plain = strip_carets(line)
    words = split_words(plain)
    program = _program(words)
    if program == "cmd" and len(words) > 2 and words[1].lower() in ("/c", "/r"):
        # cmd takes the rest of the line as it is, less a quote at its begin and its end
        rest = plain.split(words[1], 1)[1].strip()
        quoted = len(rest) > 1 and rest.startswith('"') and rest.endswith('"')
        return powershell_arguments(rest[1:-1] if quoted else rest)
    if program not in PROGRAMS:
        raise NotPowerShell(f"The lab starts PowerShell and no other program: {words[0] if words else 'nothing'}")
    return program, words[1:]


def strip_carets(line: str) -> str:
    """What cmd.exe makes of a line: ^x is x outside quotes. Raises NotPowerShell for its operators."""
    result, quoted, position = [], False, 0
    while position < len(line):
        character = line[position]
        if character == "^" and not quoted:
            position += 1
            result.append(line[position : position + 1])
        elif character in "&|<>" and not quoted:
            raise NotPowerShell(f"The lab starts one PowerShell and no chain of commands: {character}")
        else:
            quoted ^= character == '"'
            result.append(character)
        position += 1
    return "".join(result)


def split_words(line: str) -> list[str]:
    """A command line by the rules of the C runtime: 2n backslashes and a quote are n backslashes, and so on."""
    words: list[str] = []
    word: list[str] = []
    quoted = begun = False
    slashes = 0
    for character in line:
        if character == "\\":
            slashes += 1
            begun = True
            continue
        if character == '"':
            word.append("\\" * (slashes // 2))
            if slashes % 2:
                word.append('"')
            else:
                quoted = not quoted
            begun = True
        else:
            word.append("\\" * slashes)
            if character in " \t" and not quoted:
                if begun:
                    words.append("".join(word))
                word, begun = [], False
            else:
                word.append(character)
                begun = True
        slashes = 0
    word.append("\\" * slashes)
    if begun:
        words.append("".join(word))
    return words


def _program(words: list[str]) -> str:
    return ntpath.basename(words[0]).lower().removesuffix(".exe") if words else ""
