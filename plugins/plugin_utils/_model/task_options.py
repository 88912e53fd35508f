# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of a task -> DeclaredSettings. What can be refused without looking at a server is refused here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import durations
from .identity import computer_name
from .refusal import Refused
from .relationship import NAME_LIMIT
from .relationship_settings import CARRIED, DECLARED, DeclaredSettings, Setting, SettingKind
from .scope import scope_ids
from .texts import sentences

# options of a relationship that a host fact may carry from one task to the next: everything but the secret
PLAIN_OPTIONS = ("partner_server", *(setting.option for setting in CARRIED))

UPDATE_SECRET = ("on_create", "always", "on_change")
RECREATE = ("never", "when_needed")
OTHER_COPY = ("delete", "disable")
# what goes to a server or is counted with: the least and the most of it
BOUNDS: Mapping[str, tuple[int, int, str]] = {
    "wait_timeout": (0, 2_147_483, "seconds to wait"),
    "max_removals_percent": (0, 100, "percents"),
    "safety_copy_days": (0, 36_500, "days (0 keeps every safety copy)"),
}


def check_bounds(options: Mapping[str, Any]) -> None:
    """Raises Refused for a number that nothing can be done with."""
    wrong = [
        f"{option}: is {options[option]}, and {what} go from {least} to {most}."
        for option, (least, most, what) in BOUNDS.items()
        if options.get(option) is not None and not least <= options[option] <= most
    ]
    if wrong:
        raise Refused(sentences(wrong))


def parse(name: str, options: Mapping[str, Any], option: str = "name") -> DeclaredSettings:
    """A relationship's options, checked against each other. `option`: what the task calls the name. Raises Refused."""
    _check_name(name, option)
    options = _without_secret(options)
    wanted = DeclaredSettings(
        name=name,
        partner_server=partner_server(options),
        update_secret=options.get("update_secret") or "on_create",
        scopes=scope_ids(options.get("scopes") or ()),
        **{setting.option: _value(setting, options.get(setting.option)) for setting in DECLARED},
    )
    _check_mode(wanted)
    _check_transition(wanted)
    _check_secret(wanted)
    return wanted


def _without_secret(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """An empty secret says what enable_auth: false says, and is refused where that is not said."""
    empty = options.get("shared_secret") == "" and options.get("enable_auth") is False
    return {**options, "shared_secret": None} if empty else options


def _check_name(name: str, option: str) -> None:
    if not name.strip():
        raise Refused(f"{option}: must not be empty.")
    try:
        length = len(name.encode("utf-16-le")) // 2  # as Windows counts
    except UnicodeEncodeError:
        raise Refused(f"{option}: has half a character, which is none; correct it.") from None
    if length > NAME_LIMIT:
        raise Refused(f"{option}: has {length} characters, and {NAME_LIMIT} is the most that Windows takes.")


def _check_mode(wanted: DeclaredSettings) -> None:
    given = [setting for setting in DECLARED if setting.mode and getattr(wanted, setting.option) is not None]
    for setting in given:
        if wanted.mode and not setting.belongs_to(wanted.mode):
            raise Refused(
                f"{setting.option}: belongs to mode {setting.mode}, and mode is {wanted.mode}; leave it out or change "
                "mode."
            )
    other = next((setting.mode for setting in given if setting.mode != given[0].mode), None)
    if other:
        options = " and ".join(setting.option for setting in DECLARED if setting.mode == other)
        raise Refused(f"{given[0].option}: belongs to mode {given[0].mode}, {options} to {other}; give one kind.")


def _check_transition(wanted: DeclaredSettings) -> None:
    if wanted.auto_state_transition is False and wanted.state_switch_interval:
        raise Refused(
            "state_switch_interval: an interval together with auto_state_transition: false; leave one of them out."
        )
    if wanted.auto_state_transition is True and wanted.state_switch_interval == 0:
        raise Refused(
            "state_switch_interval: 0 means off, together with auto_state_transition: true; leave one of them out."
        )


def _check_secret(wanted: DeclaredSettings) -> None:
    if wanted.shared_secret is not None and not wanted.shared_secret:
        raise Refused(
            "shared_secret: is empty (does the vault or the variable have it?), which Windows takes as authentication "
            "off; use enable_auth: false to switch it off."
        )
    if wanted.shared_secret and wanted.enable_auth is False:
        raise Refused("shared_secret: given together with enable_auth: false; leave one of them out.")
    if wanted.update_secret != "on_create" and not wanted.shared_secret and wanted.enable_auth is not False:
        raise Refused(f"shared_secret: needed with update_secret: {wanted.update_secret}.")


def partner_server(options: Mapping[str, Any]) -> str | None:
    """Checked also where it has no meaning: what is no name goes nowhere. Raises Refused."""
    value = options.get("partner_server")
    if value is None:
        return None
    if not value.strip():
        raise Refused("partner_server: must not be empty.")
    return computer_name(value.strip(), "partner_server")


def _value(setting: Setting, value: Any) -> Any:
    if value is None:
        return None
    if setting.kind is SettingKind.PERCENT:
        return _percent(setting.option, value)
    return _duration(setting, value) if _is_duration(setting) else value


def _percent(option: str, value: int) -> int:
    if not 0 <= value <= 100:
        raise Refused(f"{option}: is {value}, and percents go from 0 to 100.")
    return value


def _duration(setting: Setting, value: object) -> int:
    try:
        seconds = durations.parse(value)
    except ValueError as error:
        raise Refused(f"{setting.option}: {error}.") from None
    if seconds == 0 and not setting.switch:
        standard = durations.timespan(setting.default)
        raise Refused(f"{setting.option}: cannot be 0; Windows' default is {standard}.")
    return seconds


def warnings(options: Mapping[str, Any]) -> list[str]:
    """What may be meant otherwise in a relationship's options, which are taken all the same."""
    given = [(setting.option, options.get(setting.option)) for setting in DECLARED if _is_duration(setting)]
    doubts = [f"{option}: {doubt}" for option, value in given if (doubt := durations.doubt(value))]
    for scope in options.get("create_scopes") or ():  # a lease of hours is what people mean by 8:00
        if doubt := durations.doubt(scope.get("lease_duration"), durations.OF_A_DAY):
            doubts.append(f"create_scopes: {scope.get('scope_id')}: lease_duration {doubt}")
    for entry in options.get("relationships") or ():
        if isinstance(entry, Mapping):
            doubts += (f"'{entry.get('name')}': {doubt}" for doubt in warnings(entry))
    return doubts + (warnings(options["create_relationship"]) if options.get("create_relationship") else [])


def _is_duration(setting: Setting) -> bool:
    return setting.kind is SettingKind.DURATION
