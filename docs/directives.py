# ruff: noqa: INP001 - a folder of pages, not a package
"""What `docs.generated` makes, and marble diagrams, as directives for the pages."""

import importlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.domains.python import PythonDomain
from sphinx.util.docutils import SphinxDirective

from docs import generated, marble_svg, marbles, stream_table

__all__ = ["setup"]


class _Part(SphinxDirective):
    """Some Markdown, read as if it stood in the page."""

    def read(self, markdown: str) -> list[nodes.Node]:
        self.env.note_reread()
        return self.parse_text_to_nodes(markdown, allow_section_headings=True)


class Values(_Part):
    """
    The public classes of a module, or one class, each with its table.

    They can be linked to by their names, from signatures too.
    """

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """A section for each."""
        module_name, _, name = self.arguments[0].partition(":")
        module = importlib.import_module(module_name)
        chosen = [vars(module)[name]] if name else list(generated.classes(module))
        found: list[nodes.Node] = []
        for cls in chosen:
            target = f"{cls.__module__}.{cls.__qualname__}"
            node = nodes.target("", "", ids=[target])
            domain = cast("PythonDomain", self.env.get_domain("py"))
            domain.note_object(target, "class", target, location=node)
            sections = self.read(f"### {cls.__name__}\n\n{generated.value(cls)}")
            found += [node, *sections]
        return found


class Prose(_Part):
    """The docstring of a module, without its first line: that is the page's to say."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """All of it."""
        module = importlib.import_module(self.arguments[0])
        return self.read(generated.prose(module).partition("\n")[2].strip())


class Command(_Part):
    """The help of a command; without an argument, that of `rxdex`."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """As it is printed."""
        return self.read(generated.command(*self.arguments))


class Marble(SphinxDirective):
    """
    A diagram, drawn; how it is written stands in `docs.marbles`.

    Its `alt` says what it shows, for who does not see it; by its `name` the tests know it.
    """

    has_content = True
    option_spec: ClassVar = {"alt": directives.unchanged_required, "name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """The drawing, in a frame."""
        if "alt" not in self.options:
            raise self.error("a marble diagram needs an :alt: that says what it shows")
        try:
            diagram = marbles.read("\n".join(self.content))
        except ValueError as wrong:
            raise self.error(str(wrong)) from wrong
        alt = " ".join(self.options["alt"].split())
        drawing = nodes.raw("", marble_svg.svg(diagram, alt), format="html")
        frame = nodes.container("", drawing, classes=["marble"])
        self.add_name(frame)
        return [frame]


def _made_by(make: Callable[[], str]) -> type[_Part]:
    class Made(_Part):
        def run(self) -> list[nodes.Node]:
            return [nodes.container("", *self.read(make()), classes=[make.__name__])]

    return Made


_DIRECTIVES: Mapping[str, type[SphinxDirective]] = MappingProxyType(
    {
        "values": Values,
        "module-docstring": Prose,
        "marble": Marble,
        "floors": _made_by(generated.floors),
        "contracts": _made_by(generated.contracts),
        "states": _made_by(generated.states),
        "streams": _made_by(stream_table.streams),
        "stream-names": _made_by(stream_table.names),
        "command": Command,
    }
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the directives known."""
    for name, directive in _DIRECTIVES.items():
        app.add_directive(name, directive)
    return {"parallel_read_safe": True}
