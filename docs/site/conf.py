# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation site: how Sphinx writes what antsibull-docs and docs/docsite bring. See `make docs`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes

project = "cloudops.halt"
author = "cloudops.halt contributors"
project_copyright = "2026, cloudops.halt contributors"
html_title = "cloudops.halt"

extensions = ["sphinx_antsibull_ext"]
antsibull_ext_color_scheme = "default-autodark"

# Every reference has to be found, and nothing is asked for over the network.
nitpicky = True

highlight_language = "text"
pygments_style = "default"
pygments_dark_style = "github-dark"
html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_use_index = False
html_domain_indices = False

# What antsibull-docs refers to in the documentation of Ansible itself.
_ANSIBLE = "https://docs.ansible.com/ansible/latest"
_LABELS = {
    "action_plugins": f"{_ANSIBLE}/plugins/action.html#action-plugins",
    "ansible_configuration_settings": f"{_ANSIBLE}/reference_appendices/config.html#ansible-configuration-settings",
    "common_return_values": f"{_ANSIBLE}/reference_appendices/common_return_values.html#common-return-values",
}


def _link_to_ansible(app: Any, env: Any, reference: Any, content: Any) -> nodes.reference | None:
    """The link for a reference that Sphinx has not found; None leaves the warning."""
    url = _LABELS.get(reference.get("reftarget", ""))
    return nodes.reference("", "", content, internal=False, refuri=url) if url else None


def _keep_contents(app: Any, doctree: nodes.document) -> None:
    """Let a page list its sections. The theme calls that an error unless it is told that it is meant."""
    for topic in doctree.findall(nodes.topic):
        if "contents" in topic["classes"]:
            topic["classes"].append("this-will-duplicate-information-and-it-is-still-useful-here")


def _land(app: Any, name: str, source: list[str]) -> None:
    """Begin the first page with a paragraph and a picture, before the pages that antsibull-docs lists. In the sidebar
    they are grouped, and have short titles."""
    if name != "index":
        return
    listed = source[0][source[0].index("\nGuides\n------\n") :]
    listed = re.sub(r"\n(\w+)\n-+\n\n\.\. toctree::\n", r"\n.. toctree::\n    :caption: \1\n", listed)
    listed = re.sub(r"(:hidden:\n)(?=\n +\w+_(module|filter|role)$)", _captioned, listed, flags=re.MULTILINE)
    listed = re.sub(r"^( +)(\w+)_(module|filter|role)$", r"\1\2 <\2_\3>", listed, flags=re.MULTILINE)
    source[0] = Path(__file__).with_name("landing.rst").read_text(encoding="utf-8") + listed


def _captioned(hidden: re.Match[str]) -> str:
    return f"{hidden[1]}    :caption: {hidden[2].capitalize()}s\n"


def setup(app: Any) -> None:
    app.connect("source-read", _land)
    app.connect("doctree-read", _keep_contents)
    app.connect("missing-reference", _link_to_ansible)
