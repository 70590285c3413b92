"""line: what came, what was refused, how it stands."""

import pickle

import attrs
import pytest

from rxdex.events import Event, Fault, FaultReason, Frame, LineState, Notice, Status


def test_notices_of_one_kind_are_equal_whatever_their_text() -> None:
    assert Notice(what="an error", text="{1}") == Notice(what="an error", text="{2}")
    assert len({Notice(what="an error", text="a"), Notice(what="an error", text="b")}) == 1
    assert Notice(what="an error", text="a") != Notice(what="a message", text="a")


def test_a_notice_is_no_event_and_cannot_be_changed() -> None:
    notice = Notice(what="an error", text="{}")
    assert not isinstance(notice, Event)
    assert pickle.loads(pickle.dumps(notice)).text == "{}"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        notice.text = ""  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def test_a_frame_was_heard_unless_it_says_otherwise() -> None:
    assert Frame(lane="market", text="{}").sent is False
    assert Frame(lane="market", text="{}", sent=True) != Frame(lane="market", text="{}")


def test_the_error_behind_is_no_part_of_equality() -> None:
    fault = Fault(reason=FaultReason.SUBSCRIBER, what="it raised", error=KeyError("a"))
    assert attrs.evolve(fault, error=KeyError("a")) == fault
    assert hash(attrs.evolve(fault, error=None)) == hash(fault)
    status = Status(lane="market", state=LineState.WAITING, what="waiting", error=OSError())
    assert attrs.evolve(status, error=None) == status


def test_what_need_not_be_said() -> None:
    fault = Fault(reason=FaultReason.NOTICE, what="it said")
    assert (fault.lane, fault.text, fault.error) == (None, None, None)
    status = Status(lane=None, state=LineState.UP, what="up")
    assert (status.error, status.retry_in) == (None, None)


@pytest.mark.parametrize("kind", [FaultReason, LineState])
def test_words_are_words(kind: type[FaultReason] | type[LineState]) -> None:
    for member in kind:
        assert member.value == member.name.lower().replace("_", " ")
