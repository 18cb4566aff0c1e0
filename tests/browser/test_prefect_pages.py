"""What a person does in Prefect's pages: fill in the form, read what came of it, say yes to a post.

A real `paperweek serve`, with the sample's weeks behind both sources' interfaces.
"""

from __future__ import annotations

import hashlib
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Locator, Page, ViewportSize, expect

from paperweek.datafile import read_data_file
from paperweek.model import Week
from paperweek.rendering import data_path, post_path, post_title
from tests.browser.chromium import MISSING, PATIENCE_SECONDS, Visitor
from tests.conftest import clean_environment, free_port
from tests.flows.prefect_life import until
from tests.world.papers_server import PapersServer
from tests.world.sample_corpus import sample_corpus
from tests.world.slack import FakeSlack, slack

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(MISSING is not None, reason=str(MISSING)),
]

WINDOW: ViewportSize = {"width": 1200, "height": 1400}
"""High enough for all cards of a run: those below the window are not in the page."""
PICTURE: FloatRect = {"x": 0, "y": 0, "width": 1200, "height": 900}
WEEK, APPROVED_WEEK = Week(2026, 12), Week(2026, 11)


@dataclass(frozen=True)
class Served:
    """A service that is ready, and what it publishes to."""

    url: str
    blog: Path
    channel: FakeSlack

    def published(self, path: str) -> str:
        """Return a file of the blog; empty where it holds none."""
        said = subprocess.run(
            ["git", "show", f"main:{path}"], cwd=self.blog, capture_output=True, check=False
        )
        return said.stdout.decode()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start the service beside an empty blog and wait until it says that it is ready."""
    home, port = tmp_path_factory.mktemp("served"), free_port()
    blog, log = home / "blog.git", home / "serve.log"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(blog)], check=True)
    with PapersServer(sample_corpus()) as world, slack() as channel, log.open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows", "serve", "--port", str(port)],
            env=clean_environment(home)
            | world.environment
            | {"PAPERWEEK_BLOG": str(blog), "PAPERWEEK_SLACK_WEBHOOK_URL": channel.url},
            cwd=home,
            stderr=err,
        )
        try:
            until(
                lambda: "serve: ready" in log.read_text() or process.poll() is not None,
                PATIENCE_SECONDS,
            )
            assert process.poll() is None, log.read_text()
            yield Served(f"http://127.0.0.1:{port}", blog, channel)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_SECONDS)


def field(form: Page | Locator, name: str) -> Locator:
    """Return the part of a form in which this question is answered."""
    begins = re.compile(rf"^\s*{re.escape(name)}")
    return form.locator(".schema-form-property").filter(has_text=begins)


def open_form(page: Page, served: Served) -> None:
    page.set_viewport_size(WINDOW)
    page.goto(f"{served.url}/deployments")
    page.get_by_role("link", name="manual", exact=True).click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Custom run").click()


def start_run(page: Page, served: Served) -> None:
    """Send the form, and open the page of the run that it starts."""
    with page.expect_response(lambda answer: answer.url.endswith("/create_flow_run")) as created:
        page.get_by_role("button", name="Submit").click()
    page.goto(f"{served.url}/runs/flow-run/{created.value.json()['id']}")


def open_artifact(page: Page, run: str, key: str) -> Locator:
    """Open an artifact of the run with this address; return what it holds."""
    page.goto(run)
    page.get_by_text("Artifacts", exact=True).click()
    page.get_by_role("link", name=key).click()
    return page.get_by_role("tabpanel", name="Artifact")


def link_in(channel: FakeSlack) -> str:
    """Return where the button, or link, of the last notice leads."""
    found = re.search(r"http://127[^|\"\\]+/flow-run/[0-9a-f-]+", json.dumps(channel.posted[-1]))
    assert found, channel.posted
    return found[0]


def first_words(served: Served, week: Week) -> str:
    """Return the first sentence of the post in the blog."""
    data = read_data_file(served.published(data_path(week)))
    return data.sections[0].paragraphs[0][0].text


def test_a_week_is_published_from_the_form_and_read_under_its_artifacts(
    visitor: Visitor, served: Served, pictures: Path
) -> None:
    page = visitor.page
    open_form(page, served)
    field(page, "Week (Optional)").get_by_role("textbox").fill("2026-03-20")
    page.screenshot(path=pictures / "form.png", clip=PICTURE, animations="disabled")
    start_run(page, served)

    expect(page.get_by_role("navigation")).to_contain_text(f"{WEEK} published")
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible()
    run = page.url
    post = open_artifact(page, run, f"post-{WEEK.label.lower()}")
    expect(post.get_by_role("heading", name=post_title(WEEK))).to_be_visible()
    expect(post).to_contain_text(first_words(served, WEEK))
    page.screenshot(path=pictures / "artifact.png", clip=PICTURE, animations="disabled")
    table = open_artifact(page, run, f"papers-{WEEK.label.lower()}")
    expect(table.get_by_role("link", name="https://arxiv.org/abs/2600.").first).to_be_visible()
    check = open_artifact(page, run, f"check-{WEEK.label.lower()}")
    expect(check).to_contain_text("check", ignore_case=True)
    assert visitor.strangers == []


def test_a_post_that_waits_for_a_yes_is_published_as_it_was_shown(
    visitor: Visitor, served: Served, pictures: Path
) -> None:
    page, path = visitor.page, post_path(APPROVED_WEEK)
    open_form(page, served)
    field(page, "Week (Optional)").get_by_role("textbox").fill(APPROVED_WEEK.label)
    field(page, "Ask me before publishing (Optional)").get_by_role("switch").click()
    start_run(page, served)

    expect(page.get_by_text("Suspended", exact=True)).to_be_visible()
    assert served.published(path) == ""
    page.goto(link_in(served.channel))
    page.get_by_role("button", name="Resume").click()
    form = page.get_by_role("dialog")
    switch = field(form, "Publish it (Optional)").get_by_role("switch")
    expect(switch).to_be_checked()
    field(form, "Note (Optional)").get_by_role("textbox").fill("Read to its end.")
    shown = re.search(r"\b[0-9a-f]{16}\b", form.inner_text())
    page.screenshot(path=pictures / "approval.png", animations="disabled")
    form.get_by_role("button", name="Submit").click()

    expect(page.get_by_role("navigation")).to_contain_text(f"{APPROVED_WEEK} published")
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible()
    assert shown
    digest = hashlib.sha256(served.published(path).encode()).hexdigest()
    assert digest.startswith(shown[0])
    assert visitor.strangers == []
