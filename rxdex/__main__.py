"""`python -m rxdex`, and the entry point of the `rxdex` script."""

import sys

__all__ = ["main"]

_INTERRUPTED = 130


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    try:
        # Late, so that ctrl-C amid the imports is an ordinary end too.
        from rxdex.cli.app import main as run  # noqa: PLC0415

        sys.exit(run())
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
