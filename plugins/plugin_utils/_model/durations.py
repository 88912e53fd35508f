# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Durations as the collection's options take them: seconds, or text of the form [d.]hh:mm:ss. A lease can be unlimited
as well."""

from __future__ import annotations

import re

from .texts import VALUE_LIMIT, short, shown

_NUMBER, _BARE_NUMBER = re.compile(r"[0-9]{1,19}"), re.compile(r"[0-9]{1,4}")
_TEXT = re.compile(r"(?:(?P<days>\d{1,9})\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{1,2}):(?P<seconds>\d{1,2})", re.ASCII)
# mclt and safePeriod are 32 bits of seconds (MS-DHCPM, DHCP_FAILOVER_RELATIONSHIP), and so is option 51 (RFC 2132 9.2);
# all ones are no duration: off, or unlimited
MOST = 0xFFFFFFFE
_SEXAGESIMAL = 300  # 5:00 without quotes
OF_A_DAY = 1440  # 24:00


def parse(value: object) -> int:
    """Seconds of a duration: 3600, "3600", "1:00:00" or "1.00:00:00" (one day), at most 32 bits of them.

    Raises ValueError with a text that completes "<option> ...".
    """
    seconds = _seconds(value)
    if seconds > MOST:
        raise ValueError(f"is {short(str(value), VALUE_LIMIT)}; {MOST} seconds ({timespan(MOST)}) are the most")
    return seconds


def _seconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError(f"is {value!r}; give seconds or [d.]hh:mm:ss (0 stands for off where an option can be off)")
    text = str(value).strip()
    if _NUMBER.fullmatch(text):
        return int(text)
    match = _TEXT.fullmatch(text)
    if not match:
        raise ValueError(f"is {shown(text)}; give seconds or [d.]hh:mm:ss{_in_full(text)}")
    parts = {name: int(number or 0) for name, number in match.groupdict().items()}
    if parts["hours"] > 23 or parts["minutes"] > 59 or parts["seconds"] > 59:
        raise ValueError(f"is {text!r}; hours go to 23, minutes and seconds to 59 (days stand before a point)")
    return ((parts["days"] * 24 + parts["hours"]) * 60 + parts["minutes"]) * 60 + parts["seconds"]


def _in_full(text: str) -> str:
    """What two parts may mean, which to Windows are hours and minutes, and to YAML minutes and seconds."""
    two = re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", text)
    return f' (in quotes: "{text}:00" is hours and minutes, "0:{text}" minutes and seconds)' if two else ""


def doubt(value: object, most: int = _SEXAGESIMAL) -> str | None:
    """Why a duration may be another one than is meant, completing "<option> ...": a bare number, `most` at the most, as
    YAML makes one of minutes and seconds. None where there is no doubt, or no duration."""
    text = "" if isinstance(value, bool) else str(value).strip()
    if not _BARE_NUMBER.fullmatch(text) or not 0 < int(text) <= most:
        return None
    minutes, seconds = divmod(int(text), 60)
    clock = f"{minutes}:{seconds:02}"
    return (
        f"is {int(text)} seconds, which is what YAML makes of {clock} without quotes. Write it in full and in quotes: "
        f'"0:{minutes:02}:{seconds:02}", or "{clock}:00" for hours and minutes.'
    )


def timespan(seconds: int) -> str:
    """The text that a TimeSpan parameter binds in every culture: [d.]hh:mm:ss."""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    clock = f"{hour:02}:{minute:02}:{second:02}"
    return f"{days}.{clock}" if days else clock


# an unlimited lease: all ones in option 51 (RFC 2132 9.2), TimeSpan.MaxValue in Windows' objects and parameters
UNLIMITED = MOST + 1
LONGEST = 922_337_203_685  # whole seconds of TimeSpan.MaxValue
_LONGEST_TEXT = "10675199.02:48:05.4775807"
_WITH_FRACTION = re.compile(r"((?:\d+\.)?\d{1,2}:\d{2}:\d{2})(?:\.\d{1,7})?")


def parse_lease(value: object) -> int:
    """As `parse`, or the word unlimited, as which everything is taken that Windows or the protocol means by it. Raises
    ValueError."""
    text = str(value).strip()
    return UNLIMITED if "unlimited" in (text.lower(), shown_lease_text(text)) else lease(_seconds(value))


def lease(seconds: int) -> int:
    """Seconds of a lease, all that Windows means by unlimited being UNLIMITED."""
    return UNLIMITED if seconds >= LONGEST else seconds


def shown_lease(seconds: int | None) -> int | str | None:
    """Seconds, or the word."""
    return "unlimited" if seconds == UNLIMITED else seconds


def shown_lease_text(text: str) -> str:
    """The same of a TimeSpan's text. A fraction of a second makes no difference to a time of more than a century."""
    match = _WITH_FRACTION.fullmatch(text)
    try:
        return "unlimited" if match and lease(_seconds(match[1])) == UNLIMITED else text
    except ValueError:
        return text


def lease_timespan(seconds: int) -> str:
    """The text that a parameter of the type TimeSpan binds as this lease duration."""
    return _LONGEST_TEXT if seconds == UNLIMITED else timespan(seconds)
