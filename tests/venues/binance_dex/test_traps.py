"""
traps: every trap of PROTOCOL.md, and the tests that hold it.

A place is a section and a name in it. A trap that is not decode's says whose it is.
"""

import inspect
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from tests.events import test_values
from tests.venues.binance_dex import (
    test_account,
    test_amounts,
    test_bech32,
    test_decode,
    test_grammar,
    test_market,
    test_rows,
    test_venue,
    test_words,
)

ROOT = Path(__file__).parents[3]


class Trap(NamedTuple):
    """
    One way to read the wire wrongly.

    :param place: where PROTOCOL.md tells it
    :param text: what it is, in short
    :param tests: who holds it here; each cites the place
    :param elsewhere: whose it is, where it is not decode's: the component, why, and its test
    """

    place: str
    text: str
    tests: tuple[Callable[..., None], ...] = ()
    elsewhere: str = ""


every_key = test_rows.test_a_key_is_one_field_and_no_other

TRAPS = [
    Trap(
        "1 path",
        "no slash at the end of the path",
        (test_venue.test_every_lane_is_at_the_method_protocols_place,),
    ),
    Trap(
        "2 marketDepth20",
        "is no stream; plain marketDepth means 20",
        (test_venue.test_what_is_said_about_a_symbol,),
    ),
    Trap(
        "2 marketDepth1000",
        "needs permessage-deflate",
        (
            test_grammar.test_a_thousand_levels_are_refused_with_the_reason,
            test_venue.test_what_cannot_be_is_refused_by_the_call,
        ),
    ),
    Trap(
        "2 $all",
        "the whole market's streams are allTickers, allMiniTickers, blockheight",
        (test_venue.test_what_is_said_about_the_whole_market,),
    ),
    Trap(
        "2 symbol case",
        "upper, though the documentation says lower",
        (
            test_grammar.test_a_symbol_is_in_upper_case,
            test_venue.test_a_topic_as_the_venue_spells_it,
        ),
    ),
    Trap(
        "2 by method",
        "an address's three kinds can be had alone by method only",
        (test_venue.test_what_is_said_about_an_address,),
    ),
    Trap(
        "3 envelope",
        "on every data frame",
        (test_decode.test_every_captured_frame_is_understood,),
    ),
    Trap(
        "3 topic alone",
        "the envelope names no symbol",
        (
            test_market.test_each_frame_has_its_topic,
            test_market.test_each_trade_goes_to_its_own_symbol,
        ),
    ),
    Trap(
        "3 address frames",
        "do not say whose they are: the connection is the key",
        (test_account.test_the_lane_says_whose_it_is, test_account.test_elsewhere_it_is_nobodys),
    ),
    Trap(
        "3 depth stream names",
        "of the deeper ones were never captured",
        (
            test_market.test_how_deep_a_depth_is,
            test_venue.test_each_deeper_depth_has_a_lane_of_its_own,
        ),
    ),
    Trap(
        "3 topic and payload",
        "keys of 2018, never live",
        (test_decode.test_what_parses_and_is_no_data_is_a_notice,),
    ),
    Trap(
        "3 compact",
        "no whitespace, stream first",
        (test_decode.test_another_form_of_the_same_envelope,),
        "simulator: it writes so, since receivers match the prefix; tests/simulator/test_wire.py",
    ),
    Trap("4 market", "subscribe with symbols", (test_venue.test_what_is_said_about_a_symbol,)),
    Trap(
        "4 whole market",
        'symbols are ["$all"]',
        (test_venue.test_what_is_said_about_the_whole_market,),
    ),
    Trap(
        "4 unsubscribe",
        "a topic wholly, or some symbols of it",
        (test_venue.test_what_is_said_about_an_address,),
    ),
    Trap("4 keepAlive", "its text", (test_venue.test_we_owe_a_keepalive,)),
    Trap(
        "4 close",
        "the server would close",
        elsewhere="connection: closes the socket itself, and says no close",
    ),
    Trap(
        "4 kline topics",
        "carry the interval",
        (test_venue.test_what_is_said_about_a_symbol, test_venue.test_each_interval_is_said),
    ),
    Trap(
        "4 key case",
        "lower-case keys, as documented",
        (test_venue.test_what_is_said_is_text_of_one_compact_object,),
    ),
    Trap(
        "4 address key",
        "address, not userAddress",
        (test_venue.test_what_is_said_about_an_address,),
    ),
    Trap(
        "4 one address",
        "a second address silences the first",
        (test_venue.test_each_address_has_a_lane_of_its_own,),
        "connection: one websocket for each lane; simulator: really drops the first address",
    ),
    Trap(
        "4 no acknowledgement",
        "nothing answers a subscribe",
        (test_decode.test_what_parses_and_is_no_data_is_a_notice,),
        "connection: waits for none",
    ),
    Trap(
        "4 errors",
        "have no schema",
        (
            test_decode.test_what_parses_and_is_no_data_is_a_notice,
            test_decode.test_what_does_not_parse_is_malformed,
        ),
    ),
    Trap(
        "4 text frames",
        "text, not binary",
        (test_venue.test_what_is_said_is_text_of_one_compact_object,),
    ),
    Trap(
        "6 amounts",
        "strings, exact; nothing that is no plain decimal",
        (
            test_amounts.test_an_amount_is_read_exactly,
            test_amounts.test_what_is_no_amount_is_refused,
            test_rows.test_an_amount_that_is_none_is_refused_wherever_it_stands,
            test_rows.test_a_value_of_another_type_is_refused,
            test_market.test_the_captured_depth,
        ),
    ),
    Trap(
        "6 volumes",
        "may exceed int64",
        (
            test_amounts.test_an_amount_is_read_exactly,
            test_rows.test_an_amount_that_is_none_is_refused_wherever_it_stands,
        ),
    ),
    Trap(
        "6 three units",
        "seconds, milliseconds, nanoseconds; beyond 2^53",
        (
            every_key,
            test_amounts.test_seconds_and_milliseconds_become_nanoseconds,
            test_account.test_nanoseconds_are_exact,
            test_rows.test_a_height_or_time_out_of_range_is_refused,
        ),
    ),
    Trap(
        "6 heights",
        "integers, never guessed to be times",
        (
            every_key,
            test_market.test_a_height_is_never_taken_for_a_time,
            test_rows.test_a_height_or_time_out_of_range_is_refused,
            test_rows.test_a_value_of_another_type_is_refused,
        ),
    ),
    Trap("6 unit E height", "orders, trades, accounts, transfers", (every_key,)),
    Trap("6 unit lastUpdateId", "a height, as is h", (every_key,)),
    Trap("6 unit T and O", "of orders and trades: ns", (every_key,)),
    Trap("6 unit E seconds", "marketDiff and the ticker family", (every_key,)),
    Trap("6 unit ticker O and C", "ms", (every_key,)),
    Trap("6 unit kline t and T", "ms", (every_key,)),
    Trap(
        "6 unit kline E",
        "unknown: by magnitude",
        (test_market.test_the_time_of_a_kline_is_told_by_its_magnitude,),
    ),
    Trap(
        "6 magnitude",
        "< 1e11 s, < 1e14 ms, < 1e17 us, else ns",
        (
            test_amounts.test_a_time_of_doubtful_unit_is_told_by_its_magnitude,
            test_market.test_the_time_of_a_kline_is_told_by_its_magnitude,
        ),
    ),
    Trap("6 symbols", "see section 10", (test_grammar.test_symbols_that_can_be,)),
    Trap("6 key order", "not to be depended on", (test_rows.test_the_order_of_keys_means_nothing,)),
    Trap("6 unknown keys", "ignored, never rejected", (test_rows.test_unknown_keys_are_ignored,)),
    Trap(
        "6 case",
        "keys that differ only by case are distinct",
        (
            every_key,
            test_rows.test_keys_that_differ_by_case_change_places,
            test_rows.test_keys_that_differ_by_case_and_hold_other_things,
            test_rows.test_a_key_in_the_other_case_is_another_key,
        ),
    ),
    Trap("7.1 keys", "each key is one field", (every_key, test_account.test_an_order_in_full)),
    Trap("7.1 captured pair", "Ack, then FullyFill", (test_account.test_the_captured_pair,)),
    Trap(
        "7.1 X",
        "all ten, which are final, and those to come",
        (
            test_account.test_every_status,
            test_account.test_no_status_is_without_a_word,
            test_account.test_a_status_that_is_new_drops_nothing,
            test_words.test_a_known_word_means_what_it_means,
        ),
    ),
    Trap(
        "7.1 ordering",
        "open ones first, fills after changes",
        (test_account.test_the_order_of_an_arrays_records_is_kept,),
        "simulator: writes them so",
    ),
    Trap(
        "7.1 trap 1",
        "z is the end of the block's, on every record",
        (
            test_account.test_the_captured_pair,
            test_account.test_an_ack_may_show_what_was_filled_later_in_its_block,
        ),
    ),
    Trap(
        "7.1 trap 2",
        "several FullyFill of one order",
        (test_account.test_three_trades_complete_an_order_with_three_full_fills,),
    ),
    Trap(
        "7.1 trap 3",
        "a self-trade is twice in one array",
        (test_account.test_a_trade_with_oneself_comes_twice_in_one_frame,),
    ),
    Trap(
        "7.1 trap 4",
        "FailedBlocking is mostly zeros, side and TIF 0",
        (test_account.test_a_failed_cancel_is_mostly_zeros,),
    ),
    Trap(
        "7.1 trap 5",
        "L is the price, z the cumulative quantity; no Z",
        (
            test_account.test_the_captured_pair,
            test_account.test_the_fields_of_a_fill,
            test_account.test_a_cumulative_quantity_under_the_wrong_key_is_not_read,
        ),
    ),
    Trap(
        "7.1 trap 6",
        "T is ns, neither height nor ms",
        (test_account.test_the_captured_pair, test_account.test_nanoseconds_are_exact),
    ),
    Trap(
        "7.1 trap 7",
        "enums are ints, i is a string",
        (
            test_account.test_words_for_numbers_are_words_we_do_not_know,
            test_account.test_a_number_for_an_order_id_is_refused,
        ),
    ),
    Trap("7.2 keys", "each key is one field", (every_key, test_account.test_an_account_in_full)),
    Trap(
        "7.2 order",
        "a, f, r, l",
        (test_account.test_the_order_of_a_balances_keys_means_nothing,),
    ),
    Trap(
        "7.2 object or array",
        "an object; an array is accepted",
        (test_account.test_the_captured_account, test_account.test_an_array_of_accounts),
    ),
    Trap("7.2 r and l", "frozen and locked", (test_account.test_an_account_in_full,)),
    Trap(
        "7.2 content",
        "whole, no delta: what is missing is zero",
        (test_account.test_an_account_is_whole_each_time,),
    ),
    Trap(
        "7.2 sent once",
        "a block; unchanged balances again",
        (test_account.test_unchanged_balances_are_told_again,),
        "simulator: decides when to send",
    ),
    Trap(
        "7.2 owner",
        "none, no number, no snapshot at first",
        (test_account.test_the_lane_says_whose_it_is,),
    ),
    Trap("7.2 E", "a height that looks like ms", (test_account.test_an_account_in_full,)),
    Trap("7.3 keys", "each key is one field", (every_key, test_account.test_a_transfer_in_full)),
    Trap(
        "7.3 M",
        "absent, empty, or text",
        (
            test_account.test_the_captured_transfer_has_no_memo_and_its_accounts_height,
            test_account.test_a_memo_is_text,
            test_account.test_a_memo_may_be_absent,
        ),
    ),
    Trap(
        "7.3 MsgSend",
        "sends only; orders and freezes do not appear",
        elsewhere="simulator: sends a transfers frame for a transfer alone; decode reads what comes",
    ),
    Trap(
        "7.3 several",
        "outputs and coins; f is the first input",
        (test_account.test_several_outputs_of_several_coins,),
    ),
    Trap(
        "7.3 delivered",
        "to sender and receivers",
        (test_account.test_a_transfer_is_told_on_the_lane_that_heard_it,),
    ),
    Trap(
        "7.3 disorder",
        "transactions of a block come in any order",
        (test_account.test_transfers_of_one_block_are_told_as_they_come,),
    ),
    Trap("7.3 timestamp", "there is none", (test_account.test_a_transfer_has_no_time_of_its_own,)),
    Trap(
        "7.3 shared E",
        "with the block's accounts frame",
        (test_account.test_the_captured_transfer_has_no_memo_and_its_accounts_height,),
    ),
    Trap("7.4 keys", "each key is one field", (every_key, test_market.test_a_trade_in_full)),
    Trap(
        "7.4 tt",
        "absent before July 2019; 3 to 5 have no taker",
        (
            test_market.test_the_captured_trade,
            test_market.test_a_tick_is_no_side,
            test_market.test_a_tick_that_is_new_drops_nothing,
            test_words.test_a_known_word_means_what_it_means,
        ),
    ),
    Trap(
        "7.4 sa and ba",
        "the addresses within a and b",
        (test_market.test_the_captured_trade,),
    ),
    Trap(
        "7.4 index",
        "neither zero-based nor gapless; opaque",
        (test_market.test_all_trades_of_a_block_in_one_frame,),
    ),
    Trap(
        "7.4 price",
        "one frame may show several",
        (test_market.test_all_trades_of_a_block_in_one_frame,),
    ),
    Trap(
        "7.4 docs example",
        "no valid JSON",
        (test_market.test_the_documentations_trade_is_no_json,),
    ),
    Trap("7.5 keys", "E is seconds", (every_key, test_market.test_the_captured_update)),
    Trap(
        "7.5 quantities",
        "absolute; zero removes; a side may be empty",
        (test_market.test_a_quantity_of_zero_is_told_as_it_is,),
        "book: zero for a level never had is normal (8.3)",
    ),
    Trap(
        "7.5 order",
        "of levels is random",
        (test_market.test_the_order_of_the_levels_is_kept_and_means_nothing,),
        "book: sorts (8.4)",
    ),
    Trap(
        "7.5 grain",
        "neighbours share a second (8.5)",
        (test_market.test_two_updates_of_one_second_are_two_updates,),
        "book: no rising E may be demanded",
    ),
    Trap("7.6 keys", "symbol, not s", (every_key, test_market.test_the_captured_depth)),
    Trap("7.6 order", "best first", (test_market.test_depth_is_best_first_as_the_wire_has_it,)),
    Trap(
        "7.6 replacement",
        "never a delta; fewer levels, or none",
        (test_market.test_as_many_levels_as_there_are,),
        "book: replaces",
    ),
    Trap(
        "7.6 repeat",
        "an identical one is possible",
        (test_market.test_the_same_depth_may_come_twice,),
    ),
    Trap("7.7 keys", "h", (every_key, test_market.test_a_block)),
    Trap("7.7 skips", "monotone, not gapless", (test_market.test_heights_may_skip,)),
    Trap("7.7 docs sample", "a trailing comma", (test_market.test_a_trailing_comma_is_no_json,)),
    Trap(
        "7.8 intervals",
        "fifteen; 1m is no 1M",
        (
            test_values.test_there_are_fifteen_intervals,
            test_market.test_each_of_the_fifteen_intervals,
            test_market.test_a_minute_is_no_month,
            test_venue.test_each_interval_is_said,
        ),
    ),
    Trap(
        "7.8 4m",
        "a typo for 5m; rejected",
        (
            test_market.test_a_kline_of_no_interval_is_a_stream_we_do_not_know,
            test_venue.test_what_cannot_be_is_refused_by_the_call,
        ),
    ),
    Trap(
        "7.8 30m and 3m",
        "forgotten by clients, real",
        (test_market.test_each_of_the_fifteen_intervals, test_venue.test_each_interval_is_said),
    ),
    Trap(
        "7.8 keys",
        "within k",
        (
            every_key,
            test_market.test_a_kline_in_full,
            test_rows.test_a_candle_within_is_read_not_the_frame_around,
        ),
    ),
    Trap("7.8 order", "two claims", (test_market.test_the_order_of_a_candles_keys,)),
    Trap("7.8 empty candle", "empty ids", (test_market.test_an_empty_candle_has_no_trades,)),
    Trap("7.8 ids", "strings", (test_market.test_a_candles_ids_are_no_numbers,)),
    Trap("7.8 closed", "x, and where it ends", (test_market.test_a_closed_candle,)),
    Trap(
        "7.8 E",
        "seconds or ms: by magnitude",
        (test_market.test_the_time_of_a_kline_is_told_by_its_magnitude,),
    ),
    Trap("7.9 keys", "each key is one field", (every_key, test_market.test_a_ticker_in_full)),
    Trap("7.9 P", "a fraction", (test_market.test_the_change_is_a_fraction,)),
    Trap("7.9 no trades", "an old trade's ids", (test_market.test_a_day_without_trades,)),
    Trap("7.9 crossed", "or one-sided", (test_market.test_a_day_without_trades,)),
    Trap(
        "7.9 cadence",
        "every second, changed or not",
        (test_market.test_a_ticker_comes_again_though_nothing_changed,),
        "operators: distinct until changed is the user's wish",
    ),
    Trap(
        "7.9 lag",
        "C lags E",
        (test_market.test_the_window_ends_before_the_ticker_was_sent,),
    ),
    Trap(
        "7.9 allTickers",
        "different E in one array",
        (test_market.test_tickers_are_one_value_of_many,),
    ),
    Trap("7.9 size", "100 kB a second", (test_market.test_a_few_hundred_tickers,)),
    Trap("7.10 keys", "each key is one field", (every_key,)),
    Trap(
        "7.10 e",
        "either value; the envelope tells mini from full",
        (
            test_market.test_a_mini_ticker_is_told_by_its_stream,
            test_market.test_a_full_ticker_says_enough_for_a_mini_one,
            test_market.test_a_mini_ticker_is_no_full_one,
        ),
    ),
    Trap("7.10 provenance", "doubtful", (test_market.test_the_captured_mini_tickers,)),
    Trap("9 several assets", "joined by ;", (test_amounts.test_a_fee_in_two_assets,)),
    Trap(
        "9 #Cxl and #Exp",
        "counts, parsed leniently",
        (test_amounts.test_the_counts_of_cancels_and_expiries_are_no_fees,),
    ),
    Trap(
        "9 docs form",
        "amount, then an asset that may begin with a digit",
        (test_amounts.test_a_fee_as_the_documentation_writes_it,),
    ),
    Trap(
        "9 meaning",
        "the block's total, repeated",
        (test_account.test_the_fee_of_a_block_is_repeated_on_each_order,),
    ),
    Trap(
        "9 Ack",
        "empty",
        (test_amounts.test_no_fee_is_no_fee, test_account.test_an_ack_has_no_fee),
    ),
    Trap(
        "9 per fill",
        "fees are not on this API",
        elsewhere="events: OrderUpdate says in its docstring that fees are the block's; no field for more",
    ),
    Trap("10 native asset", "BNB", (test_grammar.test_symbols_that_can_be,)),
    Trap(
        "10 BEP2 token",
        "two to eight characters, perhaps .B, three hexadecimal digits",
        (test_grammar.test_symbols_that_can_be, test_grammar.test_symbols_that_cannot_be),
    ),
    Trap(
        "10 BEP8 mini token",
        "ends in M",
        (test_grammar.test_symbols_that_can_be, test_grammar.test_symbols_that_cannot_be),
    ),
    Trap(
        "10 pair",
        "exactly one underscore",
        (
            test_grammar.test_symbols_that_can_be,
            test_grammar.test_symbols_that_cannot_be,
            test_grammar.test_every_captured_symbol_can_be,
        ),
    ),
    Trap(
        "10 address",
        "bech32, 20 bytes, lower case, bnb or tbnb",
        (
            test_bech32.test_what_is_wrong_is_said,
            test_bech32.test_the_other_checksum_constant_is_none_of_ours,
            test_grammar.test_an_address_of_either_network,
            test_grammar.test_what_cannot_be_an_address,
            test_venue.test_a_gateway_of_one_network_knows_its_addresses,
        ),
    ),
    Trap(
        "10 order id",
        "the address's bytes, and a number",
        (test_bech32.test_a_captured_address_is_its_order_ids_bytes,),
    ),
    Trap(
        "10 trade id",
        "height and index",
        (test_market.test_all_trades_of_a_block_in_one_frame,),
    ),
    Trap(
        "10 tx hash",
        "64 upper-case hexadecimal digits",
        (test_account.test_the_captured_transfer_has_no_memo_and_its_accounts_height,),
    ),
    Trap("10 memo", "up to 128 bytes of text", (test_account.test_a_memo_is_text,)),
    Trap(
        "10 stream names",
        "an address has no @, a market stream exactly one",
        (test_grammar.test_symbols_that_cannot_be, test_grammar.test_what_cannot_be_an_address),
    ),
    Trap("10 typos", "of the documentation", (test_grammar.test_symbols_that_cannot_be,)),
    Trap(
        "10 enums",
        "2 is no time in force",
        (
            test_words.test_two_is_no_time_in_force,
            test_words.test_a_known_word_means_what_it_means,
        ),
    ),
    Trap(
        "12 symbol case",
        "upper",
        (
            test_grammar.test_a_symbol_is_in_upper_case,
            test_venue.test_a_topic_as_the_venue_spells_it,
        ),
    ),
    Trap("12 accounts.data", "object", (test_account.test_an_array_of_accounts,)),
    Trap("12 accounts r / l", "r frozen, l locked", (test_account.test_an_account_in_full,)),
    Trap(
        "12 orders L / z",
        "L price, z cumulative",
        (test_account.test_the_captured_pair, test_account.test_the_fields_of_a_fill),
    ),
    Trap(
        "12 orders S, o, f",
        "ints",
        (test_account.test_words_for_numbers_are_words_we_do_not_know,),
    ),
    Trap("12 orders i", "string", (test_account.test_a_number_for_an_order_id_is_refused,)),
    Trap(
        "12 orders T, O",
        "and trades T: ns",
        (
            test_account.test_the_captured_pair,
            test_account.test_nanoseconds_are_exact,
            test_market.test_the_captured_trade,
        ),
    ),
    Trap(
        "12 orders E",
        "height",
        (test_account.test_the_captured_pair, test_account.test_an_account_in_full),
    ),
    Trap(
        "12 X values",
        "IocExpire too",
        (test_account.test_every_status, test_words.test_a_known_word_means_what_it_means),
    ),
    Trap(
        "12 transfers M",
        "optional",
        (
            test_account.test_the_captured_transfer_has_no_memo_and_its_accounts_height,
            test_account.test_a_memo_is_text,
            test_account.test_a_memo_may_be_absent,
        ),
    ),
    Trap(
        "12 trades tt",
        "optional",
        (test_market.test_the_captured_trade, test_market.test_a_tick_is_no_side),
    ),
    Trap("12 marketDiff E", "seconds", (test_market.test_the_captured_update,)),
    Trap("12 ticker P", "fraction", (test_market.test_the_change_is_a_fraction,)),
    Trap(
        "12 ticker F / L",
        "strings",
        (test_market.test_a_day_without_trades, test_market.test_a_tickers_ids_are_no_numbers),
    ),
    Trap("12 miniTicker e", "both", (test_market.test_a_mini_ticker_is_told_by_its_stream,)),
    Trap(
        "12 5 minute kline",
        "5m",
        (
            test_market.test_a_kline_of_no_interval_is_a_stream_we_do_not_know,
            test_venue.test_what_cannot_be_is_refused_by_the_call,
        ),
    ),
    Trap(
        "12 fee n",
        "asset:amount on the wire; both are read",
        (
            test_amounts.test_a_fee_as_the_wire_writes_it,
            test_amounts.test_a_fee_as_the_documentation_writes_it,
        ),
    ),
    Trap("12 keepAlive extends by", "30 minutes", (test_venue.test_we_owe_a_keepalive,)),
    Trap("12 user key", "address", (test_venue.test_what_is_said_about_an_address,)),
    Trap(
        "12 envelope keys",
        "stream and data",
        (test_decode.test_what_parses_and_is_no_data_is_a_notice,),
    ),
    Trap(
        "12 default network",
        "a client's README and code disagree",
        (
            test_venue.test_the_public_networks_are_gone,
            test_venue.test_there_is_no_default_network,
        ),
    ),
]

#: How many places each section of PROTOCOL.md has: tables as one, traps and bullets one by one.
PLACES = {
    "1": 1,
    "2": 5,
    "3": 6,
    "4": 12,
    "6": 16,
    "7.1": 11,
    "7.2": 8,
    "7.3": 8,
    "7.4": 6,
    "7.5": 4,
    "7.6": 4,
    "7.7": 3,
    "7.8": 9,
    "7.9": 8,
    "7.10": 3,
    "9": 6,
    "10": 12,
    "12": 21,
}

MODULES: list[ModuleType] = [
    test_account,
    test_amounts,
    test_bech32,
    test_decode,
    test_grammar,
    test_market,
    test_rows,
    test_values,
    test_venue,
    test_words,
]


def cited(test: Callable[..., Any]) -> str:
    """What a test says of itself, on one line."""
    return " ".join((test.__doc__ or "").split())


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.place)
def test_a_trap_is_held(trap: Trap) -> None:
    assert trap.text
    assert trap.tests or trap.elsewhere, "held by nobody"
    assert len(set(trap.tests)) == len(trap.tests)
    for test in trap.tests:
        assert test.__name__.startswith("test_"), "not run by pytest"
        assert "PROTOCOL" in cited(test), test.__name__
        cites = re.search(rf"\b{re.escape(trap.place)}(?!\w)", cited(test))
        assert cites, f"{test.__name__} does not cite {trap.place}"
    for path in re.findall(r"tests/\S+\.py", trap.elsewhere):
        assert (ROOT / path).exists(), path


def test_every_place_is_listed_once() -> None:
    places = [trap.place for trap in TRAPS]
    assert [place for place, count in Counter(places).items() if count > 1] == []
    assert Counter(place.split()[0] for place in places) == PLACES


def test_the_numbered_traps_are_all_there() -> None:
    assert [t.place for t in TRAPS if " trap " in t.place] == [f"7.1 trap {n}" for n in range(1, 8)]


def test_no_test_cites_what_is_not_listed() -> None:
    held = {test for trap in TRAPS for test in trap.tests}
    citing = {
        member
        for module in MODULES
        for name, member in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("test_") and "PROTOCOL" in cited(member)
    }
    assert sorted(test.__name__ for test in citing - held) == []
    assert held <= citing
