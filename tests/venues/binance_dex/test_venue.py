"""venue: what travels where, what is said, and where."""

import json
import pickle
from collections.abc import Iterable
from typing import Any

import attrs
import pytest

from rxdex import topics
from rxdex.errors import InvalidSubject, UnsupportedTopic, VenueGone
from rxdex.events import BlockHeight, Interval
from rxdex.topics import Kind, Topic
from rxdex.venue import MARKET, Delivery, Lane
from rxdex.venues import BinanceDex
from tests.builders import BUYER, SELLER, SYMBOL, TESTNET_BUYER

VENUE = BinanceDex("wss://gateway/api")
OTHER = "RUNE-B1A_BNB"


def subscribes(*wanted: Topic[object]) -> list[str]:
    return list(VENUE.subscribe(wanted))


def unsubscribes(*wanted: Topic[object]) -> list[str]:
    return list(VENUE.unsubscribe(wanted))


@pytest.mark.parametrize(
    ("topic", "stream"),
    [
        (topics.trades(SYMBOL), "trades"),
        (topics.depth_updates(SYMBOL), "marketDiff"),
        (topics.depth(SYMBOL), "marketDepth"),
        (topics.depth(SYMBOL, 100), "marketDepth100"),
        (topics.depth(SYMBOL, 500), "marketDepth500"),
        (topics.kline(SYMBOL, "1m"), "kline_1m"),
        (topics.kline(SYMBOL, "1M"), "kline_1M"),
        (topics.ticker(SYMBOL), "ticker"),
        (topics.mini_ticker(SYMBOL), "miniTicker"),
    ],
)
def test_what_is_said_about_a_symbol(topic: Topic[object], stream: str) -> None:
    """
    PROTOCOL 4 market; 4 kline topics: the interval stands in the topic.

    PROTOCOL 2 marketDepth20: it is no stream; plain marketDepth means 20.
    """
    assert subscribes(topic) == [
        f'{{"method":"subscribe","topic":"{stream}","symbols":["{SYMBOL}"]}}'
    ]
    assert unsubscribes(topic) == [
        f'{{"method":"unsubscribe","topic":"{stream}","symbols":["{SYMBOL}"]}}'
    ]


@pytest.mark.parametrize(
    ("topic", "stream"),
    [
        (topics.tickers(), "allTickers"),
        (topics.mini_tickers(), "allMiniTickers"),
        (topics.blocks(), "blockheight"),
    ],
)
def test_what_is_said_about_the_whole_market(topic: Topic[object], stream: str) -> None:
    """PROTOCOL 2 $all; 4 whole market: the symbols are ["$all"]."""
    assert subscribes(topic) == [f'{{"method":"subscribe","topic":"{stream}","symbols":["$all"]}}']
    assert unsubscribes(topic) == [
        f'{{"method":"unsubscribe","topic":"{stream}","symbols":["$all"]}}'
    ]


@pytest.mark.parametrize(
    ("topic", "stream"),
    [
        (topics.orders(BUYER), "orders"),
        (topics.account(BUYER), "accounts"),
        (topics.transfers(BUYER), "transfers"),
    ],
)
def test_what_is_said_about_an_address(topic: Topic[object], stream: str) -> None:
    """
    PROTOCOL 4 address key; 12 user key: address, not userAddress.

    PROTOCOL 2 by method: each of the three kinds alone. PROTOCOL 4 unsubscribe: the topic alone.
    """
    assert subscribes(topic) == [f'{{"method":"subscribe","topic":"{stream}","address":"{BUYER}"}}']
    assert unsubscribes(topic) == [f'{{"method":"unsubscribe","topic":"{stream}"}}']


def test_the_symbols_of_a_stream_are_said_together() -> None:
    assert subscribes(
        topics.trades(SYMBOL),
        topics.ticker(OTHER),
        topics.trades(OTHER),
        topics.kline(SYMBOL, "1m"),
        topics.kline(SYMBOL, "1h"),
        topics.blocks(),
    ) == [
        f'{{"method":"subscribe","topic":"trades","symbols":["{SYMBOL}","{OTHER}"]}}',
        f'{{"method":"subscribe","topic":"ticker","symbols":["{OTHER}"]}}',
        f'{{"method":"subscribe","topic":"kline_1m","symbols":["{SYMBOL}"]}}',
        f'{{"method":"subscribe","topic":"kline_1h","symbols":["{SYMBOL}"]}}',
        '{"method":"subscribe","topic":"blockheight","symbols":["$all"]}',
    ]


def test_all_three_kinds_of_an_address() -> None:
    wanted = [topics.orders(BUYER), topics.account(BUYER), topics.transfers(BUYER)]
    assert subscribes(*wanted) == [
        f'{{"method":"subscribe","topic":"{name}","address":"{BUYER}"}}'
        for name in ["orders", "accounts", "transfers"]
    ]
    assert unsubscribes(*wanted) == [
        f'{{"method":"unsubscribe","topic":"{name}"}}'
        for name in ["orders", "accounts", "transfers"]
    ]


@pytest.mark.parametrize(
    ("count", "frames"),
    [(0, []), (1, [1]), (200, [200]), (201, [200, 1]), (450, [200, 200, 50])],
)
def test_many_symbols_are_said_in_frames_of_200(count: int, frames: list[int]) -> None:
    symbols = [f"T{n:03}-{n:03}_BNB" for n in range(count)]
    said = [json.loads(text)["symbols"] for text in subscribes(*map(topics.trades, symbols))]
    assert [len(one) for one in said] == frames
    assert [symbol for one in said for symbol in one] == symbols


def test_nothing_to_say_is_nothing_said() -> None:
    assert subscribes() == []
    assert unsubscribes() == []


def test_what_is_said_is_text_of_one_compact_object() -> None:
    """PROTOCOL 4 text frames; 4 key case: lower-case keys, method first, no whitespace."""
    for text in [*subscribes(topics.trades(SYMBOL), topics.orders(BUYER)), VENUE.keepalive.text]:
        assert isinstance(text, str)
        parsed = json.loads(text)
        assert next(iter(parsed)) == "method"
        assert json.dumps(parsed, separators=(",", ":")) == text
        assert all(key == key.lower() for key in parsed)


def test_we_owe_a_keepalive() -> None:
    """PROTOCOL 4 keepAlive; 12 keepAlive extends by: 30 minutes, so every 25."""
    assert VENUE.keepalive.text == '{"method":"keepAlive"}'
    assert VENUE.keepalive.every == 25 * 60


def test_two_pings_missed_are_too_many() -> None:
    assert 60 < VENUE.silence < 90


MARKETS: list[Topic[object]] = [
    topics.trades(SYMBOL),
    topics.depth_updates(SYMBOL),
    topics.depth(SYMBOL),
    topics.kline(SYMBOL, "1m"),
    topics.ticker(OTHER),
    topics.mini_ticker(OTHER),
    topics.tickers(),
    topics.mini_tickers(),
    topics.blocks(),
]


def lanes(wanted: Iterable[Topic[object]]) -> set[Lane]:
    return {VENUE.lane(topic) for topic in wanted}


def test_markets_and_the_chain_share_a_lane() -> None:
    assert lanes(MARKETS) == {MARKET}


def test_each_address_has_a_lane_of_its_own() -> None:
    """PROTOCOL 4 one address: a second one on the same socket would silence the first."""
    of_buyer = [topics.orders(BUYER), topics.account(BUYER), topics.transfers(BUYER)]
    assert lanes(of_buyer) == {Lane("address", BUYER)}
    assert lanes([topics.orders(SELLER)]) == {Lane("address", SELLER)}
    assert len(lanes([*of_buyer, topics.account(SELLER), topics.trades(SYMBOL)])) == 3


def test_an_address_in_capitals_shares_its_lane() -> None:
    assert VENUE.lane(topics.orders(BUYER.upper())) == Lane("address", BUYER)


def test_each_deeper_depth_has_a_lane_of_its_own() -> None:
    """PROTOCOL 3 depth stream names: its frames may not say how deep they are."""
    deep = [topics.depth(symbol, n) for symbol in [SYMBOL, OTHER] for n in [20, 100, 500]]
    assert lanes(deep) == {MARKET, Lane("depth", "100"), Lane("depth", "500")}


def test_what_is_decoded_goes_to_what_was_normalised() -> None:
    for topic in MARKETS:
        assert VENUE.normalise(topic) == topic
        assert VENUE.normalise(VENUE.normalise(topic)) == topic
        assert VENUE.normalise(topic) is VENUE.normalise(Topic(*topic))
    (delivery,) = VENUE.decode('{"stream":"blockheight","data":{"h":5}}', MARKET, 7)
    assert delivery == Delivery(VENUE.normalise(topics.blocks()), BlockHeight(height=5))
    assert getattr(delivery, "event").received_ns == 7  # noqa: B009 - a notice has none


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (topics.trades("rune-b1a_bnb"), topics.trades(OTHER)),
        (topics.depth_updates("rune-b1a_bnb"), topics.depth_updates(OTHER)),
        (topics.depth("rune-b1a_bnb", 100), topics.depth(OTHER, 100)),
        (topics.kline("rune-b1a_bnb", "1M"), topics.kline(OTHER, "1M")),
        (topics.ticker("rune-b1a_bnb"), topics.ticker(OTHER)),
        (topics.mini_ticker("rune-b1a_bnb"), topics.mini_ticker(OTHER)),
        (topics.orders(BUYER.upper()), topics.orders(BUYER)),
    ],
)
def test_a_topic_as_the_venue_spells_it(given: Topic[object], meant: Topic[object]) -> None:
    """PROTOCOL 2 symbol case; 12 symbol case: upper."""
    assert VENUE.normalise(given) == meant


@pytest.mark.parametrize(
    ("topic", "error", "says"),
    [
        (topics.trades("BNB"), InvalidSubject, "'BNB' cannot be a symbol"),
        (topics.trades(""), InvalidSubject, "'' cannot be a symbol"),
        (topics.ticker("$all"), InvalidSubject, r"'\$all' cannot be a symbol"),
        (topics.trades(f"{SYMBOL}@trades"), InvalidSubject, "cannot be a symbol"),
        (topics.orders("me"), InvalidSubject, "'me' cannot be an address"),
        (topics.orders(SYMBOL), InvalidSubject, "cannot be an address"),
        (topics.depth(SYMBOL, 21), InvalidSubject, "no depth of 21 levels"),
        (topics.depth("x", 20), InvalidSubject, "'x' cannot be a symbol"),
        (topics.depth(SYMBOL, 1000), UnsupportedTopic, "permessage-deflate"),
        (Topic(Kind.KLINE, SYMBOL, "4m"), InvalidSubject, "no kline interval '4m'"),
        (topics.kline("x", "1m"), InvalidSubject, "'x' cannot be a symbol"),
    ],
)
def test_what_cannot_be_is_refused_by_the_call(
    topic: Topic[object], error: type[Exception], says: str
) -> None:
    """PROTOCOL 2 marketDepth1000; 7.8 4m; 12 5 minute kline: refused, with the reason."""
    with pytest.raises(error, match=says):
        VENUE.normalise(topic)
    with pytest.raises(error, match=says):
        VENUE.lane(topic)


def test_a_kind_of_another_venue_is_refused() -> None:
    strange: Topic[object] = Topic("funding", SYMBOL)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(UnsupportedTopic, match="Binance DEX has no stream 'funding'"):
        VENUE.normalise(strange)


@pytest.mark.parametrize("interval", list(Interval))
def test_each_interval_is_said(interval: Interval) -> None:
    """PROTOCOL 7.8 intervals; 7.8 30m and 3m; 4 kline topics: all fifteen."""
    (text,) = subscribes(topics.kline(SYMBOL, interval))
    assert json.loads(text)["topic"] == f"kline_{interval.value}"


@pytest.mark.parametrize("lane", [MARKET, Lane("address", BUYER), Lane("depth", "100")])
def test_every_lane_is_at_the_method_protocols_place(lane: Lane) -> None:
    """PROTOCOL 1 path: ws below the base, without a slash at the end."""
    assert VENUE.endpoint(lane) == "wss://gateway/api/ws"


@pytest.mark.parametrize(
    ("url", "base", "symbols"),
    [
        ("wss://gateway/api", "wss://gateway/api", "https://gateway/api/v1/markets?limit=1000"),
        ("wss://gateway/api/", "wss://gateway/api", "https://gateway/api/v1/markets?limit=1000"),
        (
            "ws://localhost:8546",
            "ws://localhost:8546",
            "http://localhost:8546/v1/markets?limit=1000",
        ),
        ("ws://[::1]:80/a", "ws://[::1]:80/a", "http://[::1]:80/a/v1/markets?limit=1000"),
        ("WSS://Gateway/api", "wss://Gateway/api", "https://Gateway/api/v1/markets?limit=1000"),
        ("ws://ws/wss", "ws://ws/wss", "http://ws/wss/v1/markets?limit=1000"),
    ],
)
def test_a_base_url(url: str, base: str, symbols: str) -> None:
    venue = BinanceDex(url)
    assert venue.url == base
    assert venue.endpoint(MARKET) == f"{base}/ws"
    assert venue.symbols().url == symbols
    assert venue.name == f"Binance DEX at {base}"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="nothing"),
        pytest.param("gateway/api", id="no scheme"),
        pytest.param("//gateway/api", id="no scheme but slashes"),
        pytest.param("https://gateway/api", id="the other face"),
        pytest.param("wss:gateway", id="no slashes"),
        pytest.param("wss://", id="no host"),
        pytest.param("wss:///api", id="no host but a path"),
        pytest.param("wss://:443/api", id="no host but a port"),
        pytest.param("wss://gateway:0/api", id="port zero"),
        pytest.param("wss://gateway:65536/api", id="a port too high"),
        pytest.param("wss://gateway:-1/api", id="a port below"),
        pytest.param("wss://gateway:ws/api", id="a port of letters"),
        pytest.param("wss://[::1/api", id="half a bracket"),
        pytest.param("wss://gateway/api?", id="an empty query"),
        pytest.param("wss://gateway/api#", id="an empty fragment"),
        pytest.param("wss://my gateway/api", id="a blank"),
        pytest.param(" wss://gateway/api", id="a blank before"),
        pytest.param("wss://gateway/api\n", id="a line break behind"),
        pytest.param("wss://gateway/api\r\nHost: other", id="a header smuggled in"),
        pytest.param("wss://gateway\t/api", id="a tab"),
        pytest.param("wss://gateway\\api", id="a backslash"),
        pytest.param("wss://gateway\u00a0/api", id="another blank"),
        pytest.param("wss://gateway/\x00", id="a zero byte"),
    ],
)
def test_what_cannot_be_a_base_url(url: str) -> None:
    with pytest.raises(InvalidSubject) as caught:
        BinanceDex(url)
    assert str(caught.value).startswith(
        f"{url!r} cannot be the base URL of a venue; one looks like "
    )


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("wss://gateway/api/ws", "wss://gateway/api"),
        ("wss://gateway/api/ws/", "wss://gateway/api"),
        ("ws://gateway/ws", "ws://gateway"),
    ],
)
def test_the_url_of_a_socket_is_no_base(url: str, base: str) -> None:
    with pytest.raises(InvalidSubject) as caught:
        BinanceDex(url)
    assert str(caught.value) == f"{url!r} is the URL of a socket; give the base, {base!r}"


def test_a_base_url_holds_no_secret() -> None:
    with pytest.raises(InvalidSubject, match="headers") as caught:
        BinanceDex("wss://me:secret@gateway/api")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("wss://me:secret@gateway/api", "'wss://…@gateway/api'"),
        ("wss://me:secret@gateway:99999/api", "'wss://…@gateway:99999/api'"),
        ("wss://me:sec/ret@gateway", "'wss://…@gateway'"),
        ("wss://me:sec?ret@gateway", "'wss://…'"),
        ("me:secret@gateway", "'…@gateway'"),
        ("wss://gateway/api?key=secret", "'wss://gateway/api?…'"),
        ("wss://gateway/api#secret", "'wss://gateway/api#…'"),
        ("wss://gateway?mail=secret@a", "'wss://…'"),
    ],
)
def test_what_may_be_a_secret_is_not_shown(url: str, shown: str) -> None:
    with pytest.raises(InvalidSubject) as caught:
        BinanceDex(url)
    assert str(caught.value).startswith(f"{shown} ")


@pytest.mark.parametrize("url", [None, 5, b"wss://gateway/api"])
def test_what_is_no_text_is_no_base_url(url: Any) -> None:
    with pytest.raises(InvalidSubject, match="is no base URL; give text"):
        BinanceDex(url)


def test_a_gateway_of_one_network_knows_its_addresses() -> None:
    """PROTOCOL 10 address: bnb is mainnet's, tbnb testnet's."""
    mainnet = BinanceDex("wss://gateway/api", prefix="bnb")
    testnet = BinanceDex("wss://gateway/api", prefix="tbnb")
    assert mainnet.lane(topics.orders(BUYER)) == Lane("address", BUYER)
    assert testnet.lane(topics.orders(TESTNET_BUYER)) == Lane("address", TESTNET_BUYER)
    for venue, address in [(mainnet, TESTNET_BUYER), (testnet, BUYER)]:
        with pytest.raises(InvalidSubject, match="of another network"):
            venue.lane(topics.orders(address))
    for address in [BUYER, TESTNET_BUYER]:
        assert VENUE.lane(topics.orders(address)).subject == address


@pytest.mark.parametrize("prefix", ["", "BNB", "cosmos", "bnb1"])
def test_a_network_there_is_not(prefix: str) -> None:
    with pytest.raises(InvalidSubject, match=f"prefix is '{prefix}', and no network's"):
        BinanceDex("wss://gateway/api", prefix=prefix)


@pytest.mark.parametrize(
    ("venue", "network", "url", "prefix"),
    [
        (BinanceDex.mainnet(), "mainnet", "wss://dex.binance.org/api", "bnb"),
        (BinanceDex.testnet(), "testnet", "wss://testnet-dex.binance.org/api", "tbnb"),
    ],
)
def test_the_public_networks_are_gone(
    venue: BinanceDex, network: str, url: str, prefix: str
) -> None:
    """PROTOCOL 12 default network: there is none; each is asked for by name, and says it is gone."""
    text = (
        f"The {network} of Binance DEX was shut down in 2023 and its chain halted in 2024: nobody "
        f"answers at {url}. Take Dex.simulated() for an exchange of our own that speaks the same wire, "
        'or Dex("wss://your-gateway/api") for a gateway or a replay server of yours'
    )
    for ask in [lambda: venue.endpoint(MARKET), venue.symbols]:
        with pytest.raises(VenueGone) as caught:
            ask()
        assert str(caught.value) == text
    assert venue.url == url
    assert venue.prefix == prefix


def test_what_is_gone_can_still_be_talked_about() -> None:
    venue = BinanceDex.mainnet()
    assert venue.lane(topics.orders(BUYER)) == Lane("address", BUYER)
    assert list(venue.subscribe([topics.blocks()])) == list(VENUE.subscribe([topics.blocks()]))
    assert venue.decode("{}")


def test_there_is_no_default_network() -> None:
    """PROTOCOL 12 default network: README and code of a client disagreed; ours has none."""
    with pytest.raises(TypeError):
        BinanceDex()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def test_the_symbols_that_are_listed() -> None:
    reply = b'[{"base_asset_symbol":"BNB","quote_asset_symbol":"BUSD-BD1"}]'
    assert VENUE.symbols().parse(reply) == (SYMBOL,)


def test_a_venue_is_a_value() -> None:
    again = BinanceDex("wss://gateway/api/")
    assert again == VENUE
    assert hash(again) == hash(VENUE)
    assert pickle.loads(pickle.dumps(VENUE)) == VENUE
    assert BinanceDex.mainnet() == BinanceDex("wss://dex.binance.org/api", prefix="bnb")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        VENUE.url = "x"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    "host", ["dex.binance.org", "testnet-dex.binance.org", "DEX-ATLANTIC.binance.org"]
)
def test_a_dead_host_is_known_by_its_url_too(host: str) -> None:
    with pytest.raises(VenueGone, match="was shut down in 2023"):
        BinanceDex(f"wss://{host}/api").endpoint(MARKET)


def test_a_kind_that_is_only_text_is_no_topic_of_the_venue() -> None:
    with pytest.raises(UnsupportedTopic, match="no stream 'depth'"):
        VENUE.normalise(Topic("depth", SYMBOL, "100"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
