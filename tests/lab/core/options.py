# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Option values: of the server, a scope, a reservation, or a policy of the server or of a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import AddressValueError, IPv4Address

from lab.core.api import CmdletObject
from lab.core.call import Call
from lab.core.catalogue import class_of, definition_of
from lab.core.metadata import MAX_TIMESPAN
from lab.core.reservations import find as find_reservation
from lab.core.server import DnsSetting, OptionKey, OptionValues, Policy, Scope

# C PSDOC: the parameters of the set CommonOptions -> option id.
_COMMON = {"Router": 3, "DnsServer": 6, "DnsDomain": 15, "WinsServer": 44, "Wpad": 252}
LEASE_OPTION, DNS_OPTION = 51, 81
UNLIMITED_LEASE = "4294967295"
_NUMBERS = {"Byte": 0xFF, "Word": 0xFFFF, "DWord": 0xFFFFFFFF, "DWordDWord": 0xFFFFFFFFFFFFFFFF}


@dataclass(frozen=True)
class _Level:
    """Where option values hang. ``shown``: those and the ones that the server derives."""

    values: OptionValues
    shown: OptionValues
    policy_name: str = ""


def get(call: Call) -> None:
    """By id, or all. M WEAVE: one that is not set is 20010. C PSDOC: without -All only the class asked for (none:
    the standard options), with it all, those of policies too."""
    vendor, user = call.text("VendorClass").lower(), call.text("UserClass").lower()
    chosen = [
        (level, key, value)
        for level in _levels(call)
        for key, value in sorted(level.shown.items())
        if call.on("All") or (key.vendor_class.lower(), key.user_class.lower()) == (vendor, user)
    ]
    if not call.has("OptionId"):
        call.emit(_view(call, key, value, level) for level, key, value in chosen)
        return
    for option_id in call.numbers("OptionId"):
        found = [(level, key, value) for level, key, value in chosen if key.option_id == option_id]
        if not found:
            call.report(call.refused("DHCP 20010", "get_option", option=option_id))
        call.emit(_view(call, key, value, level) for level, key, value in found)


def set_(call: Call) -> None:
    """C PSDOC: one option by id, or the common ones by name. I PSDOC: null or empty
    removes a common one."""
    level = _level(call)
    for key, values in _asked(call).items():
        if not values:
            answer = call.world.switches.null_common_option
            if answer != "removes":
                raise call.fail(answer, "set option value of", key.option_id)
            level.values.pop(key, None)
            continue
        check_value(call, key, values)
        _check_dns_servers(call, key, values)
        if key.user_class and call.world.switches.user_class_options_show == "as_policy":
            level, key = _in_policy(call, level, key)
        level.values[key] = values
        call.pass_thru(_view(call, key, values, level))


def _check_dns_servers(call: Call, key: OptionKey, values: tuple[str, ...]) -> None:
    """C PSDOC: DNS servers are validated, unless -Force says not to; M (DhcpServerDsc 56): also by the option's id. In
    the lab the servers themselves are DNS servers, and nobody else is; the error is a switch."""
    known = {str(address) for server in call.world.servers.values() for address in server.addresses()}
    if key.option_id == _COMMON["DnsServer"] and not call.on("Force") and not known.issuperset(values):
        raise call.fail(call.world.switches.silent_dns_server_error, "set option value of", key.option_id)


def _in_policy(call: Call, level: _Level, key: OptionKey) -> tuple[_Level, OptionKey]:
    """The policy that Windows makes of a user class (C PSDOC), by the name of the class; a reservation has none (C
    STUB: no parameter names one)."""
    if call.has("ReservedIP") or level.policy_name:
        return level, key
    scope_id = call.address("ScopeId")
    policies = call.server.policies if scope_id is None else call.scope(scope_id).policies
    made = Policy(key.user_class, criteria={"UserClass": ("EQ", key.user_class)}, processing_order=len(policies) + 1)
    policy = policies.setdefault(key.user_class, made)
    return _Level(policy.options, policy.options, policy.name), key._replace(user_class="")


def remove(call: Call) -> None:
    """L WEAVE: one that is not set is 20010, as for Get."""
    level = _level(call)
    for option_id in call.numbers("OptionId"):
        wanted = OptionKey(option_id, call.text("VendorClass").lower(), call.text("UserClass").lower())
        key = next((one for one in level.values if _folded(one) == wanted), None)
        if key is None:
            if call.world.switches.unset_option_removed != "nothing":
                call.report(call.refused("DHCP 20010", "get_option", option=option_id))
        else:
            call.pass_thru(_view(call, key, level.values.pop(key), level))


def _folded(key: OptionKey) -> OptionKey:
    return OptionKey(key.option_id, key.vendor_class.lower(), key.user_class.lower())


def _asked(call: Call) -> dict[OptionKey, tuple[str, ...]]:
    user = call.text("UserClass")
    if call.has("OptionId"):
        (option_id,) = call.numbers("OptionId")
        return {OptionKey(option_id, call.text("VendorClass"), user): call.texts("Value")}
    return {OptionKey(number, "", user): call.texts(name) for name, number in _COMMON.items() if call.has(name)}


def check_value(call: Call, key: OptionKey, values: tuple[str, ...]) -> None:
    """C SDK: 20010 without a definition, 20044 without the class. L SDK: a value that the type cannot hold."""
    for kind, name in (("Vendor", key.vendor_class), ("User", key.user_class)):
        if name and class_of(call.server, kind, name) is None:
            raise call.fail("DHCP 20044", "set option value of", key.option_id)
    definition = definition_of(call.server, key)
    if definition is None:
        raise call.fail("DHCP 20010", "set option value of", key.option_id)
    several = definition.multi_valued or definition.type in ("BinaryData", "EncapsulatedData")
    if (len(values) > 1 and not several) or not all(_fits(definition.type, value) for value in values):
        raise call.fail(call.world.switches.wrong_type_error, "set option value of", key.option_id)


def _fits(kind: str, value: str) -> bool:
    try:
        if kind == "IPv4Address":
            IPv4Address(value)
        elif kind in _NUMBERS:
            return 0 <= int(value, 0) <= _NUMBERS[kind]
    except (AddressValueError, ValueError):
        return False
    return True


def _level(call: Call) -> _Level:
    """Raises Refused: 20005 for the scope, 20018 for the reservation, 20111 for the policy."""
    reserved, scope_id, policy_name = call.address("ReservedIP"), call.address("ScopeId"), call.text("PolicyName")
    if reserved is not None:
        _scope, reservation = find_reservation(call, reserved)
        return _Level(reservation.options, reservation.options)
    scope = call.scope(scope_id) if scope_id is not None else None
    if policy_name:
        policy = find_policy(call, scope, policy_name)
        return _Level(policy.options, policy.options, policy.name)
    if scope is not None:
        return _Level(scope.options, scope_options(scope))
    return _Level(call.server.option_values, call.server.option_values)


def _levels(call: Call) -> list[_Level]:
    """Where the options are that a Get shows."""
    level = _level(call)
    if not call.on("All") or call.has("ReservedIP") or level.policy_name:
        return [level]
    scope_id = call.address("ScopeId")
    policies = call.server.policies if scope_id is None else call.scope(scope_id).policies
    return [level, *(_Level(one.options, one.options, one.name) for one in policies.values())]


def find_policy(call: Call, scope: Scope | None, name: str) -> Policy:
    """Of a scope, or (None) of the server. Raises Refused with 20111 (C SDK)."""
    policies = call.server.policies if scope is None else scope.policies
    found = next((policy for key, policy in policies.items() if key.lower() == name.lower()), None)
    if found is None:
        raise call.fail("DHCP 20111", "get policy", name)
    return found


def lease_option(duration: timedelta) -> str:
    """Option 51, a DWord: all ones are an unlimited lease (C RFC 2132 9.2), which is TimeSpan.MaxValue elsewhere
    (M 15)."""
    return UNLIMITED_LEASE if duration == MAX_TIMESPAN else str(int(duration.total_seconds()))


def lease_duration(option: str) -> timedelta:
    """The reverse."""
    return MAX_TIMESPAN if option == UNLIMITED_LEASE else timedelta(seconds=int(option))


def scope_options(scope: Scope) -> OptionValues:
    """Those that were set, and the ones that a scope always has: 51, its lease time, and 81 once DNS was set (C
    6.1)."""
    derived: OptionValues = {OptionKey(LEASE_OPTION): (lease_option(scope.lease_duration),)}
    if scope.dns is not None:
        derived[OptionKey(DNS_OPTION)] = (str(dns_flags(scope.dns)),)
    return {**derived, **scope.options}


def dns_flags(setting: DnsSetting) -> int:
    """C DHCPM: the DNS_FLAG bits of option 81."""
    flags = {
        0x01: setting.dynamic_updates != "Never",
        0x02: setting.update_older_clients,
        0x04: setting.delete_on_lease_expiry,
        0x10: setting.dynamic_updates == "Always",
        0x20: setting.name_protection,
        0x40: setting.disable_ptr_update,
    }
    return sum(bit for bit, given in flags.items() if given)


def dns_setting(flags: int) -> DnsSetting:
    """The reverse of ``dns_flags``."""
    return DnsSetting(
        dynamic_updates="Never" if not flags & 0x01 else "Always" if flags & 0x10 else "OnClientRequest",
        update_older_clients=bool(flags & 0x02),
        delete_on_lease_expiry=bool(flags & 0x04),
        name_protection=bool(flags & 0x20),
        disable_ptr_update=bool(flags & 0x40),
    )


def _view(call: Call, key: OptionKey, values: tuple[str, ...], level: _Level) -> CmdletObject:
    """C PSDOC: -Brief leaves the name out."""
    definition = definition_of(call.server, key)
    kind = definition.type if definition else ""
    return CmdletObject(
        "DhcpServerv4OptionValue",
        {
            "OptionId": key.option_id,
            "Name": definition.name if definition and not call.on("Brief") else "",
            "Type": kind,
            "Value": tuple(_shown(call, kind, value) for value in values),
            "VendorClass": key.vendor_class,
            "UserClass": key.user_class,
            "PolicyName": level.policy_name,
        },
    )


def _shown(call: Call, kind: str, value: str) -> str:
    how = call.world.switches.option_numbers_show
    if kind not in _NUMBERS or how == "as_set":
        return value
    return str(int(value, 0)) if how == "decimal" else hex(int(value, 0))
