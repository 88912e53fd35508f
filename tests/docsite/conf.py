# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sphinx's settings for `make docs`."""

import zlib
from pathlib import Path

project = "windhcp.failover"
author = "the windhcp.failover authors"
project_copyright = "the windhcp.failover authors"
html_title = html_short_title = "windhcp.failover"

extensions = ["sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
exclude_patterns = ["environment_variables.rst"]  # antsibull-docs writes it also for a collection that has none
pygments_style = "ansible"
highlight_language = "yaml+jinja"
default_role = "any"

html_theme = "alabaster"
html_theme_options = {
    "description": "Microsoft DHCP failover in the state that a playbook declares",
    "page_width": "1100px",
    "sidebar_width": "270px",
    "fixed_sidebar": True,
    "show_powered_by": False,
    "github_button": False,
}
html_sidebars = {"**": ["about.html", "searchfield.html", "navigation.html"]}
html_static_path = ["static"]
html_css_files = ["layout.css"]
html_show_sphinx = False
html_use_index = False
html_copy_source = False

# The labels of Ansible's documentation that pages of modules refer to, so that a build needs no network and is the same
# everywhere. An inventory as Sphinx reads it: four lines, then one a label, packed.
_ANSIBLE = "https://docs.ansible.com/projects/ansible/latest/"
_LABELS = {
    "action_plugins": ("plugins/action.html#action-plugins", "Action plugins"),
    "common_return_values": ("reference_appendices/common_return_values.html#common-return-values", "Return Values"),
}


def _inventory(path: Path) -> str:
    lines = "".join(f"{label} std:label -1 {page} {title}\n" for label, (page, title) in _LABELS.items())
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: latest\n# zlib\n"
    path.write_bytes(head.encode() + zlib.compress(lines.encode()))
    return str(path)


def setup(app) -> None:  # type: ignore[no-untyped-def]  # Sphinx has no types for it
    """Before extensions read what is set here."""
    inventory = _inventory(Path(app.outdir) / "ansible.inv")
    app.config.intersphinx_mapping = {"ansible": (_ANSIBLE, inventory)}
