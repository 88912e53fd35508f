# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The text of a plan: all of it can be read, and no name in it is more than a name."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.agreed_plan import AgreedPlan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.reviewed_plan import Planned, document
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.plan_text import (
    difference,
    headline,
    json_text,
    one_line,
    plan_text,
)
from hypothesis import given
from hypothesis import strategies as st
from reviewed import CREATED, GOES, sample

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=12,
)


def test_the_whole_text() -> None:
    made = sample()
    assert (
        plan_text(made)
        == f"""# Plan of DHCP failover

1 step on 1 host; 1 copy of a scope goes, or is put out of service. Nothing was written when it was made.

```text
made:        {CREATED}
by:          windhcp.failover {made["collection"]}
hosts:       dhcp01, dhcp02
fingerprint: {made["fingerprint"]}
```

windhcp.failover.apply plans anew with these variables, and refuses unless just these steps are to be done.
The JSON file beside this one says the same. Where one of the two was changed, the plan is refused.

## Host dhcp01

```text
1. DHCP01: do this
REMOVAL: 10.0.1.0 is kept on DHCP01, and deleted on DHCP02, with its leases; the copies differ:
  - name: There on DHCP02, Here on DHCP01
DNS records of the clients may go with a copy that is deleted.
secret of 'HQ': in failover_shared_secret, not in this file
warning: Look at it.
```

## Host dhcp02

```text
Nothing is to be done.
```

## Variables of dhcp01, dhcp02

```yaml
failover_relationships:
  - name: HQ
    primary: dhcp01
    partner: dhcp02
    scopes:
      - 10.0.1.0
failover_wait_timeout: 180
```
"""
    )


@pytest.mark.parametrize(
    ("steps", "removals", "words"),
    [
        (0, 0, "Nothing is to be done."),
        (2, 0, "2 steps on 1 host; no copy of a scope goes."),
        (1, 2, "1 step on 1 host; 2 copies of scopes go, or are put out of service."),
    ],
)
def test_its_first_sentence(steps: int, removals: int, words: str) -> None:
    plan = AgreedPlan((("DHCP01", "do this"),) * steps, (GOES,) * removals)
    assert headline(document([Planned("dhcp01", plan, {})], CREATED)) == words


@given(st.dictionaries(st.text(), values, max_size=3))
def test_the_variables_are_yaml_that_comes_back_and_nothing_else(variables: dict[str, Any]) -> None:
    """As far as they can be seen: what a terminal obeys, or turns round, stands there by its code."""
    text = plan_text(document([Planned("dhcp01", AgreedPlan((), ()), variables)], CREATED))
    _before, _mark, block = text.partition("```yaml\n")
    assert block.endswith("```\n")
    assert "```\n" not in block[:-4]
    if variables and text.isascii() and "\\" not in text and "!unsafe" not in text:
        assert yaml.safe_load(block[:-4]) == variables


@given(st.text())
def test_a_name_is_one_line_and_ends_no_block(name: str) -> None:
    result: dict[str, Any] = {"plan": [{"server": name, "step": name}], "warnings": [name]}
    lines = plan_text(sample(**result)).splitlines()
    assert len(lines) == len(plan_text(sample(plan=[{"server": "a", "step": "b"}], warnings=["c"])).splitlines())
    assert lines.count("```") == 4


def test_hidden_characters_are_seen() -> None:
    text = plan_text(sample(plan=[{"server": "DHCP01", "step": "\u202e\x1b[2J\ud800"}]))
    assert "1. DHCP01: \\u202e\\x1b[2J\\ud800" in text
    assert text.encode()


def test_the_json_is_the_document() -> None:
    assert json.loads(json_text(sample())) == sample()


@given(
    st.lists(st.sampled_from(["{", "{{", "{%", "{#", "}", '"', "\\", "\\\\", "x", "\u00fc"]), max_size=9).map("".join),
    values,
)
def test_no_template_begins_in_the_one_line_and_it_is_the_document(name: str, value: Any) -> None:
    made = sample(plan=[{"server": name, "step": name}])
    made = {**made, "options": [{"hosts": [name], "variables": {name: [{}, [{}], value]}}]}
    line = one_line(made)
    assert json.loads(line) == made
    assert [mark for mark in ("{{", "{%", "{#", "\n") if mark in line] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\nb\n", None),
        ("a\r\nb\r\n", None),
        ("a\nc\n", "line 2 is 'c', where 'b' is expected"),
        ("a\n", "line 2 ends, where 'b' is expected"),
        ("a\nb\n\n", "line 3 is '', where the end is expected"),
    ],
)
def test_the_first_line_that_is_another_one(text: str, words: str | None) -> None:
    assert difference(text, "a\nb\n") == words


def test_two_long_lines_are_shown_from_where_they_differ() -> None:
    long = "x" * 500
    assert difference(f"{long}Y{long}", f"{long}Z{long}") == (
        f"line 1, from character 491 on, is '{'x' * 10}Y{'x' * 69}...', where '{'x' * 10}Z{'x' * 69}...' is expected"
    )
    assert difference("\ufeffa b", "a\xa0b") == "line 1 is '\\ufeffa b', where 'a\\xa0b' is expected"


@pytest.mark.parametrize(("part", "start"), [("\u0416", 31), ("\U0001f600", 41), ("\\", 31), ("'\"", 71)])
def test_what_is_shown_by_its_code_does_not_hide_where_two_lines_differ(part: str, start: int) -> None:
    words = difference(part * 40 + "a", part * 40 + "b")
    assert words is not None
    assert words.startswith(f"line 1, from character {start} on, is '")
    assert "a', where '" in words
    assert words.endswith("b' is expected")


@pytest.mark.parametrize("end", ["\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_what_only_looks_like_the_end_of_a_line_ends_none(end: str) -> None:
    """A terminal goes back to the beginning of the line at the first of them, and writes over it."""
    assert difference(f"a{end}b\n", "a\nb\n")
    assert difference("a\r\nb\r\n", "a\nb\n") is None
