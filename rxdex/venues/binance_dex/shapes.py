"""Which shape a frame has: its envelope names the stream, and the stream says who reads it."""

from collections.abc import Callable, Mapping
from typing import Any, Union

import msgspec

from rxdex.venue import Lane
from rxdex.venues.binance_dex.words import Found

__all__ = ["UNREADABLE", "Reader", "shapes"]

#: Who makes deliveries of a stream's data.
Reader = Callable[[Any, Lane, int], Found]

#: What decoding may raise: invalid UTF-8 and an amount that is none are ValueErrors, as are msgspec's own;
#: deep nesting is not, nor a view with gaps.
UNREADABLE = (ValueError, RecursionError, BufferError)


def _shape(stream: str, data: Any, read: Reader) -> type[msgspec.Struct]:
    """The envelope of one stream: `stream` decides which it is."""
    return msgspec.defstruct(
        f"{stream}_frame",
        [("data", data)],
        tag_field="stream",
        tag=stream,
        gc=False,
        namespace={"read": staticmethod(read)},
    )


def shapes(streams: Mapping[str, tuple[Any, Reader]]) -> Callable[[str | bytes | memoryview], Any]:
    """
    What finds the shape of a frame: its `data`, and who makes deliveries of it, `read`.

    :param streams: what each one's data looks like, and who reads it
    """
    union: Any = Union[tuple(_shape(stream, *each) for stream, each in streams.items())]  # noqa: UP007 - made of a table
    return msgspec.json.Decoder(union).decode
