"""Operators on streams, one per file: what RxPY has not, or not with a bound."""

from rxdex.operators.buffered import buffered
from rxdex.operators.overflow import Overflow
from rxdex.operators.without_gaps import OnGap, without_gaps

__all__ = ["OnGap", "Overflow", "buffered", "without_gaps"]
