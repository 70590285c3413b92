"""The pipelines of the demonstration, each as short as a user would write it."""

from collections.abc import Callable
from decimal import Decimal

import reactivex
from attrs import frozen
from reactivex import Observable, abc
from reactivex import operators as ops

from rxdex.dex import Dex
from rxdex.events import MiniTicker, OrderUpdate, Side, Trade

__all__ = ["PIPELINES", "Pipeline"]

BNB = "BNB_BUSD-BD1"
BTC = "BTCB-1DE_BUSD-BD1"
CROSS = "BNB_BTCB-1DE"

_ARROWS = {Side.BUY: "▲ buy ", Side.SELL: "▼ sell", None: "· both"}

Say = Callable[[str], None]


@frozen
class Pipeline:
    """
    One pipeline: what it is called, what a user writes, and the thing itself.

    :param streams: how many of the market's streams it subscribes to
    :param start: subscribes, and says what arrives
    """

    name: str
    code: str
    streams: int
    start: Callable[[Dex, Say], abc.DisposableBase]


def big_trades(dex: Dex) -> Observable[Trade]:
    """Trades of more than 50 BUSD."""

    def is_big(trade: Trade) -> bool:
        return trade.notional > 50

    return dex.trades([BNB, BTC]).pipe(ops.filter(is_big))


def show_trade(trade: Trade) -> str:
    """A trade in one line."""
    arrow = _ARROWS[trade.taker]
    base, _, quote = trade.symbol.partition("_")
    return (
        f"{arrow} {trade.quantity.normalize():>8f} {base:<8} at {trade.price.normalize():>9f}"
        f" = {trade.notional:>9,.2f} {quote}"
    )


def volume(dex: Dex) -> Observable[str]:
    """What was traded in each two seconds, in BUSD."""

    def show(trades: list[Trade]) -> str:
        total = sum(trade.notional for trade in trades)
        bar = "█" * min(int(total / 20), 24)
        return f"{total:>9,.2f} BUSD in {len(trades):2d} trades  {bar}"

    return dex.trades([BNB, BTC]).buffer_with_time(2.0).map(show)


def two_tickers(dex: Dex) -> Observable[str]:
    """BNB priced in BTCB by way of BUSD, whenever either ticker changed."""

    def show(both: tuple[Decimal, Decimal]) -> str:
        bnb, btc = both
        return f"BNB {bnb:.4f} / BTCB {btc:,.2f} BUSD = {bnb / btc:.8f} BTCB"

    return reactivex.combine_latest(_prices(dex, BNB), _prices(dex, BTC)).map(show)


def _prices(dex: Dex, symbol: str) -> Observable[Decimal]:
    def price(ticker: MiniTicker) -> Decimal:
        return ticker.last_price

    return dex.mini_ticker(symbol).map(price).pipe(ops.distinct_until_changed())


def crossings(dex: Dex) -> Observable[str]:
    """The price of BNB has crossed a multiple of two cents."""

    def cents(trade: Trade) -> int:
        return int(trade.price * 50)

    return (
        dex.trades(BNB)
        .map(cents)
        .pipe(ops.distinct_until_changed(), ops.pairwise())
        .map(
            lambda steps: (
                f"ALERT: BNB has {'risen above' if steps[1] > steps[0] else 'fallen below'} "
                f"{max(steps) / Decimal(50):.2f} BUSD"
            )
        )
    )


def fills(dex: Dex) -> Observable[OrderUpdate]:
    """The fills of our own orders."""

    def is_fill(order: OrderUpdate) -> bool:
        return order.trade_id is not None

    return dex.orders(dex.exchange.user).pipe(ops.filter(is_fill))


def show_fill(order: OrderUpdate) -> str:
    """A fill in one line."""
    fees = ", ".join(f"{fee.amount.normalize():f} {fee.asset}" for fee in order.fees)
    return (
        f"{order.side.value} {order.last_quantity.normalize():f} {order.symbol.partition('_')[0]} at "
        f"{order.last_price.normalize():f} ({order.status.value}, fee {fees})"
    )


def _start(
    stream: Callable[[Dex], Observable[str]],
) -> Callable[[Dex, Say], abc.DisposableBase]:
    return lambda dex, say: stream(dex).subscribe(say)


#: In the order of the lines of the header.
PIPELINES: tuple[Pipeline, ...] = (
    Pipeline(
        "big trades",
        "dex.trades([BNB, BTC]) | filter(notional > 50)",
        1,
        _start(lambda dex: big_trades(dex).map(show_trade)),
    ),
    Pipeline(
        "volume",
        "dex.trades([BNB, BTC]) | buffer_with_time(2 s)",
        1,
        _start(volume),
    ),
    Pipeline(
        "two tickers",
        "combine_latest(dex.mini_ticker(BNB), dex.mini_ticker(BTC))",
        2,
        _start(two_tickers),
    ),
    Pipeline(
        "alert",
        "dex.trades(BNB) | price crosses a multiple of 0.02",
        1,
        _start(crossings),
    ),
    Pipeline(
        "our orders",
        "dex.orders(our address) | filter(is a fill)",
        0,
        _start(lambda dex: fills(dex).map(show_fill)),
    ),
)
