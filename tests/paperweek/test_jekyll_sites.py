"""Jekyll's silent ways to lose a post are found before the push, and its addresses are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest

from paperweek.addresses import _STYLES, page_of, path_of
from paperweek.errors import HiddenPost
from paperweek.jekyll import Site, refuse_before_its_day, refuse_hidden
from paperweek.model import Outcome, Post, Week
from tests.paperweek.kept_blog import KeptBlog, old_post, weekly_post
from tests.world.jekyll import MISSING, JekyllSite

WEEK = Week(2025, 5)
PATH = "_posts/2025-02-02-weekly-report.md"
ADDRESS = "/weekly-report/2025/02/02/weekly-report.html"
CONFIG = "title: A blog\n"


@pytest.mark.parametrize(
    ("permalink", "address"),
    [
        ("date", ADDRESS),
        ("pretty", "/weekly-report/2025/02/02/weekly-report/"),
        ("ordinal", "/weekly-report/2025/033/weekly-report.html"),
        ("weekdate", "/weekly-report/2025/W05/Sun/weekly-report.html"),
        ("none", "/weekly-report/weekly-report.html"),
        ("/p/:year-:i_month-:i_day/:slug", "/p/2025-2-2/weekly-report"),
        ("/:year/:nonsense/", ""),
    ],
)
def test_the_address_follows_the_sites_permalink(permalink: str, address: str) -> None:
    page = page_of("https://me.github.io/b", PATH, "weekly-report", permalink)

    assert page == (f"https://me.github.io/b{address}" if address else "")


def test_folders_above_the_posts_are_categories() -> None:
    assert page_of("https://x.y", f"ai/{PATH}", "weekly-report") == f"https://x.y/ai{ADDRESS}"


@pytest.mark.parametrize("path", ["content/2025-02-02-x.md", "_posts/weekly.md"])
def test_what_is_no_jekyll_post_has_no_address(path: str) -> None:
    assert page_of("https://x.y", path, "weekly-report") == ""


@pytest.mark.parametrize(
    ("config", "site"),
    [
        (None, Site()),
        ("", Site(is_jekyll=True)),
        ("permalink: pretty\nfuture: true\n", Site(True, "pretty", UTC, shows_future=True)),
        (
            "defaults: [{scope: {path: ''}, values: {permalink: /x/:title}}]",
            Site(True, "/x/:title"),
        ),
        ("defaults: [{scope: {path: a}, values: {permalink: /x}}]", Site(True)),
        ("defaults: [7, {scope: 7}, {}]\ntimezone: Mars\n", Site(True)),
        ("[a, list]", Site(True)),
        ("broken: [", Site()),
    ],
)
def test_a_configuration_is_read_as_far_as_it_can_be(config: str | None, site: Site) -> None:
    assert Site.parse(config) == site


@pytest.mark.parametrize(
    ("config", "now", "shown"),
    [
        ("timezone: UTC", "2025-02-02T00:00", True),
        ("timezone: UTC", "2025-02-01T23:59", False),
        ("", "2025-02-01T23:59", False),
        ("timezone: Asia/Tokyo", "2025-02-01T16:00", True),
        ("timezone: America/New_York", "2025-02-02T04:59", False),
        ("timezone: America/New_York", "2025-02-02T05:01", True),
        ("timezone: UTC\nfuture: true", "2025-02-01T23:59", True),
        (None, "2025-02-01T23:59", True),
    ],
)
def test_a_post_waits_for_its_day_in_the_sites_zone(
    config: str | None, now: str, shown: bool
) -> None:
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    if shown:
        refuse_before_its_day(WEEK, Site.parse(config), instant)
    else:
        with pytest.raises(HiddenPost, match="lies ahead in the site's zone"):
            refuse_before_its_day(WEEK, Site.parse(config), instant)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "---\ntitle: [\n---\nx\n"}, "front matter does not read"),
        ({"text": "---\ntitle: x\npublished: false\n---\nx\n"}, "front matter"),
        ({"path": "_posts/2025-W05.md"}, "no name that Jekyll takes"),
    ],
)
def test_a_post_that_jekyll_would_drop_is_refused(changes: dict[str, str], words: str) -> None:
    post: Post = replace(weekly_post(WEEK), **changes)  # type: ignore[arg-type]
    with pytest.raises(HiddenPost, match=words):
        refuse_hidden(post, Site(is_jekyll=True), {}, ())
    refuse_hidden(post, Site(), {}, ())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("weekly-report/_posts/2025-02-02-weekly-report.md", old_post("X", "2025-02-02", "''")),
        ("_posts/2025-02-01-x.md", f"---\ntitle: X\npermalink: {ADDRESS}\n---\n"),
        (ADDRESS[1:], "<p>"),
        (ADDRESS[1:].replace(".html", ".md"), "---\n---\n"),
    ],
)
def test_a_page_at_the_same_address_is_named_and_nothing_is_pushed(
    tmp_path: Path, path: str, text: str
) -> None:
    blog = KeptBlog.at(tmp_path, {"_config.yml": CONFIG, path: text})
    with pytest.raises(HiddenPost, match=f"{path} already has its address"):
        blog.open().publish(weekly_post(WEEK))
    assert blog.commits == ["By hand"]


def test_other_posts_of_the_day_are_no_rivals_and_neither_are_our_own_files(tmp_path: Path) -> None:
    blog = KeptBlog.at(tmp_path, {"_config.yml": CONFIG, "_posts/2025-02-02-x.md": "---\n---\n"})
    assert blog.open().publish(weekly_post(WEEK)).outcome is Outcome.PUBLISHED
    new = weekly_post(WEEK, "2501.00001")
    assert blog.open().publish(new, rewrite=True).outcome is Outcome.PUBLISHED
    moved = replace(new, path="_posts/2025-02-02-weekly-report.markdown")
    assert blog.open().publish(moved, rewrite=True).outcome is Outcome.PUBLISHED


@pytest.mark.slow
@pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
class TestWithJekyll:
    @pytest.mark.parametrize(
        "permalink",
        [*_STYLES, "/p/:year-:i_month-:i_day/:slug", "/:short_year/:long_month/:title/", "/:y_day"],
    )
    def test_a_page_lies_where_it_is_said_to_lie(self, tmp_path: Path, permalink: str) -> None:
        site = JekyllSite(tmp_path)
        site.add("_config.yml", f"permalink: {permalink}\ntimezone: UTC\n")
        for path in (PATH, "ai/_posts/2025-02-02-Of_late, twice.md"):
            site.add(path, weekly_post(WEEK).text)
            address = path_of(path, {"category": "weekly-report"}, permalink)
            built = site.build()
            bare = built.folder / unquote(address).strip("/")
            places = [bare, bare / "index.html", bare.with_name(f"{bare.name}.html")]
            assert [place for place in places if place.is_file()], [
                str(p.relative_to(built.folder)) for p in built.folder.rglob("*.html")
            ]

    @pytest.mark.parametrize(
        ("config", "path", "others"),
        [
            ("timezone: UTC\n", "_posts/2025-W05.md", {}),
            ("", PATH, {ADDRESS[1:]: "---\n---\nAnother page.\n"}),
            ("", PATH, {"weekly-report/" + PATH: old_post("X", "2025-02-02", "''")}),
        ],
    )
    def test_what_is_refused_is_what_jekyll_loses(
        self, tmp_path: Path, config: str, path: str, others: dict[str, str]
    ) -> None:
        post = replace(weekly_post(WEEK), path=path)
        site = JekyllSite(tmp_path)
        site.add("_config.yml", config or CONFIG)
        for place, text in {path: post.text, **others}.items():
            site.add(place, text)

        built = site.build()
        page = built.folder / ADDRESS[1:]

        assert built.complaints or not page.is_file()
        with pytest.raises(HiddenPost):
            refuse_hidden(post, Site.parse(config or CONFIG), others, {path, *others})
