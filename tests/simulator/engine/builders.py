"""Small makers of what the engine's tests need."""

from collections.abc import Mapping
from decimal import Decimal

from rxdex.events.values import Side, TimeInForce
from rxdex.simulator.engine import UNIT, FeeSchedule, Genesis, Listing
from rxdex.simulator.engine.orders import LiveOrder
from rxdex.venues.binance_dex.bech32 import encode_address

DAY_NS = 86_400 * 10**9

#: What fees were at the very beginning, the row the worked example of MATCHING is computed with.
FIRST_FEES = FeeSchedule(
    cancel=10_000, cancel_other=50_000, ioc=5_000, ioc_other=25_000, transfer=62_500, multi=50_000
)


def address(number: int) -> str:
    return encode_address("bnb", bytes([number]) * 20)


def order_prefix(number: int) -> str:
    return f"{number:02X}" * 20


PROPOSER = address(0xFF)
ALICE, BOB, CAROL, DAVE = (address(number) for number in (0xA1, 0xB0, 0xCA, 0xDA))
ALICE_ID, BOB_ID, CAROL_ID = (order_prefix(number) for number in (0xA1, 0xB0, 0xCA))

RUNE, BUSD, BTCB = "RUNE-B1A", "BUSD-BD1", "BTCB-1DE"
RUNE_BNB, BNB_BUSD, RUNE_BUSD = f"{RUNE}_BNB", f"BNB_{BUSD}", f"{RUNE}_{BUSD}"
BNB_BTCB, BTCB_BUSD = f"BNB_{BTCB}", f"{BTCB}_{BUSD}"


def units(text: str) -> int:
    """Whole assets, written as people do, in units."""
    amount = Decimal(text) * UNIT
    assert amount == int(amount)
    return int(amount)


def listing(symbol: str, price: str) -> Listing:
    base, _, quote = symbol.partition("_")
    return Listing(base=base, quote=quote, price=units(price))


MARKETS = (
    listing(RUNE_BNB, "0.0098"),
    listing(BNB_BUSD, "15.7"),
    listing(RUNE_BUSD, "0.154"),
    listing(BNB_BTCB, "0.00174"),
    listing(BTCB_BUSD, "9100"),
)


def genesis(
    accounts: Mapping[str, Mapping[str, str]] | None = None,
    *,
    listings: tuple[Listing, ...] = MARKETS,
    height: int = 0,
    time_ns: int = 1_592_000_000 * 10**9,
    block_time_ns: int = 420_000_000,
    fees: FeeSchedule = FIRST_FEES,
    expiry_days: int = 30,
    deep_expiry_days: int = 3,
    sample_blocks: int = 1_000,
) -> Genesis:
    """A genesis with all the usual symbols; `accounts` in whole assets."""
    return Genesis(
        time_ns=time_ns,
        height=height,
        block_time_ns=block_time_ns,
        listings=listings,
        accounts={
            owner: {asset: units(amount) for asset, amount in assets.items()}
            for owner, assets in (accounts or {}).items()
        },
        proposer=PROPOSER,
        fees=fees,
        expiry_days=expiry_days,
        deep_expiry_days=deep_expiry_days,
        sample_blocks=sample_blocks,
    )


def live_order(
    name: str,
    side: Side,
    price: int,
    quantity: int,
    *,
    height: int = 100,
    filled: int = 0,
    owner: str = ALICE,
) -> LiveOrder:
    return LiveOrder(
        order_id=name,
        owner=owner,
        symbol=RUNE_BNB,
        base=RUNE,
        quote="BNB",
        side=side,
        price=price,
        quantity=quantity,
        time_in_force=TimeInForce.GTE,
        created_ns=height,
        created_height=height,
        filled=filled,
    )
