"""fragments: a message in parts."""

from hypothesis import given
from hypothesis import strategies as st

from rxdex.connection.fragments import Fragments


@given(st.lists(st.lists(st.binary(max_size=9), min_size=1, max_size=9), max_size=5))
def test_the_parts_make_the_message(messages: list[list[bytes]]) -> None:
    fragments = Fragments()
    for parts in messages:
        assert fragments.begun is None
        size = 0
        for part in parts[:-1]:
            assert fragments.add(part, is_last=False) is None
            size += len(part)
            assert fragments.begun == size
        assert fragments.add(parts[-1], is_last=True) == b"".join(parts)
    assert fragments.begun is None
