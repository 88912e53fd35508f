# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m fuzz.large [kind]: exports of 255 MB, each read in a process of its own, and how much memory that took."""

from __future__ import annotations

import base64
import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator

from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import export_elements
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import UnexpectedReply

SIZE, MOST = 255 * 2**20, 1024  # bytes, and MB of memory
ROOT = '<DHCPServer xmlns="http://schemas.microsoft.com/windows/DHCPServer">'
HEAD = f'\ufeff<?xml version="1.0" encoding="utf-8"?>\r\n{ROOT}<IPv4 xmlns=""><Scopes>'
TAIL = "</Scopes></IPv4></DHCPServer>"
SCOPE = "<Scope><ScopeId>10.{}.{}.0</ScopeId><Name>Scope {}</Name><SubnetMask>255.255.255.0</SubnetMask>"
LEASE = """
          <Lease>
            <IPAddress>{ip}</IPAddress>
            <ClientId>{mac}</ClientId>
            <AddressState>Active</AddressState>
            <ClientType>Dhcp</ClientType>
            <NapCapable>false</NapCapable>
            <DnsRR>AandPTR</DnsRR>
            <DnsRegistration>Complete</DnsRegistration>
            <LeaseExpiryTime>2026-03-01 09:00:00Z</LeaseExpiryTime>
            <NapStatus>FullAccess</NapStatus>
            <HostName>host{n}.contoso.example</HostName>
            <PolicyName />
            <Description />
          </Lease>"""
RESERVATION = """
          <Reservation>
            <Name>host{n}.contoso.example</Name>
            <IPAddress>{ip}</IPAddress>
            <ClientId>{mac}</ClientId>
            <Type>Both</Type>
            <Description>desk {n}</Description>
          </Reservation>"""
# kind -> (list, member, members of a scope, whether all of it is read)
KINDS = {
    "leases of many scopes": ("Leases", LEASE, 250, True),
    "reservations of many scopes": ("Reservations", RESERVATION, 250, True),
    "reservations of one scope": ("Reservations", RESERVATION, 10**9, True),
    "tiny options": ("OptionValues", "<O><OptionId>{small}</OptionId><UserClass>{n}</UserClass></O>", 10**9, False),
    "tiny exclusions": ("ExclusionRanges", "<E><StartRange>{n}</StartRange></E>", 10**9, False),
    "wide characters": (
        "Reservations",
        "<R><IPAddress>{ip}</IPAddress><Name>\U0001f600{long}{n}</Name></R>",
        10**9,
        False,
    ),
}


def pieces(kind: str) -> Iterator[bytes]:
    list_, member, several, _whole = KINDS[kind]
    number = scope = 0
    size = len(HEAD)
    yield HEAD.encode()
    while size < SIZE - 100_000:
        held = [SCOPE.format(scope >> 8, scope & 255, scope), f"<{list_}>"]
        for count in range(several):
            ip, low = f"10.{number // 65025}.{number // 255 % 255}.{number % 255}", f"{number:06x}"
            values = {
                "ip": ip,
                "mac": f"02-00-00-{low[:2]}-{low[2:4]}-{low[4:]}",
                "n": number,
                "small": number % 256,
                "long": "x" * 20_000,
            }
            held.append(member.format(**values))
            number += 1
            if count % 250 == 249:
                raw, held = "".join(held).encode(), []
                size += len(raw)
                yield raw
            if size > SIZE - 100_000:
                break
        scope += 1
        raw = "".join([*held, f"</{list_}></Scope>"]).encode()
        size += len(raw)
        yield raw
    yield TAIL.encode()


def packed(kind: str) -> str:
    packer = zlib.compressobj(1, wbits=31)
    return base64.b64encode(b"".join([*map(packer.compress, pieces(kind)), packer.flush()])).decode()


def read(kind: str) -> int:
    text, started = packed(kind), time.monotonic()
    try:
        found = export_elements.read(text, "dhcp01")
        told = f"{len(found.scopes)} scopes, {sum(map(len, found.leases.values()))} leases"
    except UnexpectedReply as refused:
        told = str(refused)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    right = megabytes < MOST and told.endswith("leases") == KINDS[kind][3]
    print(f"{kind}: {time.monotonic() - started:.0f} s, {megabytes} MB: {told}{'' if right else ' WRONG'}", flush=True)
    return int(not right)


def main() -> int:
    if sys.argv[1:]:
        return read(sys.argv[1])
    codes = [subprocess.run([sys.executable, "-m", "fuzz.large", kind], check=False).returncode for kind in KINDS]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
