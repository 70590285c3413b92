"""market: trades, depth, klines, tickers and blocks, trap by trap."""

from decimal import Decimal

import pytest

from rxdex.errors import MalformedFrame
from rxdex.events import (
    BlockHeight,
    DepthSnapshot,
    DepthUpdate,
    Interval,
    Kline,
    Level,
    MiniTicker,
    Side,
    Ticker,
    TickType,
    Trade,
)
from rxdex.topics import Kind, Topic
from rxdex.venue import MARKET, Delivery, Lane
from rxdex.venues.binance_dex.bech32 import address_bytes
from rxdex.venues.binance_dex.decode import decode
from rxdex.venues.binance_dex.market import DEPTH_LANE
from tests.builders import (
    BUYER,
    BUYER_HEX,
    HEIGHT,
    SELLER,
    SELLER_HEX,
    SYMBOL,
    TESTNET_BUYER,
    TESTNET_SELLER,
    TIME_NS,
    TIME_S,
    candle,
    captured,
    deliveries,
    depth,
    diff,
    events,
    found,
    frame,
    kline,
    mini,
    notices,
    only,
    ticker,
    together,
    topic_of,
    trade,
)

S, MS = 1_000_000_000, 1_000_000
OTHER = "RUNE-B1A_BNB"


def dec(*texts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, texts))


def levels(*pairs: tuple[str, str]) -> tuple[Level, ...]:
    return tuple(Level(Decimal(price), Decimal(quantity)) for price, quantity in pairs)


def test_a_trade_in_full() -> None:
    """PROTOCOL 7.4 keys: E is a height, T is ns."""
    assert only(Trade, "trades", [trade()], MARKET) == Trade(
        symbol=SYMBOL,
        trade_id=f"{HEIGHT}-7",
        price=Decimal("31.5"),
        quantity=Decimal(2),
        time_ns=TIME_NS,
        block_height=HEIGHT,
        buyer_order_id=f"{BUYER_HEX}-11",
        seller_order_id=f"{SELLER_HEX}-12",
        buyer_address=BUYER,
        seller_address=SELLER,
        tick=TickType.SELL_TAKER,
    )


def test_the_captured_trade() -> None:
    """
    PROTOCOL 7.4 tt; 12 trades tt: absent before July 2019, so nobody knows who took.

    PROTOCOL 12 orders T, O: 19 digits, exact. PROTOCOL 7.4 sa and ba: the bytes of a and b.
    """
    (sold,) = events(Trade, decode(captured("trades")[0].frame))
    assert sold.tick is None
    assert sold.taker is None
    assert sold.time_ns == 1_554_964_166_437_515_341
    assert sold.block_height == 7549438
    assert (sold.buyer_address, sold.seller_address) == (TESTNET_BUYER, TESTNET_SELLER)
    for address, order_id in [
        (TESTNET_BUYER, sold.buyer_order_id),
        (TESTNET_SELLER, sold.seller_order_id),
    ]:
        assert order_id is not None
        assert order_id.startswith(f"{address_bytes(address)[1].hex().upper()}-")


@pytest.mark.parametrize(
    ("wire", "tick", "taker"),
    [
        (0, TickType.UNKNOWN, None),
        (1, TickType.SELL_TAKER, Side.SELL),
        (2, TickType.BUY_TAKER, Side.BUY),
        (3, TickType.BUY_SURPLUS, None),
        (4, TickType.SELL_SURPLUS, None),
        (5, TickType.NEUTRAL, None),
        (None, None, None),
    ],
)
def test_a_tick_is_no_side(wire: int | None, tick: TickType | None, taker: Side | None) -> None:
    """PROTOCOL 7.4 tt; 12 trades tt: 3 to 5 have no taker, and none is made up."""
    sold = only(Trade, "trades", [trade(tt=wire)])
    assert sold.tick is tick
    assert sold.taker is taker


def test_a_tick_that_is_new_drops_nothing() -> None:
    """PROTOCOL 7.4 tt: UNKNOWN, and a notice."""
    said = found("trades", [trade(tt=6), trade()])
    assert [sold.tick for sold in events(Trade, said)] == [TickType.UNKNOWN, TickType.SELL_TAKER]
    assert [notice.what for notice in notices(said)] == [
        "a tick type we do not know: 6; the event says UNKNOWN"
    ]


def test_all_trades_of_a_block_in_one_frame() -> None:
    """
    PROTOCOL 7.4 index; 10 trade id: it begins anywhere and has gaps; opaque, told as it stands.

    PROTOCOL 7.4 price: one frame may show several.
    """
    rows = [trade(t=f"{HEIGHT}-9", p="1.0"), trade(t=f"{HEIGHT}-3", p="2.0")]
    said = found("trades", rows)
    assert [one.topic for one in deliveries(said)] == [Topic(Kind.TRADES, SYMBOL)] * 2
    sold = events(Trade, said)
    assert [one.trade_id for one in sold] == [f"{HEIGHT}-9", f"{HEIGHT}-3"]
    assert [one.price for one in sold] == [1, 2]
    assert {(one.block_height, one.time_ns) for one in sold} == {(HEIGHT, TIME_NS)}


def test_each_trade_goes_to_its_own_symbol() -> None:
    """PROTOCOL 3 topic alone: the symbol is read from the payload."""
    said = deliveries(found("trades", [trade(), trade(s=OTHER)]))
    assert [one.topic.subject for one in said] == [SYMBOL, OTHER]


def test_the_documentations_trade_is_no_json() -> None:
    """PROTOCOL 7.4 docs example: the comma before tt is missing."""
    text = frame("trades", [trade()]).replace(',"tt"', '"tt"')
    with pytest.raises(MalformedFrame, match="no JSON"):
        decode(text)


def test_no_trades_are_no_events() -> None:
    assert found("trades", []) == []


def test_the_captured_update() -> None:
    """PROTOCOL 7.5 keys; 12 marketDiff E: Unix seconds, not a height."""
    (update,) = events(DepthUpdate, decode(captured("marketDiff")[0].frame))
    assert update == DepthUpdate(
        symbol="100K-9BC_BNB",
        bids=levels(("3333.00000000", "0.07398900")),
        asks=(),
        time_ns=1_554_964_484 * S,
    )
    assert update.time.year == 2019


def test_a_quantity_of_zero_is_told_as_it_is() -> None:
    """PROTOCOL 7.5 quantities: absolute; zero removes, and a side without change is empty."""
    update = only(DepthUpdate, "marketDiff", diff(b=[], a=[["31.6", "0.00000000"]]))
    assert update.bids == ()
    assert update.asks == levels(("31.6", "0"))


def test_the_order_of_the_levels_is_kept_and_means_nothing() -> None:
    """PROTOCOL 7.5 order: random on the wire; decoding neither sorts nor merges."""
    pairs = [("3.0", "1.0"), ("9.0", "0.0"), ("1.0", "2.0")]
    update = only(DepthUpdate, "marketDiff", diff(b=[list(pair) for pair in pairs]))
    assert update.bids == levels(*pairs)


def test_two_updates_of_one_second_are_two_updates() -> None:
    """PROTOCOL 7.5 grain: blocks share a second; nothing is refused or dropped for it."""
    first = only(DepthUpdate, "marketDiff", diff())
    second = only(DepthUpdate, "marketDiff", diff(b=[["1.0", "1.0"]]))
    assert first.time_ns == second.time_ns == TIME_S * S
    assert first != second


def test_the_captured_depth() -> None:
    """PROTOCOL 7.6 keys: symbol, not s; the height; 6 amounts: a price of 90000000000."""
    (snapshot,) = events(DepthSnapshot, decode(captured("marketDepth")[0].frame))
    assert snapshot.symbol == "100K-9BC_BNB"
    assert snapshot.block_height == 7551469
    assert snapshot.bids == levels(("3333.00000000", "0.07398900"))
    assert snapshot.asks[-1] == Level(*dec("90000000000.00000000", "40.05079290"))
    assert [level.price for level in snapshot.asks] == sorted(
        level.price for level in snapshot.asks
    )


def test_depth_is_best_first_as_the_wire_has_it() -> None:
    """PROTOCOL 7.6 order: best first on both sides; told as it stands."""
    snapshot = only(DepthSnapshot, "marketDepth", depth())
    assert snapshot.bids == levels(("31.4", "2"), ("31.3", "4"))
    assert snapshot.asks == levels(("31.6", "1"))


@pytest.mark.parametrize("count", [0, 1, 20, 21, 150])
def test_as_many_levels_as_there_are(count: int) -> None:
    """PROTOCOL 7.6 replacement: fewer when thin, none when empty, more than asked are kept."""
    pairs = [(f"{n + 1}.00000000", "1.00000000") for n in range(count)]
    snapshot = only(
        DepthSnapshot, "marketDepth", depth(asks=[list(pair) for pair in pairs], bids=[])
    )
    assert snapshot.asks == levels(*pairs)
    assert snapshot.bids == ()


def test_the_same_depth_may_come_twice() -> None:
    """PROTOCOL 7.6 repeat: an identical repeat is an equal event; decoding keeps no memory."""
    assert found("marketDepth", depth()) == found("marketDepth", depth())


@pytest.mark.parametrize(
    ("stream", "lane", "levels"),
    [
        pytest.param("marketDepth", MARKET, "20", id="plain is 20"),
        pytest.param("marketDepth20", MARKET, "20", id="20 by name"),
        pytest.param("marketDepth100", MARKET, "100", id="100 by name"),
        pytest.param("marketDepth500", MARKET, "500", id="500 by name"),
        pytest.param("marketDepth1000", MARKET, "1000", id="1000 by name"),
        pytest.param("marketDepth", Lane(DEPTH_LANE, "100"), "100", id="the lane says 100"),
        pytest.param("marketDepth100", Lane(DEPTH_LANE, "100"), "100", id="both say 100"),
        pytest.param("marketDepth20", Lane(DEPTH_LANE, "500"), "500", id="the lane is right"),
        pytest.param("marketDepthX", Lane(DEPTH_LANE, "500"), "500", id="whatever the name"),
        pytest.param("marketDepthX", MARKET, "X", id="a name nobody knows is nobody's depth"),
    ],
)
def test_how_deep_a_depth_is(stream: str, lane: Lane, levels: str) -> None:
    """PROTOCOL 3 depth stream names: any name that begins so; the lane knows better than the name."""
    assert topic_of(stream, depth(), lane) == Topic(Kind.DEPTH, SYMBOL, levels)
    assert only(DepthSnapshot, stream, depth(), lane).symbol == SYMBOL


@pytest.mark.parametrize("stream", ["marketDepth", "marketDepth100", "marketDepthX"])
def test_depth_that_is_none(stream: str) -> None:
    every: list[object] = [diff(), [], None, depth(bids=[["NaN", "1.0"]]), depth(asks=None), "text"]
    for wrong in every:
        with pytest.raises(MalformedFrame, match=f"not what the stream '{stream}' says"):
            found(stream, wrong, MARKET)


def test_a_block() -> None:
    """PROTOCOL 7.7 keys: h."""
    assert decode(captured("blockheight")[0].frame) == [
        Delivery(Topic(Kind.BLOCKS), BlockHeight(height=8699895))
    ]


def test_heights_may_skip() -> None:
    """PROTOCOL 7.7 skips: monotone, not gapless; each is told, none is missed."""
    heights = [only(BlockHeight, "blockheight", {"h": h}).height for h in [5, 6, 9, 9]]
    assert heights == [5, 6, 9, 9]


def test_a_trailing_comma_is_no_json() -> None:
    """PROTOCOL 7.7 docs sample: it has a trailing comma, the wire has none."""
    with pytest.raises(MalformedFrame, match="no JSON"):
        decode('{"stream":"blockheight","data":{"h":5,}}')


@pytest.mark.parametrize("height", [0, 384_544_850, 10**11, 10**14, 2**63 - 1])
def test_a_height_is_never_taken_for_a_time(height: int) -> None:
    """PROTOCOL 6 heights: magnitude tells units of time, never heights."""
    assert only(BlockHeight, "blockheight", {"h": height}).height == height
    assert only(DepthSnapshot, "marketDepth", depth(lastUpdateId=height)).block_height == height
    assert only(Trade, "trades", [trade(E=height)]).block_height == height


@pytest.mark.parametrize("interval", list(Interval))
def test_each_of_the_fifteen_intervals(interval: Interval) -> None:
    """PROTOCOL 7.8 intervals; 7.8 30m and 3m: all fifteen, case matters."""
    stream = f"kline_{interval.value}"
    assert topic_of(stream, kline(candle(i=interval.value))) == Topic(Kind.KLINE, SYMBOL, interval)
    assert only(Kline, stream, kline(candle(i=interval.value))).interval is interval


def test_a_minute_is_no_month() -> None:
    """PROTOCOL 7.8 intervals: 1m is a minute, 1M a month."""
    assert only(Kline, "kline_1m", kline()).interval is Interval.MINUTE_1
    assert only(Kline, "kline_1M", kline(candle(i="1M"))).interval is Interval.MONTH_1


@pytest.mark.parametrize("stream", ["kline_4m", "kline_", "kline", "kline_1H", "Kline_1m"])
def test_a_kline_of_no_interval_is_a_stream_we_do_not_know(stream: str) -> None:
    """PROTOCOL 7.8 4m; 12 5 minute kline: it is 5m; no 4m is ever told."""
    (notice,) = notices(found(stream, kline()))
    assert notice.what == f"a frame of a stream we do not know: {stream!r}; it is dropped"
    assert not deliveries(found(stream, kline()))


def test_a_kline_in_full() -> None:
    """PROTOCOL 7.8 keys: times in ms, ids as text."""
    assert only(Kline, "kline_1m", kline()) == Kline(
        symbol=SYMBOL,
        interval=Interval.MINUTE_1,
        open_time_ns=1_563_000_000_000 * MS,
        close_time_ns=1_563_000_059_999 * MS,
        open=Decimal("31.0"),
        high=Decimal("31.9"),
        low=Decimal("30.1"),
        close=Decimal("31.2"),
        volume=Decimal("12.0"),
        quote_volume=Decimal("372.0"),
        trade_count=5,
        first_trade_id="20300000-1",
        last_trade_id="20300001-7",
        is_closed=False,
        time_ns=TIME_S * S,
    )


def test_the_order_of_a_candles_keys() -> None:
    """PROTOCOL 7.8 order: docs t T s i f L o c h l v n x q, go-sdk s t T i f L o c h l v q n x."""
    docs = {
        key: candle()[key]
        for key in ["t", "T", "s", "i", "f", "L", "o", "c", "h", "l", "v", "n", "x", "q"]
    }
    sdk = {
        key: candle()[key]
        for key in ["s", "t", "T", "i", "f", "L", "o", "c", "h", "l", "v", "q", "n", "x"]
    }
    assert only(Kline, "kline_1m", kline(docs)) == only(Kline, "kline_1m", kline(sdk))


def test_an_empty_candle_has_no_trades() -> None:
    """PROTOCOL 7.8 empty candle: its ids are empty texts; ours are None."""
    empty = only(Kline, "kline_1m", kline(candle(f="", L="", n=0, v="0.0", q="0.0")))
    assert empty.first_trade_id is None
    assert empty.last_trade_id is None
    assert empty.trade_count == 0


def test_a_candles_ids_are_no_numbers() -> None:
    """PROTOCOL 7.8 ids: strings here, numbers at Binance.com only."""
    with pytest.raises(MalformedFrame):
        found("kline_1m", kline(candle(f=100)))


def test_a_closed_candle() -> None:
    """PROTOCOL 7.8 closed: x; an end one millisecond earlier or not is told as it stands."""
    closed = only(Kline, "kline_1m", kline(candle(x=True, T=1_563_000_060_000)))
    assert closed.is_closed
    assert closed.close_time_ns - closed.open_time_ns == 60 * S


@pytest.mark.parametrize(
    ("wire", "ns"),
    [
        pytest.param(1_563_000_000, 1_563_000_000 * S, id="seconds"),
        pytest.param(1_563_000_000_123, 1_563_000_000_123 * MS, id="milliseconds"),
        pytest.param(123_456_789, 123_456_789 * S, id="the made-up one of the documentation"),
        pytest.param(1_563_000_000_123_456_789, 1_563_000_000_123_456_789, id="nanoseconds"),
    ],
)
def test_the_time_of_a_kline_is_told_by_its_magnitude(wire: int, ns: int) -> None:
    """PROTOCOL 7.8 E; 6 unit kline E; 6 magnitude: seconds or milliseconds, nobody knows."""
    assert only(Kline, "kline_1m", kline(E=wire)).time_ns == ns


def test_a_ticker_in_full() -> None:
    """PROTOCOL 7.9 keys: E in s, O and C in ms."""
    assert only(Ticker, "ticker", ticker()) == Ticker(
        symbol=SYMBOL,
        price_change=Decimal("0.2"),
        price_change_ratio=Decimal("0.0064"),
        weighted_average_price=Decimal("31.05"),
        previous_close=Decimal("31.15"),
        last_price=Decimal("31.2"),
        last_quantity=Decimal("0.5"),
        best_bid_price=Decimal("31.18"),
        best_bid_quantity=Decimal(6),
        best_ask_price=Decimal("31.22"),
        best_ask_quantity=Decimal(8),
        open=Decimal(31),
        high=Decimal("31.9"),
        low=Decimal("30.1"),
        volume=Decimal(12),
        quote_volume=Decimal("372.6"),
        open_time_ns=1_562_913_600_000 * MS,
        close_time_ns=1_563_000_000_000 * MS,
        first_trade_id="20100000-3",
        last_trade_id="20300001-7",
        trade_count=5,
        time_ns=TIME_S * S,
    )


@pytest.mark.parametrize(
    ("change", "opened", "ratio"),
    [
        ("-0.00000073", "0.00008471", "-0.00860000"),
        ("0.00000438", "0.00010961", "0.03990000"),
        ("0.00012367", "0.00217206", "0.05690000"),
        ("0.20000000", "31.00000000", "0.00640000"),
    ],
)
def test_the_change_is_a_fraction(change: str, opened: str, ratio: str) -> None:
    """PROTOCOL 7.9 P; 12 ticker P: p / o cut to four decimals, and no percent."""
    day = only(Ticker, "ticker", ticker(p=change, P=ratio, o=opened))
    exact = day.price_change / day.open
    assert day.price_change_ratio == Decimal(int(exact * 10_000)) / 10_000
    assert abs(day.price_change_ratio) < 1


def test_a_day_without_trades() -> None:
    """
    PROTOCOL 7.9 no trades: F and L are of an old trade, all prices the last one, n is 0.

    PROTOCOL 12 ticker F / L: strings. PROTOCOL 7.9 crossed: an ask under the last price, no bid.
    """
    (day,) = events(Ticker, decode(captured("ticker")[1].frame))
    assert day.trade_count == 0
    assert day.first_trade_id == day.last_trade_id == "8274485-0"
    assert {day.open, day.high, day.low, day.last_price, day.weighted_average_price} == {
        Decimal(49999)
    }
    assert day.best_bid_price == day.best_bid_quantity == 0
    assert day.best_ask_price == 4700 < day.last_price
    assert day.volume == day.quote_volume == day.price_change == day.price_change_ratio == 0


def test_a_ticker_that_never_saw_a_trade_has_no_ids() -> None:
    day = only(Ticker, "ticker", ticker(F="", L=""))
    assert (day.first_trade_id, day.last_trade_id) == (None, None)


@pytest.mark.parametrize("key", ["F", "L"])
def test_a_tickers_ids_are_no_numbers(key: str) -> None:
    """PROTOCOL 12 ticker F / L: old documentation has numbers; strings are right."""
    with pytest.raises(MalformedFrame):
        found("ticker", ticker(**{key: 5}))


def test_a_ticker_comes_again_though_nothing_changed() -> None:
    """PROTOCOL 7.9 cadence: three captured frames differ in E only; all three are told."""
    days = [day for one in captured("ticker")[1:4] for day in events(Ticker, decode(one.frame))]
    assert [day.time_ns // S for day in days] == [1555687041, 1555687042, 1555687043]
    assert len({day.close_time_ns for day in days}) == 1


def test_the_window_ends_before_the_ticker_was_sent() -> None:
    """PROTOCOL 7.9 lag: C lags E; both are told, neither is mended; the window is a day."""
    for one in captured("ticker"):
        (day,) = events(Ticker, decode(one.frame))
        assert 0 < day.time_ns - day.close_time_ns < 60 * S
        assert day.close_time_ns - day.open_time_ns == 86_400 * S


def test_tickers_are_one_value_of_many() -> None:
    """PROTOCOL 7.9 allTickers: elements of one array may differ in E; each keeps its own."""
    said = found("allTickers", [ticker(E=1559465896), ticker(s=OTHER, E=1559465897)])
    (delivery,) = deliveries(said)
    assert delivery.topic == Topic(Kind.TICKERS)
    both = together(Ticker, said)
    assert [day.symbol for day in both] == [SYMBOL, OTHER]
    assert [day.time_ns // S for day in both] == [1559465896, 1559465897]


def test_the_captured_tickers() -> None:
    (day,) = together(Ticker, decode(captured("allTickers")[0].frame))
    assert day.symbol == "83SHUIHU-AC4_BNB"
    assert day.best_ask_price == day.best_bid_price == 0


def test_a_few_hundred_tickers() -> None:
    """PROTOCOL 7.9 size: some 100 kB every second are one frame and one value."""
    rows = [ticker(s=f"T{n:03}-{n:03}_BNB") for n in range(400)]
    assert len(frame("allTickers", rows)) > 100_000
    assert len(together(Ticker, found("allTickers", rows))) == 400


def test_no_tickers_are_an_empty_value() -> None:
    assert together(Ticker, found("allTickers", [])) == ()
    assert together(MiniTicker, found("allMiniTickers", [])) == ()


@pytest.mark.parametrize("name", ["24hrMiniTicker", "24hrTicker", "whatever"])
def test_a_mini_ticker_is_told_by_its_stream(name: str) -> None:
    """PROTOCOL 7.10 e; 12 miniTicker e: both values; the envelope tells it, never e."""
    assert only(MiniTicker, "miniTicker", mini(e=name)) == MiniTicker(
        symbol=SYMBOL,
        last_price=Decimal("31.2"),
        open=Decimal("31.0"),
        high=Decimal("31.9"),
        low=Decimal("30.1"),
        volume=Decimal(12),
        quote_volume=Decimal(372),
        time_ns=TIME_S * S,
    )
    (one,) = together(MiniTicker, found("allMiniTickers", [mini(e=name)]))
    assert one.symbol == SYMBOL


def test_a_full_ticker_says_enough_for_a_mini_one() -> None:
    """PROTOCOL 7.10 e: a full ticker on the mini stream is a mini ticker."""
    assert only(MiniTicker, "miniTicker", ticker()).last_price == Decimal("31.2")


def test_a_mini_ticker_is_no_full_one() -> None:
    """PROTOCOL 7.10 e: told by the envelope; on the ticker's stream it lacks a dozen keys."""
    with pytest.raises(MalformedFrame):
        found("ticker", mini(e="24hrTicker"))


def test_the_captured_mini_tickers() -> None:
    """PROTOCOL 7.10 provenance: doubtful captures, read all the same; E in seconds."""
    (one,) = events(MiniTicker, decode(captured("miniTicker")[0].frame))
    assert one.time_ns == 1555425469 * S
    (other,) = together(MiniTicker, decode(captured("allMiniTickers")[0].frame))
    assert other.symbol == "MBNB-113_BNB"


@pytest.mark.parametrize(
    ("stream", "data", "kind", "subject"),
    [
        ("trades", [trade()], Kind.TRADES, SYMBOL),
        ("marketDiff", diff(), Kind.DEPTH_UPDATES, SYMBOL),
        ("ticker", ticker(), Kind.TICKER, SYMBOL),
        ("allTickers", [ticker()], Kind.TICKERS, ""),
        ("miniTicker", mini(), Kind.MINI_TICKER, SYMBOL),
        ("allMiniTickers", [mini()], Kind.MINI_TICKERS, ""),
        ("blockheight", {"h": 5}, Kind.BLOCKS, ""),
    ],
)
def test_each_frame_has_its_topic(stream: str, data: object, kind: Kind, subject: str) -> None:
    """PROTOCOL 3 topic alone: kind from the envelope, symbol from the payload."""
    assert topic_of(stream, data) == Topic(kind, subject)
