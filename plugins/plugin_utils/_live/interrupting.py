# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Experiments while the DHCP service of the partner is stopped, and after it is back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from .._model.failover_states import CUT_OFF, NORMAL
from .._windows import cmdlets, event_log
from .pair_to_lose import Bench
from .side import NAME, Side, Unanswered

_LOOKS = 300  # a look is about a second; a server that returns waits for the MCLT
_STATE_EVENTS = (20251, 20252)
# the number is that of FSM_STATE (MS-DHCPM)
_PARTNER_DOWN = {"PARTNER DOWN": "upper", "PartnerDown": "windows", "PARTNER_DOWN": "fsm", "5": "numbers"}


def change_alone(bench: Bench) -> Iterator[tuple[str, str | bool]]:
    """A share that the partner does not hear of; then other changes, until it does. Raises Unanswered."""
    bench.relate(1, LoadBalancePercent=70)
    share = bench.there.half()["LoadBalancePercent"]

    def arrived() -> bool:
        return bool(bench.there.half()["LoadBalancePercent"] != share)

    with bench.without_partner():
        bench.here.set(LoadBalancePercent=60)
        alone = bench.here.half()["LoadBalancePercent"] == 60
    yield "set_one_sided_when_unreachable", alone
    if not alone:
        raise Unanswered("the halves cannot be made to differ by a change while the partner is away")
    bench.settle()
    if arrived():
        raise Unanswered("what was changed meanwhile reached the partner when it came back")
    bench.here.change(MaxClientLeadTime="00:30:00")
    if arrived():
        yield "set_sends", "all"
        return
    bench.here.change(LoadBalancePercent=60)
    yield "set_sends", "given" if arrived() else "changed"


def two_secrets(bench: Bench) -> Iterator[tuple[str, str]]:
    """One that the partner does not hear of. Raises Unanswered."""
    bench.relate(1)
    with bench.without_partner():
        said = bench.here.set(SharedSecret=f"{NAME}-secret")
        if not bench.here.half()["EnableAuth"]:
            raise Unanswered(f"a secret cannot be set on one server alone ({said.error})")
    if bench.there.half()["EnableAuth"]:
        raise Unanswered("the secret reached the partner when it came back")
    state = bench.here.wait(NORMAL)
    yield "differing_secrets", {NORMAL: "normal", CUT_OFF: "communication_interrupted"}.get(state, state)


def removal_alone(bench: Bench) -> Iterator[tuple[str, bool]]:
    """Of the relationship, with -Force."""
    bench.relate(1)
    with bench.without_partner():
        bench.here.ask(cmdlets.remove_failover(NAME))
        yield "force_removes_when_unreachable", NAME not in bench.here.halves()


def partner_down(bench: Bench) -> Iterator[tuple[str, str | int]]:
    """It is declared down, and comes back. The MCLT is a minute. Raises Unanswered."""
    bench.relate(1, MaxClientLeadTime="00:01:00")
    with bench.without_partner():
        bench.here.change(PartnerDown=True)
    shown: Counter[str] = Counter()
    for state in bench.there.polls(_LOOKS):
        if state == NORMAL:
            break
        shown[state] += 1
    else:
        raise Unanswered(f"the two did not come to Normal again in {_LOOKS} looks")
    returning = {
        state: looks for state, looks in shown.items() if state.startswith(("Recover", "Potential", "Conflict"))
    }
    yield "reintegration_polls", max(returning.values(), default=0)
    yield from _events(bench.here)
    if not returning:
        raise Unanswered("no state of it was seen")
    recovered = any(state.startswith("Recover") for state in returning)
    yield "partner_down_ends_in", "recover" if recovered else "potential_conflict"


def _events(side: Side) -> Iterator[tuple[str, str]]:
    """What its log has of its last change to PartnerDown."""
    (said,) = side.ask(event_log.read())
    for one in said.objects:
        values = [str(value) for value in one["values"]]
        word = _PARTNER_DOWN.get(values[-1]) if values else None
        if word and NAME in values and one["id"] in _STATE_EVENTS:
            yield "event_states_show", word
            yield "event_names_show", _name(values[0], side)
            return
    raise Unanswered("no event of a change to PartnerDown was found")


def _name(text: str, side: Side) -> str:
    ways = {side.name.lower(): "fqdn", side.computer.lower(): "netbios"}
    return ways.get(text.lower(), "address" if text.replace(".", "").isdigit() else "another way")
