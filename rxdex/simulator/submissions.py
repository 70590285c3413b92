"""Transactions in the words of people: whole assets as `Decimal`, text or `int`, never floats."""

from decimal import Decimal, InvalidOperation

from rxdex.errors import SubmissionRefused
from rxdex.events.values import Side, TimeInForce
from rxdex.simulator.engine import UNIT, PlaceOrder, Send
from rxdex.simulator.engine.units import LARGEST

__all__ = ["Amount", "order", "transfer", "units"]

_FINEST = Decimal("1e-8")

#: So much of an asset: `Decimal("0.5")`, `"0.5"` or a whole number.
Amount = Decimal | str | int


def units(amount: object, name: str) -> int:
    """
    An amount in whole units of 1e-8.

    :param name: what the amount is, for the text of an error
    :raises TypeError: it is a float, which cannot hold most amounts exactly, or no number at all
    :raises SubmissionRefused: no amount above zero, or finer than 1e-8
    """
    if isinstance(amount, bool) or not isinstance(amount, (Decimal, str, int)):
        fault, exact_text = "which is no amount", "0.5"
        if isinstance(amount, float):
            fault, exact_text = "and floats are not exact", repr(amount)
        kind = type(amount).__name__
        raise TypeError(f"{name} is the {kind} {amount!r}, {fault}; take Decimal({exact_text!r})")
    given = amount.strip() if isinstance(amount, str) else amount
    try:
        exact = Decimal(amount)
    except InvalidOperation:
        raise SubmissionRefused(f"{name} {amount!r} is no number; take one such as '0.5'") from None
    if not exact.is_finite() or exact <= 0:
        raise SubmissionRefused(f"{name} is {given}; take an amount above zero")
    if exact > LARGEST // UNIT:
        most = LARGEST // UNIT
        raise SubmissionRefused(f"{name} is {given}, more than there can be; take {most} at most")
    # Looked at before it is multiplied: 1E-999999999 has a denominator that fills the memory.
    if exact >= _FINEST:
        numerator, denominator = exact.as_integer_ratio()
        whole, rest = divmod(numerator * UNIT, denominator)
        if not rest:
            return whole
    raise SubmissionRefused(f"{name} is {given}, finer than {_FINEST:f}; round it")


def order(
    owner: str, symbol: str, side: Side, price: Amount, quantity: Amount, *, ioc: bool
) -> PlaceOrder:
    """
    A limit order.

    :param price: quote assets for one whole base asset
    :param quantity: whole base assets
    :param ioc: whether what is not filled at once is dropped
    :raises TypeError: an amount is a float
    :raises SubmissionRefused: an amount cannot be
    """
    return PlaceOrder(
        owner=owner,
        symbol=symbol,
        side=side,
        price=units(price, "price"),
        quantity=units(quantity, "quantity"),
        time_in_force=TimeInForce.IOC if ioc else TimeInForce.GTE,
    )


def transfer(sender: str, receiver: str, asset: str, amount: Amount, memo: str) -> Send:
    """
    A send of one coin to one receiver.

    :raises TypeError: the amount is a float
    :raises SubmissionRefused: the amount cannot be
    """
    outputs = ((receiver, ((asset, units(amount, "amount")),)),)
    return Send(sender=sender, outputs=outputs, memo=memo)
