"""venue: lanes, deliveries and requests are values."""

import attrs
import pytest

from rxdex import topics
from rxdex.errors import MalformedFrame
from rxdex.events import BlockHeight
from rxdex.venue import MARKET, Deliveries, Delivery, Keepalive, Lane, Request, Venue
from rxdex.venues import BinanceDex


@pytest.mark.parametrize(
    ("lane", "shown"),
    [
        (MARKET, "market"),
        (Lane("address", "bnb1x"), "address:bnb1x"),
        (Lane("depth", "100"), "depth:100"),
    ],
)
def test_a_lane_is_named_by_its_subject_too(lane: Lane, shown: str) -> None:
    assert str(lane) == shown


def test_a_delivery_is_a_topic_and_an_event() -> None:
    delivery = Delivery(topics.blocks(), BlockHeight(height=3))
    assert delivery.topic == topics.blocks()
    assert delivery.event == BlockHeight(height=3)
    assert delivery == Delivery(topics.blocks(), BlockHeight(height=3))
    with pytest.raises(AttributeError):
        delivery.event = BlockHeight(height=4)  # type: ignore[misc]


def test_several_events_are_asked_for_as_one_is() -> None:
    events = [BlockHeight(height=3), BlockHeight(height=4)]
    several = Deliveries(topics.blocks(), events)
    assert several.topic == topics.blocks()
    assert several.events == events
    assert several == Deliveries(topics.blocks(), events)
    assert Delivery(topics.blocks(), events[0]).events == (events[0],)
    with pytest.raises(AttributeError):
        several.events = ()  # type: ignore[misc]


def test_a_keepalive_cannot_be_changed() -> None:
    keepalive = Keepalive("{}", every=2.0)
    assert keepalive == Keepalive("{}", 2.0)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        keepalive.every = 3.0  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def test_a_request_reads_its_own_reply() -> None:
    request = Request("https://host/x", int)
    assert request.parse(b"12") == 12


def test_a_request_says_that_it_cannot_read_a_reply() -> None:
    request = BinanceDex("ws://host/api").symbols()
    with pytest.raises(MalformedFrame):
        request.parse(b"[")


def test_binance_dex_is_a_venue() -> None:
    venue: Venue = BinanceDex("ws://host/api")
    assert venue.name
    assert venue.silence > 0
