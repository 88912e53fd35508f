# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What goes in and out of the core: a session calls a cmdlet and gets an outcome.

Both doors of the lab (a real PowerShell over the stub module, and the built-in stand-in) speak to the core in these
types and in nothing else. Values are plain Python: str, int, float, bool, None, IPv4Address, timedelta, datetime (UTC),
and tuples of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | IPv4Address | timedelta | datetime | None
Value: TypeAlias = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True)
class Session:
    """Who called, on which server.

    ``server``: the NetBIOS name of the simulated server, ``user``: the account, ``delegated``: whether the session
    holds credentials that reach a second server (the double hop), ``network_user``: the account that a second server
    sees if it is another one."""

    server: str
    user: str
    delegated: bool = True
    network_user: str = ""


@dataclass(frozen=True)
class ErrorRecord:
    """One error, non-terminating unless it says so. ``id`` is "DHCP 20005" or "WIN32 5": the door adds ",<cmdlet>" as
    PowerShell does.

    ``details``: ErrorDetails, where Export- and Import-DhcpServer write the reason. ``posted``: one that they collected
    of a cmdlet inside and wrote once more. ``swallowed_of``: that cmdlet's name, where they did not."""

    id: str
    category: str
    message: str
    target: str = ""
    details: str = ""
    terminating: bool = False
    posted: bool = False
    swallowed_of: str = ""


@dataclass(frozen=True)
class CmdletObject:
    """One output object: the CIM class name without its namespace, and its properties in order."""

    type_name: str
    properties: Mapping[str, Value]


# Properties that the module's type files define by a script: class -> names (M GOW, 2)
SCRIPT_PROPERTIES: Mapping[str, frozenset[str]] = {"DhcpServerv4Failover": frozenset({"ScopeId"})}


def shown(one: CmdletObject) -> dict[str, Value]:
    """The properties as PowerShell shows them. C WSD, 2: it unrolls what a script puts out, so none is null and one is
    bare."""
    scripted = SCRIPT_PROPERTIES.get(one.type_name, frozenset())
    return {name: _unrolled(value) if name in scripted else value for name, value in one.properties.items()}


def _unrolled(value: Value) -> Value:
    if not isinstance(value, tuple):
        return value
    return value if len(value) > 1 else (value[0] if value else None)


@dataclass(frozen=True)
class Outcome:
    """``files``: what the door has to write on the machine that runs the cmdlet, by the path as the caller gave it."""

    objects: tuple[CmdletObject, ...] = ()
    errors: tuple[ErrorRecord, ...] = ()
    warnings: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
