# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The documentation as HTML: antsibull-docs makes pages of the installed collection, Sphinx makes HTML of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = ROOT / "docs" / "docsite" / "rst"
INSIDE = ("dhcp_cmdlets",)  # modules that nobody calls


class Warned(Exception):
    """What antsibull-docs or Sphinx had to say."""


def build(folder: Path, collections: Path = ROOT / ".build" / "collections") -> Path:
    """The first page, in a folder that is made anew. Raises Warned."""
    shutil.rmtree(folder, ignore_errors=True)
    sources = folder / "rst"
    sources.mkdir(parents=True)
    sources.chmod(0o700)  # as antsibull-docs wants it
    _run(
        *("antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"),
        *("--no-indexes", "--no-breadcrumbs", "--cleanup", "everything", "--dest-dir", str(sources)),
        "windhcp.failover",
        collections=collections,
    )
    (sources / "index.rst").write_text(index(sources), encoding="utf-8")
    shutil.copytree(PAGES / "images", sources / "docsite" / "images")  # antsibull-docs takes pages only
    return html(sources, folder / "build" / "html")


def index(sources: Path) -> str:
    """The first page: what is written by hand, the guides as extra-docs.yml has them, and what there is of the rest."""
    listed = yaml.safe_load((PAGES.parent / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    tables = [(section["title"], [f"docsite/{name}" for name in section["toctree"]]) for section in listed]
    for title, kind in (("Modules", "module"), ("Roles", "role"), ("Filters", "filter")):
        names = sorted(path.stem.removesuffix(f"_{kind}") for path in sources.glob(f"*_{kind}.rst"))
        tables.append((title, [f"{name} <{name}_{kind}>" for name in names if name not in INSIDE]))
    tables.append(("Inside", [f"{name} <{name}_module>" for name in INSIDE]))
    lines = [(HERE / "index.rst").read_text(encoding="utf-8")]
    for title, entries in tables:
        lines += ["", ".. toctree::", "   :maxdepth: 1", f"   :caption: {title}", "", *(f"   {one}" for one in entries)]
    return "\n".join(lines) + "\n"


def html(sources: Path, folder: Path) -> Path:
    """The first page of what Sphinx makes of the pages. Raises Warned, with all that it complains of."""
    quietly = ("--fail-on-warning", "--keep-going", "--quiet", "--conf-dir", str(HERE))
    _run("sphinx-build", "--builder", "html", *quietly, str(sources), str(folder))
    return folder / "index.html"


def _run(program: str, *arguments: str, collections: Path | None = None) -> None:
    # antsibull-docs calls ansible-doc by its name
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "LANG": "C.UTF-8"}
    if collections:
        environment["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
    done = subprocess.run(
        [str(Path(sys.executable).with_name(program)), *arguments],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise Warned(done.stdout)
