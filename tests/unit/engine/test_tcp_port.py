# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether something listens is asked over real sockets: an accepted connection is an answer, and a refused one no
silence."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import tcp_port
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.partner_connection import PartnerAction
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import Heard, Unreachable


@dataclass
class Connection:
    """As much of a connection plugin as is asked: its transport and its options."""

    transport: str
    options: dict[str, Any] = field(default_factory=dict)

    def get_option(self, name: str) -> Any:
        return self.options.get(name)


NEEDS_SSH = pytest.mark.skipif(not shutil.which("ssh"), reason="there is no ssh")


@pytest.fixture
def port() -> Iterator[int]:
    """One on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed() -> int:
    """One on which nobody does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp_port, "PAUSE", 0)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


class Cut(PartnerAction):
    """One whose connection plugin comes to nothing."""

    def __init__(self, host: str, connection: Connection) -> None:
        self._host, self._connection, self._variables = host, connection, {}

    def _execute_module(self, *_given: Any, **_options: Any) -> dict[str, Any]:
        raise AnsibleConnectionFailure("timed out")


def test_what_was_not_reached_is_told_by_its_names(closed: int) -> None:
    """What the inventory calls it and where its connection goes: which server that is, the plan has to know."""
    action = Cut("site-b", Connection("winrm", {"remote_addr": "127.0.0.1", "port": closed}))
    with pytest.raises(Unreachable, match="site-b cannot be reached") as failure:
        action.execute("dhcp_cmdlets", {})
    assert failure.value.names == ("site-b", "127.0.0.1")


def test_an_accepted_connection_is_an_answer(port: int) -> None:
    heard, words = tcp_port.listen(Connection("winrm", {"remote_addr": "127.0.0.1", "port": port}))
    assert (heard, words) == (Heard.ANSWER, f"TCP {port} of 127.0.0.1 answers the controller")


@pytest.mark.parametrize(
    ("transport", "host"),
    [("winrm", "remote_addr"), ("psrp", "remote_addr"), pytest.param("ssh", "host", marks=NEEDS_SSH)],
)
def test_a_refused_connection_is_no_silence_since_the_machine_is_up(transport: str, host: str, closed: int) -> None:
    heard, words = tcp_port.listen(Connection(transport, {host: "127.0.0.1", "port": closed}))
    assert heard is Heard.NOT_ASKED
    assert words == f"TCP {closed} of 127.0.0.1 refuses the controller (ECONNREFUSED)"


def test_one_that_listens_again_after_a_moment_was_only_restarted(closed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    servers: list[socket.socket] = []

    def restarts(_seconds: float) -> None:
        servers.append(socket.create_server(("127.0.0.1", closed)))

    monkeypatch.setattr(time, "sleep", restarts)
    assert tcp_port.answer((socket.AF_INET, ("127.0.0.1", closed)))[0] is Heard.ANSWER
    servers[0].close()


def test_a_full_backlog_is_a_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp_port, "TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        place = server.getsockname()
        waiting = [socket.socket() for _each in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(place)
        assert tcp_port.answer((socket.AF_INET, place)) == (Heard.NOTHING, "ETIMEDOUT")
        for one in waiting:
            one.close()


@pytest.mark.parametrize(
    ("connection", "words"),
    [
        (
            Connection("winrm", {"remote_addr": "no-such-host.invalid", "port": 5985}),
            "the controller knows no address of",
        ),
        (Connection("local"), "no plain TCP connection"),
        (
            Connection("psrp", {"remote_addr": "127.0.0.1", "port": 1, "proxy": "http://proxy"}),
            "no plain TCP connection",
        ),
        (Connection("ssh", {"host": "127.0.0.1", "port": 1, "ssh_common_args": "-o ProxyJump=x"}), "no plain TCP"),
        (Connection("ssh", {"host": "127.0.0.1", "port": 1, "ssh_args": "-J x"}), "no plain TCP"),
        (Connection("winrm", {"remote_addr": "255.255.255.255", "port": 5985}), "does not answer the controller"),
    ],
    ids=["unknown name", "local", "psrp proxy", "ProxyJump", "-J", "an error of the controller's own"],
)
def test_what_cannot_be_asked_is_no_silence(connection: Connection, words: str) -> None:
    heard, said = tcp_port.listen(connection)
    assert heard is Heard.NOT_ASKED
    assert words in said


@NEEDS_SSH
@pytest.mark.parametrize(
    ("says", "is_plain"),
    [
        ("ForwardAgent yes", True),
        ("ProxyJump bastion", False),
        ("ProxyCommand nc %h %p", False),
        ("HostName 192.0.2.1", False),
    ],
)
def test_a_file_of_ssh_may_say_another_way(says: str, is_plain: bool, tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(f"Host dhcp01\n  {says}\n", encoding="utf-8")
    file.chmod(0o600)
    options = {"host": "dhcp01", "port": 22, "ssh_args": f"-F {file} -o ControlMaster=auto"}
    assert tcp_port.is_plain(Connection("ssh", options)) is is_plain


def test_without_an_ssh_nobody_knows_its_way() -> None:
    assert not tcp_port.is_plain(Connection("ssh", {"host": "dhcp01", "ssh_executable": "/no/such/ssh"}))


def test_a_server_that_answers_at_another_address_is_there(closed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old record beside the right one, as of IPv4 beside IPv6."""
    with socket.create_server(("127.0.0.2", closed)):
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, closed)) for place in ("127.0.0.1", "127.0.0.2")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_options: found)
        heard, _words = tcp_port.listen(Connection("winrm", {"remote_addr": "dhcp02", "port": closed}), attempts=1)
    assert heard is Heard.ANSWER


def test_a_family_to_which_the_controller_has_no_way_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    came = {"2001:db8::1": (Heard.NOT_ASKED, "ENETUNREACH"), "192.0.2.1": (Heard.NOTHING, "ETIMEDOUT")}
    found = [
        (family, socket.SOCK_STREAM, 6, "", (place, 5986))
        for family, place in zip((socket.AF_INET6, socket.AF_INET), came, strict=True)
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_options: found)
    monkeypatch.setattr(tcp_port, "answer", lambda address, _attempts: came[address[1][0]])
    assert tcp_port.listen(Connection("winrm", {"remote_addr": "dhcp02"}))[0] is Heard.NOTHING
    came["2001:db8::1"] = (Heard.ANSWER, "")
    assert tcp_port.listen(Connection("winrm", {"remote_addr": "dhcp02"}))[0] is Heard.ANSWER


def test_a_proxy_of_the_environment_is_in_the_way_of_winrm(closed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    place = {"remote_addr": "127.0.0.1", "port": closed}
    assert "no plain TCP connection" in tcp_port.listen(Connection("winrm", place))[1]
    assert not tcp_port.is_plain(Connection("psrp", place))
    assert tcp_port.is_plain(Connection("psrp", {**place, "ignore_proxy": True}))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert "refuses the controller" in tcp_port.listen(Connection("winrm", place))[1]


@pytest.mark.parametrize(
    ("connection", "port"),
    [
        (Connection("winrm", {"remote_addr": "h"}), 5986),
        (Connection("psrp", {"remote_addr": "h"}), 5986),
        (Connection("psrp", {"remote_addr": "h", "protocol": "http"}), 5985),
        (Connection("ssh", {"host": "h"}), 22),
    ],
)
def test_the_port_is_that_of_the_connection(connection: Connection, port: int) -> None:
    assert f"{connection.transport}:{port}" == f"{connection.transport}:{tcp_port.place(connection)[1]}"


def test_a_port_can_be_asked_once(closed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp_port, "PAUSE", 60)
    connection = Connection("winrm", {"remote_addr": "127.0.0.1", "port": closed})
    heard, words = tcp_port.listen(connection, attempts=1)
    assert (heard, "refuses the controller (ECONNREFUSED)" in words) == (Heard.NOT_ASKED, True)


@pytest.mark.parametrize(
    ("connection", "is_plain", "words"),
    [
        (Connection("winrm", {"remote_addr": "dhcp01", "port": 5985}), True, "TCP 5985 of dhcp01"),
        pytest.param(Connection("ssh", {"host": "dhcp01"}), True, "TCP 22 of dhcp01", marks=NEEDS_SSH),
        (Connection("psrp", {"remote_addr": "dhcp01", "proxy": "http://proxy"}), False, "TCP 5986 of dhcp01"),
        (
            Connection("winrm", {"remote_addr": "dhcp01", "_extras": {"ansible_winrm_proxy": "http://proxy"}}),
            False,
            "TCP 5986 of dhcp01",
        ),
        (Connection("local"), False, ""),
    ],
)
def test_where_a_connection_goes(connection: Connection, is_plain: bool, words: str) -> None:
    assert (tcp_port.is_plain(connection), tcp_port.words(connection)) == (is_plain, words)
