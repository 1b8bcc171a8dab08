"""Browsers without a driver: started here, spoken to over their own debugging protocols, and ended with their `async with` block."""

from .chromium import Chromium
from .firefox import Firefox
from .link import BrowserError

__all__ = ["ALL", "BrowserError", "Chromium", "Firefox", "installed", "missing"]

ALL = (Chromium, Firefox)


def installed():
    """The browsers of this machine, in the order of reports."""
    return [browser for browser in ALL if browser.path()]


def missing():
    """What to say of the others."""
    return [f"{browser.name} is not installed (Debian package {browser.package}): its rows are left out"
            for browser in ALL if not browser.path()]
