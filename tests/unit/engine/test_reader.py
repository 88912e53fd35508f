# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is read for which request: in how many remote commands, on which server, in which order, and what is known
then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import journal
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.reader import ROUNDS, Reader
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.identity import Connection, Hop
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.note import Note
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.read_request import (
    OwnRead,
    PartnerRead,
    ReadRequest,
    Unread,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.world import World
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import RemoteFailure, UnexpectedReply
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import RemoteError
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import Remote
from asked import FOLDERS, SHOWN, Asked
from pairs import ONE, RELATIONSHIP, THREE, TWO, Pair, pair

PARTNER, THIRD = "dhcp02.contoso.example", "dhcp03.contoso.example"
HERE, THERE = Connection.THIS_SERVER, Connection.PARTNER
HQ = PartnerRead((PARTNER, "DHCP02"), "HQ")
HOP = [f"probe_partner@{PARTNER}", f"failover@{PARTNER}", f"scopes@{PARTNER}"]  # what a partner is always asked


def asked(servers: Pair | None = None) -> Asked:
    return Asked((servers or pair()).lab)


# --- the protocol ----------------------------------------------------------------------------------------------------


def test_a_planner_is_called_again_until_it_asks_for_nothing() -> None:
    seen: list[World] = []

    def planner(world: World) -> str | ReadRequest:
        seen.append(world)
        answers: list[str | ReadRequest] = [ReadRequest(), ReadRequest(partners=(HQ,)), "a plan"]
        return answers[len(seen) - 1]

    servers = asked()
    assert Reader(servers.remote("DHCP01")).know(planner) == "a plan"
    assert [list(world.views) for world in seen] == [[], [HERE], [HERE, Hop(PARTNER, "DHCP01")]]
    assert servers.commands == [("DHCP01", [*SHOWN, *FOLDERS]), ("DHCP01", [*SHOWN, *FOLDERS, *HOP])]


def test_what_was_asked_for_once_is_read_with_the_rest() -> None:
    """One fingerprint stands then for all that a plan was made from."""
    servers = asked()
    reader = servers.reader()
    reader.read(ReadRequest(OwnRead(scopes=(THREE,)), (HQ,)))
    reader.read(ReadRequest(OwnRead(("HQ",))))
    assert servers.more("DHCP01") == [
        [*HOP, "export 10.0.3.0"],
        ["prove_text", *HOP, "export 10.0.3.0"],
    ]


def test_what_is_known_is_not_read_again() -> None:
    servers = asked()
    reader = servers.reader("DHCP02")
    request = ReadRequest(OwnRead(("HQ",), level=True), (replace(HQ, scopes=(ONE,)),))
    reader.read(request)
    servers.commands.clear()
    reader.read(request)
    assert servers.commands == []


def test_who_writes_nothing_reads_only_what_is_new() -> None:
    servers = asked()
    reader = servers.reader(writes=False)
    reader.read(ReadRequest(partners=(HQ,)))
    reader.read(ReadRequest(OwnRead(statistics=True)))
    assert servers.commands == [("DHCP01", HOP), ("DHCP01", ["statistics"])]
    assert reader.world().statistics is not None
    assert set(reader.world().views) == {HERE, Hop(PARTNER, "DHCP01")}


def test_a_planner_that_never_has_enough_is_a_fault() -> None:
    servers = asked()
    with pytest.raises(RemoteFailure, match="do not show the same twice"):
        servers.reader().know(lambda world: ReadRequest())
    assert len(servers.commands) < ROUNDS


# --- the content of scopes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [HERE, THERE])
def test_the_content_of_the_one_that_loses_is_read_first_over_the_hop(first: Connection) -> None:
    """A lease that is given between the two reads is then on the keeper's side, and does not look lost."""
    servers = asked()
    servers.reader().read(ReadRequest(partners=(replace(HQ, scopes=(ONE,), first=first),)))
    there, here = f"export@{PARTNER} 10.0.1.0", "export 10.0.1.0"
    assert servers.more("DHCP01") == [[here, *HOP, there] if first is HERE else [*HOP, there, here]]


@pytest.mark.parametrize(("first", "order"), [(THERE, ["DHCP02", "DHCP01"]), (HERE, ["DHCP01", "DHCP02"])])
def test_the_content_of_the_one_that_loses_is_read_first_over_two_connections(
    first: Connection, order: list[str]
) -> None:
    servers = asked()
    servers.reader("DHCP02").read(ReadRequest(partners=(replace(HQ, scopes=(ONE,), first=first),)))
    assert [server for server, _asked in servers.commands] == order
    assert servers.more("DHCP01") == servers.more("DHCP02") == [["export 10.0.1.0"]]


def test_scopes_that_a_server_does_not_have_are_left_out_and_the_rest_is_read_again() -> None:
    """Windows exports nothing where one of the scopes is not there."""
    servers = asked()
    reader = servers.reader()
    reader.read(ReadRequest(partners=(replace(HQ, scopes=(ONE, THREE)),)))
    both = "export 10.0.1.0 10.0.3.0"
    assert servers.more("DHCP01") == [
        [*HOP, f"export@{PARTNER} 10.0.1.0 10.0.3.0", both],
        [*HOP, f"export@{PARTNER} 10.0.1.0", both],
    ]
    there = reader.world().views[Hop(PARTNER, "DHCP01")].content(THREE)
    assert there is not None, "that it has none is known"
    assert ONE in there.export.scopes
    assert THREE not in there.export.scopes


def test_leases_are_read_where_they_are_asked_for() -> None:
    servers = asked()
    reader = servers.reader()
    reader.read(ReadRequest(partners=(replace(HQ, scopes=(ONE,), leases=False),)))
    here = reader.world().here.content(ONE)
    assert here is not None
    assert not here.leases
    assert here.export.leases == {ONE: {}}
    reader.read(ReadRequest(partners=(replace(HQ, scopes=(ONE,)),)))
    here = reader.world().here.content(ONE)
    assert here is not None
    assert (here.leases, len(here.export.leases[ONE])) == (True, 4)


# --- partners --------------------------------------------------------------------------------------------------------


def test_two_names_of_one_server_are_one_view() -> None:
    servers = asked()
    reader = servers.reader()
    reader.read(ReadRequest(partners=(HQ,)))
    reader.read(ReadRequest(partners=(replace(HQ, names=("DHCP02",), relationship="New"),)))
    world = reader.world()
    assert set(world.views) == {HERE, Hop(PARTNER, "DHCP01")}
    assert world.known == {PARTNER: Hop(PARTNER, "DHCP01"), "DHCP02": Hop(PARTNER, "DHCP01")}
    assert reader.asked_partners == [("HQ", PARTNER), ("New", "DHCP02")]


def test_several_partners_are_read_in_one_command() -> None:
    servers = asked()
    reader = servers.reader()
    reader.read(ReadRequest(partners=(HQ, PartnerRead((THIRD,), "New"))))
    assert len(servers.commands) == 1
    assert [source for source in reader.world().views if source is not HERE] == [
        Hop(PARTNER, "DHCP01"),
        Hop(THIRD, "DHCP01"),
    ]


@pytest.mark.parametrize(("rights", "answered"), [(True, False), (False, True)])
def test_a_partner_that_cannot_be_read_is_an_answer(rights: bool, answered: bool) -> None:
    servers = pair(version_without_hop=True)
    there = servers.server("DHCP02")
    if rights:
        there.reachable = False
    else:
        there.credentials = tuple(replace(account, admin=False) for account in there.credentials)
    reader = asked(servers).reader()
    reader.read(ReadRequest(partners=(HQ,)))
    world = reader.world()
    unread = world.known[PARTNER]
    assert isinstance(unread, Unread)
    assert (unread.answered, world.asked(HQ), list(world.views)) == (answered, unread, [HERE])


def test_a_partner_host_that_cannot_be_reached_is_asked_once() -> None:
    servers = asked()
    reader = servers.reader("DHCP02")
    servers.lab.servers["DHCP02"].service = "stopped"
    servers.lab.clock, servers.lab.simulated_waits = datetime(2026, 3, 1, 8, tzinfo=timezone.utc), True
    reader.read(ReadRequest(partners=(HQ,)))
    reader.read(ReadRequest(partners=(replace(HQ, level=True),)))
    assert isinstance(reader.world().known[PARTNER], Unread)
    assert [server for server, _asked in servers.commands].count("DHCP02") == 1


def test_what_no_server_would_say_is_no_partner_that_is_gone() -> None:
    servers = asked()
    reader = Reader(servers.remote("DHCP01"), Remote(lambda arguments: {"msg": "Kaboom"}, "dhcp02", check_mode=False))
    reader.read(ReadRequest())
    with pytest.raises(UnexpectedReply, match="Kaboom"):
        reader.read(ReadRequest(partners=(HQ,)))


def test_partner_host_is_asked_itself_and_only_when_something_is_needed_of_it() -> None:
    servers = asked()
    reader = servers.reader("DHCP02")
    reader.read(ReadRequest(OwnRead(level=True)))
    assert [server for server, _asked in servers.commands] == ["DHCP01"]
    servers.commands.clear()
    reader.read(ReadRequest(partners=(replace(HQ, level=True, api=True),)))
    assert servers.more("DHCP02") == [["probe_api", "version", "classes", "definitions", "setting"]]
    assert reader.world().known == {PARTNER: THERE}


def test_a_partner_that_partner_host_is_not_is_asked_over_the_hop() -> None:
    """As when scopes move: the former partner is another server than the one that gets them."""
    servers = asked()
    reader = servers.reader("DHCP03")
    reader.read(ReadRequest(partners=(replace(HQ, elsewhere=True), PartnerRead((THIRD,), "New"))))
    world = reader.world()
    assert world.known == {PARTNER: Hop(PARTNER, "DHCP01"), THIRD: THERE}
    assert reader.elsewhere == {"HQ"}


# --- this server -----------------------------------------------------------------------------------------------------


def test_what_this_server_does_not_tell_is_a_failure() -> None:
    servers = asked()
    reader = servers.reader()
    servers.lab.fail_next("DHCP01", "Get-DhcpServerv4Scope", "WIN32 1722")
    with pytest.raises(RemoteError, match="On dhcp01: "):
        reader.read(ReadRequest(OwnRead(level=True)))


def test_secrets_are_read_of_the_relationships_that_are_asked_for() -> None:
    servers = pair()
    servers.ok(
        RELATIONSHIP, name="HQ", shared_secret="Kx7-secret", update_secret="on_change", enable_auth=True, wait_timeout=1
    )
    reader = Reader(remote(servers, "DHCP01"))
    reader.read(ReadRequest())
    assert not reader.world().secrets.exists("HQ")
    reader.read(ReadRequest(OwnRead(("HQ",))))
    assert reader.world().secrets.matches("HQ", "Kx7-secret")
    assert not reader.world().secrets.matches("HQ", "Kx7-other")


def remote(servers: Pair, server: str) -> Remote:
    return Remote(lambda arguments: servers.wire.execute(server, arguments), server.lower(), check_mode=False)


def note(servers: Pair, name: str, run: str, seconds: int | None = None) -> Note:
    """Of a run that may take so many seconds yet."""
    until = None if seconds is None else servers.lab.now("DHCP01") + timedelta(seconds=seconds)
    return Note(name, PARTNER, (ONE,), run=run, until=until)


def by_name(notes: Iterable[Note]) -> list[Note]:
    return sorted(notes, key=lambda note: note.relationship)


def test_notes_of_every_relationship_are_read_wherever_something_may_be_written() -> None:
    servers = pair()
    here, there = remote(servers, "DHCP01"), remote(servers, "DHCP02")
    dead, late, alive = note(servers, "HQ", "1"), note(servers, "Branch", "2", -1), note(servers, "Lab", "3", 50)
    theirs = [note(servers, "Site", "4", 50), note(servers, "Old", "5")]
    here.write((), "", [journal.keep(each) for each in (dead, late, alive)])
    there.write((), "", [journal.keep(each) for each in theirs])
    reader = Reader(here, there)
    reader.read(ReadRequest())
    assert by_name(reader.world().journal) == [late, dead], "of this server, which the next run goes on with"
    assert reader.world().at_work == (alive,)
    reader.read(ReadRequest(partners=(HQ,)))
    assert by_name(reader.world().journal) == [late, dead]
    assert reader.world().at_work == (alive, theirs[0]), "and on the partner, which may be written to as well"
    only_reads = Reader(here, there, writes=False)
    for request in (ReadRequest(), ReadRequest(partners=(HQ,))):
        only_reads.read(request)
    assert (only_reads.world().journal, only_reads.world().at_work) == ((), ())


def test_a_run_does_not_wait_for_itself() -> None:
    servers = pair()
    reader = Reader(remote(servers, "DHCP01"))
    mine = note(servers, "HQ", reader.run, 3600)
    remote(servers, "DHCP01").write((), "", [journal.keep(mine)])
    reader.read(ReadRequest())
    assert (reader.world().journal, reader.world().at_work, reader.world().run) == ((mine,), (), reader.run)


def test_names_are_resolved_by_this_server() -> None:
    servers = pair()
    servers.server("DHCP02").aliases = ("files.contoso.example",)
    reader = asked(servers).reader()
    reader.read(ReadRequest(resolve=("files.contoso.example", "nobody")))
    resolved = reader.world().here.server.resolved
    assert resolved == {"files.contoso.example": ("10.10.0.12",), "nobody": ()}


def test_check_mode_plans_on_what_earlier_tasks_would_have_done() -> None:
    """`ahead` makes of what was read what it would be by now, each time that a planner is called."""
    seen: list[frozenset[object]] = []

    def ahead(world: World) -> World:
        return world.having(world.here.with_members("HQ", going=(TWO,))) if world.views else world

    reader = asked().reader(ahead=ahead)

    def planner(world: World) -> bool | ReadRequest:
        seen.append(frozenset(world.here.members("HQ")))
        return len(seen) == 2 or ReadRequest(OwnRead(level=True))

    assert reader.know(planner)
    assert seen == [{ONE}, {ONE}]
    assert {scope for half in reader.here.relationships for scope in half.scopes} == {ONE, TWO}, "as it was read"


def test_after_a_write_the_partners_that_were_asked_are_looked_at_once_more() -> None:
    reader = asked().reader()
    reader.read(ReadRequest(partners=(HQ,)))
    reader.settle()
    assert reader.world().journal == (Note("HQ", PARTNER, run=reader.run),)
    assert reader.world().reads_both("HQ")


def test_who_was_overtaken_begins_with_nothing_and_is_still_the_same_run() -> None:
    servers = asked()
    reader = servers.reader("DHCP02")
    run = reader.run
    reader.read(ReadRequest(OwnRead(("HQ",)), partners=(replace(HQ, scopes=(ONE,)),)))
    reader.settle()
    servers.commands.clear()
    reader.forget()
    assert (reader.world().views, reader.world().known, reader.world().journal) == ({}, {}, ())
    reader.read(ReadRequest())
    assert [server for server, _asked in servers.commands] == ["DHCP01"]
    assert (list(reader.world().views), reader.world().run) == ([HERE], run)
