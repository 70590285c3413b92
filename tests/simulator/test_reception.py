"""What becomes of a request, when the plot has a say in it."""

import pytest

from rxdex.simulator.exchange import Exchange
from tests.simulator.clients import get, handshake, knocking, refusal

BLOCKS = "/ws/$all@blockheight"


def test_a_refusal_is_an_answer_of_http_with_a_reason() -> None:
    with Exchange(speed=None, warm_up=0, traders=False) as exchange:
        exchange.faults.next(2).refuse(503)
        assert refusal(exchange.url + BLOCKS) == (503, "a fault on purpose")
        status, headers = handshake(exchange.url + BLOCKS)
        assert (status, headers["Content-Type"]) == (503, "application/json; charset=utf-8")
        assert "Retry-After" not in headers
        assert handshake(exchange.url + BLOCKS)[0] == 101
        assert len(exchange.visits) == 1


@pytest.mark.parametrize("path", ["/nowhere", "/v1/time", "/ws/A_B@trades"])
def test_what_is_no_websocket_anyway_uses_up_no_fault(path: str) -> None:
    with Exchange(speed=None, warm_up=0, traders=False) as exchange:
        exchange.faults.next().refuse(503)
        assert get(exchange.url.replace("ws", "http", 1) + path)[0] != 503
        assert handshake(exchange.url + BLOCKS)[0] == 503


def test_who_is_ignored_may_give_up() -> None:
    with Exchange(speed=None, warm_up=0, traders=False) as exchange:
        exchange.faults.next().ignore()
        with knocking(exchange.url + BLOCKS):
            assert exchange.wait_for(lambda it: bool(it.faults.log))
        assert handshake(exchange.url + BLOCKS)[0] == 101
        assert len(exchange.visits) == 1
