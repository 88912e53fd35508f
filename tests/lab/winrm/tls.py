# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A certificate authority that lives as long as the lab, and the certificates of its servers."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme


class Authority:
    """Its own certificate is in ``certificate``, for the client to trust; its key is nowhere but in memory."""

    def __init__(self, certificate: Path) -> None:
        self._authority = trustme.CA(organization_name="windhcp.failover lab")
        self.certificate = certificate
        self._authority.cert_pem.write_to_path(str(certificate))

    def server_context(self, *names: str) -> ssl.SSLContext:
        """For a server that clients call by one of ``names`` or addresses."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._authority.issue_cert(*names).configure_cert(context)
        return context
