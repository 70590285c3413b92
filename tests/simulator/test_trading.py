"""Transactions in the words of people, handed in at a whole exchange."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from rxdex.errors import SubmissionRefused
from rxdex.events.values import Side
from rxdex.simulator.engine import PlaceOrder
from rxdex.simulator.exchange import Exchange
from tests.simulator.clients import connected, frame_of


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with Exchange(speed=None, warm_up=10) as running:
        yield running


def test_an_order_of_ones_own_from_placing_to_cancel(exchange: Exchange) -> None:
    symbol = exchange.symbols[0]
    with connected(f"{exchange.url}/ws/{exchange.user}") as client:
        order_id = exchange.buy(symbol, Decimal("0.5"), 2)
        exchange.step()
        assert frame_of(client, "orders")["data"][0]["X"] == "Ack"
        (mine,) = exchange.inspect(lambda chain: chain.open_orders(exchange.user))
        assert (mine.order_id, mine.price, mine.quantity) == (order_id, 50_000_000, 200_000_000)
        assert exchange.cancel(order_id) == order_id
        exchange.step()
        assert frame_of(client, "orders")["data"][0]["X"] == "Canceled"
    with pytest.raises(SubmissionRefused, match="has no open order"):
        exchange.cancel(order_id)


def test_an_order_can_be_cancelled_before_its_block(exchange: Exchange) -> None:
    symbol = exchange.symbols[0]
    order_id = exchange.sell(symbol, "1000", "1")
    assert exchange.cancel(order_id, symbol=symbol) == order_id
    exchange.step()
    assert exchange.inspect(lambda chain: chain.open_orders(exchange.user)) == ()


def test_two_owners_trade_with_each_other() -> None:
    with Exchange(speed=None, traders=False, warm_up=1) as exchange:
        symbol, other = exchange.symbols[0], exchange.addresses[0]
        with connected(f"{exchange.url}/ws/{symbol}@trades") as client:
            exchange.sell(symbol, "15", "1")
            exchange.buy(symbol, "15", "1", owner=other, ioc=True)
            exchange.step()
            (trade,) = frame_of(client, "trades")["data"]
            assert (trade["p"], trade["q"]) == ("15.00000000", "1.00000000")
            assert (trade["sa"], trade["ba"]) == (exchange.user, other)


def test_transactions_in_units(exchange: Exchange) -> None:
    order = PlaceOrder(
        owner=exchange.user,
        symbol=exchange.symbols[0],
        side=Side.BUY,
        price=100_000_000,
        quantity=100_000_000,
    )
    order_id = exchange.submit(order)
    exchange.step()
    (mine,) = exchange.inspect(lambda chain: chain.open_orders(exchange.user))
    assert mine.order_id == order_id


def test_what_cannot_be_is_refused_at_once(exchange: Exchange) -> None:
    with pytest.raises(SubmissionRefused):
        exchange.buy("A_B", 1, 1)
    with pytest.raises(TypeError, match="price is the float"):
        exchange.buy(exchange.symbols[0], 0.5, 1)  # type: ignore[arg-type]
    with pytest.raises(SubmissionRefused):
        exchange.send(exchange.addresses[0], "BNB", "80000000000")


def test_a_send_has_a_hash(exchange: Exchange) -> None:
    sent = exchange.send(exchange.addresses[0], "BNB", 1, memo="thanks")
    assert len(sent) == 64
