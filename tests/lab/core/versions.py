# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What differs from one Windows Server to the next.

C WIN32 (PS_DhcpServerv4* and DhcpServerv4*): what is "supported beginning with Windows Server 2012 R2". C PSDOC: 2016,
2019, 2022 and 2025 have the same cmdlets and parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from lab.core.api import CmdletObject
from lab.core.metadata import Cmdlet, cmdlets

Version = tuple[int, ...]

BUILDS = {
    "2012": "6.2.9200",
    "2012 R2": "6.3.9600",
    "2016": "10.0.14393",
    "2019": "10.0.17763",
    "2022": "10.0.20348",
    "2025": "10.0.26100",
}
WINDOWS_2012_R2 = (6, 3)
NEW_CMDLETS = frozenset({"Rename-DhcpServerv4Superscope"})
NEW_PARAMETERS: Mapping[str, frozenset[str]] = {
    "Add-DhcpServerv4Policy": frozenset({"Fqdn", "LeaseDuration"}),
    "Get-DhcpServerv4DnsSetting": frozenset({"PolicyName"}),
    "Set-DhcpServerv4DnsSetting": frozenset({"DisableDnsPtrRRUpdate", "DnsSuffix", "PolicyName"}),
    "Set-DhcpServerv4Failover": frozenset({"Mode"}),
    "Set-DhcpServerv4Policy": frozenset({"Fqdn", "LeaseDuration"}),
}
NEW_PROPERTIES: Mapping[str, frozenset[str]] = {
    "DhcpServerv4DnsSetting": frozenset({"DisableDnsPtrRRUpdate", "DnsSuffix"}),
    "DhcpServerv4Failover": frozenset(
        {"PrimaryServerIP", "PrimaryServerName", "SecondaryServerIP", "SecondaryServerName", "ServerType"}
    ),
    "DhcpServerv4Policy": frozenset({"Fqdn", "LeaseDuration"}),
}


def module(version: Version) -> Mapping[str, Cmdlet]:
    """The cmdlets of the module that comes with this Windows, by name."""
    return {one.name: one for one in cmdlets().values()} if _current(version) else dict(_first())


def _first() -> Iterator[tuple[str, Cmdlet]]:
    for name, cmdlet in cmdlets().items():
        if name not in NEW_CMDLETS:
            new = NEW_PARAMETERS.get(name, frozenset())
            known = {one: about for one, about in cmdlet.parameters.items() if one not in new}
            yield name, replace(cmdlet, parameters=known)


def shown(version: Version, objects: Iterable[CmdletObject]) -> Iterator[CmdletObject]:
    """What the module of this Windows shows of the objects."""
    for one in objects:
        new = frozenset() if _current(version) else NEW_PROPERTIES.get(one.type_name, frozenset())
        known = {name: value for name, value in one.properties.items() if name not in new}
        yield CmdletObject(one.type_name, known) if new else one


def _current(version: Version) -> bool:
    return version >= WINDOWS_2012_R2
