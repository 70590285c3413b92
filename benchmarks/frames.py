"""
Made-up frames in the shapes of Binance DEX's wire (PROTOCOL 3 and 7), the same on every run.

And one shape of Binance's spot market, which further clients speak.
"""

import json
import random

__all__ = ["Market", "frame", "symbols"]

Row = dict[str, object]

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_HEX = "0123456789ABCDEF"
_UNIT = 10**8
_SECOND_NS = 10**9
_MINUTE_MS = 60_000
_DAY_MS = 86_400_000
_HEIGHT = 83_000_000
_START_S = 1_588_000_000


def symbols(count: int) -> list[str]:
    """So many pairs, no two alike."""
    return [f"T{number:03d}-{0x100 + number:03X}_BNB" for number in range(count)]


def frame(stream: str, data: object) -> bytes:
    """A whole frame, compact, with the stream in front."""
    return json.dumps({"stream": stream, "data": data}, separators=(",", ":")).encode()


def _amount(units: int) -> str:
    whole, rest = divmod(abs(units), _UNIT)
    return f"{'-' if units < 0 else ''}{whole}.{rest:08d}"


class Market:
    """
    Something to write frames about: prices wander, the chain grows, people come and go.

    :param seed: decides everything
    """

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self._people = [
            ("bnb1" + "".join(self._random.choices(_BECH32, k=38)), self._hex(40))
            for _ in range(200)
        ]
        self._height = _HEIGHT
        self._time_ns = _START_S * _SECOND_NS

    def next_block(self) -> int:
        """Let a block pass; its height."""
        self._height += 1
        self._time_ns += 400_000_000 + self._random.randrange(10_000_000)
        return self._height

    def block_height(self) -> Row:
        """PROTOCOL 7.7."""
        return {"h": self._height}

    def trades(self, symbol: str, count: int) -> list[Row]:
        """PROTOCOL 7.4: what one symbol traded in one block."""
        return [self._trade(symbol, index) for index in range(count)]

    def depth_update(self, symbol: str) -> Row:
        """PROTOCOL 7.5: a few levels, some of them emptied."""
        return {
            "e": "depthUpdate",
            "E": self._time_ns // _SECOND_NS,
            "s": symbol,
            "b": self._levels(self._random.randrange(4), step=-1),
            "a": self._levels(self._random.randrange(1, 4), step=1),
        }

    def depth(self, symbol: str, levels: int = 20) -> Row:
        """PROTOCOL 7.6: both sides, full."""
        return {
            "lastUpdateId": self._height,
            "symbol": symbol,
            "bids": self._levels(levels, step=-1),
            "asks": self._levels(levels, step=1),
        }

    def kline(self, symbol: str, interval: str = "1m") -> Row:
        """PROTOCOL 7.8."""
        now_ms = self._time_ns // 1_000_000
        opened = now_ms - now_ms % _MINUTE_MS
        return {
            "e": "kline",
            "E": now_ms,
            "s": symbol,
            "k": {
                "s": symbol,
                "t": opened,
                "T": opened + _MINUTE_MS - 1,
                "i": interval,
                "f": self._trade_id(),
                "L": self._trade_id(),
                **{key: self._price() for key in "ochl"},
                "v": self._volume(),
                "q": self._volume(),
                "n": self._random.randrange(1, 90),
                "x": self._random.random() < 1 / 60,
            },
        }

    def ticker(self, symbol: str) -> Row:
        """PROTOCOL 7.9."""
        now_ms = self._time_ns // 1_000_000
        return {
            "e": "24hrTicker",
            "E": self._time_ns // _SECOND_NS,
            "s": symbol,
            "p": _amount(self._random.randrange(-_UNIT, _UNIT)),
            "P": _amount(self._random.randrange(-900, 900) * 10_000),
            **{key: self._price() for key in "wxc"},
            "Q": self._quantity(),
            "b": self._price(),
            "B": self._quantity(),
            "a": self._price(),
            "A": self._quantity(),
            **{key: self._price() for key in "ohl"},
            "v": self._volume(),
            "q": self._volume(),
            "O": now_ms - _DAY_MS,
            "C": now_ms,
            "F": self._trade_id(),
            "L": self._trade_id(),
            "n": self._random.randrange(20_000),
        }

    def mini_ticker(self, symbol: str) -> Row:
        """PROTOCOL 7.10."""
        return {
            "e": "24hrMiniTicker",
            "E": self._time_ns // _SECOND_NS,
            "s": symbol,
            **{key: self._price() for key in "cohl"},
            "v": self._volume(),
            "q": self._volume(),
        }

    def spot_trade(self, symbol: str) -> Row:
        """An aggregated trade as Binance's spot market sends it."""
        now_ms, trade_id = self._time_ns // 1_000_000, self._random.randrange(10**9, 4 * 10**9)
        return {
            "e": "aggTrade",
            "E": now_ms,
            "s": symbol,
            "a": trade_id,
            "p": self._price(),
            "q": self._quantity(),
            "f": 2 * trade_id,
            "l": 2 * trade_id + self._random.randrange(5),
            "T": now_ms,
            "m": self._random.random() < 0.5,
            "M": True,
        }

    def _trade(self, symbol: str, index: int) -> Row:
        (buyer, buyer_hex), (seller, seller_hex) = self._random.sample(self._people, 2)
        return {
            "e": "trade",
            "E": self._height,
            "s": symbol,
            "t": f"{self._height}-{index}",
            "p": self._price(),
            "q": self._quantity(),
            "b": f"{buyer_hex}-{self._random.randrange(10**6)}",
            "a": f"{seller_hex}-{self._random.randrange(10**6)}",
            "T": self._time_ns,
            "sa": seller,
            "ba": buyer,
            "tt": self._random.choice((1, 1, 2, 2, 3, 4, 5)),
        }

    def _levels(self, count: int, *, step: int) -> list[list[str]]:
        best = self._random.randrange(_UNIT, 40 * _UNIT)
        return [
            [_amount(best + step * number * 1_000), self._quantity()] for number in range(count)
        ]

    def _price(self) -> str:
        return _amount(self._random.randrange(_UNIT // 10, 40 * _UNIT))

    def _quantity(self) -> str:
        return _amount(self._random.randrange(1, 5_000) * 10_000_000)

    def _volume(self) -> str:
        return _amount(self._random.randrange(10**13))

    def _trade_id(self) -> str:
        return f"{self._height - self._random.randrange(9_000)}-{self._random.randrange(60)}"

    def _hex(self, length: int) -> str:
        return "".join(self._random.choices(_HEX, k=length))
