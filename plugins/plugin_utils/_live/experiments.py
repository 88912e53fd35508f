# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All experiments in the order in which they run, each between two cleanings of the servers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .._windows.errors import RemoteFailure
from .._windows.remote_error import RemoteError
from . import changing, coming, copying, interrupting, making, reading, removing
from .assumed import ASSUMED, Answer
from .pair_to_lose import Bench
from .questions import QUESTIONS
from .side import Unanswered

Found: TypeAlias = tuple[str, Answer]  # question, answer


@dataclass(frozen=True)
class Experiment:
    """`answers`: the questions that `run` can answer, as far as the servers let it. It raises Unanswered, or
    RemoteFailure, where they do not."""

    run: Callable[[Bench], Iterator[Found]]
    answers: tuple[str, ...]


LEFT_OUT = "it was left out of this run"
EXPERIMENTS = (
    Experiment(reading.nothing_there, ("empty_server_errors", "no_relationship_at_all")),
    Experiment(reading.empty_lists, ("empty_lists_answer",)),
    Experiment(
        reading.what_is_not_there,
        (
            "no_reservation_error",
            "no_lease_error",
            "unknown_superscope_error",
            "unknown_name_error",
            "unset_option_removed",
            "unpublished_categories",
        ),
    ),
    Experiment(reading.client_ids, ("client_ids_show", "leased_scope_error")),
    Experiment(reading.option_values, ("wrong_type_error", "null_common_option")),
    Experiment(reading.dns_credential, ("no_dns_credential",)),
    Experiment(reading.numbers, ("option_numbers_show",)),
    Experiment(reading.user_class, ("user_class_options_show",)),
    Experiment(reading.silent_dns_server, ("silent_dns_server_error",)),
    Experiment(making.load_balance, ("settle_polls", "partner_percent_inverts", "partner_server_shows")),
    Experiment(making.names, ("relationship_names",)),
    Experiment(making.standby, ("standby_creator",)),
    Experiment(making.with_itself, ("own_partner_error",)),
    Experiment(making.statistics, ("statistics_split",)),
    Experiment(making.logged, ("load_balance_event", "error_events", "changes_logged_as")),
    Experiment(changing.modes, ("active_after_lb_to_hs", "mode_change_keeps_percent")),
    Experiment(changing.wrong_percent, ("wrong_mode_percent",)),
    Experiment(changing.switchover, ("ast_false_with_interval",)),
    Experiment(changing.nulls, ("null_interval", "null_percent")),
    Experiment(changing.without_force, ("prompt_without_force",)),
    Experiment(changing.partner_down_in_normal, ("partner_down_refused_with",)),
    Experiment(changing.what_arrives, ("set_propagates_fields",)),
    Experiment(changing.another_secret, ("secret_change_polls",)),
    Experiment(coming.scope_on_partner, ("scope_exists_error_id", "one_bad_scope_stops_good_ones")),
    Experiment(coming.many_scopes, ("add_scopes_max",)),
    Experiment(coming.bootp, ("bootp_refused",)),
    Experiment(
        coming.missing_class,
        ("add_checks_class", "lacking_error", "missing_class_leaves_copy", "replication_checks_class"),
    ),
    Experiment(coming.another_range, ("range_change_on_member",)),
    Experiment(interrupting.change_alone, ("set_one_sided_when_unreachable", "set_sends")),
    Experiment(interrupting.two_secrets, ("differing_secrets",)),
    Experiment(interrupting.removal_alone, ("force_removes_when_unreachable",)),
    Experiment(
        interrupting.partner_down,
        ("partner_down_ends_in", "reintegration_polls", "event_states_show", "event_names_show"),
    ),
    Experiment(removing.one_half, ("disable_through_api", "api_bad_scope_stops_good_ones")),
    Experiment(removing.inactive_copy, ("inactive_member_removal",)),
    Experiment(removing.orphan, ("orphan_state", "orphan_removal_deletes_other_scopes")),
    Experiment(removing.without_force, ("force_needed_unless_normal",)),
    Experiment(removing.replicated, ("replication_needs_normal",)),
    Experiment(removing.halves_that_differ, ("relationship_removal_deletes",)),
    Experiment(copying.inner_errors, ("inner_errors_show",)),
    Experiment(copying.server_level, ("import_server_level",)),
    Experiment(copying.out_of_service, ("imported_state",)),
)


def ask(bench: Bench, only: Collection[str] = ()) -> Sequence[Mapping[str, Any]]:
    """Every question with its answer, or why it has none. `only`: these questions, and what is found out with them.
    The servers are clean before each experiment, and at the end. Raises Refused, RemoteFailure."""
    answers: dict[str, Answer] = {}
    problems: dict[str, str] = {}
    for experiment in EXPERIMENTS:
        if only and not set(experiment.answers) & set(only):
            continue
        problem = "the question does not arise on these servers"
        _clean(bench)
        try:
            for question, answer in experiment.run(bench):
                answers[question] = answer
        except Unanswered as why:
            problem = str(why)
        except RemoteFailure as failure:  # its text may have names
            ids = ", ".join(failure.ids) if isinstance(failure, RemoteError) else type(failure).__name__
            problem = f"a server did not answer as it should ({ids})"
        problems.update(dict.fromkeys(experiment.answers, problem))
    _clean(bench)
    return [
        {
            "id": one.id,
            "asks": one.asks,
            "answer": answers.get(one.id),
            "assumed": ASSUMED.get(one.id),
            "not_asked": None if one.id in answers else _why(one.takes, problems.get(one.id)),
        }
        for one in QUESTIONS
    ]


def _clean(bench: Bench) -> None:
    """Twice, where a reply was lost; the partner's service runs again, also where its start was. Raises Refused,
    Unanswered, RemoteFailure."""
    try:
        bench.resume()
        bench.clean()
    except (RemoteFailure, Unanswered):
        bench.resume()
        bench.clean()


def _why(takes: str, problem: str | None) -> str:
    if takes:
        return f"it takes {takes}"
    return problem or LEFT_OUT
