"""`python -m rxdex`, and the entry point of the `rxdex` script."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    # Late, so that a broken dependency shows in the command that needs it.
    from rxdex.cli.app import main as run  # noqa: PLC0415

    sys.exit(run())


if __name__ == "__main__":
    main()
