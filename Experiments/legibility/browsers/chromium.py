"""Chromium over the DevTools protocol."""

import json
import os
import shutil

from .link import BrowserError, Link
from .process import BrowserProcess

# No traffic but to this machine: neither updates, nor metrics, nor names that a resolver would be asked for.
OPTIONS = (
    "--headless=new", "--no-sandbox", "--remote-debugging-port=0", "--no-first-run", "--no-default-browser-check",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--disable-gpu", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class Chromium:
    name = "Chromium"
    package = "chromium"

    @staticmethod
    def path():
        return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

    def __init__(self, certificates=None):
        """`certificates`: an authority to trust and a client certificate to show; nil trusts and shows none."""
        self._process = BrowserProcess(r"DevTools listening on (ws://\S+)")
        self._certificates = certificates

    async def __aenter__(self):
        try:
            if self._certificates:
                self._certificates.install(os.path.join(self._process.home, ".pki", "nssdb"))
            profile = os.path.join(self._process.home, "profile")
            self._prepare(profile)
            address = await self._process.start(
                self.path(), *OPTIONS, f"--user-data-dir={profile}", "about:blank")
            self._link = await Link.open(address)
            product = (await self._link.send("Browser.getVersion"))["product"]
            self.version = f"{self.name} {product.split('/')[1].split('.')[0]}"
            return self
        except BaseException:
            await self._process.stop()
            raise

    @staticmethod
    def _prepare(profile):
        """Shows a client certificate without asking, as an administrator's policy AutoSelectCertificateForUrls has it."""
        os.makedirs(os.path.join(profile, "Default"))
        choice = {"*,*": {"setting": {"filters": [{}]}}}
        with open(os.path.join(profile, "Default", "Preferences"), "w") as file:
            json.dump({"profile": {"content_settings": {"exceptions": {"auto_select_certificate": choice}}}}, file)

    async def __aexit__(self, *_):
        await self._link.close()
        await self._process.stop()

    async def open(self, url):
        """A page in a browser context of its own: no cookie of another page is there."""
        context = (await self._link.send("Target.createBrowserContext"))["browserContextId"]
        target = (await self._link.send(
            "Target.createTarget", {"url": "about:blank", "browserContextId": context}))["targetId"]
        session = (await self._link.send(
            "Target.attachToTarget", {"targetId": target, "flatten": True}))["sessionId"]
        page = ChromiumPage(self._link, session, context)
        await page.navigate(url)
        return page


class ChromiumPage:
    def __init__(self, link, session, context):
        self._link, self._session, self._context = link, session, context

    async def navigate(self, url):
        answer = await self._link.send("Page.navigate", {"url": url}, sessionId=self._session)
        if answer.get("errorText"):
            raise BrowserError(f"{url}: {answer['errorText']}")
        await self.evaluate(
            "document.readyState === 'complete' || new Promise(done => addEventListener('load', done))")

    async def evaluate(self, expression):
        """The value of an expression or of its promise, by way of JSON."""
        answer = await self._link.send("Runtime.evaluate", {
            "expression": f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            "awaitPromise": True}, sessionId=self._session)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise BrowserError(details.get("exception", {}).get("description") or details["text"])
        return json.loads(answer["result"]["value"])

    async def close(self):
        await self._link.send("Target.disposeBrowserContext", {"browserContextId": self._context})
