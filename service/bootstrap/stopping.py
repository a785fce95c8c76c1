"""Starting a server that is not held up by itself, and stopping one that clients listen to."""

import gc
import socket

import uvicorn

from service.rest.events import Streams


class StoppingServer(uvicorn.Server):
    """A server that ends event streams before it waits for the requests under way.

    They would otherwise hold it up until the time for that is over, and be cut off then.
    """

    def __init__(self, config: uvicorn.Config, streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen. What was loaded until now stays, and is not looked through for garbage.

        With all of it a full collection stops the event loop for 0.1 to 0.4 s.
        """
        await super().startup(sockets=sockets)
        gc.collect()
        gc.freeze()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, and close those that there are once they are answered."""
        await self._streams.stop()
        await super().shutdown(sockets=sockets)
