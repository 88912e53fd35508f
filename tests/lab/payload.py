# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Ansible's wrapper for PowerShell modules sends on standard input, of ansible-core 2.16 to 2.22.

2.16 to 2.18: the wrapper's text, four NULs, JSON {module_entry, module_args, actions, become_user ...}. 2.19 on: JSON
{name, script, params}, four NULs, a manifest {scripts, actions}, from 2.22 on as base64(gzip) with the arguments as one
JSON text."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_SEPARATOR = re.compile(rb"(\r?\n?\x00{4}\r?\n?)")
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, OSError, EOFError, binascii.Error)
_OLD_BECOME = ("become_user", "become_password", "become_flags")


class NotAModule(ValueError):
    """Standard input that is not the wrapper's, or asks for what only a real PowerShell can do."""


@dataclass(frozen=True)
class Payload:
    """`script`: the module's text as bytes; `arguments`: its options, with Ansible's own (_ansible_check_mode ...);
    `csharp`: names of the C# that the wrapper compiles for it."""

    script: bytes
    arguments: Mapping[str, Any]
    csharp: Sequence[str] = ()


@dataclass(frozen=True)
class Become:
    """What the runas action asks for. `password` None: none was given. `logon_type`: interactive, newcredentials ...

    `failure`: how the text begins with which this version of the wrapper reports a logon that failed.
    """

    user: str
    password: str | None = field(repr=False)
    logon_type: str
    failure: str


def decode(stdin: bytes) -> Payload:
    """The module in it. Raises NotAModule."""
    parts = _SEPARATOR.split(stdin)
    if len(parts) < 3:
        raise NotAModule(
            "The built-in stand-in runs Ansible modules only; for other commands the lab needs a PowerShell."
        )
    try:
        manifest = json.loads(_unpacked(parts[2]))
        return _old(manifest) if "module_entry" in manifest else _new(manifest)
    except _UNREADABLE as error:
        raise NotAModule(
            f"The built-in stand-in does not understand this version of Ansible's wrapper ({error!r})."
        ) from error


def take_become(stdin: bytes) -> tuple[Become | None, bytes]:
    """The become action, and the payload without it and without its password. What is no payload stays as it is."""
    parts = _SEPARATOR.split(stdin)
    if len(parts) < 3:
        return None, stdin
    try:
        manifest = json.loads(_unpacked(parts[2]))
        taken = _take_old(manifest) if "become_password" in manifest else _take_new(manifest)
    except _UNREADABLE:
        return None, stdin
    if taken is None:
        return None, stdin
    text = json.dumps(manifest).encode()
    parts[2] = text if parts[2].lstrip().startswith(b"{") else base64.b64encode(gzip.compress(text))
    return taken, b"".join(parts)


def _unpacked(part: bytes) -> bytes:
    text = part.strip()
    return text if text.startswith(b"{") else gzip.decompress(base64.b64decode(text))


def _old(manifest: Mapping[str, Any]) -> Payload:
    csharp = manifest.get("csharp_utils_module") or ()
    return Payload(base64.b64decode(manifest["module_entry"]), manifest["module_args"], csharp)


def _new(manifest: Mapping[str, Any]) -> Payload:
    actions = {action["name"]: action["params"] for action in manifest["actions"]}
    module = actions["module_wrapper.ps1"]
    if "ArgumentJSON" in module:
        arguments = json.loads(module["ArgumentJSON"])
    else:
        arguments = next(one["Value"] for one in module["Variables"] if one["Name"] == "complex_args")
    script = base64.b64decode(manifest["scripts"][module["Script"]]["script"])
    return Payload(script, arguments, module.get("CSharpModules") or ())


def _take_old(manifest: dict[str, Any]) -> Become | None:
    if "become_wrapper" not in manifest["actions"]:
        return None
    manifest["actions"] = [action for action in manifest["actions"] if action != "become_wrapper"]
    user, password, flags = (manifest.pop(name, None) for name in _OLD_BECOME)
    values = dict(flag.split("=", 1) for flag in (flags or "").split())
    return Become(
        user, password, _logon_type(values.get("logon_type")), f"internal error: failed to become user '{user}': "
    )


def _take_new(manifest: dict[str, Any]) -> Become | None:
    found = next((action for action in manifest["actions"] if action["name"] == "become_wrapper.ps1"), None)
    if found is None:
        return None
    manifest["actions"] = [action for action in manifest["actions"] if action is not found]
    params, secret = found["params"], found.get("secure_params") or {}
    logon_type = _logon_type(params.get("LogonType"))
    return Become(params["BecomeUser"], secret.get("BecomePassword"), logon_type, "failure during exec_wrapper: ")


def _logon_type(word: str | None) -> str:
    """new_credentials of the old wrapper and NewCredentials of the new one are one word."""
    return (word or "interactive").replace("_", "").lower()
