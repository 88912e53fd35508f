#!/usr/bin/env bash
# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
#
# ansible-test sanity on a copy of the work tree, in a home of its own: tests/sanity/run.sh FOLDER [option of ansible-test ...]
# The ansible-test and the python on PATH are used. FOLDER keeps their environments, which make the next run quick.
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
mkdir -p "$1"
folder="$(cd "$1" && pwd)"
shift

copy="$folder/ansible_collections/windhcp/failover"
rm -rf "$copy"
git init --quiet "$copy" # or ansible-test would take it for ignored files of the repository around it
cd "$root"
files() { git ls-files -z --cached --others --exclude-standard 2> /dev/null || find . -name .build -prune -o -name .venv -prune -o -type f -print0; }
files | xargs -0 ls -d 2> /dev/null | tar --create --files-from - | tar --extract --directory "$copy"

# the names that ansible-core 2.16 and 2.17, 2.18 and 2.19, 2.20 and later look for
cache="$folder/home/.ansible/test/cache"
mkdir -p "$cache"
for name in get_pip_23_1_2 get_pip_24_2 get_pip_25_2; do cp tests/sanity/get_pip.py "$cache/$name.py"; done

# pylint takes as long as all the others together, so the two run side by side
cd "$copy"
version="$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
sanity() { HOME="$folder/home" ansible-test sanity --python "$version" --color no "$@"; }
sanity --test pylint "$@" > "$folder/pylint.log" 2>&1 &
failed=0
sanity --skip-test pylint "$@" || failed=1
wait $! || failed=1
cat "$folder/pylint.log"
exit "$failed"
