# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A page of the cookbook as steps, and what Ansible prints as a page shows it."""

from __future__ import annotations

from docsite.recipes import Commands, File, Lab, Typed, same, shortened, steps, with_output

PAGE = """Title
=====

.. lab: off DHCP02

.. code-block:: yaml
   :caption: group_vars/all.yml, a part

   one: 1

   two:
     - 2

.. code-block:: sh

   not for the lab

.. code-block:: powershell
   :caption: on dhcp01

   Add-Something -Name a `
     -Value b

* In a list:

  .. code-block:: console

     $ first --long \\
         --more

     what came

     of it
     $ second

After it.
"""
OUTPUT = """
PLAY [All of it] ****************************************************************

TASK [Read the server] *********************************************************
ok: [dhcp01]
ok: [dhcp02 -> localhost]
skipping: [dhcp03] => (item=Some)

TASK [role : Say which server writes the others] *******************************
ok: [dhcp02] => {
    "msg": "dhcp01 does"
}

TASK [Change it] ***************************************************************
[WARNING]: Look at this.
[ERROR]: Task failed: it was refused
Origin: /home/x/main.yml:3:3

1 ---
    ^ column 3

fatal: [dhcp01]: FAILED! => {"changed": false, "msg": "it \\"was\\" refused", "plan": [{"a": 1}]}

TASK [Show it] *****************************************************************
ok: [dhcp01] => {
    "msg": "so"
}

PLAY RECAP *********************************************************************
dhcp01                     : ok=3    changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0
"""


def consoles(page: str) -> list[Commands]:
    return [step for step in steps(page) if isinstance(step, Commands)]


def test_a_page_is_steps_in_order() -> None:
    lab, file, typed, console = steps(PAGE)
    assert lab == Lab(["off", "DHCP02"])
    assert file == File("group_vars/all.yml", "one: 1\n\ntwo:\n  - 2\n", part=True)
    assert typed == Typed("dhcp01", "Add-Something -Name a -Value b")
    assert isinstance(console, Commands)
    assert console.calls == [("first --long \\\n    --more", ["what came", "", "of it"]), ("second", [])]


def test_output_is_written_where_it_stands_and_nothing_else_changes() -> None:
    (console,) = consoles(PAGE)
    changed = with_output(PAGE, console.block, [(console.calls[0][0], ["other"]), ("second", ["it too"])])
    (again,) = consoles(changed)
    assert [printed for _command, printed in again.calls] == [["other"], ["it too"]]
    assert changed.partition("* In a list")[0] == PAGE.partition("* In a list")[0]
    assert changed.endswith("     it too\n\nAfter it.\n")
    back = with_output(changed, again.block, console.calls)
    assert consoles(back)[0].calls == console.calls


def test_output_is_shown_without_what_says_nothing() -> None:
    assert shortened(OUTPUT) == [
        "TASK [Change it] ***",
        "[WARNING]: Look at this.",
        'fatal: [dhcp01]: FAILED! => {..., "msg": "it \\"was\\" refused", ...}',
        "",
        "TASK [Show it] ***",
        "ok: [dhcp01] => {",
        '    "msg": "so"',
        "}",
        "",
        "PLAY RECAP ***",
        "dhcp01 : ok=3 changed=1 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0",
    ]


def test_moments_and_numbers_of_tasks_may_vary_and_nothing_else() -> None:
    line = "at 2026-03-02T08:00:00Z: copy-20260302T080000Z-1b.xml, 27 KB, ok=3 changed=1 skipped=2"
    other = "at 2026-03-03T09:10:11Z: copy-20260303T091011Z-1b.xml, 3 KB, ok=4 changed=1 skipped=0"
    assert same([line], [other])
    assert not same([line], [line.replace("changed=1", "changed=0")])
    assert not same([line], [line, "more"])
