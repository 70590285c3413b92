"""Which shape a frame has: its envelope names the stream, and the stream says who reads it."""

from collections.abc import Callable, Mapping
from typing import Any, Union, cast

import msgspec

from rxdex.venue import Lane
from rxdex.venues.binance_dex.words import Found

__all__ = ["UNREADABLE", "Reader", "shapes"]

#: Who makes deliveries of a stream's data.
Reader = Callable[[Any, Lane, int], Found]

#: What decoding may raise: invalid UTF-8 and an amount that is none are ValueErrors, as are msgspec's own;
#: deep nesting is not, nor a view with gaps.
UNREADABLE = (ValueError, RecursionError, BufferError)


def _shape(stream: str, data: Any) -> type[msgspec.Struct]:
    """The envelope of one stream: `stream` decides which it is."""
    return msgspec.defstruct(
        f"{stream}_frame", [("data", data)], tag_field="stream", tag=stream, gc=False
    )


def shapes(
    streams: Mapping[str, tuple[Any, Reader]],
) -> tuple[Callable[..., Any], Mapping[type[msgspec.Struct], Reader]]:
    """
    What finds the shape of a frame, and who reads the data of each shape.

    :param streams: what each one's data looks like, and who reads it
    """
    readers = {_shape(stream, data): read for stream, (data, read) in streams.items()}
    union: Any = Union[tuple(readers)]  # noqa: UP007 - made of a table
    return cast("Callable[..., Any]", msgspec.json.Decoder(union).decode), readers
