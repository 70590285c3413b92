"""The frames of blocks, of a default world in motion."""

import json
from collections import Counter
from typing import Any

import pytest

from rxdex.events.values import Side
from rxdex.simulator.engine import Chain, Send
from rxdex.simulator.post import Post, Wanted
from rxdex.simulator.publisher import Publisher
from rxdex.simulator.wire import amount
from rxdex.simulator.world import world
from rxdex.venues.binance_dex.bech32 import address_bytes
from tests.simulator.town import BEFORE_MIDNIGHT, SIDES, Moment, Town

DEPTHS = {"marketDepth": 20, "marketDepth100": 100, "marketDepth500": 500, "marketDepth1000": 1000}
PIPELINE = ("orders", "trades", "accounts", "book", "transfers", "blockheight", "ticker", "kline")
KEYS = {
    "orders": "e E s S o f q p x X i l L z n T t O",
    "trades": "e E s t p q b a T sa ba tt",
    "accounts": "e E B",
    "transfers": "e E H M f t",
    "marketDiff": "e E s b a",
    "marketDepth": "lastUpdateId symbol bids asks",
    "blockheight": "h",
    "ticker": "e E s p P w x c Q b B a A o h l v q O C F L n",
    "miniTicker": "e E s c o h l v q",
    "kline": "e E s k",
}
KLINE_KEYS = "s t T i f L o c h l v q n x"
BUSY = 300


@pytest.fixture(scope="module")
def moments() -> list[Moment]:
    return Town(height=BEFORE_MIDNIGHT).moments(BUSY)


def data(post: Post) -> Any:
    return json.loads(post.text)["data"]


def of(moment: Moment, topic: str) -> list[Post]:
    return [post for post in moment.posts if post.topic == topic]


def kind(topic: str) -> str:
    if topic.startswith("kline_"):
        return "kline"
    if topic.startswith("marketDepth"):
        return "marketDepth"
    return {"allTickers": "ticker", "allMiniTickers": "miniTicker"}.get(topic, topic)


def stage(topic: str) -> str:
    name = kind(topic)
    return {"marketDiff": "book", "marketDepth": "book", "miniTicker": "ticker"}.get(name, name)


def payloads(post: Post) -> list[Any]:
    content = data(post)
    return content if isinstance(content, list) else [content]


def test_every_kind_of_frame_is_there(moments: list[Moment]) -> None:
    assert {kind(post.topic) for moment in moments for post in moment.posts} == set(KEYS)


def test_keys_stand_in_the_order_of_the_wire(moments: list[Moment]) -> None:
    for moment in moments:
        for post in moment.posts:
            assert post.text.startswith(f'{{"stream":"{post.topic}","data":')
            assert list(json.loads(post.text)) == ["stream", "data"]
            for payload in payloads(post):
                assert " ".join(payload) == KEYS[kind(post.topic)]
                if "k" in payload:
                    assert " ".join(payload["k"]) == KLINE_KEYS


def test_frames_leave_in_the_order_of_the_pipeline(moments: list[Moment]) -> None:
    for moment in moments:
        stages = [PIPELINE.index(stage(post.topic)) for post in moment.posts]
        # Orders and trades are one stage of the pipeline.
        assert [max(1, number) for number in stages] == sorted(max(1, number) for number in stages)


def test_one_block_has_one_height_and_one_time(moments: list[Moment]) -> None:
    for moment in moments:
        height, time_ns = moment.block.height, moment.block.time_ns
        for post in moment.posts:
            for payload in payloads(post):
                match kind(post.topic):
                    case "orders" | "trades":
                        assert (payload["E"], payload["T"]) == (height, time_ns)
                    case "accounts" | "transfers":
                        assert payload["E"] == height
                    case "marketDepth":
                        assert payload["lastUpdateId"] == height
                    case "blockheight":
                        assert payload["h"] == height
                    case "kline":
                        assert payload["E"] == time_ns // 10**6
                    case _:
                        assert payload["E"] == time_ns // 10**9


def test_no_topic_says_anything_twice_about_a_subject(moments: list[Moment]) -> None:
    for moment in moments:
        counts = Counter((post.topic, post.subject) for post in moment.posts)
        for (topic, _), count in counts.items():
            assert count == 1 or topic == "transfers" or topic.startswith("kline_")


def test_diffs_are_the_difference_of_the_books(moments: list[Moment]) -> None:
    seen = 0
    for moment in moments:
        diffs = {post.subject: data(post) for post in of(moment, "marketDiff")}
        for symbol in {symbol for symbol, _ in moment.after}:
            expected = {}
            for side, key in zip(SIDES, "ba", strict=True):
                before, after = moment.before[symbol, side], moment.after[symbol, side]
                best = sorted(after, reverse=side is Side.BUY)[:100]
                expected[key] = {
                    amount(price): amount(after[price] if price in best else 0)
                    for price in before | after
                    if before.get(price, 0) != after.get(price, 0)
                }
            if not any(expected.values()):
                assert symbol not in diffs
                continue
            seen += 1
            got = diffs[symbol]
            assert {key: dict(got[key]) for key in "ba"} == expected
            assert all(len(got[key]) == len(expected[key]) for key in "ba"), "no level twice"
    assert seen > BUSY


def test_diffs_keep_a_book(moments: list[Moment]) -> None:
    kept: dict[tuple[str, Side], dict[str, str]] = {key: {} for key in moments[0].after}
    for moment in moments:
        for post in of(moment, "marketDiff"):
            for side, key in zip(SIDES, "ba", strict=True):
                book = kept[post.subject, side]
                book.update(data(post)[key])
                kept[post.subject, side] = {p: q for p, q in book.items() if q != "0.00000000"}
        for place, levels in moment.after.items():
            assert len(levels) < 100
            assert kept[place] == {amount(price): amount(held) for price, held in levels.items()}


def test_snapshots_are_the_best_levels(moments: list[Moment]) -> None:
    for moment in moments:
        changed = {post.subject for post in of(moment, "marketDiff")}
        for topic, limit in DEPTHS.items():
            snapshots = of(moment, topic)
            assert {post.subject for post in snapshots} == changed
            for post in snapshots:
                snapshot = data(post)
                assert snapshot["symbol"] == post.subject
                for side, key in zip(SIDES, ("bids", "asks"), strict=True):
                    book = moment.after[post.subject, side]
                    best = sorted(book, reverse=side is Side.BUY)[:limit]
                    assert snapshot[key] == [[amount(p), amount(book[p])] for p in best]


def hex_owner(order_id: str) -> str:
    return order_id.partition("-")[0]


def test_each_trade_is_a_fill_of_buyer_and_seller(moments: list[Moment]) -> None:
    count = 0
    for moment in moments:
        reports = [(post.subject, it) for post in of(moment, "orders") for it in data(post)]
        fills = sorted(
            (owner, it["i"], it["t"], it["l"], it["L"], it["s"]) for owner, it in reports if it["t"]
        )
        expected = []
        for post in of(moment, "trades"):
            last = -1
            for trade in data(post):
                count += 1
                assert trade["s"] == post.subject
                assert int(trade["t"].partition("-")[2]) > last
                last = int(trade["t"].partition("-")[2])
                told = trade["t"], trade["q"], trade["p"], trade["s"]
                expected += [(trade["ba"], trade["b"], *told), (trade["sa"], trade["a"], *told)]
                for address, order_id in ((trade["ba"], trade["b"]), (trade["sa"], trade["a"])):
                    assert address_bytes(address)[1].hex().upper() == hex_owner(order_id)
        assert fills == sorted(expected)
        assert all(it["l"] == it["L"] == "0.00000000" for _, it in reports if not it["t"])
    assert count > BUSY


def test_fills_add_up_to_z(moments: list[Moment]) -> None:
    filled: Counter[str] = Counter()
    for moment in moments:
        reports = [it for post in of(moment, "orders") for it in data(post)]
        for report in reports:
            filled[report["i"]] += int(report["l"].replace(".", ""))
        for report in reports:
            if report["X"] != "FailedBlocking":
                assert report["z"] == amount(filled[report["i"]])


def test_an_address_hears_of_its_own_orders_in_order(moments: list[Moment]) -> None:
    for moment in moments:
        for post in of(moment, "orders"):
            own = [record for record in moment.block.orders if record.owner == post.subject]
            got = [(it["i"], it["t"], it["n"]) for it in data(post)]
            height = moment.block.height
            assert got == [
                (
                    it.order_id,
                    "" if it.trade_index is None else f"{height}-{it.trade_index}",
                    it.fee,
                )
                for it in own
            ]


def test_every_touched_account_is_told(moments: list[Moment]) -> None:
    for moment in moments:
        assert [post.subject for post in of(moment, "accounts")] == list(moment.block.touched)
        for post in of(moment, "accounts"):
            assert [list(balance) for balance in data(post)["B"]] == [
                ["a", "f", "r", "l"] for _ in data(post)["B"]
            ]


def test_transfers_go_to_sender_and_receivers(moments: list[Moment]) -> None:
    count = 0
    for moment in moments:
        told: dict[str, list[str]] = {}
        for post in of(moment, "transfers"):
            told.setdefault(data(post)["H"], []).append(post.subject)
        assert list(told) == sorted(told)
        assert len(told) == len(moment.block.transfers)
        for record in moment.block.transfers:
            concerned = {record.sender, *(receiver for receiver, _ in record.outputs)}
            assert sorted(told[record.transaction_hash]) == sorted(concerned)
            count += 1
    assert count > 10


def test_a_seed_is_a_history(moments: list[Moment]) -> None:
    again, other = Town(7, height=BEFORE_MIDNIGHT), Town(8, height=BEFORE_MIDNIGHT)
    for moment in moments:
        assert again.publish() == (moment.block, moment.posts)
    assert other.publish()[1] != moments[0].posts


WANTS = {
    "nothing": frozenset[str](),
    "diffs": frozenset({"marketDiff"}),
    "addresses and heights": frozenset({"orders", "accounts", "transfers", "blockheight"}),
    "the whole market in short": frozenset({"allMiniTickers"}),
    "some of each": frozenset({"ticker", "kline_1m", "marketDepth100", "trades"}),
}
SUBJECTS = {"$all", "BNB_BUSD-BD1", "RUNE-B1A_BNB", world(7).makers[0], world(7).takers[0]}


def only(topics: frozenset[str]) -> Wanted:
    return lambda topic, subject: topic in topics and subject in SUBJECTS


def test_being_wanted_changes_no_other_frame(moments: list[Moment]) -> None:
    town = Town(height=BEFORE_MIDNIGHT)
    publishers = {name: Publisher(town.chain) for name in WANTS}
    counts: Counter[str] = Counter()
    for moment in moments:
        block = town.step()
        for name, topics in WANTS.items():
            is_wanted = only(topics)
            got = publishers[name].publish(block, is_wanted)
            assert list(got) == [post for post in moment.posts if is_wanted(*post[:2])]
            counts[name] += len(got)
    assert [name for name in WANTS if not counts[name]] == ["nothing"]


def test_who_joins_late_misses_nothing(moments: list[Moment]) -> None:
    town = Town(height=BEFORE_MIDNIGHT)
    for _ in moments[:200]:
        assert town.publish(lambda *_: False)[1] == ()
    for moment in moments[200:]:
        assert town.publish()[1] == moment.posts


def test_an_address_that_sends_to_itself_hears_once() -> None:
    start = world(3)
    chain = Chain(start.genesis)
    publisher = Publisher(chain)
    outputs = ((start.user, (("BNB", 5),)), (start.user, (("BNB", 6),)))
    chain.submit(Send(sender=start.user, outputs=outputs))
    posts = publisher.publish(chain.step(), lambda topic, _: topic == "transfers")
    assert [post.subject for post in posts] == [start.user]


def test_transfers_of_a_block_come_in_no_order() -> None:
    start = world(3)
    chain = Chain(start.genesis)
    publisher = Publisher(chain)
    for units in range(1, 6):
        chain.submit(Send(sender=start.user, outputs=((start.whale, (("BNB", units),)),)))
    posts = publisher.publish(chain.step(), lambda *it: it == ("transfers", start.user))
    sent = [data(post)["t"][0]["c"][0]["A"] for post in posts]
    assert len(sent) == 5
    assert sent != sorted(sent)
    hashes = [data(post)["H"] for post in posts]
    assert hashes == sorted(hashes)
