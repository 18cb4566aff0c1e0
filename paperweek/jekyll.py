"""What a Jekyll site makes of a post, and the ways in which it drops one without a word. Pure.

Jekyll ends well and says nothing of it where a post's date lies ahead in the site's zone, where its
front matter does not read, where its file is not named as posts are, and where another page has
the same address. Source: tried with Jekyll 4.3; https://jekyllrb.com/docs/configuration/options/
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import yaml

from paperweek.addresses import DEFAULT, path_of
from paperweek.errors import HiddenPost
from paperweek.model import Post, Week
from paperweek.recognising import front_matter_of

SITE_CONFIG = "_config.yml"


@dataclass(frozen=True, slots=True)
class Site:
    """What the site's configuration says about posts."""

    is_jekyll: bool = False
    """Whether there is a configuration at all; without one nothing is known."""
    permalink: str = DEFAULT
    zone: tzinfo = UTC
    """The zone in which a post's date counts; where none is set, that of the machine that builds,
    which is UTC on the usual ones."""
    shows_future: bool = False

    @classmethod
    def parse(cls, config: str | None) -> Site:
        """Return what `_config.yml` says; never raises: what can't be read is as if not there."""
        if config is None:
            return cls()
        try:
            read = yaml.safe_load(config)
        except (yaml.YAMLError, ValueError):
            return cls()
        table = read if isinstance(read, dict) else {}
        return cls(
            is_jekyll=True,
            permalink=str(_for_posts(table).get("permalink") or table.get("permalink") or DEFAULT),
            zone=_zone(table.get("timezone")),
            shows_future=table.get("future") is True,
        )


def _for_posts(table: Mapping[str, object]) -> Mapping[str, object]:
    """Return the values that the site gives to every post."""
    defaults = table.get("defaults")
    rules = [r for r in defaults if isinstance(r, dict)] if isinstance(defaults, list) else []
    for rule in rules:
        scope, values = rule.get("scope"), rule.get("values")
        if not isinstance(scope, dict) or not isinstance(values, dict):
            continue
        if not scope.get("path") and scope.get("type", "posts") == "posts":
            return values
    return {}


def _zone(name: object) -> tzinfo:
    try:
        return ZoneInfo(str(name)) if name else UTC
    except (KeyError, ValueError, OSError):
        return UTC


def refuse_before_its_day(week: Week, site: Site, now: datetime) -> None:
    """Raise HiddenPost where the week's post would be dated ahead of `now` in the site's zone."""
    today = now.astimezone(site.zone).date()
    if site.is_jekyll and not site.shows_future and week.sunday > today:
        raise HiddenPost(
            week.label,
            f"its date, {week.sunday}, lies ahead in the site's zone ({site.zone}), and Jekyll "
            f"would leave it out; write `future: true` into {SITE_CONFIG}, or run later",
        )


def refuse_hidden(
    post: Post, site: Site, others: Mapping[str, str], files: Collection[str]
) -> None:
    """Raise HiddenPost where Jekyll would lose the post, or another page for its sake.

    `others` are posts of about the same day or name (path to text), `files` all paths of the blog.
    """
    if not site.is_jekyll:
        return
    front = front_matter_of(post.text)
    if not front or front.get("published") is False:
        raise HiddenPost(post.week.label, "its front matter does not read, so Jekyll would drop it")
    address = path_of(post.path, front, site.permalink)
    if "_posts" in post.path.split("/") and not address:
        raise HiddenPost(
            post.week.label,
            f"{post.path} is no name that Jekyll takes for a post; PAPERWEEK_POST_PATH must be "
            "such as _posts/{date}-weekly-report.md",
        )
    rivals = [
        path
        for path, text in others.items()
        if address and path_of(path, front_matter_of(text), site.permalink) == address
    ]
    rivals += [path for path in _pages_at(address) if path in files]
    if rivals:
        raise HiddenPost(post.week.label, f"{rivals[0]} already has its address, {address}")


def _pages_at(address: str) -> tuple[str, ...]:
    """Return the paths of files that would become a page of this address."""
    bare = address.strip("/").removesuffix(".html")
    names = [bare, f"{bare}/index"] if bare else []
    return tuple(f"{name}{end}" for name in names for end in (".html", ".md", ".markdown"))
