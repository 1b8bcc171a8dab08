"""Which schemes the native APIs of a browser can use, tried in a real one."""

import json

from target import PageServer, Server

CLIENTS = ("EventSource", "WebSocket", "fetch")
WINDOW = 10_000  # milliseconds; an attempt ends with its answer, this only bounds a hang


class Attempts:
    """Of one scheme, the best that each API lets the code of a page do."""

    def __init__(self, scheme, server, page, token):
        self._scheme, self._server, self._page, self._token = scheme, server, page, token

    async def _ticket(self, transport):
        body = json.dumps({"transport": transport, "orders": ["order-0"]})
        request = {"method": "POST", "body": body,
                   "headers": {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}}
        answer = await self._page.evaluate(
            f"fetch({json.dumps(self._server.http + '/tickets')}, {json.dumps(request)}).then(r => r.json())")
        return f"?ticket={answer['ticket']}"

    async def prepare(self):
        if self._scheme == "cookie":
            request = {"method": "POST", "credentials": "include", "headers": {"Authorization": f"Bearer {self._token}"}}
            status = await self._page.evaluate(
                f"fetch({json.dumps(self._server.http + '/session')}, {json.dumps(request)}).then(r => r.status)")
            if status != 201:
                raise RuntimeError(f"the login was answered {status}")
        if self._scheme == "mtls":
            # Chromium shows a certificate with a WebSocket only where a request of the page has shown it before.
            await self._page.evaluate(
                f"fetch({json.dumps(self._server.http + '/orders/order-0')}, {{credentials: 'include'}}).then(r => r.status)")

    async def _query(self, transport):
        return {"query": f"?access_token={self._token}",
                "ticket": await self._ticket(transport) if self._scheme == "ticket" else ""}.get(self._scheme, "")

    async def parameters(self, client):
        base = self._server.ws if client == "WebSocket" else self._server.http
        path = "socket" if client == "WebSocket" else "events"
        transport = "websocket" if client == "WebSocket" else "sse"
        result = {"url": f"{base}/orders/order-0/{path}{await self._query(transport)}"}
        # The header field that carries it; where an API takes none, it is given one all the same.
        header = {"bearer": {"Authorization": f"Bearer {self._token}"},
                  "subprotocol": {"Sec-WebSocket-Protocol": f"order-updates.v1, bearer.{self._token}"}}.get(self._scheme)
        message = {"type": "authenticate", "token": self._token}
        # Only what browsers send by themselves is asked for: the server allows it for no other scheme.
        ambient = self._scheme in ("cookie", "mtls")
        match client:
            case "EventSource":
                result["init"] = {"withCredentials": ambient, **({"headers": header} if header else {})}
            case "WebSocket":
                if self._scheme == "bearer":
                    result["protocols"] = {"headers": header}
                if self._scheme == "subprotocol":
                    result["protocols"] = ["order-updates.v1", f"bearer.{self._token}"]
                if self._scheme == "message":
                    result["first"] = message
            case "fetch":
                result["init"] = {"credentials": "include" if ambient else "same-origin", **({"headers": header} if header else {})}
                if self._scheme == "message":
                    result["init"] |= {"method": "POST", "body": json.dumps(message)}
        return result

    async def succeeds(self, client):
        """Whether the client has got the order's snapshot, and what it saw."""
        parameters = json.dumps(await self.parameters(client))
        await self._page.evaluate(f"observe({json.dumps(client)}, {json.dumps(client)}, {parameters}, {WINDOW})")
        opened = (await self._page.evaluate(f"opened([{json.dumps(client)}])"))[0]
        steps = await self._page.evaluate(f"observations.get({json.dumps(client)}).steps")
        return opened, " > ".join(steps)


async def reach(running, scheme, keys, certificates, command, tls):
    """Of each client, whether it can use the scheme, and what it saw."""
    options = ["--auth", scheme]
    if scheme == "mtls":
        options += ["--client-ca", certificates.authority]
    found = {}
    async with PageServer(certificates.server_context() if tls else None) as pages:
        async with Server(keys, "--allow-origin", pages.origin, *options, command=command,
                          tls=certificates if tls else None) as server:
            for client in CLIENTS:
                page = await running.open(f"{pages.origin}/")
                attempts = Attempts(scheme, server, page, keys.token())
                await attempts.prepare()
                found[client] = await attempts.succeeds(client)
                await page.close()
    return found
