# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Classes and option definitions: what every server has from the start, and what it was given.

The built-in options are those of RFC 2132 and its successors that Windows defines for the empty vendor class. Their
names and types are L: from the DHCP console, not from a captured list.
"""

from __future__ import annotations

from lab.core.server import DhcpClass, OptionDefinition, OptionKey, Server

# option id: name, type, several values
_STANDARD: dict[int, tuple[str, str, bool]] = {
    1: ("Subnet Mask", "IPv4Address", False),
    2: ("Time Offset", "DWord", False),
    3: ("Router", "IPv4Address", True),
    4: ("Time Server", "IPv4Address", True),
    5: ("Name Servers", "IPv4Address", True),
    6: ("DNS Servers", "IPv4Address", True),
    7: ("Log Servers", "IPv4Address", True),
    8: ("Cookie Servers", "IPv4Address", True),
    9: ("LPR Servers", "IPv4Address", True),
    10: ("Impress Servers", "IPv4Address", True),
    11: ("Resource Location Servers", "IPv4Address", True),
    12: ("Host Name", "String", False),
    13: ("Boot File Size", "Word", False),
    14: ("Merit Dump File", "String", False),
    15: ("DNS Domain Name", "String", False),
    16: ("Swap Server", "IPv4Address", False),
    17: ("Root Path", "String", False),
    18: ("Extensions Path", "String", False),
    19: ("IP Layer Forwarding", "Byte", False),
    20: ("Nonlocal Source Routing", "Byte", False),
    21: ("Policy Filter Masks", "IPv4Address", True),
    22: ("Max DG Reassembly Size", "Word", False),
    23: ("Default IP Time-to-live", "Byte", False),
    24: ("Path MTU Aging Timeout", "DWord", False),
    25: ("Path MTU Plateau Table", "Word", True),
    26: ("MTU Option", "Word", False),
    27: ("All subnets are local", "Byte", False),
    28: ("Broadcast Address", "IPv4Address", False),
    29: ("Perform Mask Discovery", "Byte", False),
    30: ("Mask Supplier Option", "Byte", False),
    31: ("Perform Router Discovery", "Byte", False),
    32: ("Router Solicitation Address", "IPv4Address", False),
    33: ("Static Route Option", "IPv4Address", True),
    34: ("Trailer Encapsulation", "Byte", False),
    35: ("ARP Cache Timeout", "DWord", False),
    36: ("Ethernet Encapsulation", "Byte", False),
    37: ("TCP Default Time-to-live", "Byte", False),
    38: ("Keepalive Interval", "DWord", False),
    39: ("Keepalive Garbage", "Byte", False),
    40: ("NIS Domain Name", "String", False),
    41: ("NIS Servers", "IPv4Address", True),
    42: ("NTP Servers", "IPv4Address", True),
    43: ("Vendor Specific Info", "BinaryData", False),
    44: ("WINS/NBNS Servers", "IPv4Address", True),
    45: ("NetBIOS over TCP/IP NBDD", "IPv4Address", True),
    46: ("WINS/NBT Node Type", "Byte", False),
    47: ("NetBIOS Scope ID", "String", False),
    48: ("X Window System Font", "IPv4Address", True),
    49: ("X Window System Display", "IPv4Address", True),
    51: ("Lease", "DWord", False),
    58: ("Renewal (T1) Time Value", "DWord", False),
    59: ("Rebinding (T2) Time Value", "DWord", False),
    60: ("Class Identifier", "String", False),
    64: ("NIS+ Domain Name", "String", False),
    65: ("NIS+ Servers", "IPv4Address", True),
    66: ("Boot Server Host Name", "String", False),
    67: ("Bootfile Name", "String", False),
    68: ("Mobile IP Home Agents", "IPv4Address", True),
    69: ("Simple Mail Transport Protocol (SMTP) Servers", "IPv4Address", True),
    70: ("Post Office Protocol (POP3) Servers", "IPv4Address", True),
    71: ("Network News Transport Protocol (NNTP) Servers", "IPv4Address", True),
    72: ("World Wide Web (WWW) Servers", "IPv4Address", True),
    73: ("Finger Servers", "IPv4Address", True),
    74: ("Internet Relay Chat (IRC) Servers", "IPv4Address", True),
    75: ("StreetTalk Servers", "IPv4Address", True),
    76: ("StreetTalk Directory Assistance (STDA) Servers", "IPv4Address", True),
    81: ("DNS Dynamic Update", "DWord", False),
    121: ("Classless Static Routes", "BinaryData", False),
    249: ("Classless Static Routes", "BinaryData", False),
}
_BUILT_IN_CLASSES = (
    DhcpClass("Microsoft Windows 2000 Options", "Vendor", "MSFT 5.0", "Microsoft vendor-specific options"),
    DhcpClass("Microsoft Windows 98 Options", "Vendor", "MSFT 98", "Microsoft vendor-specific options"),
    DhcpClass("Microsoft Options", "Vendor", "MSFT", "Microsoft vendor-specific options"),
    DhcpClass("Default Routing and Remote Access Class", "User", "RRAS.Microsoft", "User class for remote access"),
    DhcpClass("Default BOOTP Class", "User", "BOOTP.Microsoft", "User class for BOOTP clients"),
)


def built_in_class(kind: str, name: str) -> bool:
    return any(one.type == kind and one.name.lower() == name.lower() for one in _BUILT_IN_CLASSES)


def classes_of(server: Server) -> tuple[DhcpClass, ...]:
    return (*_BUILT_IN_CLASSES, *server.classes.values())


def class_of(server: Server, kind: str, name: str) -> DhcpClass | None:
    """``kind``: Vendor or User."""
    found = (one for one in classes_of(server) if one.type == kind and one.name.lower() == name.lower())
    return next(found, None)


def hexadecimal(one: DhcpClass) -> str:
    """A class's data as the cmdlets and an export show it (M, the digits' case L)."""
    return "0x" + one.data.encode().hex()


def standard_definitions() -> dict[OptionKey, OptionDefinition]:
    return {OptionKey(number): OptionDefinition(*about) for number, about in _STANDARD.items()}


def definitions_of(server: Server) -> dict[OptionKey, OptionDefinition]:
    """All option definitions, the built-in ones first; one that was given replaces a built-in one."""
    return {**standard_definitions(), **server.option_definitions}


def definition_of(server: Server, key: OptionKey) -> OptionDefinition | None:
    """Of an option value: its definition does not depend on the user class."""
    wanted = OptionKey(key.option_id, key.vendor_class.lower())
    for defined, definition in definitions_of(server).items():
        if OptionKey(defined.option_id, defined.vendor_class.lower()) == wanted:
            return definition
    return None
