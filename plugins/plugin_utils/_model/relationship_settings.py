# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The settings of a relationship, in one table: each field of Settings and of DeclaredSettings that is annotated with a
Setting is a row of it. Options, checks, calls, replies, diffs, results and the data of a site are made from the rows.
Pure.

A new setting is a row, and its option in the documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal, get_type_hints

from . import durations
from .secret import Secret

Mode = Literal["load_balance", "hot_standby"]
Role = Literal["active", "standby"]


class SettingKind(Enum):
    """What values a setting has. Whoever reads an option, writes a parameter or reads a property does it by kind."""

    CHOICE = "a word of ours for each of Windows'"
    PERCENT = "0 to 100"
    DURATION = "seconds; 0 is off where Windows has a switch beside it, and no value elsewhere"
    AUTHENTICATION = "on with a secret, off without"
    FLAG = "true or false"
    SECRET = "a text that nothing shows"


class OnPartner(Enum):
    """What the other server of the relationship has."""

    SAME = "the same value"
    SHARE = "what lacks to 100"
    ROLE = "the other of the two values"


_ARGUMENT_TYPES: Mapping[SettingKind, str] = {
    SettingKind.PERCENT: "int",
    SettingKind.AUTHENTICATION: "bool",
    SettingKind.FLAG: "bool",
}


@dataclass(frozen=True)
class Setting:
    """One row. `option`, its name in tasks, results, diffs and the site's data, is the name of its field.

    `windows`: its property on Windows, and its parameter unless `parameter` says otherwise; `choices`: each value ->
    Windows' word. `switch`: the property and parameter that turns a duration off, `when_on` the duration where Windows
    tells that it is on and no more. `mode`: the one to which it belongs. `default`: what Windows takes at creation.
    `at_creation`, `in_place`: whether the cmdlets that create and that modify have the parameter. `on_partner`: what
    the other server has. `words`: a value as a plan says it.
    """

    kind: SettingKind
    windows: str = ""
    option: str = ""
    parameter: str = ""
    choices: Mapping[Any, str] = field(default_factory=dict)
    switch: str = ""
    when_on: int = 0
    mode: Mode | None = None
    default: Any = None
    at_creation: bool = True
    in_place: bool = True
    on_partner: OnPartner = OnPartner.SAME
    words: Callable[[Any], str] = str

    @property
    def argument(self) -> dict[str, Any]:
        """The option in an argument spec."""
        spec: dict[str, Any] = {"type": _ARGUMENT_TYPES.get(self.kind, "str")}
        if self.choices:
            spec["choices"] = list(self.choices)
        return {**spec, "no_log": True} if self.kind is SettingKind.SECRET else spec

    @property
    def properties(self) -> tuple[str, ...]:
        """Of Windows' object."""
        return tuple(name for name in (self.windows, self.switch) if name)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Of Windows' cmdlets."""
        return tuple(name for name in (self.parameter or self.windows, self.switch) if name)

    def as_parameters(self, value: Any, secret: str | None) -> Mapping[str, Any]:
        """What gives it this value in a call. A duration and its switch are one stored value; no secret is
        authentication off."""
        name = self.parameter or self.windows
        match self.kind:
            case SettingKind.CHOICE:
                return {name: self.choices[value]}
            case SettingKind.DURATION if self.switch and not value:
                return {self.switch: False}
            case SettingKind.DURATION:
                return {**({self.switch: True} if self.switch else {}), name: durations.timespan(value)}
            case SettingKind.AUTHENTICATION if not value:
                return {name: None}
            case SettingKind.AUTHENTICATION | SettingKind.SECRET:
                return {name: Secret(secret) if secret else None}
        return {name: value}

    def belongs_to(self, mode: str | None) -> bool:
        """Whether a relationship in this mode has it."""
        return self.mode in (None, mode)

    def shown(self, value: Any) -> str:
        """A value in a sentence about a change."""
        if self.kind is not SettingKind.DURATION:
            return str(value)
        return durations.timespan(value) if value or not self.switch else "off"

    def as_data(self, value: Any) -> Any:
        """A value as a site's data has it: a duration in full, so that nobody takes it for another one."""
        return durations.timespan(value) if self.kind is SettingKind.DURATION and value is not None else value

    def mirrored(self, value: Any) -> Any:
        """What the other server has where one has `value`."""
        if value is None or self.on_partner is OnPartner.SAME:
            return value
        return (
            100 - value
            if self.on_partner is OnPartner.SHARE
            else next(other for other in self.choices if other != value)
        )


_MODES = {"load_balance": "LoadBalance", "hot_standby": "HotStandby"}
MODE_WORDS = {"load_balance": "load balance", "hot_standby": "hot standby"}
_ROLES = {"active": "Active", "standby": "Standby"}


def _lead_time(seconds: int) -> str:
    return f"MCLT {durations.timespan(seconds)}"


def _switchover(seconds: int) -> str:
    return f"switchover after {durations.timespan(seconds)}" if seconds else "no automatic switchover"


def _authentication(on: bool) -> str:
    return f"authentication {'on' if on else 'off'}"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a server shows of a relationship's settings. None: a setting of the other mode, or an omitted option."""

    mode: Annotated[
        Mode | None,
        Setting(SettingKind.CHOICE, "Mode", choices=_MODES, at_creation=False, words=MODE_WORDS.__getitem__),
    ] = None
    load_balance_percent: Annotated[
        int | None,
        Setting(
            SettingKind.PERCENT,
            "LoadBalancePercent",
            mode="load_balance",
            default=50,
            on_partner=OnPartner.SHARE,
            words="{} % here".format,
        ),
    ] = None
    server_role: Annotated[
        Role | None,
        Setting(
            SettingKind.CHOICE,
            "ServerRole",
            choices=_ROLES,
            mode="hot_standby",
            default="active",
            in_place=False,
            on_partner=OnPartner.ROLE,
            words="{} here".format,
        ),
    ] = None
    reserve_percent: Annotated[
        int | None,
        Setting(SettingKind.PERCENT, "ReservePercent", mode="hot_standby", default=5, words="{} % reserved".format),
    ] = None
    max_client_lead_time: Annotated[
        int | None,
        Setting(SettingKind.DURATION, "MaxClientLeadTime", default=3600, words=_lead_time),
    ] = None
    state_switch_interval: Annotated[
        int | None,
        Setting(
            SettingKind.DURATION,
            "StateSwitchInterval",
            switch="AutoStateTransition",
            when_on=3600,
            default=0,
            words=_switchover,
        ),
    ] = None
    enable_auth: Annotated[
        bool | None,
        Setting(
            SettingKind.AUTHENTICATION, "EnableAuth", parameter="SharedSecret", default=False, words=_authentication
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class DeclaredSettings(Settings):
    """A relationship as a playbook declares it. None is an omitted option: left as it is, or Windows' default at
    creation."""

    name: str = field(kw_only=False)
    partner_server: str | None = field(default=None, kw_only=False)
    auto_state_transition: Annotated[bool | None, Setting(SettingKind.FLAG)] = (
        None  # whether the interval is more than 0
    )
    shared_secret: Annotated[str | None, Setting(SettingKind.SECRET, parameter="SharedSecret")] = None
    update_secret: Literal["on_create", "always", "on_change"] = "on_create"
    scopes: tuple[IPv4Address, ...] = ()

    def __repr__(self) -> str:  # never the secret, wherever they are printed
        return f"DeclaredSettings({self.name!r})"


def _row(option: str, annotation: Any) -> Iterator[Setting]:
    for setting in getattr(annotation, "__metadata__", ()):
        yield replace(setting, option=option)


# what a declaration has, and of that what a server shows as well
DECLARED = tuple(
    setting
    for option, annotation in get_type_hints(DeclaredSettings, include_extras=True).items()
    for setting in _row(option, annotation)
)
SETTINGS = tuple(setting for setting in DECLARED if setting.option in {column.name for column in fields(Settings)})
SETTING: Mapping[str, Setting] = {setting.option: setting for setting in DECLARED}
# which a host fact may carry from one task to the next
CARRIED = tuple(setting for setting in DECLARED if setting.kind is not SettingKind.SECRET)
# the site's data belongs to neither server: the role is said by who is the primary
SITE = (*(setting for setting in SETTINGS if setting.on_partner is not OnPartner.ROLE), SETTING["shared_secret"])
# what every task and every answer is full of: the options, their values and Windows' words for both
WORDS = frozenset(
    word
    for setting in DECLARED
    for word in (setting.option, *setting.properties, *setting.choices, *setting.choices.values())
)
