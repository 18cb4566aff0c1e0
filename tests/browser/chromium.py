"""The Chromium that is installed, without a screen, on a machine that it can't leave."""

from __future__ import annotations

import base64
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Route,
    expect,
    sync_playwright,
)

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FOUND = next(filter(None, map(shutil.which, _NAMES)), None)
MISSING = None if _FOUND else "Chromium is not installed: apt-get install chromium"
"""Why no page can be opened here; None where it can."""

PATIENCE_SECONDS = 300.0
"""For whatever a page is waited for: a slow machine shows the same, later."""

_SWITCHES = (
    # It asks after its maker's hosts at every start: without these, and by whatever name they go.
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    *("--disable-quic", "--disable-gpu", "--no-first-run"),
)

SHOWN = "rgb(255, 0, 0)"
"""The colour in which a page must show the words that its address names."""
_FIND_SHOWN = """async picture => {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const shown = [];
  while (texts.nextNode()) {
    for (const word of texts.currentNode.data.matchAll(/[^\\s]+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      const box = range.getClientRects()[0]; // a word may be broken at the end of a line
      const middle = [box.x + box.width / 2, box.y + box.height / 2, 1, 1];
      const [red, green, blue] = canvas.getImageData(...middle).data;
      if (red > 250 && green < 5 && blue < 5) shown.push(word[0]);
    }
  }
  return shown.join(" ");
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser until the block ends."""
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_FOUND, args=_SWITCHES)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """One person's window, and what its pages did that they should not."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """Errors in the console, and scripts that broke."""
    strangers: list[str] = field(default_factory=list)
    """Addresses outside this machine that a page asked for, in vain."""


@contextmanager
def visit(browser: Browser, width: int = 1000, height: int = 800) -> Iterator[Visitor]:
    """Open a window of this size, in CSS pixels, until the block ends."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, service_workers="block"
    )
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    visitor = Visitor(context.new_page())
    _watch(context, visitor)
    yield visitor
    context.close()


def _watch(context: BrowserContext, visitor: Visitor) -> None:
    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            visitor.complaints.append(f"{message.text} ({message.location['url']})")

    def keep_here(route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            visitor.strangers.append(route.request.url)
            route.abort()

    context.on("console", hear)
    context.on("weberror", lambda error: visitor.complaints.append(str(error.error)))
    context.route("**/*", keep_here)


def overflow(page: Page) -> int:
    """Return by how many CSS pixels the page is wider than its window."""
    wider: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider


def words_shown(page: Page) -> str:
    """Return the words that the page shows highlighted, in the window, as a reader sees them.

    No script may ask a browser for them, so they are read off a picture of the window: a word
    counts where its middle has the colour `SHOWN`, which the page must give to `::target-text`.
    """
    picture = base64.b64encode(page.screenshot(animations="disabled")).decode()
    shown: str = page.evaluate(_FIND_SHOWN, picture)
    return shown


def words_shown_until(page: Page, last: str) -> str:
    """Return the words that the page shows highlighted, as soon as the `last` ones are."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while not (shown := words_shown(page)).endswith(last):
        assert time.monotonic() < patience, f"{page.url}: shown is {shown!r}"
        page.wait_for_timeout(50)
    return shown
