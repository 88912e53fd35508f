# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Texts of servers as they may be shown: visible, short, without secrets."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model import texts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Clients, Zürich", "Clients, Zürich"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b31m", r"\x9b31m"),
        ("a\x00b\x7f", r"a\x00b\x7f"),
        ("\u202e\u2066", r"\u202e\u2066"),
        ("two\nlines", r"two\x0alines"),
        ("half \ud800", r"half \ud800"),
    ],
    ids=["plain", "escape", "one byte", "null and delete", "direction", "line", "half a character"],
)
def test_what_cannot_be_seen_is_shown_by_its_code(text: str, shown: str) -> None:
    assert texts.in_sight(text) == shown


def test_half_a_character_is_all_that_a_value_loses() -> None:
    assert texts.visible_surrogates("\ud800 \x1b Zürich") == "\\ud800 \x1b Zürich"


HIDDEN, SEEN = "\x1b[2J", r"\x1b[2J"


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        ({"msg": HIDDEN}, {"msg": SEEN}),
        ({"warnings": [HIDDEN]}, {"warnings": [SEEN]}),
        ({"plan": [{"server": HIDDEN, "step": HIDDEN}]}, {"plan": [{"server": HIDDEN, "step": SEEN}]}),
        ({"removals": [{"differences": [HIDDEN]}]}, {"removals": [{"differences": [SEEN]}]}),
        ({"relationships": [{"name": HIDDEN}]}, {"relationships": [{"name": HIDDEN}]}),
        ({"relationships": [{"drift": {"problem": HIDDEN}}]}, {"relationships": [{"drift": {"problem": SEEN}}]}),
        ({"changed": True, "plan": []}, {"changed": True, "plan": []}),
    ],
)
def test_words_of_a_result_are_in_sight_and_its_values_stay_as_they_are(
    result: dict[str, Any], shown: dict[str, Any]
) -> None:
    assert texts.result_in_sight(result) == shown


@pytest.mark.parametrize(
    ("several", "where", "between", "words"),
    [
        ([], "", ", ", ""),
        (range(10), "", ", ", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"),
        (range(12), "", ", ", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"),
        (range(11), "removals", "; ", "0; 1; 2; 3; 4; 5; 6; 7; 8; 9 and 1 more (all of them: removals)"),
        (["x" * 201, "y"], "", ", ", "x" * 200 + "..., y"),
    ],
    ids=["none", "ten", "more", "and where all of them are", "each cut"],
)
def test_the_first_of_many_and_how_many_more(several: Any, where: str, between: str, words: str) -> None:
    assert texts.few(several, where, between=between) == words


def test_problems_are_told_whole() -> None:
    assert texts.sentences(["A.", "B."]) == "A. B."
    assert texts.sentences(["A."] * 12).endswith("A. And 2 more problems like these.")


def test_a_message_is_one_line_cut_after_its_secrets_went() -> None:
    assert texts.short("The\r\n\tname") == "The name"
    assert texts.short("x" * 1001) == "x" * 1000 + "..."
    hidden = texts.short("y" * 998 + "Kx7-secret", hide=lambda text: text.replace("Kx7-secret", "********"))
    assert hidden == "y" * 998 + "**..."


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Clients", "'Clients'"),
        ("x" * 81, "'" + "x" * 80 + "...'"),
        (None, "null"),
        ({"a": 1}, "an object"),
        ([1, 2], "a list of 2"),
        (True, "true"),
        (12, "12"),
        (10**30, "a number of more than 30 digits"),
        (0.5, "0.5"),
    ],
)
def test_a_value_of_a_wrong_shape(value: object, words: str) -> None:
    assert texts.shown(value) == words


POOL = "HTTPConnectionPool(host='dhcp02', port=5985): Max retries exceeded with url: /wsman (Caused by "


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            f"""basic: {POOL}NewConnectionError("HTTPConnection(host='dhcp02', port=5985): Failed to establish a new """
            """connection: [Errno 111] Connection refused")), twice""",
            "basic: dhcp02 port 5985: Connection refused, twice",
        ),
        (
            f"""{POOL}NameResolutionError("HTTPConnection(host='dhcp02', port=5985): Failed to resolve 'dhcp02' """
            """([Errno -2] Name or service not known)"))""",
            "dhcp02 port 5985: Name or service not known",
        ),
        (
            f"{POOL}ConnectTimeoutError(<urllib3.connection.HTTPConnection object at 0x7f>, "
            "'Connection to dhcp02 timed out. (connect timeout=30)'))",
            "dhcp02 port 5985: timed out",
        ),
        (
            f"{POOL.replace('HTTP', 'HTTPS')}SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] "
            "certificate verify failed: self-signed certificate (_ssl.c:1006)')))",
            "dhcp02 port 5985: certificate verify failed: self-signed certificate",
        ),
        (f"{POOL}ResponseError('too many 500 error responses'))", ""),
        ("On dhcp02: access denied (WIN32 5)", ""),
    ],
)
def test_the_cause_of_a_connection_that_was_not_made_is_told_plainly(text: str, plain: str) -> None:
    assert texts.plain_causes(text) == (plain or text)


def test_why_a_task_failed_without_the_place_in_a_file() -> None:
    assert texts.reason({}) == "it gave no reason"
    assert (
        texts.reason({"msg": "Two:\n- one\n- two.\n\nThe error appears to be in 'x.yml': line 3"})
        == "Two: - one - two."
    )
    assert texts.reason({"msg": "there is none. Nothing was changed."}) == "there is none."
