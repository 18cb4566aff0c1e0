"""A reader in a browser: the post as Jekyll shows it, and each receipt followed to its words."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urldefrag

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from paperweek.datafile import DataFile, read_data_file
from paperweek.model import Collection, Heading, Paper, Post
from paperweek.previewing import page_of
from paperweek.publishers.git_blog import GitBlog
from paperweek.publishers.new_blog import create_blog
from paperweek.rendering import render_post
from paperweek.selection import select
from paperweek.settings import prepare_git
from paperweek.text import fold
from paperweek.writers.extractive import ExtractiveWriter
from tests.browser import chromium
from tests.browser.chromium import (
    SHOWN,
    Visitor,
    overflow,
    visit,
    words_shown,
    words_shown_until,
)
from tests.conftest import clean_environment
from tests.world import jekyll
from tests.world.sample_corpus import sample_weeks

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium.MISSING is not None, reason=str(chromium.MISSING)),
    pytest.mark.skipif(jekyll.MISSING is not None, reason=str(jekyll.MISSING)),
]

PROSE_LINKS = ".post-body > p a"
LAST = "No further words."
"""What stands below the abstract: once it is highlighted, the words before it were sought too."""
ABSTRACT_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>
  ::target-text {{ color: {shown}; background: {shown}; }}
  body {{ font: 10px/1.2 sans-serif; }}  /* small, so that a whole abstract fits into a window */
  h1 {{ margin-bottom: 200vh; }}
  footer {{ margin-top: 200vh; }}
</style></head><body>
<h1>{title}</h1>
<blockquote><span>Abstract:</span>{abstract}</blockquote>
<p>{last}</p>
<footer>arXiv is not here.</footer>
</body></html>
"""


@dataclass(frozen=True)
class Reading:
    """A blog with the sample's weeks, told as if they were real, on this machine."""

    address: str
    """Of the newest post's page."""
    post: Post
    papers: dict[str, Paper]
    """By arXiv id."""

    @property
    def data(self) -> DataFile:
        """What the newest post rests on."""
        return read_data_file(self.post.data)


def play_arxiv(page: Page, papers: Mapping[str, Paper]) -> None:
    """Let a page of this machine with the paper's abstract stand for each page of arXiv."""

    def answer(route: Route) -> None:
        paper = papers[paper_id(route.request.url)]
        body = ABSTRACT_PAGE.format(
            title=escape(paper.title), abstract=escape(paper.abstract), last=LAST, shown=SHOWN
        )
        route.fulfill(content_type="text/html; charset=utf-8", body=body)

    page.route(lambda url: url.startswith("https://arxiv.org/abs/"), answer)


def paper_id(address: str) -> str:
    return urldefrag(address).url.rpartition("/")[2]


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    """Publish the sample's weeks, build the blog, and serve it."""
    home = tmp_path_factory.mktemp("reading")
    weeks = tuple(replace(week, invented=False) for week in sample_weeks())
    with pytest.MonkeyPatch.context() as patch:
        for name, value in clean_environment(home).items():
            patch.setenv(name, value)
        posts = publish(weeks, home)
    built = jekyll.build(home / "blog", home / "site")
    assert built.code == 0, built.said
    page = built.page(posts[-1].path)
    assert page
    with served(built.folder) as address:
        yield Reading(
            f"{address}/{page.relative_to(built.folder)}",
            posts[-1],
            {paper.arxiv_id: paper for week in weeks for paper in week.papers},
        )


def publish(weeks: tuple[Collection, ...], home: Path) -> list[Post]:
    """Publish the weeks in order into a new blog whose name says that they are invented."""
    prepare_git()
    create_blog(home / "blog")
    config = home / "blog" / "_config.yml"
    config.write_text(
        config.read_text().replace("Weekly Report", "Invented papers of a sample week", 1)
    )
    owner = ("-c", "user.name=Owner", "-c", "user.email=owner@example.org")
    subprocess.run(["git", *owner, "commit", "-qam", "Our name"], cwd=home / "blog", check=True)
    blog, posts = GitBlog(str(home / "blog"), cache=home / "cache"), []
    for week in weeks:
        selection = select(week, blog.earlier_weeks(week.week, 4))
        posts.append(render_post(ExtractiveWriter().write(selection)))
        blog.publish(posts[-1])
    return posts


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def page(visitor: Visitor, reading: Reading) -> Page:
    """Open the post, in a world where arXiv lies on this machine."""
    play_arxiv(visitor.page, reading.papers)
    visitor.page.goto(reading.address)
    return visitor.page


def receipts(page: Page) -> list[str]:
    addresses: list[str] = page.locator(PROSE_LINKS).evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    return [address for address in addresses if address.startswith("https://arxiv.org/")]


def words_at(page: Page, address: str) -> str:
    """Return the words of the abstract that the page at this address shows highlighted."""
    page.goto("about:blank")  # else another fragment of the same page would open no new one
    page.goto(f"{address}&text={quote(LAST)}")
    return bare(words_shown_until(page, LAST).removesuffix(LAST))


def bare(words: str) -> str:
    return words.strip(" .,;:!?()")


def test_a_reader_finds_the_eight_sections_in_order_and_then_the_table(
    page: Page, visitor: Visitor, reading: Reading
) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(reading.post.title)
    expect(page.locator(".post-body > p > strong:first-child")).to_have_text(list(Heading))
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(1 + reading.data.counts.selected)
    best = reading.data.papers[0]
    expect(rows.nth(1).get_by_role("link", name=best.title)).to_have_attribute(
        "href", f"https://arxiv.org/abs/{best.id}"
    )
    after = page.locator(f".post-body > p:has-text('{Heading.CONCLUSION}') ~ table")
    expect(after).to_be_visible()
    assert visitor.complaints == []
    assert visitor.strangers == []


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_sticks_out_of_a_phone_or_a_desk(
    browser: Browser, reading: Reading, width: int
) -> None:
    with visit(browser, width=width) as visitor:
        visitor.page.goto(reading.address)
        assert overflow(visitor.page) == 0
        visitor.page.set_content(page_of(reading.post))
        assert overflow(visitor.page) == 0


def test_what_sticks_out_is_seen(visitor: Visitor) -> None:
    visitor.page.set_content(f"<p style='width: 1100px'>{'A wide one. ' * 100}</p>")

    assert overflow(visitor.page) > 0


def test_a_click_on_a_receipt_opens_the_paper_at_the_words(page: Page) -> None:
    page.locator(PROSE_LINKS).first.click()
    page.wait_for_url("https://arxiv.org/abs/*")

    expect(page.locator("blockquote")).to_be_in_viewport()
    page.wait_for_function("scrollY > 0")


def test_every_receipt_shows_the_words_that_its_sentence_rests_on(
    page: Page, reading: Reading
) -> None:
    passages: dict[str, list[str]] = {}
    for section in reading.data.sections:
        for sentence in (one for paragraph in section.paragraphs for one in paragraph):
            for citation in sentence.citations:
                passages.setdefault(citation.id, []).append(fold(citation.words))
    followed = receipts(page)
    assert len(followed) >= len(reading.data.cited)
    assert [address for address in followed if ":~:text=" not in address] == []

    broken = []
    for address in followed:
        start, _, end = urldefrag(address).fragment.removeprefix(":~:text=").partition(",")
        shown = words_at(page, address)
        is_promised = any(shown in passage for passage in passages[paper_id(address)])
        is_whole = shown.startswith(unquote(start)) and shown.endswith(unquote(end))
        if not (shown and is_promised and is_whole):
            broken.append((address, shown))
    assert broken == []


def test_a_receipt_whose_words_are_gone_shows_none(page: Page, reading: Reading) -> None:
    receipt = receipts(page)[0]
    paper, words = reading.papers[paper_id(receipt)], words_at(page, receipt)
    assert words

    changed = paper.abstract.replace(words.split()[1], "otherwise")
    play_arxiv(page, {paper.arxiv_id: replace(paper, abstract=changed)})

    assert words_at(page, receipt) == ""


def test_a_page_without_a_receipt_shows_nothing_highlighted(page: Page) -> None:
    page.goto(urldefrag(receipts(page)[0]).url)

    assert words_shown(page) == ""


def test_the_post_has_its_picture_taken(browser: Browser, reading: Reading, pictures: Path) -> None:
    with visit(browser, width=900, height=1000) as visitor:
        visitor.page.goto(reading.address)
        visitor.page.screenshot(path=pictures / "post.png", animations="disabled")
    assert (pictures / "post.png").stat().st_size > 10_000
