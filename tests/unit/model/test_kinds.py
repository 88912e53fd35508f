# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What YAML has made of a value that is not what was written is refused, with where it stands and without the value."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.arguments import (
    CREATE_SCOPES,
    RELATIONSHIP,
    SAFETY_COPY,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import kinds
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused

SPEC: dict[str, Any] = {
    "name": {"type": "str"},
    "reason": {"type": "str"},
    "ignore": {"type": "list", "elements": "str"},
    "relationships": {"type": "list", "elements": "dict", "options": {**RELATIONSHIP, **CREATE_SCOPES}},
    "create_relationship": {"type": "dict", "options": RELATIONSHIP},
    "anything": {"type": "raw"},
    **SAFETY_COPY,
}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: NO", "name: is true or false; a name is a text, write it in quotes."),
        ("name: 0123", "name: is a number; a name is a text, write it in quotes."),
        ("name: [HQ]", "name: is a list; a name is a text, write it in quotes."),
        ("name: {HQ: 1}", "name: is a dictionary; a name is a text, write it in quotes."),
        ("ignore: [HQ, NO]", "ignore[1]: is true or false; a name is a text, write it in quotes."),
        ("ignore: 0123", "ignore: is a number; a name is a text, write it in quotes."),
        ("reason: yes", "reason: is true or false; it should be a text, write it in quotes."),
        ("safety_copy_days: yes", "safety_copy_days: is true or false; it should be a number."),
        ("safety_copy_days: [1]", "safety_copy_days: is a list; it should be a number."),
        ("create_relationship: true", "create_relationship: is true or false; it should be a dictionary, name its"),
        ("relationships: [HQ]", "relationships[0]: is a text; it should be a dictionary, name its options."),
        (
            "relationships: [{load_balance_percent: yes}]",
            "relationships[0].load_balance_percent: is true or false; it should be a number.",
        ),
        (
            "relationships: [{create_scopes: [{}, {reservations: [{client_id: 10:20:30:40:50:55}]}]}]",
            "relationships[0].create_scopes[1].reservations[0].client_id: is a number; write it in quotes, as "
            '"00-15-5d-0a-14-01".',
        ),
        (
            "relationships: [{create_scopes: [{delay: no, dns_domain: on}]}]",
            "relationships[0].create_scopes[0].delay: is true or false; it should be a number. "
            "relationships[0].create_scopes[0].dns_domain: is true or false; a name is a text, write it in quotes.",
        ),
    ],
)
def test_what_is_of_another_kind_is_told_by_where_it_stands(text: str, message: str) -> None:
    with pytest.raises(Refused) as refused:
        kinds.check(SPEC, yaml.safe_load(text))
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        "{name: HQ, reason: 4711, ignore: 'HQ,Lab', safety_copy_days: '7', anything: yes}",
        "name:",
        "{safety_copy: yes, relationships: [{max_client_lead_time: 3600, enable_auth: no, mode: yes}]}",
        "relationships: [{create_scopes: [{lease_duration: 28800, options: [{id: 2, value: [3600]}]}]}]",
        "relationships: ['name=HQ', '{\"name\": \"HQ\"}']",
        "relationships: [{shared_secret: 12345678}]",
    ],
)
def test_what_ansible_takes_as_it_is_meant_is_taken(text: str) -> None:
    kinds.check(SPEC, yaml.safe_load(text))
