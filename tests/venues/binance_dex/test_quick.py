"""quick: what it says is what the thorough way says, and nobody can tell by which an event came."""

import copy
import gc
import json
import pickle
import threading
import typing
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs
import msgspec
import pytest
from attrs import exceptions
from hypothesis import given
from hypothesis import strategies as st

from rxdex.errors import MalformedFrame
from rxdex.events import DepthSnapshot, Event, Level, Notice, Ticker, TickType, Trade
from rxdex.topics import Topic
from rxdex.venue import MARKET, Deliveries, Delivery, Finding, Lane
from rxdex.venues import BinanceDex
from rxdex.venues.binance_dex import decode as quick_way
from rxdex.venues.binance_dex.decode import decode
from rxdex.venues.binance_dex.late_rows import LateCandle, LateMiniTicker, LateTicker, LateTrade
from rxdex.venues.binance_dex.quick import NotUsual
from rxdex.venues.binance_dex.thorough import STREAMS, decode_thoroughly
from tests.builders import (
    HOME,
    SAMPLES,
    SYMBOL,
    TIME_NS,
    candle,
    captured,
    deliveries,
    depth,
    diff,
    frame,
    kline,
    mini,
    notices,
    read_wholly,
    singly,
    ticker,
    trade,
)
from tests.venues.binance_dex.test_decode import (
    EXAMPLES,
    envelopes,
    lanes,
    mutated,
    noise,
    places,
    share,
    times,
)

OF_AN_ADDRESS = {"orders", "accounts", "transfers"}
OF_A_MARKET = [it for it in SAMPLES if it in STREAMS and it not in OF_AN_ADDRESS]

each_stream = pytest.mark.parametrize("stream", OF_A_MARKET)


def told(way: Any, *asked: Any) -> tuple[object, ...]:
    """What one of the ways makes of a frame, in full: exact amounts, kinds and moments."""
    try:
        said = singly(way(*asked))
    except MalformedFrame as error:
        return error.reason, error.text
    return repr(said), said, [[(n.what, n.text) for n in notices(said)]]


def last_only(text: str | bytes) -> str | bytes:
    """The frame without what a later key of the same name replaces."""
    try:
        return json.dumps(json.loads(text), separators=(",", ":"))
    except (ValueError, RecursionError):
        return text


def has_twice(text: str | bytes) -> bool:
    """Whether a key stands twice somewhere."""
    found: list[bool] = []

    def look(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found.append(len(dict(pairs)) < len(pairs))
        return dict(pairs)

    json.loads(text, object_pairs_hook=look)
    return any(found)


def expect(*, to_be_read: bool) -> None:
    """Have events made at once, or late, as if none had been read before."""
    for row in (LateTrade, LateCandle, LateTicker, LateMiniTicker):
        while row.late.at_once(1_000):
            pass
        for _ in range(10 if to_be_read else 0):
            row.late.expect_readers()


@pytest.fixture(autouse=True)
def nothing_was_read() -> None:
    expect(to_be_read=False)


def check_both_ways(text: str | bytes, lane: Lane, received_ns: int) -> None:
    for to_be_read in (False, True):
        expect(to_be_read=to_be_read)
        check_once(text, lane, received_ns)


def check_once(text: str | bytes, lane: Lane, received_ns: int) -> None:
    quickly = told(decode, text, lane, received_ns)
    if quickly != told(decode_thoroughly, text, lane, received_ns):
        assert quickly == told(decode_thoroughly, last_only(text), lane, received_ns)
        assert has_twice(text)
        assert isinstance(quickly[1], list), "a refusal is the same both ways"


def parts(said: Sequence[Finding]) -> list[Event]:
    """The events of a frame one by one, unread."""
    values = [one.event for one in deliveries(said)]
    return [it for value in values for it in (value if isinstance(value, tuple) else (value,))]


def unread(stream: str) -> Any:
    """An event that came the quick way, and of which nothing was read."""
    return parts(decode(frame(stream, SAMPLES[stream]), MARKET, 7))[0]


def made(stream: str) -> Any:
    """The same event by its constructor."""
    return parts(decode_thoroughly(frame(stream, SAMPLES[stream]), MARKET, 7))[0]


def other_field(event: Event) -> str:
    """The last of its fields that counts."""
    return str([field.name for field in attrs.fields(type(event)) if field.eq][-1])


# Late, or at once


@pytest.mark.parametrize("stream", ["trades", "kline_1m", "ticker", "allMiniTickers"])
def test_who_reads_one_has_the_next_ones_made_at_once_and_who_stops_pays_no_more(
    stream: str,
) -> None:
    text = frame(stream, SAMPLES[stream])

    def is_late(event: Any) -> bool:
        return hasattr(event, "_source")

    runs: list[int] = []
    for _ in range(12):
        event = parts(decode(text))[0]
        assert is_late(event)
        repr(event)
        runs.append(0)
        while not is_late(parts(decode(text))[0]):
            runs[-1] += 1
    # The one that ended the run before was late, and nobody read it.
    assert runs[0] < runs[3] < runs[-1] == runs[-2] < 1_000
    assert all(is_late(parts(decode(text))[0]) for _ in range(1_000)), "nobody reads them any more"


@pytest.mark.parametrize("stream", ["trades", "kline_1m", "ticker", "allMiniTickers"])
def test_who_reads_one_of_many_pays_for_few(stream: str) -> None:
    text = frame(stream, SAMPLES[stream])
    late = 0
    for number in range(1_000):
        events = parts(decode(text))
        late += hasattr(events[0], "_source")
        if number % 20 == 0:
            repr(events[0])
    assert late > 900


@pytest.mark.parametrize(
    ("stream", "alone"), [("trades", 0), ("kline_1m", 0), ("ticker", 2), ("miniTicker", 2)]
)
def test_who_reads_a_few_fields_has_the_others_left_alone(stream: str, alone: int) -> None:
    event = unread(stream)
    *few, one_more = list(event._source.late.names)[: alone + 1]
    for name in few:
        getattr(event, name)
        assert hasattr(event, "_source")
    getattr(event, one_more)
    assert not hasattr(event, "_source"), "all are made"


@pytest.mark.parametrize("stream", ["marketDiff", "marketDepth"])
def test_each_side_of_a_book_is_made_once(stream: str) -> None:
    event = unread(stream)
    bids, asks = event.bids, event.asks
    assert event.bids is bids
    assert event.asks is asks
    assert not hasattr(event, "_source")


@pytest.mark.parametrize("stream", ["trades", "kline_1m", "ticker"])
def test_as_many_are_made_at_once_as_will_be_read(stream: str) -> None:
    """Or a few more: those of one frame are all made at once, or none of them."""
    text = frame(stream, SAMPLES[stream])
    late = unread(stream)._source.late
    for _ in range(3):
        late.expect_readers()
    made = [parts(decode(text)) for _ in range(12)]
    a_frame = len(made[0])
    for place, events in enumerate(made):
        is_late = place * a_frame >= 4
        assert [hasattr(event, "_source") for event in events] == [is_late] * a_frame
    assert not late.are_read, "nobody looked"


# Which way


@pytest.fixture
def thorough(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The frames that went the thorough way."""
    went: list[object] = []

    def note(text: Any, *rest: Any) -> Any:
        went.append(text)
        return decode_thoroughly(text, *rest)

    monkeypatch.setattr(quick_way, "decode_thoroughly", note)
    return went


@each_stream
def test_a_frame_as_the_venue_writes_it_goes_the_quick_way(
    stream: str, thorough: list[object]
) -> None:
    assert decode(frame(stream, SAMPLES[stream]), MARKET, 7)
    assert thorough == []


def test_so_do_the_captured_ones(thorough: list[object]) -> None:
    for one in captured():
        if one.stream not in OF_AN_ADDRESS:
            decode(one.frame)
    assert thorough == []


@pytest.mark.parametrize("tick", [None, *range(6)])
def test_so_does_a_trade_of_any_tick_we_know(tick: int | None, thorough: list[object]) -> None:
    assert decode(frame("trades", [trade(tt=tick)]))
    assert thorough == []


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        ("trades", [trade(tt=77)]),
        ("trades", [trade(p="12")]),
        ("marketDiff", diff(b=[["31", "2"]])),
        ("marketDepth", depth(bids=[["-1.00000000", "2.00000000"]])),
        ("marketDepth1000", depth()),
        ("kline_1m", kline(candle(v="12"))),
        ("ticker", ticker(v="1" * 32 + ".0000000")),
        ("allMiniTickers", [mini(), mini(o="007")]),
    ],
)
def test_what_is_unusual_goes_the_thorough_way(
    stream: str, data: object, thorough: list[object]
) -> None:
    assert deliveries(decode(frame(stream, data)))
    assert thorough == [frame(stream, data)]


def test_spaces_between_levels_are_unusual_and_fine(thorough: list[object]) -> None:
    text = json.dumps({"stream": "marketDiff", "data": diff()})
    assert decode(text) == decode(frame("marketDiff", diff()))
    assert thorough == [text]


@pytest.mark.parametrize("stream", SAMPLES)
def test_all_is_understood_without_the_quick_way(
    stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(text: object) -> object:
        raise ValueError

    text = frame(stream, SAMPLES[stream])
    expected = told(decode, text, HOME, 7)
    monkeypatch.setattr(quick_way, "_find_shape", refuse)
    assert told(decode, text, HOME, 7) == expected


# The same, both ways


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        *SAMPLES.items(),
        ("kline_1m", kline(candle(f="", L=""))),
        ("ticker", ticker(F="", L="", w="-31.05000000")),
        ("trades", [trade(), trade(s="RUNE-B1A_BNB", T=TIME_NS + 1, p="31.60000000")]),
        ("trades", [trade(), trade(p="31.5", q="2")]),
        ("trades", []),
    ],
)
def test_late_or_at_once_it_says_the_same_both_ways(stream: str, data: object) -> None:
    check_both_ways(frame(stream, data), HOME, 7)


amount_like = (
    st.text(alphabet="0123456789.-+eE_,; \n\"'\\[]NaInf\u0661\uff10", max_size=45)
    | st.from_regex(r"-?[0-9]{0,42}\.?[0-9]{0,42}", fullmatch=True)
    | st.sampled_from(
        ["NaN", "sNaN", "Infinity", "1_0.0", "1.0,2.0", "1.0;2.0,3.0", "0E-8", "-0.00000000"]
    )
)
wire_bits = st.sampled_from([*'0123456789.,;-"[]{}: \n\t\\eEu+_', "\u0661", "],[", '","'])


@st.composite
def near_misses(draw: st.DrawFn) -> str:
    """A frame of a market of which some texts are near to amounts, and a few characters other ones."""
    stream = draw(st.sampled_from(OF_A_MARKET))
    data = copy.deepcopy(SAMPLES[stream])
    spots = [(holder, key) for holder, key in places(data) if isinstance(holder[key], str)]
    if spots:
        for _ in range(draw(st.integers(0, 3))):
            holder, key = draw(st.sampled_from(spots))
            holder[key] = draw(amount_like)
    text = frame(stream, data)
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(wire_bits) + text[at + draw(st.integers(0, 1)) :]
    return text


@pytest.mark.timeout(0 if EXAMPLES > 10_000 else 120)
@share(0.6)
@given(near_misses(), lanes, times)
def test_near_misses_say_the_same_both_ways(text: str, lane: Lane, received_ns: int) -> None:
    check_both_ways(text, lane, received_ns)


@pytest.mark.timeout(0 if EXAMPLES > 10_000 else 120)
@share(0.6)
@given(mutated() | envelopes | noise, lanes, times)
def test_whatever_comes_says_the_same_both_ways(
    text: str | bytes, lane: Lane, received_ns: int
) -> None:
    check_both_ways(text, lane, received_ns)


@pytest.mark.soak
@pytest.mark.timeout(0)
@share(1, of=100_000)
@given(mutated() | near_misses(), lanes, times)
def test_a_hundred_thousand_say_the_same_both_ways(
    text: str | bytes, lane: Lane, received_ns: int
) -> None:
    check_both_ways(text, lane, received_ns)


@pytest.mark.parametrize("form", [str, str.encode, lambda it: memoryview(it.encode())])
@each_stream
def test_text_bytes_and_a_view_say_the_same(stream: str, form: Any) -> None:
    text = frame(stream, SAMPLES[stream])
    assert told(decode, form(text), MARKET, 7) == told(decode_thoroughly, text, MARKET, 7)


@pytest.mark.parametrize("first", ["null", "[[1,2]]", '[["NaN","x"]]'])
def test_of_a_side_that_stands_twice_the_last_counts(first: str) -> None:
    text = frame("marketDiff", diff()).replace('"b":', f'"b":{first},"b":')
    assert decode(text) == decode(frame("marketDiff", diff()))


# Nobody can tell


@each_stream
def test_it_is_the_event_that_its_constructor_makes(stream: str) -> None:
    one = made(stream)
    assert type(unread(stream)) is type(one)
    assert unread(stream) == one
    assert one == unread(stream)
    assert unread(stream) == unread(stream)
    assert unread(stream) != attrs.evolve(one, **{other_field(one): "other"})
    assert hash(unread(stream)) == hash(one)
    assert repr(unread(stream)) == repr(one)
    assert unread(stream).received_ns == 7
    assert {unread(stream): 1}[one] == 1


@each_stream
def test_it_travels_as_the_constructors_does(stream: str) -> None:
    one = made(stream)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(unread(stream), protocol))
        assert (again, again.received_ns) == (one, 7)
    for again in (copy.copy(unread(stream)), copy.deepcopy(unread(stream))):
        assert (again, again.received_ns, type(again)) == (one, 7, type(one))
        read_wholly(again)


@each_stream
def test_attrs_knows_it_as_the_constructors(stream: str) -> None:
    one = made(stream)
    assert attrs.asdict(unread(stream)) == attrs.asdict(one)
    assert attrs.asdict(unread(stream), recurse=False) == attrs.asdict(one, recurse=False)
    assert attrs.astuple(unread(stream)) == attrs.astuple(one)
    assert attrs.fields(type(unread(stream))) == attrs.fields(type(one))
    assert attrs.evolve(unread(stream), received_ns=9).received_ns == 9
    for field in attrs.fields(type(one)):
        if field.eq:
            changed: Any = attrs.evolve(unread(stream), **{field.name: "other"})
            assert changed != one
            assert getattr(changed, field.name) == "other"
            # The one it was made of is as it was.
            assert unread(stream) == one


@each_stream
def test_each_field_can_be_the_first_one_read(stream: str) -> None:
    one = made(stream)
    for field in attrs.fields(type(one)):
        event = unread(stream)
        first = getattr(event, field.name)
        assert repr(first) == repr(getattr(one, field.name))
        assert type(first) is type(getattr(one, field.name))
        assert getattr(event, field.name) is first


@each_stream
def test_so_can_each_property(stream: str) -> None:
    one = made(stream)
    for name in dir(type(one)):
        if isinstance(getattr(type(one), name), property):
            assert getattr(unread(stream), name) == getattr(one, name)


@each_stream
def test_it_is_frozen_before_it_is_read_and_after(stream: str) -> None:
    event = unread(stream)
    for _ in range(2):
        for field in attrs.fields(type(event)):
            with pytest.raises(exceptions.FrozenInstanceError):
                setattr(event, field.name, None)
            with pytest.raises(exceptions.FrozenInstanceError):
                delattr(event, field.name)
        for name in ("_source", "other", "__class__"):
            with pytest.raises(exceptions.FrozenInstanceError):
                setattr(event, name, type(event))
        assert event == made(stream)


@each_stream
def test_it_has_slots_alone(stream: str) -> None:
    event = unread(stream)
    for name in ("__dict__", "__weakref__", "other", "read"):
        assert not hasattr(event, name)


def test_it_is_matched_by_its_fields() -> None:
    match unread("ticker"):
        case Ticker(symbol=symbol, last_price=Decimal() as price):
            assert (symbol, price) == ("BNB_BUSD-BD1", Decimal("31.2"))
        case other:
            pytest.fail(str(other))
    match unread("marketDepth"):
        case DepthSnapshot(bids=(Level(price, quantity), *_), block_height=int()):
            assert (price, quantity) == (Decimal("31.4"), Decimal(2))
        case other:
            pytest.fail(str(other))
    match unread("trades"):
        case Trade(tick=TickType.SELL_TAKER, price=price):
            assert price == Decimal("31.5")
        case other:
            pytest.fail(str(other))


@each_stream
def test_its_fields_are_what_their_hints_say(stream: str) -> None:
    event = unread(stream)
    for name, hint in typing.get_type_hints(type(event)).items():
        value = getattr(event, name)
        kinds = typing.get_args(hint) if typing.get_origin(hint) is not tuple else ()
        kinds = tuple(it for it in kinds if isinstance(it, type)) or (
            typing.get_origin(hint) or hint,
        )
        assert isinstance(value, kinds), name
    for side in ("bids", "asks"):
        for level in getattr(event, side, ()):
            assert type(level) is Level
            assert type(level.price) is type(level.quantity) is Decimal


@each_stream
def test_threads_that_read_it_first_at_once_read_the_same(stream: str) -> None:
    event, one = unread(stream), made(stream)
    begin = threading.Barrier(4)
    read: list[str] = []

    def look() -> None:
        begin.wait(10)
        read.append(repr(event))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert read == [repr(one)] * 4


@each_stream
@pytest.mark.parametrize("form", [memoryview, bytearray])
def test_the_frame_is_not_kept(stream: str, form: Any) -> None:
    buffer = bytearray(frame(stream, SAMPLES[stream]).encode())
    view: Any = buffer if form is bytearray else memoryview(buffer)
    event = parts(decode(view, MARKET, 7))[0]
    if isinstance(view, memoryview):
        view.release()
    # A bytearray that somebody looks into cannot grow.
    buffer.extend(b"more")
    buffer[:] = b"0" * len(buffer)
    assert event == made(stream)


@pytest.mark.parametrize("stream", ["trades", "marketDiff", "marketDepth"])
def test_nor_is_one_that_is_refused(stream: str) -> None:
    bad = {
        "trades": [trade(), trade(q="x")],
        "marketDiff": diff(b=[["31.4", "x"]]),
        "marketDepth": depth(bids=[["1.0", "x"]]),
    }
    view = memoryview(bytearray(frame(stream, bad[stream]).encode()))
    with pytest.raises(MalformedFrame) as refused:
        decode(view)
    error = refused.value.with_traceback(None)
    del refused
    gc.collect()
    view.release()
    assert "no amount: 'x'" in str(error)
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__context__) is not None:
        causes.append(cause)
    assert not any(isinstance(it, NotUsual) for it in causes)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("size", [39, 40, 41, 42])
def test_the_longest_amount_is_the_same_both_ways(sign: str, size: int) -> None:
    long = f"{sign}{'1' * (size - 9 - len(sign))}.00000001"
    assert len(long) == size
    for key in ("p", "P"):
        check_both_ways(frame("ticker", {**SAMPLES["ticker"], key: long}), MARKET, 7)


@each_stream
def test_the_json_of_one_that_was_not_read_is_whole(stream: str) -> None:
    text = frame(stream, SAMPLES[stream])
    unread = [it.event for it in deliveries(decode(text, MARKET, 7))]
    thorough = [it.event for it in deliveries(decode_thoroughly(text, MARKET, 7))]
    assert msgspec.json.encode(unread) == msgspec.json.encode(thorough)


@each_stream
def test_its_topic_is_made_once(stream: str) -> None:
    text = frame(stream, SAMPLES[stream])
    one, other = deliveries(decode(text)), deliveries(decode(text))
    assert one[0].topic is other[0].topic
    assert one[0].topic == deliveries(decode_thoroughly(text))[0].topic
    asked = Topic(*one[0].topic)
    assert BinanceDex("ws://host/api").normalise(asked) is one[0].topic


def test_the_trades_of_a_symbol_are_said_together_and_in_order() -> None:
    symbols = [SYMBOL, SYMBOL, "RUNE-B1A_BNB", SYMBOL]
    said = decode(frame("trades", [trade(t=f"7-{n}", s=it) for n, it in enumerate(symbols)]))
    assert all(isinstance(one, Deliveries) for one in said)
    assert [
        (one.topic.subject, len(one.events)) for one in said if not isinstance(one, Notice)
    ] == [
        (SYMBOL, 2),
        ("RUNE-B1A_BNB", 1),
        (SYMBOL, 1),
    ]
    assert [getattr(it, "trade_id") for it in parts(said)] == ["7-0", "7-1", "7-2", "7-3"]  # noqa: B009 - of a trade
    assert isinstance(decode(frame("trades", [trade()]))[0], Delivery)


def test_a_long_side_that_ends_badly_is_refused() -> None:
    levels = [["31.40000000", "2.00000000"]] * 20_000
    assert decode(frame("marketDiff", diff(b=levels)))
    with pytest.raises(MalformedFrame, match="no amount: 'x'"):
        decode(frame("marketDiff", diff(b=[*levels, ["31.40000000", "x"]])))
