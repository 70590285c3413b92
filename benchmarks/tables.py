"""Numbers and columns for people."""

from collections.abc import Sequence

__all__ = ["ABSENT", "Row", "aligned", "number"]

Row = Sequence[str]

#: What stands where there is nothing.
ABSENT = "-"


def number(value: float | None) -> str:
    """With as many digits as mean something."""
    if value is None:
        return ABSENT
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def aligned(rows: Sequence[Row], left: int = 1) -> str:
    """Columns: the first ones to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
