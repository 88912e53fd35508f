# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The pages of the documentation that are made of the code are those that are committed, and say all of it."""

from __future__ import annotations

import re

import pytest
from ansible_collections.windhcp.failover.plugins.action import dhcp_failover_site
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import errors
from docsite import reference
from docsite.build import PAGES
from docsite.playbooks import PLAYBOOKS, Variable, playbooks, read
from docsite.rst import marked_up, plain

BOOK = """---
# What it is for
# ansible-playbook windhcp.failover.some -i inventory \\
#   -e failover_keep=dhcp01
# And this.
- hosts: "{{ failover_hosts | default('dhcp_servers') }}"
  vars:
    failover_dry_run: true
    failover_is_dry: "{{ failover_dry_run | bool or ansible_check_mode }}"
  tasks:
    - name: One
      windhcp.failover.dhcp_failover:
        relationships: "{{ failover_keep }} {{ failover_keep | default('') }} {{ failover_other | default(omit) }}"
      when: failover_asked | default(3) > 2 and failover_is_dry
      register: failover_result
    - name: Two
      ansible.builtin.import_role:
        name: windhcp.failover.failover
      vars:
        failover_only: "{{ failover_result.names }}"
"""


@pytest.mark.parametrize("name", reference.MADE)
def test_a_page_is_what_make_pages_writes(name: str) -> None:
    committed = (PAGES / f"{name}.rst").read_text(encoding="utf-8")
    assert committed == reference.written()[name], "make pages writes it anew"


def test_what_a_playbook_reads_is_seen_in_it() -> None:
    book = read("some", BOOK)
    assert book.says == (
        ("What it is for", False),
        ("ansible-playbook windhcp.failover.some -i inventory \\", True),
        ("  -e failover_keep=dhcp01", True),
        ("And this.", False),
    )
    assert book.variables == [
        Variable("failover_asked", 3),
        Variable("failover_dry_run", True),
        Variable("failover_hosts", "dhcp_servers"),
        Variable("failover_keep", needed=True),
        Variable("failover_other"),
    ]
    assert book.roles == {"failover": ["failover_only"]}


def test_every_playbook_is_read_and_each_of_its_words_that_could_be_a_variable_is_known() -> None:
    """Seen without the reader: what an expression calls so is one of its variables, or one that it sets."""
    assert [book.name for book in playbooks()] == sorted(path.stem for path in PLAYBOOKS.glob("*.yml"))
    for book in playbooks():
        text = re.sub(r"^#.*$", "", (PLAYBOOKS / f"{book.name}.yml").read_text(encoding="utf-8"), flags=re.M)
        code = " ".join([*re.findall(r"\{\{.*?\}\}", text, re.S), *re.findall(r"(?:when|that): .*", text)])
        words = set(re.findall(r"(?<![\w.])failover_\w+", re.sub(r"'[^']*'", "", code)))
        others = (PLAYBOOKS / name for name in re.findall(r"_tasks: (tasks/\w+\.yml)", text))
        text += "".join(path.read_text(encoding="utf-8") for path in others)
        set_by_it = set(re.findall(r"register: (\w+)|^ +(failover_\w+):", text, re.M))
        known = {one.name for one in book.variables} | {name for both in set_by_it for name in both}
        assert words - known <= {"failover_result"}, book.name  # the role's


def test_what_dhcp_failover_site_checks_for_a_playbook_is_what_the_playbook_reads() -> None:
    purposes = dhcp_failover_site._PURPOSES
    for book in playbooks():
        checked = set(purposes.get(book.name, ())) if book.name not in reference.ROLES else set()
        assert checked <= {one.name for one in book.variables}, book.name


def test_a_variable_that_nobody_describes_is_told_of() -> None:
    with pytest.raises(reference.Undescribed, match="failover_new_one of remove: say in docs/docsite"):
        reference.description("remove", "failover_new_one")


def test_every_id_of_the_code_has_a_line_with_its_meaning_and_its_cure() -> None:
    page = "\n".join(reference.error_codes())
    rows = re.findall(r"^   \* - (.+)\n     - (.+)\n     - (.+)$", page, re.M)
    shown = {tuple(re.findall(r"``(.+?)``", error_id)): (meaning, cure) for error_id, meaning, cure in rows}
    for error_id, (meaning, cure) in errors.MEANING.items():
        first, second = shown[tuple(error_id.split(","))]
        for told, said in ((first, meaning), (second, cure)):
            start = plain(said.split("{")[0])
            assert told.lower().startswith(start.lower()), error_id
    assert len([row for row in rows if row[0] in reference._DENIALS.values()]) == len(errors.DENIED)
    assert "{" not in page


def test_marks_of_ansible_become_marks_of_sphinx() -> None:
    text = ["With O(keep=here) and O(a.b#module:c),", "M(x.y.z) or P(x.y.z#role) gives V(1), a_ and *."]
    expected = (
        "With ``keep=here`` and ``c``, :ansplugin:`x.y.z#module` or :ansplugin:`x.y.z#role` gives ``1``, a\\_ and \\*."
    )
    assert marked_up(text) == expected
