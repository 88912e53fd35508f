# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A WinRM endpoint of one simulated server: HTTP/1.1 with keep-alive on a loopback address, with or without TLS."""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Collection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lab.audit import Audit
from lab.core.api import Session
from lab.core.server import Server
from lab.winrm import encryption, wsman
from lab.winrm.authentication import Gate
from lab.winrm.shells import Shells

SOAP = "application/soap+xml;charset=UTF-8"


class Endpoint(ThreadingHTTPServer):
    """Listens from the moment it is made. The service that owns it calls ``handle_request`` when a client connects.

    ``methods``: how clients authenticate, of transports.py. ``tls``: for HTTPS. Raises OSError for an address in use.
    """

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True
    timeout = 0  # of handle_request: somebody is there already when it is called

    def __init__(
        self,
        server: Server,
        shells: Shells,
        audit: Audit,
        methods: Collection[str],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.simulated, self.shells, self.audit, self.methods = server, shells, audit, methods
        self._tls = tls
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((server.address, server.https_port if tls else server.port), Handler)

    @property
    def port(self) -> int:
        """Where it listens: as it was told, or what the system chose if that was 0."""
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Without the name lookup of HTTPServer, which can take seconds for a loopback address."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.simulated.fqdn, self.port

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._tls:  # the handshake is for the connection's own thread: here it would hold up all others
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{self.simulated.address}:{self.port}/wsman"

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

    def setup(self) -> None:
        super().setup()
        self._gate = Gate(self.server.simulated, self.server.methods)

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
        if int(length) > wsman.MAX_ENVELOPE + (encryption.OVERHEAD if self._gate.sealer else 0):
            self.close_connection = True  # the body is left unread
            self._soap_fault(wsman.too_large(int(length), wsman.MAX_ENVELOPE), b"")
            return
        raw = self.rfile.read(int(length))
        session = self._gate.admit(self.headers.get("Authorization"))
        if session is None:
            self._reply(401, operation="Unauthorized", bytes_in=len(raw))
        elif self._gate.sealer is None:
            self._serve(session, raw)
        elif raw:
            self._unseal(session, raw)
        else:  # the client authenticated before it sent anything
            self._reply(200, operation="Authenticated")

    def _unseal(self, session: Session, raw: bytes) -> None:
        try:
            text = encryption.unseal(raw, self._gate.sealer)
        except encryption.NotSealed:  # Windows' default is AllowUnencrypted=false
            self.close_connection = True
            self._reply(403, operation="Unencrypted", bytes_in=len(raw))
        else:
            self._serve(session, text)

    def _serve(self, session: Session, raw: bytes) -> None:
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
        if isinstance(self.connection, ssl.SSLSocket):
            return bool(readable)  # who waits sends nothing but the end of TLS
        try:
            return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def _soap_fault(self, error: wsman.Fault, raw: bytes) -> None:
        body = wsman.fault(error, wsman.message_id(raw), self.server.simulated.computer_name)
        self._reply(500, body, "Fault", len(raw))

    def _reply(self, status: int, body: bytes = b"", operation: str = "Unreadable", bytes_in: int = 0) -> None:
        sealer = self._gate.sealer
        if body and sealer:
            body = encryption.seal(body, sealer)
        self.server.audit.request(self.server.simulated.name, operation, bytes_in=bytes_in, bytes_out=len(body))
        self.send_response(status)
        for challenge in self._gate.challenges() if status == 401 else ():
            self.send_header("WWW-Authenticate", challenge)
        if body:
            self.send_header("Content-Type", encryption.CONTENT_TYPE if sealer else SOAP)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
