# ruff: noqa: INP001 - a folder of pages, not a package
"""How the pages become HTML: `make docs`. Nothing here asks the network for anything."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

# For `docs.directives`: Sphinx puts no folder of ours on the path.
sys.path.insert(0, str(Path(__file__).parents[1]))

project = "rxdex"
copyright = "the authors of rxdex, MIT licence"  # noqa: A001 - Sphinx names it so
version = release = version_of("rxdex")

extensions = ["myst_parser", "sphinx.ext.autodoc", "docs.directives"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"rxdex {release}"
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["marbles.css", "tables.css"]

# A single backtick in a docstring is a name: linked where it is known, code where it is not.
default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

myst_heading_anchors = 3
