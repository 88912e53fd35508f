# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Ansible's wrapper for PowerShell modules sends on standard input, of ansible-core 2.16 to 2.22."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class NotAModule(ValueError):
    """Standard input that is not the wrapper's, or asks for what only a real PowerShell can do."""


@dataclass(frozen=True)
class Payload:
    """`script`: the module's text as bytes; `arguments`: its options, with Ansible's own (_ansible_check_mode ...)."""

    script: bytes
    arguments: Mapping[str, Any]


def decode(stdin: bytes) -> Payload:
    """Raises NotAModule.

    2.16 to 2.18: the wrapper's text, four NULs, JSON {module_entry, module_args, actions}. 2.19 on: JSON {name, script,
    params}, four NULs, a manifest {scripts, actions}, from 2.22 on as base64(gzip) with the arguments as one JSON text.
    """
    parts = re.split(rb"\r?\n?\x00{4}\r?\n?", stdin)
    if len(parts) < 2:
        raise NotAModule("The built-in stand-in runs Ansible modules only; for other commands the lab needs a PowerShell.")
    try:
        manifest = json.loads(_unpacked(parts[1]))
        return _old(manifest) if "module_entry" in manifest else _new(manifest)
    except (ValueError, KeyError, OSError, binascii.Error) as error:
        raise NotAModule(f"The built-in stand-in does not understand this version of Ansible's wrapper ({error!r}).") from error


def _unpacked(part: bytes) -> bytes:
    text = part.strip()
    return text if text.startswith(b"{") else gzip.decompress(base64.b64decode(text))


def _old(manifest: Mapping[str, Any]) -> Payload:
    if "become_wrapper" in manifest["actions"]:
        raise NotAModule("This lab host cannot run a task with become.")
    return Payload(base64.b64decode(manifest["module_entry"]), manifest["module_args"])


def _new(manifest: Mapping[str, Any]) -> Payload:
    actions = {action["name"]: action["params"] for action in manifest["actions"]}
    if "become_wrapper.ps1" in actions:
        raise NotAModule("This lab host cannot run a task with become.")
    module = actions["module_wrapper.ps1"]
    if "ArgumentJSON" in module:
        arguments = json.loads(module["ArgumentJSON"])
    else:
        arguments = next(one["Value"] for one in module["Variables"] if one["Name"] == "complex_args")
    return Payload(base64.b64decode(manifest["scripts"][module["Script"]]["script"]), arguments)
