"""What one socket is subscribed to: paths, messages, and the quirks of PROTOCOL 4."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxdex.errors import InvalidSubject, UnsupportedTopic
from rxdex.simulator.stream_names import Entry
from rxdex.simulator.subscriptions import Heard, Subscriptions
from rxdex.venues.binance_dex.bech32 import encode_address

BNB, RUNE = "BNB_BUSD-BD1", "RUNE-B1A_BNB"
ANNE, BERT = (encode_address("bnb", bytes([number] * 20)) for number in (1, 2))


def fresh(*, is_compressed: bool = False) -> Subscriptions:
    return Subscriptions(frozenset({BNB, RUNE}), is_compressed=is_compressed)


def say(subscriptions: Subscriptions, **message: Any) -> Heard:
    return subscriptions.hear(json.dumps(message))


def error(heard: Heard) -> dict[str, Any]:
    assert heard.notice is not None
    body = json.loads(heard.notice)
    assert set(body) == {"error"}
    found: dict[str, Any] = body["error"]
    return found


def entries(*pairs: tuple[str, str]) -> frozenset[Entry]:
    return frozenset(Entry(*pair) for pair in pairs)


def test_paths_subscribe() -> None:
    it = fresh()
    it.open([f"{BNB}@trades", "$all@blockheight", f"{RUNE}@kline_1M", ANNE])
    assert it.entries == entries(
        ("trades", BNB),
        ("blockheight", "$all"),
        ("kline_1M", RUNE),
        ("orders", ANNE),
        ("accounts", ANNE),
        ("transfers", ANNE),
    )
    assert it.wants("trades", BNB)
    assert not it.wants("trades", RUNE)


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        (f"{BNB}@nonsense", UnsupportedTopic),
        (f"{BNB}@marketDepth1000", UnsupportedTopic),
        (f"{ANNE}@orders", UnsupportedTopic),
        ("XRP-BF2_BNB@trades", InvalidSubject),
        (f"{BNB}@blockheight", InvalidSubject),
        (f"{BNB}@trades@trades", UnsupportedTopic),
        ("bnb1nobody", InvalidSubject),
        (BNB, InvalidSubject),
    ],
)
def test_paths_that_cannot_be(stream: str, kind: type[Exception]) -> None:
    it = fresh()
    with pytest.raises(kind):
        it.open([stream])
    assert it.entries == frozenset()


def test_a_thousand_levels_for_who_offers_compression() -> None:
    it = fresh(is_compressed=True)
    it.open([f"{BNB}@marketDepth1000"])
    assert it.wants("marketDepth1000", BNB)


def test_messages_append_topics_and_symbols_without_acknowledgement() -> None:
    it = fresh()
    assert say(it, method="subscribe", topic="trades", symbols=[BNB]) == Heard("subscribe")
    assert say(it, method="subscribe", topic="trades", symbols=[RUNE, BNB]) == Heard("subscribe")
    assert say(it, method="subscribe", topic="allTickers", symbols=["$all"]) == Heard("subscribe")
    assert it.entries == entries(("trades", BNB), ("trades", RUNE), ("allTickers", "$all"))


def test_unsubscribing_in_part_and_wholly() -> None:
    it = fresh()
    say(it, method="subscribe", topic="trades", symbols=[BNB, RUNE])
    say(it, method="subscribe", topic="ticker", symbols=[BNB])
    gone = say(it, method="unsubscribe", topic="trades", symbols=[BNB, "NOT-HERE_BNB"])
    assert gone == Heard("unsubscribe")
    assert it.entries == entries(("trades", RUNE), ("ticker", BNB))
    say(it, method="unsubscribe", topic="trades")
    assert it.entries == entries(("ticker", BNB))
    say(it, method="unsubscribe", topic="trades")
    say(it, method="unsubscribe", topic="ticker", symbols=[BNB])
    assert it.entries == frozenset()


@pytest.mark.parametrize("key", ["address", "userAddress"])
def test_both_spellings_of_address(key: str) -> None:
    it = fresh()
    assert say(it, method="subscribe", topic="orders", **{key: ANNE}) == Heard("subscribe")
    assert it.entries == entries(("orders", ANNE))


def test_a_second_address_silently_ends_the_first() -> None:
    it = fresh()
    it.open([f"{BNB}@trades", ANNE])
    assert say(it, method="subscribe", topic="accounts", address=BERT) == Heard("subscribe")
    assert it.entries == entries(("trades", BNB), ("accounts", BERT))
    say(it, method="subscribe", topic="orders", address=BERT)
    assert it.entries == entries(("trades", BNB), ("accounts", BERT), ("orders", BERT))


def test_an_address_that_is_none_ends_nothing() -> None:
    it = fresh()
    it.open([ANNE])
    refused = say(it, method="subscribe", topic="orders", address=f"{ANNE}x")
    assert error(refused)["code"] == 404
    assert it.wants("orders", ANNE)


def test_binary_messages_are_heard() -> None:
    it = fresh()
    assert it.hear(json.dumps({"method": "keepAlive"}).encode()) == Heard("keepAlive")
    assert it.hear(b'{"method":"close"}') == Heard("close")


def test_listed_symbols_pass_beside_others_that_are_named() -> None:
    it = fresh()
    found = error(say(it, method="subscribe", topic="trades", symbols=["A_B", BNB, "C_D"]))
    assert found["topic"] == "trades"
    assert found["symbols"] == ["A_B", "C_D"]
    assert found["message"] == "no symbol 'A_B' is listed; /api/v1/markets tells which are"
    assert it.entries == entries(("trades", BNB))


@pytest.mark.parametrize(
    ("message", "code", "words"),
    [
        ("no json", 400, "no JSON"),
        (b"\xff\xfe\xfd", 400, "no JSON"),
        ("[" * 50_000, 400, "no JSON"),
        ("[1]", 400, "JSON object"),
        ("{}", 400, "'method' is one of subscribe"),
        ('{"Method":"keepAlive"}', 400, "spelling"),
        ('{"method":"SUBSCRIBE"}', 400, "spelling"),
        ('{"method":7}', 400, "spelling"),
        ('{"method":"subscribe"}', 400, "'topic' is missing"),
        ('{"method":"unsubscribe"}', 400, "'topic' is missing"),
        ('{"method":"subscribe","topic":"kline_4m","symbols":["x"]}', 404, "kline_"),
        ('{"method":"unsubscribe","topic":"what"}', 404, "no topic 'what'"),
        ('{"method":"subscribe","topic":"marketDepth1000","symbols":["x"]}', 404, "deflate"),
        ('{"method":"subscribe","topic":"trades"}', 400, "needs 'symbols'"),
        ('{"method":"subscribe","topic":"trades","symbols":[]}', 400, "needs 'symbols'"),
        ('{"method":"subscribe","topic":"trades","symbols":"BNB_BUSD-BD1"}', 400, "needs"),
        ('{"method":"subscribe","topic":"trades","symbols":["x",1]}', 400, "no text"),
        ('{"method":"unsubscribe","topic":"trades","symbols":[]}', 400, "needs 'symbols'"),
        ('{"method":"subscribe","topic":"orders","symbols":["x"]}', 400, "needs an 'address'"),
        ('{"method":"subscribe","topic":"orders","address":5}', 400, "needs an 'address'"),
        ('{"method":"subscribe","topic":"trades","symbols":["bnb_busd-bd1"]}', 404, "upper case"),
    ],
)
def test_what_is_wrong_is_told(message: str | bytes, code: int, words: str) -> None:
    it = fresh()
    it.open([f"{BNB}@trades"])
    before = it.entries
    found = error(it.hear(message))
    assert found["code"] == code
    assert words in found["message"]
    assert it.entries == before


@given(st.text() | st.binary())
def test_nothing_a_client_can_say_raises(message: str | bytes) -> None:
    heard = fresh().hear(message)
    assert heard.notice is not None
    assert heard.notice.isascii()


_values = st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3))


@given(
    st.fixed_dictionaries(
        {"method": st.sampled_from(["subscribe", "unsubscribe", "keepAlive", "close"])},
        optional={
            "topic": st.sampled_from(["trades", "orders", "allTickers", "x"]) | _values,
            "symbols": st.lists(st.sampled_from([BNB, RUNE, "$all"])) | _values,
            "address": st.sampled_from([ANNE, BERT]) | _values,
        },
    )
)
def test_nor_does_any_message_of_the_right_shape(message: dict[str, Any]) -> None:
    it = fresh()
    it.open([ANNE, f"{BNB}@trades"])
    say(it, **message)
    assert len({entry.subject for entry in it.entries if entry.topic in ("orders", "accounts")}) < 2
