# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Random declarations of a server's whole failover, one after the other, on three simulated servers: `make
whole-server`.

Each is reached by one run, or by the one after a run that was killed; the next changes nothing; and at no moment is a
scope on no server, served by nobody, or served twice."""
