"""Events for people: which columns each kind of event has."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from rxdex.cli.table import Column, amount, printable
from rxdex.cli.terminal import BOLD, FAINT, GREEN, RED, YELLOW
from rxdex.events import (
    AccountUpdate,
    BlockHeight,
    DepthSnapshot,
    DepthUpdate,
    Kline,
    Level,
    MiniTicker,
    OrderStatus,
    OrderUpdate,
    Side,
    Ticker,
    Trade,
    Transfer,
)
from rxdex.events.values import EXACT

__all__ = ["COLUMNS"]

_SATOSHI = Decimal("0.00000001")
_FEW = 3
_ASSETS = 8
_ABSENT = "-"

_ARROWS = {Side.BUY: "▲ buy", Side.SELL: "▼ sell"}
_COLOURS = {Side.BUY: GREEN, Side.SELL: RED}
_FILLS = frozenset({OrderStatus.PARTIAL_FILL, OrderStatus.FULL_FILL})
_FAILURES = frozenset({OrderStatus.FAILED_BLOCKING, OrderStatus.FAILED_MATCHING})


def _some(several: list[str], most: int) -> str:
    """The first of them, and how many more there are."""
    more = [f"+{len(several) - most}"] if len(several) > most else []
    return ", ".join(several[:most] + more)


def _symbol(event: Any) -> str:
    return printable(event.symbol)


def _notional(trade: Trade) -> Decimal:
    return trade.notional.quantize(_SATOSHI, context=EXACT)


def _taker(trade: Trade) -> str:
    # Two orders of one block have no taker between them.
    return "· both" if trade.taker is None else _ARROWS[trade.taker]


def _taker_colour(trade: Trade) -> str:
    return _COLOURS.get(trade.taker, "") if trade.taker else ""


def _best(side: str, part: str) -> Callable[[DepthSnapshot], Decimal | None]:
    def find(book: DepthSnapshot) -> Decimal | None:
        levels: tuple[Level, ...] = getattr(book, side)
        return getattr(levels[0], part) if levels else None

    return find


def _spread(book: DepthSnapshot) -> Decimal | None:
    if not (book.asks and book.bids):
        return None
    return EXACT.subtract(book.asks[0].price, book.bids[0].price)


def _changes(levels: Sequence[Level]) -> str:
    shown = [
        f"{amount(it.price)}: {amount(it.quantity) if it.quantity else 'gone'}" for it in levels
    ]
    return _some(shown, _FEW) or _ABSENT


def _percent(ticker: Ticker) -> str:
    return f"{ticker.price_change_ratio:+.2%}"


def _rise(ticker: Ticker) -> str:
    change = ticker.price_change_ratio
    return GREEN if change > 0 else RED if change < 0 else FAINT


def _kline_begin(kline: Kline) -> str:
    return f"{kline.open_time:%m-%d %H:%M}"


def _order(order: OrderUpdate) -> str:
    return f"{amount(order.quantity)} at {amount(order.price)}"


def _order_side(order: OrderUpdate) -> str:
    return _ARROWS.get(order.side, f"? {order.side.value}")


def _order_colour(order: OrderUpdate) -> str:
    if order.status in _FAILURES:
        return YELLOW
    return BOLD if order.status in _FILLS else FAINT


def _fill(order: OrderUpdate) -> str:
    if order.trade_id is None:
        return ""
    return f"{amount(order.last_quantity)} at {amount(order.last_price)}"


def _balances(account: AccountUpdate) -> str:
    def show(asset: str, free: Decimal, frozen: Decimal, locked: Decimal) -> str:
        parts = [amount(free)]
        parts += [f"{amount(locked)} locked"] if locked else []
        parts += [f"{amount(frozen)} frozen"] if frozen else []
        return f"{printable(asset)} {' + '.join(parts)}"

    return _some([show(*it) for it in account.balances], _ASSETS) or "nothing is left"


def _is_out(transfer: Transfer) -> bool:
    return transfer.sender == transfer.address


def _direction(transfer: Transfer) -> str:
    return "▶ sent" if _is_out(transfer) else "◀ got"


def _coins(transfer: Transfer) -> str:
    outputs = [
        output
        for output in transfer.outputs
        if _is_out(transfer) or output.receiver == transfer.address
    ]
    coins = (coin for output in outputs for coin in output.coins)
    return _some([f"{amount(it.amount)} {printable(it.asset)}" for it in coins], _FEW)


def _other(transfer: Transfer) -> str:
    if not _is_out(transfer):
        return f"from {printable(transfer.sender)}"
    return f"to {_some([printable(it.receiver) for it in transfer.outputs], _FEW)}"


#: Of every kind of event that `rxdex watch` shows.
COLUMNS: Mapping[type, Sequence[Column[Any]]] = MappingProxyType(
    {
        Trade: (
            Column("symbol", _symbol),
            Column[Trade]("taker", _taker, _taker_colour),
            Column[Trade]("price", lambda it: it.price, _taker_colour),
            Column[Trade]("quantity", lambda it: it.quantity),
            Column[Trade]("notional", _notional),
        ),
        DepthSnapshot: (
            Column("symbol", _symbol),
            Column("quantity", _best("bids", "quantity")),
            Column[DepthSnapshot]("best bid", _best("bids", "price"), lambda _: GREEN),
            Column[DepthSnapshot]("best ask", _best("asks", "price"), lambda _: RED),
            Column("quantity", _best("asks", "quantity")),
            Column[DepthSnapshot]("spread", _spread),
        ),
        DepthUpdate: (
            Column("symbol", _symbol),
            Column[DepthUpdate]("bids", lambda it: _changes(it.bids), lambda _: GREEN),
            Column[DepthUpdate]("asks", lambda it: _changes(it.asks), lambda _: RED),
        ),
        Kline: (
            Column("symbol", _symbol),
            Column[Kline]("since, UTC", _kline_begin),
            Column[Kline]("open", lambda it: it.open),
            Column[Kline]("high", lambda it: it.high),
            Column[Kline]("low", lambda it: it.low),
            Column[Kline]("close", lambda it: it.close, lambda _: BOLD),
            Column[Kline]("volume", lambda it: it.volume),
            Column[Kline]("", lambda it: "closed" if it.is_closed else "", lambda _: YELLOW),
        ),
        Ticker: (
            Column("symbol", _symbol),
            Column[Ticker]("last price", lambda it: it.last_price, lambda _: BOLD),
            Column[Ticker]("24 h", _percent, _rise),
            Column[Ticker]("best bid", lambda it: it.best_bid_price),
            Column[Ticker]("best ask", lambda it: it.best_ask_price),
            Column[Ticker]("volume", lambda it: it.volume),
        ),
        MiniTicker: (
            Column("symbol", _symbol),
            Column[MiniTicker]("last price", lambda it: it.last_price, lambda _: BOLD),
            Column[MiniTicker]("high", lambda it: it.high),
            Column[MiniTicker]("low", lambda it: it.low),
            Column[MiniTicker]("volume", lambda it: it.volume),
        ),
        BlockHeight: (Column[BlockHeight]("block", lambda it: f"{it.height:,}"),),
        OrderUpdate: (
            Column("symbol", _symbol),
            Column[OrderUpdate]("side", _order_side, lambda it: _COLOURS.get(it.side, "")),
            Column[OrderUpdate]("order", _order),
            Column[OrderUpdate]("status", lambda it: it.status.value, _order_colour),
            Column[OrderUpdate]("this fill", _fill, lambda _: BOLD),
        ),
        AccountUpdate: (Column[AccountUpdate]("balances", _balances),),
        Transfer: (
            Column[Transfer]("", _direction, lambda it: RED if _is_out(it) else GREEN),
            Column[Transfer]("coins", _coins),
            Column[Transfer]("counterpart", _other),
            Column[Transfer]("memo", lambda it: printable(it.memo or "")),
        ),
    }
)
