"""What a command ends with."""

import pytest

from rxdex.cli.ending import BAD_CALL, FAILED, INTERRUPTED, OK, ended
from rxdex.errors import ConnectionLost, InvalidSubject, UnsupportedTopic, VenueGone


def raising(error: BaseException) -> int:
    raise error


def test_a_command_that_went_well_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("watch", lambda: OK) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InvalidSubject("no such symbol"), BAD_CALL, "rxdex watch: no such symbol\n"),
        (UnsupportedTopic("not so deep"), BAD_CALL, "rxdex watch: not so deep\n"),
        (ConnectionLost("refused"), FAILED, "rxdex watch: refused\n"),
        (TimeoutError("no event within 5 s"), FAILED, "rxdex watch: no event within 5 s\n"),
        (KeyboardInterrupt(), INTERRUPTED, ""),
    ],
)
def test_what_is_raised_becomes_a_line_and_a_code(
    error: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended("watch", lambda: raising(error)) == code
    assert capsys.readouterr() == ("", line)


def test_a_venue_that_is_gone_gets_the_remedy_of_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    gone = VenueGone("It was shut down in 2023", "Take Dex.simulated()")
    assert ended("symbols", lambda: raising(gone)) == FAILED
    said = capsys.readouterr().err
    assert said.startswith("rxdex symbols: It was shut down in 2023; leave --venue out")
    assert "Dex.simulated" not in said


def test_a_bug_is_shown_as_one() -> None:
    with pytest.raises(ZeroDivisionError):
        ended("watch", lambda: raising(ZeroDivisionError()))
