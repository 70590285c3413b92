"""bech32: an address is twenty bytes and a checksum that finds every mistyped character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxdex.venues.binance_dex.bech32 import address_bytes, encode_address
from tests.builders import (
    BUYER,
    BUYER_HEX,
    SELLER,
    SELLER_HEX,
    TESTNET_BUYER,
    TESTNET_SELLER,
    captured,
)

CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

raw_address = st.binary(min_size=20, max_size=20)
prefix = st.sampled_from(["bnb", "tbnb"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TESTNET_BUYER, ("tbnb", bytes.fromhex(BUYER_HEX))),
        (TESTNET_SELLER, ("tbnb", bytes.fromhex(SELLER_HEX))),
        (BUYER, ("bnb", bytes.fromhex(BUYER_HEX))),
        (SELLER, ("bnb", bytes.fromhex(SELLER_HEX))),
    ],
)
def test_a_captured_address_is_its_order_ids_bytes(text: str, expected: tuple[str, bytes]) -> None:
    """PROTOCOL 10 order id: 40 upper-case hexadecimal digits of the address, a minus, a number."""
    assert address_bytes(text) == expected
    assert encode_address(*expected) == text


def test_the_captured_trade_holds_both_forms_of_its_addresses() -> None:
    (trades,) = captured("trades")
    for text in [TESTNET_BUYER, TESTNET_SELLER]:
        _, raw = address_bytes(text)
        assert f'"{text}"' in trades.frame
        assert f'"{raw.hex().upper()}-' in trades.frame


@given(prefix, raw_address)
def test_there_and_back(network: str, raw: bytes) -> None:
    text = encode_address(network, raw)
    assert address_bytes(text) == (network, raw)
    assert len(text) == {"bnb": 42, "tbnb": 43}[network]
    assert text == text.lower()


@given(prefix, raw_address, st.integers(0, 37), st.sampled_from(CHARSET))
def test_one_mistyped_character_is_found(network: str, raw: bytes, at: int, put: str) -> None:
    text = encode_address(network, raw)
    at += len(network) + 1
    mistyped = f"{text[:at]}{put}{text[at + 1 :]}"
    if mistyped != text:
        with pytest.raises(ValueError, match="some character is wrong"):
            address_bytes(mistyped)


@given(prefix, raw_address, st.integers(0, 36))
def test_two_neighbours_exchanged_are_found(network: str, raw: bytes, at: int) -> None:
    text = encode_address(network, raw)
    at += len(network) + 1
    exchanged = f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}"
    if exchanged != text:
        with pytest.raises(ValueError, match="some character is wrong"):
            address_bytes(exchanged)


@pytest.mark.parametrize("text", [BUYER, SELLER, TESTNET_BUYER, TESTNET_SELLER])
def test_every_mistake_in_one_character_of_an_address_is_found(text: str) -> None:
    for at in range(len(text)):
        for put in "1" + CHARSET:
            mistyped = f"{text[:at]}{put}{text[at + 1 :]}"
            if mistyped != text:
                with pytest.raises(ValueError, match=r"it|cannot stand"):
                    address_bytes(mistyped)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it has no prefix"),
        ("bnb", "it has no prefix"),
        ("1" + BUYER[4:], "it has no prefix"),
        ("b2b1" + BUYER[4:], "it has no prefix"),
        ("b\u00fcb1" + BUYER[4:], "it has no prefix"),
        (BUYER.upper(), "it is not in lower case"),
        (BUYER[:-1] + BUYER[-1].upper(), "it is not in lower case"),
        (BUYER[:-1], "it has 37 characters after 'bnb1', not 38"),
        (BUYER + "q", "it has 39 characters after 'bnb1', not 38"),
        ("bnb1", "it has 0 characters"),
        (BUYER[:-1] + "b", "'b' cannot stand in an address"),
        (BUYER[:-3] + "iob", "'bio' cannot stand in an address"),
        (BUYER[:-1] + "\u0663", "cannot stand in an address"),
        ("tbnb1" + BUYER[4:], "its checksum does not fit"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str) -> None:
    """PROTOCOL 10 address: lower case, 38 characters behind the prefix, the checksum right."""
    with pytest.raises(ValueError, match=says):
        address_bytes(text)


def test_the_other_checksum_constant_is_none_of_ours() -> None:
    """PROTOCOL 10 address: the constant is 1; bech32m's would be accepted by no node."""
    with pytest.raises(ValueError, match="checksum"):
        address_bytes("bnb1" + "q" * 32 + "ym0lr3")


@pytest.mark.parametrize("length", [0, 19, 21, 32])
def test_an_address_of_another_length_is_not_written(length: int) -> None:
    with pytest.raises(ValueError, match=f"not {length}"):
        encode_address("bnb", bytes(length))
