"""Which tests prove which row of the page on what can go wrong."""

from rxdex.operators import Overflow

__all__ = ["ROWS"]

BREAKS = "connection/test_line_breaks.py::test_a_gap_a_status_and_everything_is_asked_for_again"
BUFFERED = "operators/test_slow_subscribers.py"
FAULT = "connection/test_under_faults.py::test_what_is_seen_of_a_fault"
FAULT_TLS = "connection/test_under_faults.py::test_and_with_tls"
FIVE = "connection/test_never_up.py::test_five_attempts_with_growing_delays_and_then_the_reason"
HOLE = "connection/test_black_holes.py::test_close_returns_in_time_and_leaves_no_socket"
ISOLATED = "connection/test_isolation.py::test_who_errs_at_an_event_is_out_and_nobody_else"
LAST = "connection/test_last_words.py"
LOOP = "connection/test_slowness_seen.py"
ODD = "connection/test_odd_frames.py::test_a_line_goes_on_whatever_it_says"
ONE = "connection/test_never_up.py::test_first_does_not_wait_for_a_second_attempt"
RENEWAL = "connection/test_renewal_seen.py"
SHARED = "connection/test_shared.py"
SILENCE = "connection/test_silence.py"
TLS = "connection/test_tls.py"
WEBSOCKET = "connection/test_websocket.py"


def of(test: str, *names: str) -> tuple[str, ...]:
    """The runs of a test that have these names."""
    return tuple(f"{test}[{name}]" for name in names)


def tried(*names: str) -> tuple[str, ...]:
    """A line that cannot be had, for who subscribes and for `first`."""
    return (*of(FIVE, *names), *of(ONE, *names))


def broken(*names: str) -> tuple[str, ...]:
    """A line that breaks, in plain and over TLS."""
    return of(BREAKS, *(f"{name}{tls}" for name in names for tls in ("", ", with TLS")))


def erring(*names: str) -> tuple[str, ...]:
    """One who errs, at events and at frames."""
    return of(ISOLATED, *(f"{name}-{what}" for name in names for what in ("events", "frames")))


def left(*names: str, ways: tuple[str, ...] = ("another thread", "its on_next")) -> tuple[str, ...]:
    """Holes that are closed, on each of these ways."""
    return of(HOLE, *(f"{name}-{way}" for name in names for way in ways))


#: From where a line is closed that brings no event.
NO_EVENT = ("another thread", "another line")

ROWS: dict[str, tuple[str, ...]] = {
    # The line.
    "nobody listens at the host, its name is unknown, TLS fails": tried(
        "nobody listens", "its name is unknown", "no TLS is spoken there"
    ),
    "its certificate is by an unknown authority, another host's, or out of date": (
        *tried("an unknown issuer", "another private issuer", "a wrong host name"),
        *tried("an expired certificate", "a certificate of tomorrow"),
        f"{TLS}::test_who_knows_the_authority_is_let_in_for_streams_and_for_answers",
        f"{TLS}::test_who_shows_another_certificate_is_not_spoken_to",
        f"{TLS}::test_the_system_s_authorities_know_no_private_one",
    ),
    "the venue refuses the handshake (401, 403, 404, 500, 503)": tried(
        *(f"it refuses with {status}" for status in (401, 403, 404, 500, 503)),
        "it refuses with 403, with TLS",
    ),
    "it refuses with 418 or 429, or says `Retry-After`": (
        "connection/test_never_up.py::test_a_venue_that_wants_to_be_left_alone_says_until_when",
        "connection/test_never_up.py::test_and_is_left_alone_for_so_long",
        *of(FAULT, "refuses with 418, for a second", "refuses with 429, for a second"),
    ),
    "it takes the connection and says nothing": tried(
        "it takes the connection and says nothing", "the same, with TLS"
    ),
    "the venue was shut down for good": (
        "connection/test_never_up.py::test_a_venue_that_is_gone_for_good_is_not_tried",
        "test_dex.py::test_a_venue_that_is_gone_says_so_within_a_second",
    ),
    "it hangs up (1000, 1001, 1012), or the line is cut": (
        *broken(*(f"it hangs up with {code}" for code in (1000, 1001, 1012))),
        *broken("it hangs up without a word", "the line is cut"),
        *of(BREAKS, "the line is cut within a TLS record, with TLS"),
        *of(FAULT, "hangs up in the midst of a subscribe", "a reset"),
        *of(FAULT, "the venue does not know that we are gone"),
        *of(FAULT_TLS, "hangs up with 1012", "hangs up without a word", "a reset"),
        f"{SHARED}::test_1_after_a_reconnect_each_topic_is_asked_for_once",
    ),
    "nobody lets it in again": (
        *of(FAULT, *(f"refuses with {status}" for status in (403, 404, 500, 503))),
        *of(FAULT, "does not answer a handshake"),
        *of(FAULT_TLS, "refuses with 503", "does not answer a handshake"),
        f"{SHARED}::test_7_a_line_that_was_up_is_tried_on_and_first_tells_why_it_timed_out",
        f"{TLS}::test_a_certificate_that_expires_while_the_line_is_up_is_seen_at_the_next_one",
    ),
    "nothing comes, not even a ping": (
        *broken("nothing comes"),
        *of(BREAKS, "nothing comes of the rest of a TLS record, with TLS"),
        *of(FAULT, "stalls", "is partitioned", "the venue is gone, and no word of it"),
        *of(FAULT_TLS, "stalls", "is partitioned", "the venue is gone, and no word of it"),
    ),
    "half a frame comes, and not the rest": (
        *broken("half a frame comes"),
        *of(FAULT, "stalls within a frame"),
        *of(FAULT_TLS, "stalls within a frame"),
    ),
    "it takes none of our frames": broken("it takes no frame"),
    "a frame breaks the protocol: masked, compressed, a reserved bit, a control frame in pieces": (
        *broken("masked", "compressed", "the second reserved bit", "the third reserved bit"),
        *broken("a ping in pieces", "a pong in pieces", "a close in pieces"),
        *of(FAULT, "masked", "compressed"),
    ),
    "a frame is larger than `max_frame`": (
        *broken("a frame that is too large", "pieces that are too large together"),
        *of(FAULT, "17 MiB", "4 EiB"),
        f"{WEBSOCKET}::TestProtocolErrors::test_the_largest_frame_is_looked_at_before_it_comes",
    ),
    "it pings, but a topic that ticks fell silent": (
        "connection/test_under_faults.py::test_a_mute_line_is_up_and_what_ticks_is_missed",
        f"{SILENCE}::test_a_topic_that_ticks_no_more_is_told_although_the_line_pings",
    ),
    "it sends no pings, or answers none of ours": of(FAULT, "answers no ping", "does not ping"),
    "the network is slow, or holds all back for a moment: byte by byte, late, through a thin wire": (
        *of(FAULT, "byte by byte", "far away", "through a thin wire"),
        *of(FAULT, "is partitioned for a moment"),
        *of(FAULT_TLS, "byte by byte"),
    ),
    "a planned renewal": (
        f"{RENEWAL}::test_all_is_well",
        f"{TLS}::test_a_line_is_renewed_without_a_loss",
    ),
    "the new line of a renewal cannot be had": (f"{RENEWAL}::test_the_new_line_cannot_be_had",),
    "the old line breaks before the new one is open": (
        f"{RENEWAL}::test_the_old_line_breaks_before_the_new_one_is_open",
    ),
    "the old line breaks amid a renewal, or brings nothing more": (
        f"{RENEWAL}::test_the_old_line_breaks_before_both_were_heard_long_enough",
        f"{RENEWAL}::test_the_old_line_breaks_before_it_has_answered",
        "connection/test_renewing.py::test_an_old_line_that_breaks_behind_its_answer_has_lost_nothing",
        "connection/test_under_faults.py::test_a_line_that_stalls_and_is_renewed_leaves_a_gap",
    ),
    # What the venue says.
    "a frame is no JSON, not UTF-8 in what we read, or not of its stream's shape": (
        *of(ODD, "half of it", "a page of a proxy", "an empty frame", "too deep", "not UTF-8"),
        *of(ODD, "a run of them", "a height that is text", "no height", "no data in data"),
        *of(ODD, "an object for a list"),
        *of(FAULT, "garbage", "no UTF-8"),
    ),
    "an amount is no number": of(
        ODD,
        "a word for an amount",
        "an empty amount",
        "an amount that is not a number",
        "an endless amount",
        "a number for an amount",
    ),
    "a stream, or a word, that rxdex does not know": (
        *of(ODD, "an unknown stream", "two unknown streams", "an unknown stream again and again"),
        "connection/test_odd_frames.py::test_an_event_with_an_unknown_word_comes_all_the_same",
        *of(FAULT, "unknown stream"),
    ),
    "an error message, as for a symbol that is not listed": (
        *of(ODD, "an error", "an error again and again", "an answer that nobody asked for"),
        *of(FAULT, "an error"),
        "test_dex.py::test_what_is_not_listed_is_told_by_the_venue_and_hinted_at",
    ),
    "a binary frame, one in pieces, keys that are new": (
        *of(ODD, "a binary frame", "a frame in pieces, with pings between", "unknown keys"),
        *of(FAULT, "binary", "in fragments", "unknown keys"),
    ),
    "frames are lost, doubled, late or in another order, and the line is well": (
        *of(ODD, "twice the same", "the order turned round"),
        *of(FAULT, "loses frames", "repeats frames", "reverses frames", "is late by blocks"),
        *of(FAULT, "is late by the clock", "is mute for a moment"),
        *of(FAULT, "repeats itself after a reconnect", "and in reverse order"),
    ),
    # Who listens.
    "its `on_next` raises": (
        *erring("on_next", "on_next, behind operators", "on_next, as it has left"),
        "connection/test_isolation.py::test_who_errs_on_a_loop_is_out_and_nobody_else",
        "connection/test_gaps.py::test_6_who_raises_at_a_gap_harms_nobody",
    ),
    "its `on_error` or `on_completed` raises, or there is no `on_error`": (
        *erring("on_next, without on_error", "on_next and on_error"),
        f"{LAST}::test_who_errs_at_its_end_is_told_and_the_others_end_well",
        f"{LAST}::test_who_errs_at_the_failure_of_a_line_keeps_it_from_nobody",
    ),
    "a function that it gave to an operator raises": erring(
        "a function of an operator", "a function of an operator, without on_error"
    ),
    "its `on_next` raises behind `buffered`": erring("on_next, behind buffered"),
    "it raises at `dex.status` or `dex.faults`": (
        "connection/test_isolation.py::test_who_errs_at_news_of_the_line_is_out_and_nobody_else",
    ),
    "it asks for what cannot be, or after `dex.close()`": (
        "connection/test_isolation.py::test_a_subscription_that_is_refused_is_nobody_else_s",
        "test_dex.py::test_a_wrong_call_raises_before_any_io",
    ),
    "it does not come back for ten seconds (`stuck_after`)": (
        f"{LOOP}::test_who_does_not_come_back_holds_the_line_up_and_nobody_loses_anything",
    ),
    "it is too slow, behind `buffered` or in `aio.iterate`": (
        f"{BUFFERED}::test_behind_each_policy_it_holds_what_it_may_and_the_other_misses_nothing",
        f"{BUFFERED}::test_behind_block_the_line_waits_holds_as_little_and_nobody_misses_anything",
        *of(f"{BUFFERED}::test_a_loop_that_stands_still_holds_what_it_may", *Overflow),
    ),
    "its asyncio loop is 65,536 events behind": (
        f"{LOOP}::test_a_loop_that_is_too_far_behind_has_a_gap_and_nobody_else",
    ),
    "its asyncio loop is closed": (
        "test_dex.py::test_who_listened_on_a_loop_that_is_closed_is_let_go",
    ),
    "it ends the thread, as by `sys.exit()`": (
        f"{LAST}::test_who_ends_the_thread_ends_its_line_and_no_other",
    ),
    # The end.
    "a peer that never answers: silent, flooding, trickling, deaf, cut off": (
        *left("goes silent", "goes silent, with TLS", "is cut off by the network"),
        *left("stalls within a frame", "stalls within a TLS record", "sends a frame byte by byte"),
        *left("floods us with events", "floods us with pings", "does not answer our close"),
        *left("reads nothing", "reads nothing, with TLS"),
    ),
    "a line that is not open yet: the handshake, a proxy, its turn, the next attempt": left(
        "takes the connection and says nothing",
        "hears the handshake and says nothing",
        "answers the handshake byte by byte",
        "never answers for TLS",
        "is behind a proxy that says nothing",
        "has to wait for its turn",
        "waits for the next attempt",
        ways=NO_EVENT,
    ),
    "a renewal under way": (
        *left("is renewed, and the new line is never answered"),
        *left("is renewed, and the new line goes silent"),
        *left(
            "was renewed, and no old line answers our close",
            "is renewed, and has a subscriber that never comes back",
            ways=("another thread",),
        ),
    ),
    "a subscriber that is still busy": (
        *left("has a subscriber that never comes back", ways=NO_EVENT),
        f"{SHARED}::test_5_after_close_a_slow_subscriber_gets_nothing_more",
    ),
    "a host's name that the system is still looking up": left(
        "has a name that nobody answers for", ways=NO_EVENT
    ),
    "a question that is not answered yet": left("never answers a question", ways=NO_EVENT),
}
