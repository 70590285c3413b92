"""What becomes of a request: an answer, a websocket, or a fault on purpose."""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import cast

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from rxdex.simulator.faults.blows import REASON
from rxdex.simulator.faults.plot import Plot
from rxdex.simulator.routes import Reply, Routes, refusal
from rxdex.simulator.visitor import Visitor

__all__ = ["Reception"]


class Reception:
    """
    Where requests are heard.

    :param routes: what stands at which path
    :param plot: whom not to let in
    """

    def __init__(self, routes: Routes, plot: Plot) -> None:
        self._routes = routes
        self._plot = plot

    def receive(
        self, connection: ServerConnection, request: Request
    ) -> Response | Awaitable[Response] | None:
        """The answer to a request; None lets a websocket begin."""
        visitor = cast("Visitor", connection)
        visitor.requested()
        offers = request.headers.get_all("Sec-WebSocket-Extensions")
        is_compressed = any("permessage-deflate" in offer for offer in offers)
        found = self._routes.find(request.method, request.path, is_compressed=is_compressed)
        if isinstance(found, Reply):
            return _response(visitor, found)
        fault = self._plot.receive()
        if fault is None:
            visitor.subscriptions = found
            return None
        if fault.status is None:
            return _silence(visitor)
        response = _response(visitor, refusal(fault.status, REASON))
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response


def _response(visitor: Visitor, reply: Reply) -> Response:
    response = visitor.respond(reply.status, reply.text)
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    return response


async def _silence(visitor: Visitor) -> Response:
    """No answer until the other side is gone, which then gets none either."""
    await visitor.wait_closed()
    return visitor.respond(HTTPStatus.SERVICE_UNAVAILABLE, "")
