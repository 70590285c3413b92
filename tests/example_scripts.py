"""
What happens to the examples on a scripted venue.

What they say of it stands on their page, or here.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from tests import builders
from tests.builders import Row
from tests.player import ALL_HERE, CTRL_C, SECOND
from tests.scripted import Act, act

BNB, BTC, *_, AWC = "BNB_BUSD-BD1", "BTCB-1DE_BUSD-BD1", "BNB_BTCB-1DE", "AWC-986_BNB"
TRADER = "bnb1k0uv3g65cpmqspsr4jn87znzjnkhuuutsaazhm"
WALLET = "bnb1n8jee2leus4srat6dj5dl6m8jauga46u2jnczr"
USER = "bnb1f5xy8fppqk2la8cgk3pxjau5mkjnulafgwwxn4"
ANN = "bnb19l8azyh4mr2lllz97vegwtslmrep3g04z0qc74"
BOB = "bnb1alcd4ewdt70483uvrgjrtfmu0ra5y0smu7tv52"
HEIGHT = 100_000_150
#: 23:07:40 on the chain.
NS = 1_595_545_660_000_000_000
SELL, BUY, NEITHER = 1, 2, 5


class Script(NamedTuple):
    """
    An example at a scripted venue.

    :param acts: what happens there, websocket by websocket
    :param arguments: what the program is told besides `--venue`
    """

    acts: Sequence[Act]
    arguments: str = ""


def ns(second: float) -> int:
    return NS + round(second * 1_000_000_000)


def trades(*made: tuple[float, int, str, str], symbol: str = BNB) -> str:
    """A frame of trades: when, who took, how much, at which price."""
    rows = [
        builders.trade(s=symbol, T=ns(second), tt=tick, q=quantity, p=price)
        for second, tick, quantity, price in made
    ]
    return builders.frame("trades", rows)


def prices(*made: str) -> list[str]:
    return [trades((0, SELL, "1.00000000", price)) for price in made]


def worths(*made: str) -> list[str]:
    """Of each second the trades, by their worth."""

    def of(worth: str) -> str:
        return trades((0, SELL, f"{Decimal(worth) * 2:.8f}", "0.50000000"))

    return [text for second in made for text in (*map(of, second.split()), SECOND)]


def ticker(last: str, bid: str = "15.73090000", ask: str = "15.75440000") -> str:
    amounts: Row = {"B": "1.44700000", "A": "1.96300000"}
    return builders.frame("ticker", builders.ticker(s=BNB, c=last, b=bid, a=ask, **amounts))


def mini(symbol: str, opened: str, last: str) -> str:
    return builders.frame("miniTicker", builders.mini(s=symbol, o=opened, c=last))


def depth(bid: str | None, ask: str | None) -> str:
    """Of each side the best and a worse one; or none of it."""
    bids = [[bid, "1.00000000"], ["0.00000001", "5.00000000"]] if bid else []
    asks = [[ask, "1.00000000"], ["9999.00000000", "5.00000000"]] if ask else []
    return builders.frame("marketDepth", builders.depth(symbol=BNB, bids=bids, asks=asks))


def orders(*updates: Row) -> str:
    return builders.frame("orders", [builders.order(s=BNB, T=NS) | it for it in updates])


def balances(**free: str) -> str:
    held = [
        {"a": asset, "f": it, "r": "3.00000000", "l": "5.00000000"} for asset, it in free.items()
    ]
    return builders.frame("accounts", builders.account(B=held))


def transfer(sender: str, *parts: tuple[str, str]) -> str:
    """What each receiver got, such as `1.50000000 BNB`, several of them with a comma."""

    def coins(what: str) -> list[Row]:
        pairs = [coin.split() for coin in what.split(", ")]
        return [{"a": asset, "A": amount} for amount, asset in pairs]

    outputs = [{"o": receiver, "c": coins(what)} for receiver, what in parts]
    return builders.frame("transfers", builders.transfer(f=sender, t=outputs))


def block(height: int) -> str:
    return builders.frame("blockheight", {"h": HEIGHT + height})


def blocks(*heights: int) -> list[str]:
    return [block(height) for height in heights]


#: What happened on the page's venue, six trades in one block and one in each of some others.
TAPE = (
    trades(
        (0, SELL, "1.06600000", "15.73560000"),
        (0, SELL, "1.66700000", "15.73560000"),
        (0, SELL, "0.39400000", "15.73090000"),
        (0, SELL, "5.20700000", "15.73090000"),
    ),
    trades((1.2, NEITHER, "3.42900000", "15.73560000")),
    trades((2, BUY, "3.17800000", "15.73090000")),
    trades((5.6, BUY, "3.20000000", "15.62500000")),
    trades((6.4, SELL, "4.82800000", "15.74970000")),
)

PARTIAL, FULL = "PartialFill", "FullyFill"
BOUGHT: Row = {"S": 1, "p": "15.80000000", "q": "2.00000000"}
SOLD: Row = {"S": 2, "p": "15.70000000", "q": "6.00000000"}
NO_FILL: Row = {"l": "0.00000000", "L": "0.00000000", "t": ""}

#: What happens while the page's output is printed; how the programs are called stands on the page.
ON_THE_PAGE = {
    "trades_with_a_handler": Script([act(f"trades {BNB}", says=[*TAPE, CTRL_C])]),
    "big_trades": Script([act(f"trades {BNB}", says=TAPE)]),
    "volume_per_second": Script(
        [
            act(
                f"trades {BNB}",
                says=[
                    *(TAPE[0], TAPE[1], SECOND, SECOND, TAPE[2], SECOND, SECOND, SECOND),
                    *(TAPE[3], SECOND, TAPE[4], SECOND, SECOND),
                ],
            )
        ]
    ),
    "two_tickers": Script(
        [
            act(
                f"miniTicker {BNB}",
                f"miniTicker {BTC}",
                says=[
                    mini(BNB, "15.72000000", "15.73090000"),
                    mini(BTC, "9105.00000000", "9096.36000000"),
                    mini(BNB, "15.72000000", "15.73560000"),
                    mini(BTC, "9105.00000000", "9096.36000000"),
                    mini(BTC, "9105.00000000", "9099.00000000"),
                    mini(BNB, "15.72000000", "15.73560000"),
                    mini(BNB, "15.72000000", "15.56280000"),
                    mini(BTC, "9105.00000000", "9196.05000000"),
                ],
            )
        ]
    ),
    "price_alert": Script(
        [
            act(f"ticker {BNB}", says=[ticker("15.73090000")]),
            act(
                f"trades {BNB}",
                says=prices(
                    *("15.73560000", "15.74970000", "15.75440000", "15.74265000"),
                    *("15.74970000", "15.73560000", "15.73090000", "15.75440000"),
                ),
            ),
        ]
    ),
    "spread_alert": Script(
        [
            act(
                f"marketDepth {BNB}",
                says=[
                    depth("15.73090000", "15.75440000"),
                    depth("15.72850000", "15.75440000"),
                    depth("15.73560000", "15.75440000"),
                    depth("15.73560000", "15.74970000"),
                    depth("15.73560000", None),
                    depth(None, None),
                ],
            )
        ]
    ),
    "volume_burst_alert": Script(
        [
            act(
                f"trades {BNB}",
                says=worths("50 11", "12", "12", "52", "", "78", "92", "12", "7", "88.5 60"),
            )
        ]
    ),
    "fill_alert": Script(
        [
            act(
                f"orders {TRADER}",
                says=[
                    orders(BOUGHT | NO_FILL | {"X": "Ack", "z": "2.00000000"}),
                    orders(
                        BOUGHT | {"X": FULL, "l": "0.39400000", "L": "15.73090000", "t": "150-0"},
                        BOUGHT | {"X": FULL, "l": "1.60600000", "L": "15.73560000", "t": "150-1"},
                    ),
                    orders(
                        SOLD | {"X": PARTIAL, "l": "1.06600000", "L": "15.74970000", "t": "151-0"},
                        NO_FILL | {"X": "Canceled"},
                        NO_FILL | {"X": "IocNoFill"},
                    ),
                    orders(
                        SOLD
                        | {
                            "X": FULL,
                            "l": "4.93400000",
                            "L": "15.73090000",
                            "T": ns(1.2),
                            "t": "9",
                        },
                        BOUGHT
                        | {"X": PARTIAL, "l": "1.00000000", "L": "15.80000000", "T": ns(1.2)},
                    ),
                ],
            )
        ],
        f"--address {TRADER}",
    ),
    "transfer_alert": Script(
        [
            act(
                f"transfers {WALLET}",
                says=[
                    transfer(WALLET, (ANN, "0.19053813 BNB")),
                    transfer(ANN, (BOB, "7.00000000 BNB"), (WALLET, "1.50000000 BNB")),
                    transfer(
                        WALLET,
                        (ANN, "1.00000000 BNB, 2.00000000 BUSD-BD1"),
                        (BOB, "3.00000000 BNB"),
                    ),
                ],
            )
        ],
        f"--address {WALLET}",
    ),
    "balance_alert": Script(
        [
            act(
                f"accounts {USER}",
                says=[
                    balances(BNB="1072.86250000", BTCB="2.19700000"),
                    balances(BNB="1000.00000000"),
                    balances(BTCB="999.00000000", BNB="972.86187500"),
                ],
            )
        ],
        f"--address {USER}",
    ),
    "one_off": Script(
        [
            act("blockheight $all", says=blocks(1)),
            act(f"ticker {BNB}", says=[ticker("15.73090000")]),
            act(f"trades {BNB}", says=TAPE[1:]),
            act(f"trades {AWC}"),
        ]
    ),
    "two_pipelines_one_connection": Script([act(f"trades {BNB}", says=[ALL_HERE, *TAPE])]),
    "in_asyncio": Script(
        [
            act("blockheight $all", says=blocks(1)),
            act(
                f"trades {BNB}",
                "blockheight $all",
                says=[block(2), TAPE[1], *blocks(3, 4), TAPE[2], *blocks(*range(5, 12))],
            ),
        ]
    ),
    "your_own_node": Script([act("blockheight $all", says=blocks(1, 2, 3))]),
}

FOR_EVER = "--count 100000"


def of_an_alert(level: str, last: str, *made: str) -> Script:
    """A price alert that goes on until ctrl-C."""
    ends = [ticker(last, "80.00000000", "90.00000000")]
    trading = act(f"trades {BNB}", says=[*prices(*made), CTRL_C])
    return Script([act(f"ticker {BNB}", says=ends), trading], f"--level {level} {FOR_EVER}")


def of_bursts(*made: str) -> Script:
    return Script([act(f"trades {BNB}", says=[*worths(*made), CTRL_C])], FOR_EVER)


def of_balances(arguments: str, *says: str) -> Script:
    return Script(
        [act(f"accounts {USER}", says=[*says, CTRL_C])], f"--address {USER} {FOR_EVER} {arguments}"
    )


LAST = f"{BNB} was last traded at"
BURSTS = f"trades of {BNB}: 3 times their usual worth in 1 s is a burst"

#: Further scripts: the example, what happens, and what it says of it.
FURTHER = {
    "the first crossing is told": (
        "price_alert",
        of_an_alert("110", "100.00000000", "120", "120", "120", "90"),
        [f"{LAST} 100.00000000; the level is 110", "UP: 120", "DOWN: 90"],
    ),
    "who begins above hears of the way down first": (
        "price_alert",
        of_an_alert("110", "120.00000000", "130", "110.00000001", "109.99999999", "111"),
        [f"{LAST} 120.00000000; the level is 110", "DOWN: 109.99999999", "UP: 111"],
    ),
    "the level itself is no crossing": (
        "price_alert",
        of_an_alert("110", "100.00000000", "110", "100", "110.00000000", "120", "110", "130"),
        [f"{LAST} 100.00000000; the level is 110", "UP: 120"],
    ),
    "who begins at the level learns its side first": (
        "price_alert",
        of_an_alert("110", "110.00000000", "120", "110", "90"),
        [f"{LAST} 110.00000000; the level is 110", "DOWN: 90"],
    ),
    "a level of nothing is a level": (
        "price_alert",
        of_an_alert("0", "100.00000000", "84", "86"),
        [f"{LAST} 100.00000000; the level is 0"],
    ),
    "after silence nothing is a burst": (
        "volume_burst_alert",
        of_bursts("60", "", "", "", "", "", "900", "", "", "", "", "", "", "900"),
        [BURSTS],
    ),
    "just as often is no burst, and little is none": (
        "volume_burst_alert",
        of_bursts("20", "20", "20", "20", "20", "60", "1", "1", "1", "1", "1", "50", "50.01"),
        [BURSTS, "BURST of 50.01, usual 10.80"],
    ),
    "a balance that is low already is told with its first change, and each fall once": (
        "balance_alert",
        of_balances(
            "--level 5",
            balances(BNB="4.99999999"),
            balances(BNB="4.00000000"),
            balances(BTCB="100.00000000"),
            balances(BNB="5.00000000"),
            balances(BNB="100.00000000"),
            balances(BTCB="100.00000000"),
        ),
        [f"BNB of {USER}: less than 5 is low", "LOW: 4.99999999", "LOW: 0"],
    ),
    "at the limit is narrow, and no side is too wide": (
        "spread_alert",
        Script(
            [
                act(
                    f"marketDepth {BNB}",
                    says=[
                        depth("19987.00000000", "20013.00000000"),
                        depth("19986.00000000", "20013.00000000"),
                        depth(None, "20013.00000000"),
                        depth("19987.00000000", "20013.00000000"),
                        depth(None, None),
                        CTRL_C,
                    ],
                )
            ],
            FOR_EVER,
        ),
        [
            f"spread of {BNB} in basis points; more than 13 is too wide",
            "   13.00  narrow",
            "   13.50  TOO WIDE",
            "   13.00  narrow",
            "Infinity  TOO WIDE",
        ],
    ),
    "who was never traded has gained nothing": (
        "two_tickers",
        Script(
            [
                act(
                    f"miniTicker {BNB}",
                    f"miniTicker {BTC}",
                    says=[
                        mini(BNB, "0.00000000", "0.00000000"),
                        mini(BTC, "2.00000000", "3.00000000"),
                    ],
                )
            ],
            "--count 1",
        ),
        [
            f"{BNB:>19} {BTC:>19}    ahead by",
            "            +0.00 %            +50.00 %    -50.00 %",
        ],
    ),
    "big is what is worth so much": (
        "big_trades",
        Script(
            [act(f"trades {BNB}", says=[*prices("0.99", "2"), CTRL_C])], f"--worth 1 {FOR_EVER}"
        ),
        [
            f"trades of {BNB} worth 1 or more",
            "23:07:40        1.00000000 at                2 =       2.0000",
        ],
    ),
    "of another asset": (
        "balance_alert",
        of_balances(
            "--asset BTCB --level 2.5",
            balances(BNB="1.00000000", BTCB="2.50000000"),
            balances(BNB="9.00000000", BTCB="2.00000000"),
        ),
        [f"BTCB of {USER}: less than 2.5 is low", "LOW: 2.00000000"],
    ),
}
