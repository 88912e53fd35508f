# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Proves what two runs do to each other, in any order of their operations: `make races`.

Two real tasks run in this process, each a thread, and one of them at a time (`scheduler`). Before each operation that
claims, looks or writes it is decided who goes on: the start of each remote command; in one that writes each of its
reads, proofs, waits, notes and writes; and between the two halves of a failover cmdlet, which writes on two servers
(`World.between` of the lab; which of them comes first is a switch). The mutex of a server is honoured, and waiting
takes no time but lets the other one go on. Each operation says what it looked at and what it changed, so that schedules
which differ only in the order of two operations that have nothing to do with each other are run once (`exploring`).

A pair is two tasks of the table (`tasks`), in this order, both from two controllers on DHCP01, or from both servers of
the pair; with connections of their own to the partner, or over the hop (`meetings.PLACES`). Its schedules:

    two switches  all: the first task is interrupted by the second, and that one by the first again
    random        200, half of them in a lab that writes to the partner first; every fourth in step after a few
                  switches, also when both have waited, half of the others with clients that get leases
    killed        the first task ends at each of its operations; the second ends; the first is run again
    timed out     a reply is lost, while its request goes on on the server
    no reply      the process on the server ends somewhere, and the task goes on without a reply
    mixed         one of the two over the hop, the other by a connection of its own, from any of the servers: random
    ticking       each operation takes time, and others come between two reads of one request: random
    inactive      two switches, where the scopes were out of service on both before (tasks about members)
    spelled       the relationships were made with an address or an alias of the partner (`scenes.SPELLINGS`): random
    clients       a task alone, and a client gets a lease before each of its operations

Not run: a partner that is declared down while it serves, since no protocol helps two servers that do not reach each
other: those pairs meet where the partner is off.

What must never be, and is looked for (`judge`, `sequence`):

    lost          a scope is on no server at any moment; in the end a lease is on no server that serves its scope. One
                  that its server had not told its partner of when its copy went is counted apart: Windows loses it too
    nobody        in the end nobody serves a scope that was served before, each task run again where it did not end well
    twice         in the end two servers serve a scope that they do not have in common
    silent        a run said ok, and what it was asked for was at no moment so since its last change; or it is not so in
                  the end, although the other task does not undo it when it follows it
    endless       a run has more operations than any needs
    faults        a traceback, or a text that asks for a report

A task that is refused when it is run again needs a person, and is listed with what it said, unless it is refused too
when the two follow each other.
"""
