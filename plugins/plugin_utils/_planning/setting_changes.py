# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The settings of a relationship: what a declaration gives at creation, what differs, what Windows cannot change.
Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from .._model.failover_states import NORMAL
from .._model.refusal import Refused
from .._model.relationship import Relationship
from .._model.relationship_settings import SETTING, SETTINGS, DeclaredSettings, Mode, OnPartner, Setting, SettingKind
from .._model.texts import variable
from .._windows.secret_record import SecretRecord

Changes = Mapping[str, Any]  # option -> new value


def mode_at_creation(declared: DeclaredSettings) -> Mode:
    """As Windows chooses it when none is given: by the options of hot standby."""
    standby = (getattr(declared, setting.option) for setting in SETTINGS if setting.mode == "hot_standby")
    return declared.mode or ("hot_standby" if any(value is not None for value in standby) else "load_balance")


def complete(declared: DeclaredSettings) -> DeclaredSettings:
    """The declaration with Windows' defaults for what was left out, so that the plan can show every value."""
    whole = replace(declared, mode=mode_at_creation(declared))
    return replace(whole, **{setting.option: _at_creation(setting, whole) for setting in SETTINGS})


def _at_creation(setting: Setting, declared: DeclaredSettings) -> Any:
    value = getattr(declared, setting.option)
    if not setting.belongs_to(declared.mode):
        return None
    if value is not None:
        return value
    if setting.kind is SettingKind.AUTHENTICATION:
        return bool(declared.shared_secret)
    return setting.when_on if setting.switch and declared.auto_state_transition else setting.default


def would_be(declared: DeclaredSettings, scopes: Collection[IPv4Address]) -> Relationship:
    """The relationship that creating what is declared with these scopes gives, as far as it can be known
    beforehand."""
    whole = complete(declared)
    return Relationship(
        name=whole.name,
        partner_server=whole.partner_server or "",
        state=NORMAL,
        scopes=tuple(sorted(scopes)),
        **{setting.option: getattr(whole, setting.option) for setting in SETTINGS},
    )


def described(declared: DeclaredSettings) -> str:
    """A complete declaration in words."""
    return ", ".join(
        setting.words(getattr(declared, setting.option)) for setting in SETTINGS if setting.belongs_to(declared.mode)
    )


# --- what is there already -------------------------------------------------------------------------------------------


def check_mode_options(declared: DeclaredSettings, current: Relationship) -> None:
    """Raises Refused for options of the mode that the relationship neither has nor gets."""
    mode = declared.mode or current.mode
    for setting in SETTINGS:
        if not setting.belongs_to(mode) and getattr(declared, setting.option) is not None:
            raise Refused(
                f"{setting.option}: belongs to mode {setting.mode}, and '{current.name}' is in mode {mode}; leave it "
                "out or give mode."
            )


def other_role(declared: DeclaredSettings, current: Relationship, server: str) -> str | None:
    """Why Windows cannot make the relationship what is declared: it modifies no role."""
    stays = (declared.mode or current.mode) == current.mode
    if not stays or not current.server_role or declared.server_role in (None, current.server_role):
        return None
    return f"server_role: {server} is {current.server_role} in '{current.name}', not {declared.server_role}."


def changes(declared: DeclaredSettings, current: Relationship, secrets: SecretRecord) -> Changes:
    """Option -> new value, for what differs and nothing else. Raises Refused."""
    differs: dict[str, Any] = {}
    mode = declared.mode or current.mode
    if mode != current.mode:
        # both modes keep their percent in one byte, so the new mode's percent always goes along
        differs["mode"] = mode
        anew = complete(replace(declared, mode=mode))
        differs |= {option: getattr(anew, option) for option in _set_in(mode)}
    for setting in SETTINGS:
        value = _wanted(setting, declared, current) if setting.in_place else None
        if value is not None and value != getattr(current, setting.option):
            differs[setting.option] = value
    if _sends(declared, current, secrets):
        differs["shared_secret"] = differs["enable_auth"] = True
        if current.enable_auth:
            del differs["enable_auth"]
    if differs.get("enable_auth") and not declared.shared_secret:
        raise Refused(
            f"shared_secret: needed, since authentication of '{current.name}' is off and is to be turned on "
            f"({variable('shared_secret')})."
        )
    return differs


def _fits(setting: Setting, mine: Relationship, theirs: Relationship) -> bool:
    """Whether a setting goes with the partner's. Which share a partner shows is likely and not known: 100 minus that of
    this server, or the same."""
    here, there = getattr(mine, setting.option), getattr(theirs, setting.option)
    return there == setting.mirrored(here) or (setting.on_partner is OnPartner.SHARE and there == here)


def apart(mine: Relationship, theirs: Relationship) -> Sequence[Setting]:
    """The settings that do not go with the partner's. What belongs to a mode is compared in that mode only."""
    both = (setting for setting in SETTINGS if not setting.mode or mine.mode == theirs.mode)
    return [setting for setting in both if not _fits(setting, mine, theirs)]


def not_at_partner(declared: DeclaredSettings, mine: Relationship, theirs: Relationship, changed: Changes) -> Changes:
    """What is declared, and so on this server, and otherwise on its partner, beside what is `changed`. What belongs to
    a mode goes along with it; a secret does not say that authentication is on."""
    candidates = (one for one in apart(mine, theirs) if one.in_place and one.option not in changed)
    differs = {
        setting.option: getattr(mine, setting.option)
        for setting in candidates
        if _wanted(setting, declared, mine) is not None
    }
    if "mode" in differs:
        differs |= {option: getattr(mine, option) for option in _set_in(mine.mode)}
    if differs.get("enable_auth") and declared.shared_secret:
        differs["shared_secret"] = True
    elif differs.get("enable_auth"):
        del differs["enable_auth"]  # without a secret it stays as it is
    return differs


def _set_in(mode: str) -> Sequence[str]:
    """What a relationship in this mode has beside others, and can be changed."""
    return [setting.option for setting in SETTINGS if setting.in_place and setting.mode == mode]


def _wanted(setting: Setting, declared: DeclaredSettings, current: Relationship) -> Any:
    """None: what there is."""
    value = getattr(declared, setting.option)
    if value is None and setting.switch and declared.auto_state_transition is not None:
        return (getattr(current, setting.option) or setting.when_on) if declared.auto_state_transition else 0
    return value


def _sends(declared: DeclaredSettings, current: Relationship, secrets: SecretRecord) -> bool:
    """Whether the secret is sent although authentication may be on. One that is off uses none, and who sends a secret
    only when it changes does not turn it on by that."""
    if not declared.shared_secret or declared.update_secret == "on_create":
        return False
    if declared.update_secret == "always":
        return True
    if not current.enable_auth:
        return declared.enable_auth is True
    return not secrets.matches(current.name, declared.shared_secret)


def touches_secret(differs: Changes) -> bool:
    """Whether what is kept of the secret becomes untrue."""
    return "shared_secret" in differs or "enable_auth" in differs


def in_words(current: Relationship, differs: Changes) -> str:
    """Changes as a plan says them, with the values of before; never the secret."""
    return ", ".join(_change_in_words(current, option, value) for option, value in differs.items())


def _change_in_words(current: Relationship, option: str, value: Any) -> str:
    if option == "shared_secret":
        return "shared_secret sent anew"
    if getattr(current, option) == value:
        return f"{option} {SETTING[option].shown(value)} sent anew"
    before = getattr(current, option)
    setting = SETTING[option]
    return f"{option} {setting.shown(before)} -> {setting.shown(value)}" if before is not None else f"{option} {value}"


def modified(current: Relationship, differs: Changes) -> Relationship:
    """The relationship after the changes, as far as it can be known beforehand."""
    fields = {option: value for option, value in differs.items() if SETTING[option] in SETTINGS}
    if (mode := fields.get("mode")) and mode != current.mode:
        # which server becomes active cannot be chosen; the primary is the likely one, and it is verified afterwards
        roles = (setting for setting in SETTINGS if setting.on_partner is OnPartner.ROLE and setting.belongs_to(mode))
        fields |= {role.option: "standby" if current.is_primary is False else role.default for role in roles}
        fields |= {setting.option: None for setting in SETTINGS if not setting.belongs_to(mode)}
    return replace(current, **fields)


def undeclared(declared: DeclaredSettings, current: Relationship) -> list[str]:
    """What of a relationship a declaration does not say, so that creating it anew would not give it back."""
    lacking: list[str] = []
    if mode_at_creation(declared) != current.mode and declared.mode is None:
        lacking.append(f"mode: {current.mode}")
    anew = complete(replace(declared, mode=declared.mode or current.mode))
    return lacking + [
        _option(setting, current) for setting in SETTINGS if _is_left_out(setting, declared, anew, current)
    ]


def _is_left_out(setting: Setting, declared: DeclaredSettings, anew: DeclaredSettings, current: Relationship) -> bool:
    """Whether `anew`, which is what the declaration gives at creation, has another value than there is."""
    now, then = getattr(current, setting.option), getattr(anew, setting.option)
    is_declared = _wanted(setting, declared, current) is not None
    if now is None or now == then or is_declared or not setting.belongs_to(anew.mode):
        return False
    return setting.kind is not SettingKind.AUTHENTICATION or bool(now)


def _option(setting: Setting, current: Relationship) -> str:
    if setting.kind is SettingKind.AUTHENTICATION:
        return f"shared_secret ({variable('shared_secret')}; or {setting.option}: false)"
    return f"{setting.option}: {getattr(current, setting.option)}"
