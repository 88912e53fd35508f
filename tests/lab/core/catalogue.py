# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Classes and option definitions: what every server has from the start, and what it was given.

The built-in options are those of RFC 2132 and its successors that Windows defines for the empty vendor class, with the
names and types of M NETSH; 60, 81 and 249, which it has otherwise or not at all, are told in the lab's own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

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


# C DHCPM 3.1.1.8: gone with Network Access Protection itself (M EXPORTS: 2016 has the other five)
_QUARANTINE = DhcpClass(
    "Default Network Access Protection Class",
    "User",
    "MSFT Quarantine",
    "Default special user class for Restricted Access clients",
)
# C DHCPM 3.1.1.8: the names depend on the build. The words are our translations: what matters is that they differ
_NAMES: dict[str, dict[str, str]] = {
    "de": {
        "MSFT 5.0": "Microsoft Windows 2000-Optionen",
        "MSFT 98": "Microsoft Windows 98-Optionen",
        "MSFT": "Microsoft-Optionen",
        "RRAS.Microsoft": "Standardklasse für Routing und RAS",
        "BOOTP.Microsoft": "BOOTP-Standardklasse",
        "MSFT Quarantine": "Standardklasse für Netzwerkzugriffsschutz",
    },
    "fr": {
        "MSFT 5.0": "Options Microsoft Windows 2000",
        "MSFT 98": "Options Microsoft Windows 98",
        "MSFT": "Options Microsoft",
        "RRAS.Microsoft": "Classe Routage et accès distant par défaut",
        "BOOTP.Microsoft": "Classe BOOTP par défaut",
        "MSFT Quarantine": "Classe Protection d'accès réseau par défaut",
    },
}
# our translations as well, of some
_OPTION_NAMES: dict[str, dict[int, str]] = {
    "de": {
        1: "Subnetzmaske",
        6: "DNS-Server",
        15: "DNS-Domänenname",
        31: "Routersuche durchführen",
        33: "Statische Route",
        43: "Herstellerspezifische Informationen",
        47: "NetBIOS-Bereichs-ID",
        51: "Leasedauer",
        58: "Erneuerungszeitraum (T1)",
        59: "Neueinbindungszeitraum (T2)",
        66: "Hostname des Startservers",
        67: "Name der Startdatei",
        249: "Klassenlose statische Routen",
    },
}


def built_in_classes(server: Server) -> tuple[DhcpClass, ...]:
    """By their names in the server's language."""
    names = _NAMES.get(server.language, {})
    several = _BUILT_IN_CLASSES if server.version() >= (10, 0) else (*_BUILT_IN_CLASSES, _QUARANTINE)
    return tuple(replace(one, name=names.get(one.data, one.name)) for one in several)


def built_in_class(server: Server, kind: str, name: str) -> bool:
    return any(one.type == kind and one.name.lower() == name.lower() for one in built_in_classes(server))


def classes_of(server: Server) -> tuple[DhcpClass, ...]:
    return (*built_in_classes(server), *server.classes.values())


def named_there(name: str, there: Server) -> str:
    """What another server calls a built-in class that has this name in some language; the name itself for any other."""
    known = [{one.data: one.name for one in (*_BUILT_IN_CLASSES, _QUARANTINE)}, *_NAMES.values()]
    data = next((key for names in known for key, one in names.items() if one.lower() == name.lower()), None)
    return next((one.name for one in built_in_classes(there) if one.data == data), name)


def class_of(server: Server, kind: str, name: str) -> DhcpClass | None:
    """``kind``: Vendor or User."""
    found = (one for one in classes_of(server) if one.type == kind and one.name.lower() == name.lower())
    return next(found, None)


def hexadecimal(one: DhcpClass) -> str:
    """A class's data as the cmdlets and an export show it (M EXPORTS: digits in lower case)."""
    return "0x" + one.data.encode().hex()


@lru_cache
def standard_definitions(language: str = "en") -> Mapping[OptionKey, OptionDefinition]:
    names = _OPTION_NAMES.get(language, {})
    return {
        OptionKey(number): OptionDefinition(names.get(number, name), kind, several)
        for number, (name, kind, several) in _STANDARD.items()
    }


def definitions_of(server: Server) -> dict[OptionKey, OptionDefinition]:
    """All option definitions, the built-in ones first; one that was given replaces a built-in one."""
    return {**standard_definitions(server.language), **server.option_definitions}


def definition_of(server: Server, key: OptionKey) -> OptionDefinition | None:
    """Of an option value: its definition does not depend on the user class."""
    wanted = OptionKey(key.option_id, key.vendor_class.lower())
    for defined, definition in definitions_of(server).items():
        if OptionKey(defined.option_id, defined.vendor_class.lower()) == wanted:
            return definition
    return None
