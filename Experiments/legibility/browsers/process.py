"""A browser's process: with a home of its own, known by the address that it prints, ended with its children."""

import asyncio
import os
import re
import signal
import tempfile

from .link import BrowserError

START_SECONDS = 60
STOP_SECONDS = 10


class BrowserProcess:
    def __init__(self, pattern):
        self._pattern = re.compile(pattern)
        self._home = tempfile.TemporaryDirectory(prefix="tandem-browser-")
        self.home = self._home.name
        self._process = None
        self._drain = None

    async def start(self, *command):
        """Returns the address of the debugging protocol."""
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE, start_new_session=True, env={**os.environ, "HOME": self.home})
        try:
            return await asyncio.wait_for(self._address(), START_SECONDS)
        except asyncio.TimeoutError:
            raise BrowserError(f"{command[0]} did not say where it listens within {START_SECONDS} s") from None

    async def _address(self):
        said = []
        while line := (await self._process.stderr.readline()).decode(errors="replace"):
            if found := self._pattern.search(line):
                # Read on: a full pipe would stop the browser.
                self._drain = asyncio.create_task(self._process.stderr.read())
                return found[1]
            said.append(line)
        raise BrowserError("the browser ended at its start: " + "".join(said[-5:]).strip())

    async def stop(self):
        if self._process:
            for end in (signal.SIGTERM, signal.SIGKILL):
                # The group is our own: `start_new_session` made it.
                try:
                    os.killpg(self._process.pid, end)
                except ProcessLookupError:
                    break
                try:
                    await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
                except asyncio.TimeoutError:
                    continue
            await self._process.wait()
            if self._drain:
                await self._drain
        self._home.cleanup()
