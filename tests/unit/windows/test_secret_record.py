# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a secret is the one that was sent last: the server proves that it has its hash, and shows neither."""

from __future__ import annotations

import hashlib
from typing import Any

import builders
import lab_client
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.secret import split
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import cmdlets, secret_record
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import RemoteError
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.secret_record import SecretRecord
from lab import topology

SECRET, OTHER = "Kx7-one-secret", "Kx7-two-secret"


def asked(*operations: cmdlets.Operation, name: str = "HQ") -> SecretRecord:
    """What a task knows when DHCP01 did these operations before and is asked then."""
    remote = lab_client.remote(topology.load(topology.TOPOLOGIES / "company.yml"))
    kept = SecretRecord()
    reply = remote.write([], "", [*operations, kept.read_operation(name)])
    return kept.with_answers({name: reply.calls[-1]})


@pytest.mark.parametrize(
    ("before", "name", "holds", "is_of"),
    [
        ([SecretRecord().keep("HQ", SECRET)], "HQ", True, [True, False]),
        ([SecretRecord().keep("HQ", SECRET), SecretRecord().keep("HQ", OTHER)], "HQ", True, [False, True]),
        ([SecretRecord().keep("HQ", SECRET)], "Lab", False, [False, False]),
        ([SecretRecord().keep("HQ", SECRET), secret_record.drop("HQ")], "HQ", False, [False, False]),
        ([], "HQ", False, [False, False]),
    ],
    ids=["kept", "kept anew", "of another relationship", "dropped", "never kept"],
)
def test_only_the_secret_that_was_kept_last_is_known_again(
    before: list[cmdlets.Operation], name: str, holds: bool, is_of: list[bool]
) -> None:
    kept = asked(*before, name=name)
    assert kept.exists(name) is holds
    assert [kept.matches(name, secret) for secret in (SECRET, OTHER)] == is_of


def test_what_is_to_be_dropped_is_as_good_as_gone() -> None:
    kept = asked(SecretRecord().keep("HQ", SECRET)).without("HQ")
    assert (kept.exists("HQ"), kept.matches("HQ", SECRET)) == (False, False)


def test_a_server_shows_neither_the_secret_nor_its_hash() -> None:
    remote = lab_client.remote(topology.load(topology.TOPOLOGIES / "company.yml"))
    keeps = SecretRecord().keep("HQ", SECRET)
    reply = remote.write([], "", [keeps, SecretRecord().read_operation("HQ")])
    assert not [text for text in (SECRET, keeps["hidden"].text) if text in repr(reply)]


def test_a_request_holds_neither_the_secret_nor_its_hash_and_no_hash_comes_twice() -> None:
    first, second = SecretRecord().keep("HQ", SECRET), SecretRecord().keep("HQ", SECRET)
    request, hashes = split(first)
    assert hashes == [first["hidden"].text]
    assert not [text for text in (SECRET, *hashes) if text in request or text in repr(first)]
    assert len({first["public"], second["public"], first["hidden"], second["hidden"]}) == 4
    assert (len(bytes.fromhex(first["public"])), len(bytes.fromhex(first["hidden"].text))) == (16, 32)
    assert SecretRecord().nonce != SecretRecord().nonce


def test_two_spellings_of_a_relationship_are_one_file() -> None:
    assert (
        SecretRecord().keep("HQ", SECRET)["name"]
        == SecretRecord().keep("hq", SECRET)["name"]
        == SecretRecord().read_operation("hQ")["name"]
    )


@pytest.mark.parametrize(
    ("public", "proof"),
    [("", "x"), ("00", ""), ("not hex", "\u00e4"), ("00" * 16, "0" * 64)],
    ids=["no salt", "no proof", "no hash at all", "another hash"],
)
def test_what_was_spoilt_is_no_secret(public: str, proof: str) -> None:
    kept = SecretRecord().with_answers({"HQ": builders.result("prove_text", {"public": public, "proof": proof})})
    assert (kept.exists("HQ"), kept.matches("HQ", SECRET)) == (True, False)


@pytest.mark.parametrize(("error", "refused"), [("windhcp.not_ours", True), ("windhcp.file", False)])
def test_what_cannot_be_read_is_not_there_unless_somebody_else_made_it(error: str, refused: bool) -> None:
    answers = {"HQ": builders.result("prove_text", error=error)}
    if not refused:
        assert not SecretRecord().with_answers(answers, "dhcp01").exists("HQ")
        return
    with pytest.raises(
        RemoteError, match=r"^On dhcp01: something below ProgramData is not as this collection makes it"
    ):
        SecretRecord().with_answers(answers, "dhcp01")


# Password Storage Cheat Sheet, scrypt: which parallelisation each "CPU/memory cost parameter (N)" wants at least
OWASP = {2**17: 1, 2**16: 2, 2**15: 3, 2**14: 5, 2**13: 10}


def test_a_hash_costs_as_much_as_owasp_says(monkeypatch: pytest.MonkeyPatch) -> None:
    costs: list[dict[str, Any]] = []
    scrypt = hashlib.scrypt

    def counted(secret: bytes, **cost: Any) -> bytes:
        costs.append(cost)
        return scrypt(secret, **cost)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    SecretRecord().keep("HQ", SECRET)
    assert costs
    assert all(cost["r"] >= 8 and cost["p"] >= OWASP[cost["n"]] for cost in costs)


def test_a_python_without_scrypt_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(hashlib, "scrypt")
    with pytest.raises(Refused, match=r"^update_secret: on_change needs scrypt, .* use on_create or always\.$"):
        SecretRecord().keep("HQ", SECRET)
