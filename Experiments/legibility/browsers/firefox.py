"""Firefox over WebDriver BiDi, without geckodriver."""

import json
import os
import shutil

from .link import BrowserError, Link
from .process import BrowserProcess

# No traffic but to this machine, and no page but ours.
PREFERENCES = {
    "app.normandy.enabled": False, "app.update.auto": False, "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False, "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False, "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False, "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "network.dns.disabled": True, "services.settings.server": "data:,#", "toolkit.telemetry.enabled": False,
    # Shows a client certificate without asking, as an administrator would set it.
    "security.default_personal_cert": "Select Automatically",
}


class Firefox:
    name = "Firefox"
    package = "firefox-esr"

    @staticmethod
    def path():
        return shutil.which("firefox-esr") or shutil.which("firefox")

    def __init__(self, certificates=None):
        """`certificates`: an authority to trust and a client certificate to show; nil trusts and shows none."""
        self._process = BrowserProcess(r"WebDriver BiDi listening on (ws://\S+)")
        self._certificates = certificates

    async def __aenter__(self):
        try:
            profile = os.path.join(self._process.home, "profile")
            os.mkdir(profile)
            if self._certificates:
                self._certificates.install(profile)
            with open(os.path.join(profile, "user.js"), "w") as file:
                for name, value in PREFERENCES.items():
                    file.write(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n")
            address = await self._process.start(
                self.path(), "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0")
            self._link = await Link.open(f"{address}/session")
            session = await self._link.send("session.new", {"capabilities": {}})
            self.version = f"{self.name} {session['capabilities']['browserVersion'].split('.')[0]}"
            return self
        except BaseException:
            await self._process.stop()
            raise

    async def __aexit__(self, *_):
        await self._link.close()
        await self._process.stop()

    async def open(self, url):
        """A page in a user context of its own: no cookie of another page is there."""
        user = (await self._link.send("browser.createUserContext"))["userContext"]
        context = (await self._link.send("browsingContext.create", {"type": "tab", "userContext": user}))["context"]
        page = FirefoxPage(self._link, context, user)
        await page.navigate(url)
        return page


class FirefoxPage:
    def __init__(self, link, context, user):
        self._link, self._context, self._user = link, context, user

    async def navigate(self, url):
        await self._link.send(
            "browsingContext.navigate", {"context": self._context, "url": url, "wait": "complete"})

    async def evaluate(self, expression):
        """The value of an expression or of its promise, by way of JSON."""
        answer = await self._link.send("script.evaluate", {
            "expression": f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            "target": {"context": self._context}, "awaitPromise": True})
        if answer["type"] == "exception":
            raise BrowserError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    async def close(self):
        await self._link.send("browser.removeUserContext", {"userContext": self._user})
