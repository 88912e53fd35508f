# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Owners and access lists of files, as SDDL: what a new file inherits, what icacls.exe does, what Get-Acl shows. Pure.

Only what an administrator needs for folders of his own: allowing entries, SIDs, full control and modify. Everything
else is refused as icacls.exe refuses a parameter it does not know (87)."""

from __future__ import annotations

import re
from collections.abc import Sequence

# C MS-DTYP 2.5.1: an entry is (type;flags;rights;;;trustee); BA administrators, SY SYSTEM, BU users, NS NETWORK SERVICE
ALIASES = {"S-1-5-32-544": "BA", "S-1-5-18": "SY", "S-1-5-20": "NS", "S-1-5-32-545": "BU"}
RIGHTS = {"F": "FA", "M": "0x1301bf"}  # C MS-DTYP: FILE_ALL_ACCESS has a word of its own
ADMINISTRATORS, USER = "BA", "S-1-5-21-1-2-3-1001"
# in the folder of Windows no user may make anything; in ProgramData every user may (L POSTS, switch program_data_open)
PROGRAM_DATA = (
    "O:SYG:SYD:PAI(A;OICIIO;GA;;;CO)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;CI;DCLCRPCR;;;BU)(A;OICI;0x1200a9;;;BU)"
)
SYSTEM_ROOT = "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)"
BAD_PARAMETER = 87

_SDDL = re.compile(r"O:(?P<owner>.+?)G:(?P<group>[^:()]*)D:(?P<flags>[A-Z]*)(?P<entries>(?:\([^()]*\))*)")
_ENTRY = re.compile(r"\(A;([A-Z]*);([^;]*);;;([^)]*)\)")
_KIND = re.compile(r"\((A|D);[^;]*;[^;]*;;;([^)]*)\)")
_GRANT = re.compile(r"\*(S-[-0-9]+):\(OI\)\(CI\)([FM])")


def owner(sddl: str) -> str:
    return _parts(sddl)["owner"]


def hidden(sddl: str) -> bool:
    """Whether administrators may not read it: it belongs to another, and no entry lets them in, or one keeps them
    out."""
    kinds = {kind for kind, trustee in _KIND.findall(sddl) if trustee in ("BA", "BU", "WD")}
    return owner(sddl) not in (ADMINISTRATORS, USER) and kinds != {"A"}


def inherited(parent: str, owner: str, *, folder: bool) -> str:
    """Of something new below ``parent``, made by ``owner``: the entries that the parent hands on, marked as
    inherited (C MS-DTYP)."""
    entries = []
    for flags, rights, trustee in _ENTRY.findall(_parts(parent)["entries"]):
        if ("CI" if folder else "OI") in flags:
            kept = flags.replace("IO", "").replace("ID", "") + "ID" if folder else "ID"
            entries.append((kept, "FA" if rights == "GA" else rights, owner if trustee == "CO" else trustee))
    return _written(owner, "AI", entries)


def icacls(sddl: str, arguments: Sequence[str]) -> tuple[int, str]:
    """What ``icacls.exe PATH arguments`` ends with, and the access list afterwards.

    C ICACLS: /setowner *SID; /inheritance:r takes inherited entries away, /grant:r *SID:(OI)(CI)F replaces those of
    that SID alone; /L: of a link itself."""
    parts, words = _parts(sddl), [one for one in arguments if one != "/L"]
    entries = _ENTRY.findall(parts["entries"])
    if len(words) == 2 and words[0] == "/setowner" and words[1].startswith("*S-"):
        return 0, _written(_trustee(words[1][1:]), parts["flags"], entries)
    grants = [_GRANT.fullmatch(word) for word in words[2:]]
    if words[:2] != ["/inheritance:r", "/grant:r"] or not grants or not all(grants):
        return BAD_PARAMETER, sddl
    new = [("OICI", RIGHTS[grant[2]], _trustee(grant[1])) for grant in grants if grant]
    named = {trustee for _flags, _rights, trustee in new}
    explicit = [entry for entry in entries if "ID" not in entry[0] and entry[2] not in named]
    return 0, _written(parts["owner"], "PAI", [*explicit, *reversed(new)])


def _trustee(sid: str) -> str:
    return ALIASES.get(sid, sid)


def _parts(sddl: str) -> dict[str, str]:
    match = _SDDL.fullmatch(sddl)
    if match is None:
        raise ValueError(f"no access list that the lab understands: {sddl}")
    return match.groupdict()


def _written(owner: str, flags: str, entries: Sequence[tuple[str, str, str]]) -> str:
    return f"O:{owner}G:DUD:{flags}" + "".join(
        f"(A;{flags};{rights};;;{trustee})" for flags, rights, trustee in entries
    )
