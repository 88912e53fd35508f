#!/bin/sh
# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# tests/declared/tools.sh FOLDER: takes promtool and shellcheck out of Debian's packages into FOLDER, where they are not
# on PATH. Nothing is installed, and no service begins: prometheus would listen on a port. 22 MB. Elsewhere it does nothing.
set -eu
command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null || exit 0
mkdir -p "$1"
cd "$1"
for tool in prometheus:promtool shellcheck:shellcheck; do
  package=${tool%:*} program=${tool#*:}
  if [ -x "$program" ] || command -v "$program" > /dev/null; then continue; fi
  # without a list of packages, or with an old one, root gets a new one
  apt-get -qq download "$package" 2> /dev/null || { apt-get -qq update && apt-get -qq download "$package"; } > /dev/null 2>&1 || continue
  if dpkg-deb --fsys-tarfile "$package"_*.deb | tar -xO "./usr/bin/$program" > part; then
    chmod 755 part
    mv part "$program"
  fi
  rm -f part "$package"_*.deb
done
