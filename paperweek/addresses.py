"""Where a reader finds a post, once the site is built. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote

_NAME = re.compile(r"(?:.*/)?(\d{4})-(\d\d)-(\d\d)-([^/]+)\.md")


def page_of(site: str, post_path: str, category: str) -> str:
    """Return the page's address; empty where the site is not known or the file is no Jekyll post.

    Holds for Jekyll's own default, `permalink: date`.
    Source: https://jekyllrb.com/docs/permalinks/#built-in-formats

    >>> page_of("https://me.github.io/b", "_posts/2025-02-02-weekly-report.md", "weekly-report")
    'https://me.github.io/b/weekly-report/2025/02/02/weekly-report.html'
    """
    name = _NAME.fullmatch(post_path)
    if not site or not name:
        return ""
    parts = (*filter(None, [category]), *name.groups())
    return f"{site}/{'/'.join(quote(part.lower(), safe='') for part in parts)}.html"
