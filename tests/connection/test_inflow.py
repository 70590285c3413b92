"""inflow: bytes come in any pieces, and short texts are cut out of them whole."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rxdex.connection.inflow import Inflow
from tests.connection.peer import PING, frame

MOST = 1_000
SIZES = st.sampled_from([0, 1, 2, 3, 124, 125, 126, 127, 300, MOST])


def pieces(data: bytes, places: list[int]) -> list[bytes]:
    """The data, cut at these places."""
    cuts = sorted({min(place, len(data)) for place in places} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(cuts)]


@given(st.lists(SIZES, max_size=12), st.lists(st.integers(0, 4_000), max_size=12))
def test_every_text_comes_out_once_and_in_order(sizes: list[int], places: list[int]) -> None:
    texts = [bytes([65 + number % 26]) * size for number, size in enumerate(sizes)]
    inflow = Inflow()
    frames: list[bytes] = []
    data = b"".join(map(frame, texts))
    for piece in pieces(data, places):
        inflow.add(piece)
        inflow.cut(frames, MOST)
        while inflow and not inflow.begins_text(MOST):
            # One of up to a byte at the very end, which is left to the library.
            head = inflow.take(2)
            assert head[0] == 0x81
            assert head[1] <= 1
            frames.append(inflow.take(head[1]))
            inflow.cut(frames, MOST)
    assert frames == texts
    assert len(inflow) == 0


@given(st.binary(max_size=200), st.lists(st.integers(1, 9), max_size=60))
def test_bytes_are_taken_as_they_came(data: bytes, sizes: list[int]) -> None:
    inflow = Inflow()
    added = taken = b""
    for size in sizes:
        inflow.add(data[:size])
        added, data = added + data[:size], data[size:]
        some = inflow.take(3)
        assert len(some) <= 3
        taken += some
    assert len(inflow) == len(added) - len(taken)
    assert taken + inflow.take(1_000) == added
    assert len(inflow) == 0
    assert inflow.take(5) == b""


def test_short_texts_of_any_length_are_cut_out() -> None:
    texts = [b"x" * size for size in (0, 1, 125, 126, 127, MOST, 2)]
    inflow = Inflow()
    frames: list[bytes] = []
    inflow.add(b"".join(map(frame, texts)))
    inflow.cut(frames, MOST)
    assert frames == texts


def test_what_is_no_short_text_is_left() -> None:
    others = [
        frame("x", PING),
        frame("x", 2),
        frame("x", fin=False),
        frame("x", 0),
        frame("x", reserved=4),
        frame("x" * 300, reserved=4),
        frame("x", is_masked=True),
        frame("x" * (MOST + 1)),
        frame("x" * 70_000),
        frame("", announced=1 << 40),
    ]
    for other in others:
        inflow = Inflow()
        frames: list[bytes] = []
        inflow.add(frame("before") + other + frame("behind"))
        inflow.cut(frames, MOST)
        assert frames == [b"before"]
        assert not inflow.begins_text(MOST)
        assert inflow.take(1 << 20) == other + frame("behind")


def test_a_text_that_only_began_is_waited_for_unless_it_is_too_long() -> None:
    for text in ("", "x" * 5, "x" * 125, "x" * 126, "x" * MOST):
        whole = frame(text)
        for size in range(1, len(whole)):
            inflow = Inflow()
            inflow.add(whole[:size])
            inflow.cut([], MOST)
            assert inflow.begins_text(MOST), (text, size)
    for wrong in (frame("x" * (MOST + 1))[:4], frame("x" * 70_000)[:2], frame("x" * 9)[:5]):
        inflow = Inflow()
        inflow.add(wrong)
        assert not inflow.begins_text(8)
    longest = Inflow()
    longest.add(frame("x" * 9)[:5])
    assert longest.begins_text(9)
    assert not Inflow().begins_text(MOST)


def test_what_a_burst_brought_is_not_kept() -> None:
    inflow = Inflow()
    inflow.add(frame("x" * 1_000) * 200)
    inflow.cut([], MOST)
    assert inflow._data == b""
