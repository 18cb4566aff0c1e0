"""A browser for each file of tests, a window for each test, and what it showed where one fails."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import Visitor, chromium, visit
from tests.conftest import CHECKOUT

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run Chromium for the tests of one file: while it runs, asyncio belongs to Playwright."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def visitor(browser: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Visitor]:
    """Open a window; where the test fails, keep what it showed."""
    with visit(browser) as visitor:
        yield visitor
        if request.node.stash.get(_FAILED, False):
            visitor.page.screenshot(path=tmp_path / "page.png")
            (tmp_path / "page.html").write_text(visitor.page.content(), encoding="utf-8")
            request.node.add_report_section("teardown", "page", f"kept in {tmp_path}")


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Return the folder for pictures of what the product looks like: build output."""
    folder = CHECKOUT / "build" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
