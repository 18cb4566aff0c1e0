"""What a blog says of itself in `.paperweek.toml`, below the environment, without secrets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from paperweek.errors import ConfigurationError
from paperweek.settings import OF_THE_BLOG, Settings
from tests.conftest import CHECKOUT

WHOLE = """
categories = ["cs.SE"]
prefer = ["agents"]
leave_out = ["medicine and health", "robotics"]
papers_per_report = 12
voice = "neutral"
timezone = "Asia/Tokyo"
post_path = "_posts/{date}-week.md"
category = "weekly"
"""


@pytest.fixture(autouse=True)
def _empty_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_blog_without_the_file_changes_nothing() -> None:
    settings = Settings.from_environment()

    assert settings.with_blogs_own(None) == settings


def test_the_blogs_settings_hold_where_the_environment_says_nothing() -> None:
    settings = Settings.from_environment().with_blogs_own(WHOLE)

    assert settings.categories == ("cs.SE",)
    assert settings.prefer == ("agents",)
    assert settings.leave_out == ("medicine and health", "robotics")
    assert (settings.papers_per_report, settings.voice) == (12, "neutral")
    assert (settings.zone.key, settings.post_path) == ("Asia/Tokyo", "_posts/{date}-week.md")
    assert settings.category == "weekly"


def test_the_environment_and_its_file_stand_above(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERWEEK_TIMEZONE", "Europe/Berlin")
    monkeypatch.setenv("PAPERWEEK_LEAVE_OUT", "code and software, robotics")
    Path(".env").write_text("PAPERWEEK_PAPERS_PER_REPORT=20\n")

    settings = Settings.from_environment().with_blogs_own(WHOLE)

    assert (settings.timezone, settings.papers_per_report) == ("Europe/Berlin", 20)
    assert settings.leave_out == ("code and software", "robotics")
    assert settings.categories == ("cs.SE",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("catgories = ['cs.AI']", "catgories in .paperweek.toml.*did you mean categories"),
        ("papers = 30", "did you mean papers_per_report"),
        ("leaveout = []", "did you mean leave_out"),
        ("[report]\nsize = 3", "report in .paperweek.toml.*no such setting"),
        ("categories = ['cs.AI; x']", "categories in .paperweek.toml.*not an arXiv category"),
        ("papers_per_report = 3", "papers_per_report in .paperweek.toml"),
        ("timezone = 'Mars'", "timezone in .paperweek.toml.*no such zone"),
        ("post_path = '../x.md'", "post_path in .paperweek.toml"),
        ("voice = 'shouting'", "voice in .paperweek.toml"),
        ("blog_token = 'abc'", "blog_token in .paperweek.toml.*secret"),
        ("OPENAI_API_KEY = 'abc'", "looks like a secret"),
        ("category = 'ghp_A1b2C3d4E5f6G7h8I9j0'", "looks like a secret"),
        ("contact = 'https://hooks.slack.com/services/T0/B0/geheim'", "looks like a secret"),
        ("cache_dir = '/tmp'", "cache_dir in .paperweek.toml.*PAPERWEEK_CACHE_DIR"),
        ("categories = [", "no TOML"),
    ],
)
def test_what_may_not_stand_there_is_named(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        Settings.from_environment().with_blogs_own(text)

    shown = f"{caught.value} {caught.value.hint} {caught.value!r}"
    assert ".paperweek.toml" in caught.value.hint
    assert not re.search("geheim|ghp_|abc", shown)


def test_the_file_that_init_writes_sets_nothing_and_offers_everything() -> None:
    text = (CHECKOUT / "templates/paperweek.toml").read_text()
    settings = Settings.from_environment()

    assert settings.with_blogs_own(text) == settings
    offered = re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE)
    assert settings.with_blogs_own(offered).timezone == "Europe/Berlin"
    assert set(re.findall(r"^# (\w+) = ", text, re.MULTILINE)) == set(OF_THE_BLOG)
