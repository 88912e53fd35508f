# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether something listens where a connection of Ansible goes, asked by the controller itself: what a connection
plugin says of a failure does not tell a server that is off from a password that expired."""

from __future__ import annotations

import errno
import shlex
import socket
import subprocess
import time
from collections.abc import Mapping
from typing import Any
from urllib.request import getproxies, proxy_bypass

from .._windows.errors import Heard

ATTEMPTS, PAUSE, TIMEOUT = 3, 3, 5  # seconds: one that is just being restarted is not gone
# nobody is there, or nobody whom packets reach; what is wrong on the controller's own side is something else
_SILENT = frozenset({errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.EHOSTDOWN})
# a machine that refuses is up, and DHCP may be as well: no silence, but it may listen in a moment
_AGAIN = _SILENT | {errno.ECONNREFUSED}
# the controller has no way to an address of this family, and so Ansible has none
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
_PORTS = {"ssh": 22, "winrm": 5986, "psrp": 5986}

Address = tuple[socket.AddressFamily, tuple[Any, ...]]


def listen(connection: Any, attempts: int = ATTEMPTS) -> tuple[Heard, str]:
    """What came at a connection's host and port, also in words."""
    host, port = place(connection)
    if not is_plain(connection):
        return Heard.NOT_ASKED, "the way of partner_host is no plain TCP connection"
    try:
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return Heard.NOT_ASKED, f"the controller knows no address of {host}"
    came = [answer(one, attempts) for one in dict.fromkeys((found[0], found[4]) for found in known)]
    came = [one for one in came if one[1] not in map(errno.errorcode.get, _NO_WAY)] or came
    errors = sorted({words for _heard, words in came})
    does = "refuses" if "ECONNREFUSED" in errors else "does not answer"
    words = f"TCP {port} of {host} {does} the controller ({', '.join(errors)})"
    heard = {one for one, _words in came}
    if Heard.ANSWER in heard:
        return Heard.ANSWER, f"TCP {port} of {host} answers the controller"
    return (Heard.NOTHING, words) if heard == {Heard.NOTHING} else (Heard.NOT_ASKED, words)


def answer(address: Address, attempts: int = ATTEMPTS) -> tuple[Heard, str]:
    """What came at an address, and by which errno. Silence is what was silence each time."""
    code, refused = 0, False
    for number in range(attempts):
        if number:
            time.sleep(PAUSE)
        family, place = address
        with socket.socket(family, socket.SOCK_STREAM) as one:
            one.settimeout(TIMEOUT)
            try:
                one.connect(place)
            except TimeoutError:
                code = errno.ETIMEDOUT
            except OSError as error:
                code = error.errno or 0
            else:
                return Heard.ANSWER, ""
        if code not in _AGAIN:
            return Heard.NOT_ASKED, errno.errorcode.get(code, "error")
        refused = refused or code == errno.ECONNREFUSED
    if refused:
        return Heard.NOT_ASKED, errno.errorcode[errno.ECONNREFUSED]
    return Heard.NOTHING, errno.errorcode[code]


def place(connection: Any) -> tuple[str, int]:
    """The host and the port that a connection goes to; neither where it is no plain TCP connection."""
    kind = str(connection.transport)
    if kind not in _PORTS:
        return "", 0
    host = connection.get_option("host" if kind == "ssh" else "remote_addr")
    default = 5985 if kind == "psrp" and connection.get_option("protocol") == "http" else _PORTS[kind]
    return str(host or ""), int(connection.get_option("port") or default)


def words(connection: Any) -> str:
    """Where a connection goes; "" where that is not known."""
    host, port = place(connection)
    return f"TCP {port} of {host}" if port else ""


def is_plain(connection: Any) -> bool:
    """Whether the controller itself can ask where a connection goes."""
    host, port = place(connection)
    if not (host and port):
        return False
    if connection.transport == "ssh":
        return _goes_straight(connection, host, port)
    return not _is_proxied(connection, host)


def _is_proxied(connection: Any, host: str) -> bool:
    if connection.transport == "psrp":
        named, ignored = connection.get_option("proxy"), connection.get_option("ignore_proxy")
    else:
        extras: Mapping[str, Any] = connection.get_option("_extras") or {}
        named, ignored = extras.get("ansible_winrm_proxy"), False
    return bool(named) or (not ignored and bool(getproxies()) and not proxy_bypass(host))


def _goes_straight(connection: Any, host: str, port: int) -> bool:
    """Whether ssh goes to this host and port itself: by its own word, since a file of its configuration may say
    otherwise."""
    given = (connection.get_option(name) for name in ("ssh_args", "ssh_common_args", "ssh_extra_args"))
    words = [word for text in given for word in shlex.split(str(text or ""))]
    command = [str(connection.get_option("ssh_executable") or "ssh"), *words, "-G", "-p", str(port), "--", host]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=True)
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    way = dict(line.split(" ", 1) for line in said.stdout.splitlines() if " " in line)
    straight = way.get("hostname", "").lower() == host.lower() and way.get("port") == str(port)
    return straight and not way.keys() & {"proxyjump", "proxycommand"}
