"""transport: what takes the place of ours need only look like one."""

import inspect

import pytest

from rxdex.connection.settings import LineSettings
from rxdex.connection.transport import Transport, TransportFactory
from rxdex.connection.websocket import WebsocketTransport
from tests.connection.fake import FakeTransport

MEMBERS = {name for name in vars(Transport) if not name.startswith("_")}


def test_its_members_are_few() -> None:
    assert {
        "heard_at",
        "pongs",
        "open",
        "receive",
        "send",
        "ping",
        "close",
        "wake",
        "abort",
    } == MEMBERS


@pytest.mark.parametrize("name", sorted(MEMBERS))
@pytest.mark.parametrize("kind", [WebsocketTransport, FakeTransport])
def test_ours_and_the_tests_have_them_all(kind: type[Transport], name: str) -> None:
    wanted = inspect.getattr_static(Transport, name)
    if callable(wanted):
        assert inspect.signature(getattr(kind, name)) == inspect.signature(wanted)
        assert inspect.getdoc(wanted)


def test_a_class_can_be_its_own_factory() -> None:
    factory: TransportFactory = FakeTransport
    transport: Transport = factory()
    assert transport.heard_at > 0


def test_ours_is_made_of_settings() -> None:
    def factory() -> Transport:
        return WebsocketTransport(LineSettings())

    made: TransportFactory = factory
    made().abort()
