# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The WinRM endpoint of one simulated server: HTTP/1.1 with keep-alive on a loopback address."""

from __future__ import annotations

import contextlib
import ipaddress
import select
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lab.audit import Audit
from lab.core.api import Session
from lab.core.server import Server
from lab.door import Door
from lab.winrm import wsman
from lab.winrm.authentication import Basic
from lab.winrm.shells import Shells

SOAP = "application/soap+xml;charset=UTF-8"


class NotLoopback(ValueError):
    """The lab runs what it is sent, so it listens on loopback addresses only."""


class Endpoint(ThreadingHTTPServer):
    """Listens from the moment it is made. The service that owns it calls ``handle_request`` when a client connects.

    Raises NotLoopback, and OSError for an address that is in use.
    """

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True
    timeout = 0  # of handle_request: somebody is there already when it is called

    def __init__(self, server: Server, door: Door, audit: Audit, linger_seconds: float = 5.0) -> None:
        if not ipaddress.ip_address(server.address).is_loopback:
            raise NotLoopback(f"{server.name}: {server.address} is no loopback address")
        self.simulated, self.audit = server, audit
        self.authentication = Basic(server.credentials)
        self.shells = Shells(server, door, audit, linger_seconds)
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((server.address, server.port), Handler)

    @property
    def port(self) -> int:
        """Where it listens: the server's port, or what the system chose if that is 0."""
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Without the name lookup of HTTPServer, which can take seconds for a loopback address."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.simulated.fqdn, self.port

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke needs no traceback on the lab's terminal."""

    def close(self) -> None:
        """Ends every command, shell and connection, then the listening socket."""
        self.shells.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """One TCP connection."""

    protocol_version = "HTTP/1.1"
    server_version = "Microsoft-HTTPAPI/2.0"
    sys_version = ""
    disable_nagle_algorithm = True  # TCP_NODELAY
    wbufsize = -1  # head and body of a reply in one write
    server: Endpoint

    def log_message(self, format: str, *args: Any) -> None:
        """The audit log says it all."""

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.server.shells.disconnected(self.connection)

    def do_POST(self) -> None:
        if self.path.partition("?")[0] != "/wsman":
            self.close_connection = True
            self._reply(404)
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self.close_connection = True
            self._reply(411)
            return
        if int(length) > wsman.MAX_ENVELOPE:
            self.close_connection = True  # the body is left unread
            self._soap_fault(wsman.too_large(int(length), wsman.MAX_ENVELOPE), b"")
            return
        raw = self.rfile.read(int(length))
        credential = self.server.authentication.authenticate(self.headers.get("Authorization"))
        if credential is None:
            self._reply(401, operation="Unauthorized", bytes_in=len(raw))
            return
        session = Session(self.server.simulated.name, credential.user, credential.delegated)
        try:
            request = wsman.parse(raw)
            body = self.server.shells.handle(request, session, self.connection, self._client_gone)
        except wsman.Fault as error:
            self._soap_fault(error, raw)
        except Exception as error:  # a fault of the lab, answered as Windows answers one of its own
            reason = f"The lab failed: {type(error).__name__}."
            self._soap_fault(wsman.Fault(wsman.INTERNAL_ERROR, "w:InternalError", reason, sender=False), raw)
        else:
            self._reply(200, body, wsman.operation(request), len(raw))

    def _client_gone(self) -> bool:
        """Whether the client closed the connection while it should wait for a reply."""
        readable = select.select([self.connection], [], [], 0)[0]
        try:
            return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def _soap_fault(self, error: wsman.Fault, raw: bytes) -> None:
        body = wsman.fault(error, wsman.message_id(raw), self.server.simulated.name)
        self._reply(500, body, "Fault", len(raw))

    def _reply(self, status: int, body: bytes = b"", operation: str = "Unreadable", bytes_in: int = 0) -> None:
        self.server.audit.request(self.server.simulated.name, operation, bytes_in=bytes_in, bytes_out=len(body))
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", self.server.authentication.challenge)
        if body:
            self.send_header("Content-Type", SOAP)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
