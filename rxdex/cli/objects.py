"""Events for programs: one JSON object a line, by the names the fields have in Python."""

import json
from decimal import Decimal
from enum import Enum
from typing import cast

import attrs

from rxdex.events import Event

__all__ = ["as_json"]


def as_json(event: Event) -> str:
    """
    An event as a JSON object in one line.

    Its class comes first, as `event`, when we heard of it last. Amounts are text, exactly as the venue
    wrote them; an enumeration is its value, a time the integer of nanoseconds that the field is.
    """
    fields: dict[str, object] = {
        field.name: getattr(event, field.name) for field in attrs.fields(type(event))
    }
    received_ns = fields.pop("received_ns")
    shown = {"event": type(event).__name__, **fields, "received_ns": received_ns}
    return json.dumps(_plain(shown), separators=(",", ":"))


def _plain(value: object) -> object:
    match value:
        case Decimal():
            # `str` would write a zero of eight decimals as 0E-8.
            return f"{value:f}"
        case Enum():
            return value.value
        case dict():
            named = cast("dict[str, object]", value)
            return {name: _plain(one) for name, one in named.items()}
        case tuple():
            several = cast("tuple[object, ...]", value)
            names = getattr(several, "_fields", None)
            plain = [_plain(one) for one in several]
            return dict(zip(names, plain, strict=True)) if names else plain
        case _:
            return value
