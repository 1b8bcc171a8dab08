"""Requests with numbers and their answers over a WebSocket: what DevTools and WebDriver BiDi have in common."""

import asyncio
import itertools
import json

import websockets


class BrowserError(Exception):
    """The browser did not do what it was asked."""


class Link:
    """One browser's connection. What the browser says unasked is passed over."""

    def __init__(self, socket):
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, url):
        return cls(await websockets.connect(url, max_size=None, ping_interval=None))

    async def send(self, method, parameters=None, **members):
        number = next(self._numbers)
        answer = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        await self._socket.send(json.dumps({"id": number, "method": method, "params": parameters or {}, **members}))
        message = await answer
        if "error" in message:
            raise BrowserError(f"{method}: {message.get('message') or message['error']}")
        return message.get("result", {})

    async def close(self):
        await self._socket.close()
        await self._reader

    async def _read(self):
        try:
            async for text in self._socket:
                message = json.loads(text)
                answer = self._waiting.pop(message.get("id"), None)
                if answer and not answer.done():
                    answer.set_result(message)
        except websockets.ConnectionClosed:
            pass
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_result({"error": "the browser has closed its connection"})
