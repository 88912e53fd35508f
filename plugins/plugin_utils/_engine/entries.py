# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is wrong with the entries of a list of dictionaries, each by its name: Ansible tells the first problem only, and
not in which of thirty entries it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._planning.declared import entry_name


def entry_problems(spec: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each. `spec`: an argument spec; `given`: arguments that nobody has validated."""
    for option, details in spec.items():
        entries = given.get(option) if details.get("elements") == "dict" and "options" in details else None
        for number, entry in enumerate(entries if isinstance(entries, (list, tuple)) else (), 1):
            if isinstance(entry, Mapping):
                found = ArgumentSpecValidator(details["options"]).validate(dict(entry)).error_messages
                yield from (f"{option}: entry {entry_name(entry, number)}: {text.rstrip('.')}." for text in found)
