"""fees: how much, in which asset, and what the order frames say of it."""

import pytest

from rxdex.events.values import Side, TimeInForce
from rxdex.simulator.engine.fees import FeeTally, Swap, Till, trade_fee, transfer_fee
from rxdex.simulator.engine.genesis import FeeSchedule
from rxdex.simulator.engine.ledger import Ledger
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.simulator.engine.rates import Rates
from rxdex.simulator.engine.units import notional
from tests.simulator.engine.builders import (
    ALICE,
    BNB_BTCB,
    BTCB,
    BTCB_BUSD,
    BUSD,
    FIRST_FEES,
    MARKETS,
    PROPOSER,
    RUNE,
    RUNE_BNB,
    units,
)

PRICES = {entry.symbol: entry.price for entry in MARKETS}
RATES = Rates(MARKETS, PRICES.__getitem__)
RICH = 10**12


@pytest.mark.parametrize(
    ("price", "quantity", "fee"),
    [
        pytest.param(345_282, "232", 32_042, id="mainnet, height 36384232"),
        pytest.param(4_798, "1100", 2_111, id="mainnet, the other trade"),
        pytest.param(1_500, "66666", 39_999, id="captured"),
    ],
)
def test_known_trade_fees_whether_bnb_is_received_or_paid(
    price: int, quantity: str, fee: int
) -> None:
    cost = notional(price, units(quantity))
    seller = Swap("BNB", cost, "X-1", units(quantity))
    buyer = Swap("X-1", units(quantity), "BNB", cost)
    assert trade_fee(seller, 0, RATES, FeeSchedule()) == ("BNB", fee)
    assert trade_fee(buyer, RICH, RATES, FeeSchedule()) == ("BNB", fee)


@pytest.mark.parametrize(
    ("swap", "native", "fee"),
    [
        pytest.param(
            Swap(BTCB, units("0.5"), BUSD, units("4550")),
            RICH,
            ("BNB", units("0.11494252")),
            id="neither is BNB: the BNB worth of what came",
        ),
        pytest.param(
            Swap(BTCB, units("0.5"), BUSD, units("4550")),
            units("0.11494252"),
            ("BNB", units("0.11494252")),
            id="just enough BNB",
        ),
        pytest.param(
            Swap(BTCB, units("0.5"), BUSD, units("4550")),
            units("0.11494251"),
            (BTCB, units("0.0005")),
            id="one unit short: the asset that came",
        ),
        pytest.param(
            Swap(RUNE, units("100"), "BNB", units("0.98")),
            0,
            (RUNE, units("0.1")),
            id="BNB paid, none left",
        ),
        pytest.param(
            Swap(RUNE, 2_000, "BNB", 2_499), RICH, (RUNE, 2), id="BNB fee of nothing: the asset"
        ),
        pytest.param(Swap(RUNE, 999, "BNB", 2_499), RICH, (RUNE, 0), id="too little for any fee"),
        pytest.param(
            Swap("BNB", 2_499, RUNE, 5), RICH, ("BNB", 0), id="too little BNB for any fee"
        ),
        pytest.param(
            Swap("LOST-1", 5_000, "ALONE-2", 7), RICH, ("LOST-1", 5), id="no way to BNB: the asset"
        ),
    ],
)
def test_what_a_trade_costs(swap: Swap, native: int, fee: tuple[str, int]) -> None:
    assert trade_fee(swap, native, RATES, FeeSchedule()) == fee


@pytest.mark.parametrize(("coins", "fee"), [(1, 37_500), (2, 60_000), (5, 150_000)])
def test_what_a_send_costs(coins: int, fee: int) -> None:
    assert transfer_fee(coins, FeeSchedule()) == fee


@pytest.mark.parametrize(
    ("tally", "text"),
    [
        (FeeTally(), ""),
        (FeeTally({"BNB": 11_944}), "BNB:0.00011944"),
        (FeeTally({"BNB": 5_000}, expiries=1), "BNB:0.00005000;#Exp:1"),
        (
            FeeTally({"ZIL-1": 1, "BNB": 10**8, "AVA-2": 3}, cancels=2, expiries=10),
            "AVA-2:0.00000003;BNB:1.00000000;ZIL-1:0.00000001;#Cxl:2;#Exp:10",
        ),
    ],
)
def test_what_the_frames_say(tally: FeeTally, text: str) -> None:
    assert tally.text == text


def till(**free: str) -> tuple[Ledger, Till]:
    names = {"rune": RUNE, "btcb": BTCB, "busd": BUSD}
    purse = {names.get(name, name): units(amount) for name, amount in free.items()}
    ledger = Ledger({ALICE: purse})
    return ledger, Till(ledger, RATES, FIRST_FEES)


def order_on(symbol: str, side: Side, time_in_force: TimeInForce = TimeInForce.GTE) -> LiveOrder:
    base, _, quote = symbol.partition("_")
    return LiveOrder(
        order_id="x",
        owner=ALICE,
        symbol=symbol,
        base=base,
        quote=quote,
        side=side,
        price=1,
        quantity=10,
        time_in_force=time_in_force,
        created_ns=0,
        created_height=0,
    )


BUY_RUNE, SELL_RUNE = order_on(RUNE_BNB, Side.BUY), order_on(RUNE_BNB, Side.SELL)


@pytest.mark.parametrize(
    ("order", "free", "text"),
    [
        pytest.param(BUY_RUNE, {"BNB": "1"}, "BNB:0.00010000;#Cxl:1", id="BNB unlocked"),
        pytest.param(BUY_RUNE, {"BNB": "0.00003"}, "BNB:0.00003000;#Cxl:1", id="BNB, all of it"),
        pytest.param(SELL_RUNE, {"BNB": "0.0001"}, "BNB:0.00010000;#Cxl:1", id="enough BNB"),
        pytest.param(
            SELL_RUNE,
            {"BNB": "0.00009999", "rune": "1"},
            f"{RUNE}:0.05102040;#Cxl:1",
            id="other, not enough BNB: its dearer worth",
        ),
        pytest.param(
            SELL_RUNE, {"rune": "0.03"}, f"{RUNE}:0.03000000;#Cxl:1", id="other, all of it"
        ),
        pytest.param(
            order_on(BNB_BTCB, Side.BUY),
            {"btcb": "1"},
            f"{BTCB}:0.00000087;#Cxl:1",
            id="a quote of BNB",
        ),
        pytest.param(
            order_on("LOST-1_BNB", Side.SELL), {"LOST-1": "1"}, "", id="no way to BNB is free"
        ),
    ],
)
def test_what_a_cancel_costs(order: LiveOrder, free: dict[str, str], text: str) -> None:
    ledger, desk = till(**free)
    before = ledger.supply()
    desk.take_cancel(order)
    assert desk.text(ALICE) == text
    desk.pay_out(PROPOSER)
    assert ledger.supply() == before


def test_an_order_that_was_filled_at_all_ends_free_of_charge() -> None:
    _, desk = till(BNB="1")
    order = order_on(RUNE_BNB, Side.BUY)
    order.filled = 1
    desk.take_cancel(order)
    desk.take_expiries([order])
    assert desk.text(ALICE) == ""


def test_an_ioc_order_has_a_price_of_its_own() -> None:
    _, desk = till(BNB="1")
    desk.take_expiries([order_on(RUNE_BNB, Side.BUY, TimeInForce.IOC)])
    assert desk.text(ALICE) == "BNB:0.00005000;#Exp:1"


def test_an_expiry_that_cannot_be_charged_is_not_counted() -> None:
    _, desk = till()
    desk.take_expiries([BUY_RUNE])
    assert desk.text(ALICE) == ""


def test_expired_orders_that_held_bnb_are_charged_first() -> None:
    # There are BNB for one of them: not for the one that comes first, but the one that held BNB.
    _, desk = till(BNB="0.00015", rune="1", btcb="1")
    desk.take_expiries([SELL_RUNE, order_on(BTCB_BUSD, Side.SELL), BUY_RUNE])
    assert desk.text(ALICE) == f"BNB:0.00010000;{BTCB}:0.00000087;{RUNE}:0.05102040;#Exp:3"


def test_fees_of_a_block_add_up_and_go_to_the_proposer() -> None:
    ledger, desk = till(BNB="1", rune="5")
    desk.take_cancel(BUY_RUNE)
    desk.take_expiries([SELL_RUNE, order_on(RUNE_BNB, Side.SELL, TimeInForce.IOC)])
    desk.take_transfer(ALICE, 1)
    assert desk.text(ALICE) == "BNB:0.00025000;#Cxl:1;#Exp:2"
    assert ledger.free(ALICE, "BNB") == units("1") - 25_000 - 62_500
    assert desk.pay_out(PROPOSER) == (("BNB", 87_500),)
    assert ledger.free(PROPOSER, "BNB") == 87_500


def test_who_paid_nothing_is_told_nothing() -> None:
    assert till()[1].text(ALICE) == ""
    assert till()[1].pay_out(PROPOSER) == ()


def test_bnb_that_came_is_charged_first_then_bnb_spent_then_by_name() -> None:
    ledger, desk = till(BNB="0.00047", btcb="1", rune="1", busd="100")
    desk.take_trades(
        ALICE,
        [
            Swap(RUNE, units("1"), BUSD, units("0.154")),
            Swap(BTCB, units("0.002"), BUSD, units("18.2")),
            Swap(RUNE, units("1"), "BNB", units("0.0098")),
            Swap("BNB", units("0.0098"), RUNE, units("1")),
        ],
    )
    # 392 for the BNB that came, 392 for the BNB spent, 45 977 for BTCB, which is before RUNE by
    # name; so it is for RUNE that the BNB no longer suffice.
    assert desk.text(ALICE) == f"BNB:0.00046761;{RUNE}:0.00100000"
    assert ledger.free(ALICE, "BNB") == units("0.00047") - 46_761
