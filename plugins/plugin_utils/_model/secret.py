# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Texts that travel beside a request and never in it: what a cmdlet of the script is given can end in an event log of
the server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Secret:
    """A value of an operation. It has no JSON form of its own, so a request that holds one is written by `split` or not
    at all."""

    text: str = field(repr=False)


def split(request: Mapping[str, Any]) -> tuple[str, Sequence[str]]:
    """The request as JSON, with {"secret": 0} in the place of the first secret, and the secrets. Raises TypeError for
    what has no form in JSON."""
    secrets: list[str] = []

    def place(value: object) -> Mapping[str, int]:
        if not isinstance(value, Secret):
            raise TypeError(f"a request cannot hold a {type(value).__name__}")
        if value.text not in secrets:
            secrets.append(value.text)
        return {"secret": secrets.index(value.text)}

    return json.dumps(request, separators=(",", ":"), default=place), secrets
