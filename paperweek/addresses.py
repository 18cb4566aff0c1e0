"""Where a reader finds a post, once Jekyll has built the site. Pure.

Source: https://jekyllrb.com/docs/permalinks/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import quote

from paperweek.recognising import day_of_post

DEFAULT = "date"
"""The permalink style of a site that sets none."""

_NAME = re.compile(r"\d{2,4}-\d{1,2}-\d{1,2}-(?P<slug>.*)\.[^.]+")
_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_NOT_IN_TITLE, _NOT_IN_SLUG = re.compile(r"[^\w.~!$&'()+,;=@]+"), re.compile(r"[\W_]+")
"""What Jekyll makes a hyphen of. Source: its `Utils.slugify`, modes pretty and default, tried."""
_HOLDER = re.compile(r":([a-z_]+)")


_FIELD = re.compile(r"\{(?:date|week)\}")


def fault_of_pattern(pattern: str) -> str:
    """Return why posts can't lie at the pattern's paths in the blog; empty where they can.

    >>> fault_of_pattern("_posts/{date}-weekly-report.md"), fault_of_pattern(".git/{date}.md")
    ('', 'no part of it may begin with a dot')
    """
    plain = _FIELD.sub("x", pattern)
    if "{" in plain or "}" in plain:
        return "it may hold {date} and {week}, and no other braces"
    if plain == pattern:
        return "it must hold {date} or {week}, or each week would replace the last"
    parts = plain.split("/")
    if any(part.startswith(".") for part in parts):
        return "no part of it may begin with a dot"
    if not all(parts) or not plain.endswith(".md"):
        return "it must be a path inside the blog that ends in .md"
    return ""


def page_of(site: str, post_path: str, category: str, permalink: str = DEFAULT) -> str:
    """Return the address of a post of ours; empty where the site or the place is not known.

    >>> page_of("https://me.github.io/b", "_posts/2025-02-02-weekly-report.md", "weekly-report")
    'https://me.github.io/b/weekly-report/2025/02/02/weekly-report.html'
    """
    path = path_of(post_path, {"category": category}, permalink)
    return f"{site}{path}" if site and path else ""


def path_of(post_path: str, front: Mapping[str, object], permalink: str = DEFAULT) -> str:
    """Return where in the site a post becomes a page; empty where Jekyll makes none, or unknown.

    `front` is its front matter, `permalink` a style or a pattern of the site.
    """
    name = _NAME.fullmatch(PurePosixPath(post_path).name)
    day = day_of_post(post_path, dict(front))
    if not name or not day or "_posts" not in PurePosixPath(post_path).parts:
        return ""
    slug = str(front.get("slug") or name["slug"])
    values = {
        "categories": "/".join(dict.fromkeys(_categories(post_path, front))),
        "title": _NOT_IN_TITLE.sub("-", slug).strip("-"),
        "slug": _NOT_IN_SLUG.sub("-", slug).strip("-").lower(),
        "name": slug,
        "output_ext": ".html",
        "year": f"{day:%Y}",
        "short_year": f"{day:%y}",
        "month": f"{day:%m}",
        "i_month": f"{day.month}",
        "short_month": f"{day:%b}",
        "long_month": f"{day:%B}",
        "day": f"{day:%d}",
        "i_day": f"{day.day}",
        "y_day": f"{day:%j}",
        "week": f"{day:%V}",
        "w_year": f"{day:%G}",
        "short_day": f"{day:%a}",
        "long_day": f"{day:%A}",
    }
    pattern = str(front.get("permalink") or permalink)
    pattern = _STYLES.get(pattern, pattern)
    if not set(_HOLDER.findall(pattern)) <= set(values):
        return ""
    filled = _HOLDER.sub(lambda found: quote(values[found[1]]), pattern)
    return re.sub("/{2,}", "/", f"/{filled}")


def _categories(path: str, front: Mapping[str, object]) -> list[str]:
    folders = PurePosixPath(path).parts
    given = front.get("categories") or front.get("category") or ()
    named = given.split() if isinstance(given, str) else given
    inside = folders[: folders.index("_posts")]
    return [str(c).lower() for c in (*inside, *(named if isinstance(named, list | tuple) else ()))]
