"""Whether readers can see a post: a push only promises it, the site's own build decides."""

from __future__ import annotations

import html
import logging
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import requests

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 15.0
REQUEST_SECONDS = 10.0
MOST_BYTES = 2_000_000


def wait_until_visible(
    url: str,
    title: str,
    seconds: float,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> bool:
    """Return whether the address answered with the title within `seconds`.

    It is asked at once and then at growing pauses; never raises for a site that fails.
    """
    end, pause = clock() + seconds, FIRST_PAUSE
    with requests.Session() as session:
        while not _shows(session, url, title):
            if clock() + pause > end:
                logger.info("publish: %s does not show the post yet", url)
                return False
            sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 1.5)
    logger.info("publish: %s shows the post", url)
    return True


def _shows(session: requests.Session, url: str, title: str) -> bool:
    headers = {"User-Agent": "paperweek", "Cache-Control": "no-cache"}
    try:
        with session.get(url, headers=headers, timeout=REQUEST_SECONDS, stream=True) as answer:
            body = answer.raw.read(MOST_BYTES, decode_content=True)
            led_elsewhere = _place(answer.url) != _place(url)
            found = answer.status_code == requests.codes.ok and not led_elsewhere
    except (requests.RequestException, OSError) as error:
        logger.debug("%s: %s", url, type(error).__name__)
        return False
    return found and _words(title) in _words(html.unescape(body.decode("utf-8", "replace")))


def _place(url: str) -> str:
    """Return the path without what a redirect may add: an ending, a slash, another scheme."""
    return urlsplit(url).path.rstrip("/").removesuffix(".html").removesuffix("/index")


def _words(text: str) -> str:
    """Return the text without the marks that a page may spell in another way."""
    return " ".join(re.findall(r"\w+", text.casefold()))
