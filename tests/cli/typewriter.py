"""A terminal that keeps what was written."""

import io


class Typewriter(io.StringIO):
    """Text in memory that says it is looked at."""

    def isatty(self) -> bool:
        """It says so."""
        return True
