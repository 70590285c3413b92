"""decode: whatever comes, it is deliveries, notices, or one kind of error."""

import copy
import json
import os
import pickle
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rxdex.errors import MalformedFrame
from rxdex.events import BlockHeight, Notice
from rxdex.topics import Kind, Topic
from rxdex.venue import MARKET, Delivery, Lane
from rxdex.venues.binance_dex.decode import decode
from tests.builders import (
    HOME,
    SAMPLES,
    captured,
    deliveries,
    frame,
    notices,
    read_wholly,
    trade,
)

#: How many frames are tried in one run of the tests.
EXAMPLES = int(os.environ.get("RXDEX_EXAMPLES", "2000"))
SOAK = 100_000

BLOCK = '{"stream":"blockheight","data":{"h":5}}'


def share(part: float, of: int = EXAMPLES) -> settings:
    return settings(
        max_examples=max(1, int(of * part)),
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@pytest.mark.parametrize("lane", [MARKET, HOME, Lane("depth", "100")])
@pytest.mark.parametrize("one", captured(), ids=lambda one: one.stream)
def test_every_captured_frame_is_understood(one: Any, lane: Lane) -> None:
    """PROTOCOL 3 envelope: every genuine frame has it, and no frame is data without it."""
    said = decode(one.frame, lane, 3)
    of_address = one.stream in {"orders", "accounts", "transfers"}
    assert bool(deliveries(said)) is (not of_address or lane is HOME)
    assert bool(notices(said)) is not bool(deliveries(said))
    for delivery in deliveries(said):
        read_wholly(delivery.event)


@pytest.mark.parametrize("stream", SAMPLES)
def test_every_sample_is_understood(stream: str) -> None:
    said = decode(frame(stream, SAMPLES[stream]), HOME, received_ns=9)
    assert deliveries(said)
    assert not notices(said)
    for delivery in deliveries(said):
        events = delivery.event if isinstance(delivery.event, tuple) else (delivery.event,)
        assert {event.received_ns for event in events} == {9}
        read_wholly(delivery.event)


@pytest.mark.parametrize("form", [str, str.encode, lambda text: memoryview(text.encode())])
def test_text_and_its_bytes_say_the_same(form: Callable[[str], Any]) -> None:
    assert decode(form(BLOCK)) == [Delivery(Topic(Kind.BLOCKS), BlockHeight(height=5))]
    with pytest.raises(MalformedFrame) as caught:
        decode(form(BLOCK[:-1]))
    assert caught.value.text == BLOCK[:-1]
    (notice,) = notices(decode(form('{"error":"no"}')))
    assert notice.text == '{"error":"no"}'


@pytest.mark.parametrize(
    "text",
    [
        '{"data":{"h":5},"stream":"blockheight"}',
        ' { "stream" : "blockheight" , "data" : { "h" : 5 } } ',
        '{"id":1,"stream":"blockheight","extra":[],"data":{"h":5}}',
        '{"stream":"block\\u0068eight","data":{"\\u0068":5}}',
    ],
)
def test_another_form_of_the_same_envelope(text: str) -> None:
    """PROTOCOL 3 compact: stream first and no whitespace on the wire; not to be depended on."""
    assert decode(text) == decode(BLOCK)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            '{"error":{"error":"Invalid topic"}}',
            "an error from the venue; its words are in the fault's text",
        ),
        ('{"error":null}', "an error from the venue; its words are in the fault's text"),
        ('{"error":"x","stream":"trades"}', "an error from the venue: 'x'"),
        ('{"error":{"code":404,"message":"no\\nX"}}', "an error from the venue: 'no\\nX'"),
        (
            '{"method":"keepAlive","result":null}',
            "a message from the venue; its words are in the fault's text",
        ),
        ("{}", "a message from the venue; its words are in the fault's text"),
        ("[]", "a message from the venue; its words are in the fault's text"),
        ("null", "a message from the venue; its words are in the fault's text"),
        ("5", "a message from the venue; its words are in the fault's text"),
        ('"text"', "a message from the venue; its words are in the fault's text"),
        ('{"stream":"trades"}', "a message from the venue; its words are in the fault's text"),
        ('{"data":[]}', "a message from the venue; its words are in the fault's text"),
        (
            '{"topic":"blockheight","payload":{"h":5}}',
            "a message from the venue; its words are in the fault's text",
        ),
        (
            '[{"stream":"blockheight","data":{"h":5}}]',
            "a message from the venue; its words are in the fault's text",
        ),
    ],
)
def test_what_parses_and_is_no_data_is_a_notice(text: str, what: str) -> None:
    """
    PROTOCOL 4 errors: an object with both stream and data is data, all else is a notice.

    PROTOCOL 3 topic and payload; 12 envelope keys: of 2018, never seen live.
    PROTOCOL 4 no acknowledgement: if one came, it would be a message.
    """
    assert decode(text) == [Notice(what=what, text=text)]
    assert notices(decode(text))[0].text == text


@pytest.mark.parametrize("stream", ["depthSnapshot", "", "TRADES", "trades ", "trade", "@trades"])
def test_a_stream_we_do_not_know_is_a_notice(stream: str) -> None:
    (notice,) = notices(decode(frame(stream, {"x": 1})))
    assert notice.what == f"a frame of a stream we do not know: {stream!r}; it is dropped"
    assert notice.text == frame(stream, {"x": 1})


def test_a_long_name_is_shown_in_part() -> None:
    (notice,) = notices(decode(frame("s" * 500, {})))
    assert len(notice.what) < 110


@pytest.mark.parametrize(
    "text",
    ["", " ", "{", "hello", "{]", "NaN", "{'a':1}", BLOCK + "x", BLOCK[1:], '{"a":"\ud800"}'],
)
def test_what_does_not_parse_is_malformed(text: str) -> None:
    """PROTOCOL 4 errors: text that is not JSON is a protocol error."""
    with pytest.raises(MalformedFrame, match="no JSON") as caught:
        decode(text)
    assert caught.value.text == text


def test_bytes_that_are_no_text_are_malformed() -> None:
    raw = b'{"stream":"trades\xff","data":[]}'
    with pytest.raises(MalformedFrame) as caught:
        decode(raw)
    assert caught.value.text == '{"stream":"trades\ufffd","data":[]}'


@pytest.mark.parametrize("name", ["null", "5", "[]", "{}", "true"])
def test_a_stream_that_is_no_text_is_malformed(name: str) -> None:
    with pytest.raises(MalformedFrame, match="the stream has no name"):
        decode(f'{{"stream":{name},"data":[]}}')


@pytest.mark.parametrize("stream", SAMPLES)
@pytest.mark.parametrize("data", [None, 5, "x", {}, [[]], [None], True, 1.5])
def test_data_of_another_shape_are_malformed(stream: str, data: object) -> None:
    with pytest.raises(MalformedFrame, match=f"not what the stream '{stream}' says"):
        decode(frame(stream, data), HOME)


def test_the_innermost_reason_is_told() -> None:
    with pytest.raises(MalformedFrame, match=r"Expected `int`, got `str` - at `\$.data\[0\].E`"):
        decode(frame("trades", [trade(E="x")]))
    with pytest.raises(MalformedFrame, match="no amount: 'NaN'"):
        decode(frame("trades", [trade(p="NaN")]))


@pytest.mark.parametrize(
    ("stream", "key"),
    [
        ("trades", "s"),
        ("marketDiff", "s"),
        ("marketDepth", "symbol"),
        ("ticker", "s"),
        ("miniTicker", "s"),
    ],
)
def test_a_symbol_longer_than_any_is_malformed_and_not_kept(stream: str, key: str) -> None:
    text = frame(stream, SAMPLES[stream])
    symbol = re.search(rf'"{key}": ?"([A-Z0-9_-]+)"', text)
    assert symbol is not None
    assert decode(text.replace(symbol[1], "A" * 64))
    with pytest.raises(MalformedFrame):
        decode(text.replace(symbol[1], "A" * 65))


def test_a_depth_whose_name_is_too_long_is_a_stream_we_do_not_know() -> None:
    text = frame("marketDepth" + "9" * 1000, SAMPLES["marketDepth"])
    (notice,) = notices(decode(text))
    assert notice.what.startswith("a frame of a stream we do not know")
    assert len(notice.what) < 110


def test_a_view_with_gaps_is_malformed() -> None:
    with pytest.raises(MalformedFrame, match="contiguous"):
        decode(memoryview(b"{_}_")[::2])


def test_one_bad_row_costs_its_frame_and_no_event_is_half_told() -> None:
    with pytest.raises(MalformedFrame):
        decode(frame("trades", [trade(), trade(q="x")]))


@pytest.mark.parametrize("depth", [100, 2_000, 200_000])
def test_deep_nesting_is_no_crash(depth: int) -> None:
    nested = "[" * depth + "]" * depth
    for text in [
        nested,
        f'{{"stream":"blockheight","data":{nested}}}',
        f'{{"stream":"blockheight","data":{{"h":5,"deep":{nested}}}}}',
        f'{{"stream":"other","data":{nested}}}',
        f'{{"error":{nested}}}',
    ]:
        try:
            said = decode(text)
        except MalformedFrame as error:
            check_error(error)
        else:
            assert said


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**64), 2**64)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["NaN", "1_0", "-1.00000000", "9" * 41, "", "\u0661", "BNB:1;", "Ack", "1e9"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)
lanes = st.sampled_from([MARKET, HOME, Lane("depth", "100"), Lane("address", "")])
times = st.integers(0, 2**63)
noise = st.binary(max_size=200) | st.text(max_size=200)
envelopes = st.builds(
    lambda stream, data, more: json.dumps({"stream": stream, "data": data} | more),
    st.sampled_from([*SAMPLES, "marketDepth7", "other"]) | st.text(max_size=10),
    json_values,
    st.dictionaries(st.sampled_from(["error", "stream", "data", "x"]), json_values, max_size=1),
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in nested data: its container, and its key in there."""
    keys: list[Any] = []
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    return [(value, key) for key in keys] + [deep for key in keys for deep in places(value[key])]


KEYS = sorted({str(key) for data in SAMPLES.values() for holder, key in places(data)})


def change(draw: st.DrawFn, whole: Any) -> None:
    """One change somewhere in a frame's data."""
    holder, key = draw(st.sampled_from(places(whole)))
    act = draw(st.sampled_from(["replace", "drop", "rename", "nest", "repeat"]))
    if act == "replace":
        holder[key] = draw(json_values)
    elif act == "drop":
        del holder[key]
    elif act == "nest":
        for _ in range(draw(st.sampled_from([1, 2, 300]))):
            holder[key] = [holder[key]]
    elif isinstance(holder, dict):
        other = draw(st.sampled_from(KEYS) | st.text(max_size=3))
        holder[other] = holder.pop(key) if act == "rename" else copy.deepcopy(holder[key])
    else:
        holder.append(copy.deepcopy(holder[key]))


@st.composite
def mutated(draw: st.DrawFn) -> str | bytes:
    """A valid frame to which something happened."""
    stream = draw(st.sampled_from(list(SAMPLES)))
    whole = {"stream": stream, "data": copy.deepcopy(SAMPLES[stream])}
    for _ in range(draw(st.integers(0, 3))):
        if places(whole):
            change(draw, whole)
    text = json.dumps(whole, separators=(",", ":"))
    act = draw(st.sampled_from(["leave", "leave", "truncate", "double", "flip"]))
    if act == "truncate":
        return text[: draw(st.integers(0, len(text)))]
    if act == "double":
        name = draw(st.sampled_from([*KEYS, "stream", "data"]))
        return text.replace(f'"{name}":', f'"{name}":{json.dumps(draw(json_values))},"{name}":', 1)
    if act == "flip":
        raw = bytearray(text.encode())
        for _ in range(draw(st.integers(1, 3))):
            raw[draw(st.integers(0, len(raw) - 1))] = draw(st.integers(0, 255))
        return bytes(raw)
    return text


def check_error(error: MalformedFrame) -> None:
    """An error says what was wrong, and travels."""
    assert error.reason
    assert str(error)
    assert pickle.loads(pickle.dumps(error)).text == error.text


def check_total(text: str | bytes, lane: Lane, received_ns: int) -> None:
    """Deliveries, notices or `MalformedFrame`; and what is delivered can be read."""
    try:
        said = decode(text, lane, received_ns)
    except MalformedFrame as error:
        check_error(error)
        return
    for one in said:
        if isinstance(one, Notice):
            assert one.what
            assert isinstance(one.text, str)
            read_wholly(one)
        else:
            assert isinstance(one.topic, Topic)
            assert isinstance(hash(one.topic), int)
            read_wholly(tuple(one.events))


@pytest.mark.timeout(0 if EXAMPLES > 10_000 else 120)
@share(0.2)
@given(noise, lanes, times)
def test_noise(text: str | bytes, lane: Lane, received_ns: int) -> None:
    check_total(text, lane, received_ns)


@pytest.mark.timeout(0 if EXAMPLES > 10_000 else 120)
@share(0.2)
@given(json_values.map(json.dumps) | envelopes, lanes, times)
def test_any_json(text: str, lane: Lane, received_ns: int) -> None:
    check_total(text, lane, received_ns)


@pytest.mark.timeout(0 if EXAMPLES > 10_000 else 120)
@share(0.6)
@given(mutated(), lanes, times)
def test_valid_frames_to_which_something_happened(
    text: str | bytes, lane: Lane, received_ns: int
) -> None:
    check_total(text, lane, received_ns)


@pytest.mark.soak
@pytest.mark.timeout(0)
@share(1, of=SOAK)
@given(mutated() | envelopes | noise, lanes, times)
def test_a_hundred_thousand_frames(text: str | bytes, lane: Lane, received_ns: int) -> None:
    check_total(text, lane, received_ns)
