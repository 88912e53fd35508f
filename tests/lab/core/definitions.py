# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Option definitions, and the vendor and user classes."""

from __future__ import annotations

from collections.abc import Mapping

from lab.core.api import CmdletObject
from lab.core.call import Call
from lab.core.catalogue import built_in_class, class_of, classes_of, definitions_of, hexadecimal
from lab.core.server import DhcpClass, OptionDefinition, OptionKey


def definition_view(key: OptionKey, definition: OptionDefinition) -> CmdletObject:
    return CmdletObject(
        "DhcpServerv4OptionDefinition",
        {
            "Name": definition.name,
            "OptionId": key.option_id,
            "Type": definition.type,
            "VendorClass": key.vendor_class,
            "MultiValued": definition.multi_valued,
            "DefaultValue": definition.default,
            "Description": definition.description,
        },
    )


def get_definitions(call: Call) -> None:
    """C PSDOC: those of one vendor class (none given: the standard ones), or with -All of every class."""
    known = definitions_of(call.server)
    vendor = call.text("VendorClass").lower()
    chosen = {key: one for key, one in sorted(known.items()) if call.on("All") or key.vendor_class.lower() == vendor}
    for option_id in call.numbers("OptionId"):
        if not any(key.option_id == option_id for key in chosen):
            call.report(call.fail("DHCP 20010", "get option definition", option_id))
    wanted = call.numbers("OptionId")
    call.emit(definition_view(key, one) for key, one in chosen.items() if not wanted or key.option_id in wanted)


def add_definition(call: Call) -> None:
    """C SDK: 20009 it exists, 20044 its vendor class does not."""
    (option_id,) = call.numbers("OptionId")
    key = OptionKey(option_id, call.text("VendorClass"))
    if key.vendor_class and class_of(call.server, "Vendor", key.vendor_class) is None:
        raise call.fail("DHCP 20044", "add option definition", option_id)
    if _own_key(definitions_of(call.server), key):
        raise call.fail("DHCP 20009", "add option definition", option_id)
    definition = OptionDefinition(
        call.text("Name"),
        call.text("Type"),
        call.on("MultiValued"),
        call.texts("DefaultValue"),
        call.text("Description"),
    )
    call.server.option_definitions[key] = definition
    call.pass_thru(definition_view(key, definition))


def remove_definition(call: Call) -> None:
    """C SDK: 20010 for one that is not there. To take a standard one away is not simulated."""
    for option_id in call.numbers("OptionId"):
        wanted = OptionKey(option_id, call.text("VendorClass"))
        key = _own_key(call.server.option_definitions, wanted)
        if key is None:
            if _own_key(definitions_of(call.server), wanted):
                raise call.refused("LAB NotSimulated", "not_simulated", cmdlet=call.cmdlet)
            call.report(call.fail("DHCP 20010", "delete option definition", option_id))
        else:
            call.pass_thru(definition_view(key, call.server.option_definitions.pop(key)))


def _own_key(known: Mapping[OptionKey, OptionDefinition], wanted: OptionKey) -> OptionKey | None:
    vendor = wanted.vendor_class.lower()
    return next((key for key in known if (key.option_id, key.vendor_class.lower()) == (wanted.option_id, vendor)), None)


def class_view(one: DhcpClass) -> CmdletObject:
    return CmdletObject(
        "DhcpServerv4Class",
        {
            "Name": one.name,
            "Type": one.type,
            "Data": hexadecimal(one),
            "AsciiData": one.data,
            "Description": one.description,
        },
    )


def get_classes(call: Call) -> None:
    """C SDK: 20044 for one that is not there."""
    kind, names = call.text("Type"), call.texts("Name")
    chosen = [one for one in classes_of(call.server) if kind in ("", one.type)]
    lowered = [name.lower() for name in names]
    for name in names:
        if name.lower() not in (one.name.lower() for one in chosen):
            call.report(call.fail("DHCP 20044", "get class", name))
    call.emit(class_view(one) for one in chosen if not names or one.name.lower() in lowered)


def add_class(call: Call) -> None:
    """C SDK 20045: the name or the data is in use."""
    one = DhcpClass(call.text("Name"), call.text("Type"), call.text("Data"), call.text("Description"))
    for other in classes_of(call.server):
        if other.name.lower() == one.name.lower() or (other.type == one.type and other.data == one.data):
            raise call.fail("DHCP 20045", "add class", one.name)
    call.server.classes[one.name] = one
    call.pass_thru(class_view(one))


def remove_class(call: Call) -> None:
    """C SDK: 20089 for a built-in one, 20044 for one that is not there."""
    for name in call.texts("Name"):
        found = class_of(call.server, call.text("Type"), name)
        if found is None:
            call.report(call.fail("DHCP 20044", "delete class", name))
        elif built_in_class(call.server, found.type, found.name):
            call.report(call.fail("DHCP 20089", "delete class", name))
        else:
            call.pass_thru(class_view(call.server.classes.pop(found.name)))
