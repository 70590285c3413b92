"""grammar: which symbols, addresses and levels can be."""

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxdex.errors import InvalidSubject, UnsupportedTopic
from rxdex.venues.binance_dex.bech32 import encode_address
from rxdex.venues.binance_dex.grammar import PREFIXES, as_address, as_levels, as_symbol
from tests.builders import BUYER, TESTNET_BUYER, captured


@pytest.mark.parametrize("text", ["BNB_BUSD-BD1", "bnb_busd-bd1", "Bnb_bUSD-Bd1"])
def test_a_symbol_is_in_upper_case(text: str) -> None:
    """PROTOCOL 2 symbol case; 12 symbol case: the documentation says lower, the chain upper."""
    assert as_symbol(text) == "BNB_BUSD-BD1"


@pytest.mark.parametrize(
    "symbol",
    [
        pytest.param("RUNE-A1F_BNB", id="a token against BNB"),
        pytest.param("BNB_BTC.B-918", id="a pegged token"),
        pytest.param("DEX.B-C72_USDT.B-B7C", id="two pegged tokens"),
        pytest.param("BTCB-1DE_USDSB-1AC", id="two tokens"),
        pytest.param("83SHUIHU-AC4_BNB", id="eight characters, digits first"),
        pytest.param("100K-9BC_BNB", id="digits first"),
        pytest.param("AB-123_BNB", id="two characters, since BEP-87"),
        pytest.param("MINI-12AM_BNB", id="a mini token"),
    ],
)
def test_symbols_that_can_be(symbol: str) -> None:
    """PROTOCOL 10 native asset; 10 BEP2 token; 10 BEP8 mini token; 10 pair; 6 symbols."""
    assert as_symbol(symbol) == symbol


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("BNB", id="one asset"),
        pytest.param("BNBBUSD-BD1", id="no underscore"),
        pytest.param("BNB_BUSD-BD1_BNB", id="two underscores"),
        pytest.param("BNB-BUSD-BD1", id="a minus for the underscore"),
        pytest.param("BNB_", id="no quote"),
        pytest.param("_BNB", id="no base"),
        pytest.param("BNB_BUSD", id="no suffix"),
        pytest.param("BNB_BTCB-1D", id="a suffix too short, as in the documentation"),
        pytest.param("BNB_BTCB-1DEF", id="a suffix too long"),
        pytest.param("BNB_BTCB-1DG", id="a suffix that is not hexadecimal"),
        pytest.param("BBNB_BTCB-1DE", id="a typo of the documentation"),
        pytest.param("A-123_BNB", id="one character"),
        pytest.param("ABCDEFGHI-123_BNB", id="nine characters"),
        pytest.param("MINI.B-12AM_BNB", id="a mini token is never pegged"),
        pytest.param("BTC.C-918_BNB", id="another ending"),
        pytest.param("BTC.-918_BNB", id="a bare point"),
        pytest.param("BNB_BUSD-BD1\n", id="a line break"),
        pytest.param(" BNB_BUSD-BD1", id="a blank"),
        pytest.param("$all", id="the whole market"),
        pytest.param("BNB_BUSD-BD1@trades", id="a stream name"),
        pytest.param("BNB_B\u00dcSD-BD1", id="a letter beyond ASCII"),
        pytest.param("\u00dfA-123_BNB", id="a letter whose upper case lies within ASCII"),
        pytest.param("\u017fA-123_BNB", id="another of those"),
        pytest.param("BNB_BUSD-BD\u0661", id="a digit beyond ASCII"),
        pytest.param(BUYER, id="an address"),
    ],
)
def test_symbols_that_cannot_be(text: str) -> None:
    """PROTOCOL 10 pair; 10 BEP2 token; 10 BEP8 mini token; 10 typos; 10 stream names."""
    with pytest.raises(InvalidSubject) as caught:
        as_symbol(text)
    assert str(caught.value).startswith(f"{text!r} cannot be a symbol of Binance DEX; one looks")


def test_every_captured_symbol_can_be() -> None:
    """PROTOCOL 10 pair: what was seen on the wire fits."""
    symbols = {part.split('"')[0] for c in captured() for part in c.frame.split('"s":"')[1:]}
    assert len(symbols) == 4
    assert {as_symbol(symbol) for symbol in symbols} == symbols


@given(st.text(max_size=30))
def test_what_can_be_is_ascii_and_stays(text: str) -> None:
    try:
        symbol = as_symbol(text)
    except InvalidSubject:
        return
    assert symbol.isascii()
    assert as_symbol(symbol) == symbol


@pytest.mark.parametrize("address", [BUYER, TESTNET_BUYER])
def test_an_address_of_either_network(address: str) -> None:
    """PROTOCOL 10 address: bnb with 42 characters, tbnb with 43."""
    assert as_address(address) == address
    assert as_address(address.upper()) == address


def test_an_address_is_plain_text_whatever_it_was() -> None:
    class Hot(StrEnum):
        WALLET = BUYER

    assert type(as_address(Hot.WALLET)) is str
    assert as_address(Hot.WALLET) == BUYER


def test_an_address_of_the_right_network() -> None:
    assert as_address(BUYER, "bnb") == BUYER
    assert as_address(TESTNET_BUYER, "tbnb") == TESTNET_BUYER


@pytest.mark.parametrize(
    ("address", "prefix", "says"),
    [
        (BUYER, "tbnb", "give one that begins with 'tbnb1'"),
        (TESTNET_BUYER, "bnb", "give one that begins with 'bnb1'"),
        (encode_address("cosmos", bytes(20)), None, "give one that begins with 'bnb1' or 'tbnb1'"),
    ],
)
def test_an_address_of_another_network(address: str, prefix: str | None, says: str) -> None:
    with pytest.raises(InvalidSubject) as caught:
        as_address(address, prefix)
    assert str(caught.value) == f"{address!r} is an address of another network; {says}"


@pytest.mark.parametrize(
    ("text", "prefix", "says"),
    [
        ("", None, "it has no prefix such as 'bnb1'; copy it whole"),
        (BUYER[:-1] + "q", "bnb", "its checksum does not fit, so some character is wrong"),
        (BUYER[:-1], "tbnb", "it has 37 characters after 'bnb1', not 38"),
        (BUYER.capitalize(), None, "it is not in lower case"),
        (" " + BUYER, None, "it has no prefix"),
        (BUYER + "\n", None, "it has 39 characters"),
        (BUYER.upper().replace("K", "\u212a"), None, "it is not in lower case"),
        ("BNB_BUSD-BD1", None, "it has no prefix"),
    ],
)
def test_what_cannot_be_an_address(text: str, prefix: str | None, says: str) -> None:
    """PROTOCOL 10 address; 10 stream names: an address is told from a symbol."""
    with pytest.raises(InvalidSubject) as caught:
        as_address(text, prefix)
    assert str(caught.value).startswith(f"{text!r} cannot be an address of Binance DEX: ")
    assert says in str(caught.value)


def test_both_prefixes() -> None:
    assert PREFIXES == ("bnb", "tbnb")


@pytest.mark.parametrize("levels", ["20", "100", "500"])
def test_levels_that_are_offered(levels: str) -> None:
    assert as_levels(levels) == levels


def test_a_thousand_levels_are_refused_with_the_reason() -> None:
    """PROTOCOL 2 marketDepth1000: compressed only, which the library cannot receive."""
    with pytest.raises(UnsupportedTopic, match=r"permessage-deflate.* take 500 levels"):
        as_levels("1000")


@pytest.mark.parametrize("levels", ["", "0", "5", "10", "21", "-20", "020", "20.0", "many"])
def test_levels_that_are_not_offered(levels: str) -> None:
    with pytest.raises(InvalidSubject, match=f"no depth of {levels} levels; take 20, 100 or 500"):
        as_levels(levels)
