"""amounts: what a number may look like on the wire, and what it means."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxdex.events import MAX_NS, Fee
from rxdex.venues.binance_dex.amounts import (
    amount,
    fees,
    match_pairs,
    match_side,
    millis,
    seconds,
    time_by_magnitude,
    usual,
)


@pytest.mark.parametrize(
    "text",
    [
        "0.00000000",
        "0.00039999",
        "-0.00000073",
        "-0.00000000",
        "90000000000.00000000",
        "92233720368.54775808",
        "12",
        "007.5",
        "123456789012345678901234567890.123456789",
    ],
)
def test_an_amount_is_read_exactly(text: str) -> None:
    """PROTOCOL 6 amounts; 6 volumes: strings, eight decimals, beyond int64 too; never a float."""
    value = amount(text)
    assert value == Decimal(text)
    assert value.as_tuple() == Decimal(text).as_tuple()


@given(st.integers(-(10**27), 10**27))
def test_every_whole_number_of_units_is_read_exactly(units: int) -> None:
    text = f"{'-' if units < 0 else ''}{abs(units) // 10**8}.{abs(units) % 10**8:08}"
    assert amount(text).scaleb(8) == units


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".",
        "1.",
        ".5",
        "+1",
        "--1",
        " 1",
        "1 ",
        "1\n",
        "1.0.0",
        "1,0",
        "NaN",
        "-NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "inf",
        "1_0",
        "1_0.00000000",
        "1e5",
        "1E+999999999",
        "0x10",
        "\u0661.\u0660",
        "\uff11.\uff10",
        "1.\u0662",
        "\u00b2",
        "BNB",
        "9" * 41,
        "0." + "0" * 39,
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    """PROTOCOL 6 amounts: NaN, infinity, underscores, exponents, other digits, 41 characters."""
    with pytest.raises(ValueError, match="no amount: "):
        amount(text)


def test_forty_characters_are_an_amount_and_one_more_is_none() -> None:
    assert amount("9" * 40) == Decimal("9" * 40)
    with pytest.raises(ValueError, match="no amount"):
        amount("9" * 41)


def test_a_refusal_shows_no_more_than_forty_characters() -> None:
    with pytest.raises(ValueError, match="no amount") as caught:
        amount("x" * 1000)
    assert str(caught.value) == f"no amount: {'x' * 40!r}"


@given(st.text(max_size=45))
def test_whatever_passes_is_finite(text: str) -> None:
    try:
        value = amount(text)
    except ValueError:
        return
    assert value.is_finite()
    assert text.isascii()


@given(st.from_regex(r"-?[0-9]{0,42}\.?[0-9]{0,42}", fullmatch=True) | st.text(max_size=45))
def test_what_is_usual_is_an_amount(text: str) -> None:
    if usual(1, signed=1)(text):
        assert amount(text) == Decimal(text)
    if usual(2)(f"{text},{text}"):
        assert amount(text) >= 0
    assert not usual(2)(text) or "," in text
    if "," not in text:
        for pair in (f"{text};1.5", f"1.5;{text}", f"{text};{text}"):
            assert bool(match_pairs(pair)) == bool(usual(1)(text))
            assert bool(match_pairs(f"1.5;2.5,{pair}")) == bool(usual(1)(text))
        assert not match_pairs(text)


@pytest.mark.parametrize(
    "text", ["0.00000001", "90000000000.00000000", "1.5", "9" * 31 + ".00000000"]
)
def test_what_the_venue_writes_is_usual(text: str) -> None:
    """It writes eight decimals; fewer are as good."""
    assert usual(3)(f"{text},{text},{text}")
    assert usual(1, signed=1)(f"-{text[-39:].lstrip('.')}")
    assert not usual(1)(f"-{text}")


@pytest.mark.parametrize(
    ("side", "is_usual"),
    [
        ("[]", True),
        ('[["1.0","2.0"]]', True),
        ('[["1.0","2.0"],["0.00000001","0.0"]]', True),
        ('[["1.0","2.0"],]', False),
        ('[["1.0","2.0"]["1.0","2.0"]]', False),
        ('[,["1.0","2.0"]]', False),
        ('[["1.0","2.0"]', False),
        ('[["1.0"]]', False),
        ('[["1.0","2.0","3.0"]]', False),
        ('[["1","2.0"]]', False),
        ('[["1.","2.0"]]', False),
        ('[["-1.0","2.0"]]', False),
        ('[["1.0",2.0]]', False),
        ('[["1.0", "2.0"]]', False),
        ('[["1.0","2.0"]]\n', False),
        ('[["\u0661.0","2.0"]]', False),
        ("[[]]", False),
        ("null", False),
        # Python before 3.11.5 took some of these for whole, where groups were possessive.
        ('[["]', False),
        ('[["1.]', False),
        ('[["1.0","2.0"],["]', False),
        (f'[["{"1" * 31}.0","{"1" * 31}.{"1" * 8}"]]', True),
        (f'[["{"1" * 32}.0","2.0"]]', False),
        (f'[["1.{"1" * 9}","2.0"]]', False),
    ],
)
def test_a_side_is_usual_or_not(side: str, is_usual: bool) -> None:
    assert (match_side(msgspec.Raw(side)) is not None) is is_usual


def test_seconds_and_milliseconds_become_nanoseconds() -> None:
    """PROTOCOL 6 three units: each field says its own; all of ours are ns."""
    assert seconds(1_554_964_484) == 1_554_964_484_000_000_000
    assert millis(1_554_880_245_974) == 1_554_880_245_974_000_000
    assert seconds(0) == millis(0) == 0


@pytest.mark.parametrize(
    ("wire", "ns"),
    [
        pytest.param(0, 0, id="nothing is seconds"),
        pytest.param(1_554_964_484, 1_554_964_484 * 10**9, id="seconds"),
        pytest.param(10**11 - 1, (10**11 - 1) * 10**9, id="the last second"),
        pytest.param(10**11, 10**11 * 10**6, id="the first millisecond"),
        pytest.param(1_554_964_484_123, 1_554_964_484_123 * 10**6, id="milliseconds"),
        pytest.param(10**14 - 1, (10**14 - 1) * 10**6, id="the last millisecond"),
        pytest.param(10**14, 10**14 * 10**3, id="the first microsecond"),
        pytest.param(1_554_964_484_123_456, 1_554_964_484_123_456 * 10**3, id="microseconds"),
        pytest.param(10**17 - 1, (10**17 - 1) * 10**3, id="the last microsecond"),
        pytest.param(10**17, 10**17, id="the first nanosecond"),
        pytest.param(1_554_964_484_123_456_789, 1_554_964_484_123_456_789, id="nanoseconds"),
        pytest.param(MAX_NS, MAX_NS, id="the last nanosecond"),
    ],
)
def test_a_time_of_doubtful_unit_is_told_by_its_magnitude(wire: int, ns: int) -> None:
    """PROTOCOL 6 magnitude: < 1e11 s, < 1e14 ms, < 1e17 us, else ns."""
    assert time_by_magnitude(wire) == ns


@pytest.mark.parametrize("read", [seconds, millis])
def test_a_time_no_calendar_has_is_refused(read: object) -> None:
    assert callable(read)
    with pytest.raises(ValueError, match="no time: "):
        read(MAX_NS)
    with pytest.raises(ValueError, match="no time: -"):
        read(-1)


def test_the_last_second_of_the_calendar_is_a_time() -> None:
    assert seconds(MAX_NS // 10**9) <= MAX_NS
    with pytest.raises(ValueError, match="no time"):
        seconds(MAX_NS // 10**9 + 1)
    with pytest.raises(ValueError, match="no time"):
        time_by_magnitude(-1)
    with pytest.raises(ValueError, match="no time"):
        time_by_magnitude(MAX_NS + 1)


def fee(asset: str, number: str) -> Fee:
    return Fee(asset, Decimal(number))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("BNB:0.00039999", [fee("BNB", "0.00039999")], id="the wire, captured"),
        pytest.param("BNB:0.00039999;", [fee("BNB", "0.00039999")], id="a semicolon at the end"),
        pytest.param("BNB:39999", [fee("BNB", "0.00039999")], id="in units of 1e-8"),
        pytest.param("100K-9BC:1.5", [fee("100K-9BC", "1.5")], id="an asset of digits first"),
        pytest.param("MINI-12AM:0.1", [fee("MINI-12AM", "0.1")], id="a mini token"),
        pytest.param("BTC.B-918:1.00000000", [fee("BTC.B-918", "1")], id="an asset with a point"),
    ],
)
def test_a_fee_as_the_wire_writes_it(text: str, expected: list[Fee]) -> None:
    """PROTOCOL 12 fee n: the wire form is asset:amount."""
    assert fees(text) == tuple(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("10000BNB", [fee("BNB", "0.0001")], id="units"),
        pytest.param("1.00000000BNB", [fee("BNB", "1")], id="decimals"),
        pytest.param("0.5BNB", [fee("BNB", "0.5")], id="fewer decimals"),
        pytest.param("1.00000000100K-9BC", [fee("100K-9BC", "1")], id="the asset begins as digit"),
        pytest.param("2.00000000BTC.B-918", [fee("BTC.B-918", "2")], id="an asset with a point"),
        pytest.param(
            "1.00000000BNB;0.50000000100K-9BC",
            [fee("BNB", "1"), fee("100K-9BC", "0.5")],
            id="two assets",
        ),
    ],
)
def test_a_fee_as_the_documentation_writes_it(text: str, expected: list[Fee]) -> None:
    """PROTOCOL 9 docs form; 12 fee n: eight decimals first and greedily, then the asset."""
    assert fees(text) == tuple(expected)


def test_a_fee_in_two_assets() -> None:
    """PROTOCOL 9 several assets: where BNB did not cover it."""
    assert fees("BNB:0.00039999;BTCB-1DE:0.00000100") == (
        fee("BNB", "0.00039999"),
        fee("BTCB-1DE", "0.00000100"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BNB:0.00010000;#Cxl:1", [fee("BNB", "0.0001")]),
        ("BNB:0.00010000;#Exp:12", [fee("BNB", "0.0001")]),
        (
            "BNB:0.00010000;BTCB-1DE:0.5;#Cxl:1;#Exp:2;",
            [fee("BNB", "0.0001"), fee("BTCB-1DE", "0.5")],
        ),
        ("#Cxl:3", []),
        ("#Cxl:0.00000003", []),
        ("#Exp:many", []),
        ("#Cxl:", []),
        ("10000BNB;#Cxl:1", [fee("BNB", "0.0001")]),
    ],
)
def test_the_counts_of_cancels_and_expiries_are_no_fees(text: str, expected: list[Fee]) -> None:
    """PROTOCOL 9 #Cxl and #Exp: counts, whatever form the server gives them."""
    assert fees(text) == tuple(expected)


def test_no_fee_is_no_fee() -> None:
    """PROTOCOL 9 Ack: an acknowledgement without fills has an empty text."""
    assert fees("") == ()


@pytest.mark.parametrize(
    "text",
    [
        ";",
        ";;",
        "BNB",
        "BNB:",
        ":1.0",
        "BNB:NaN",
        "BNB:-1.0",
        "BNB:1e5",
        "BNB:1_0",
        "BNB:\uff11",
        "BNB:1.0;;BTCB-1DE:1.0",
        "BNB:1.0:2.0",
        "#Foo:1",
        "1.0",
        "BNB:" + "9" * 41,
        "-1.0BNB",
        " BNB: 1",
    ],
)
def test_what_is_no_fee_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no (fee|amount): "):
        fees(text)


@given(st.text(alphabet="BN:;#CxlExp0123456789.-A ", max_size=30))
def test_a_fee_is_read_or_refused(text: str) -> None:
    try:
        parts = fees(text)
    except ValueError:
        return
    assert all(part.asset and part.amount >= 0 for part in parts)
