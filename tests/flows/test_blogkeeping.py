"""The owner's commands as they are typed: what they print, their codes, the blog afterwards."""

from __future__ import annotations

import json
import re
import shlex
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flows.__main__ import main, parser, with_blogs_own
from paperweek.model import Week
from paperweek.rendering import post_path
from paperweek.settings import Settings
from tests.conftest import CHECKOUT
from tests.paperweek.kept_blog import KeptBlog, old_post, weekly_post

PAPER = "2501.00001"
W05 = Week(2025, 5)


@pytest.fixture
def blog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeptBlog:
    old = {"_posts/w3.md": old_post("Weekly - January 13 to January 17, 2025", "2025-01-18", "w")}
    kept = KeptBlog.at(tmp_path / "blog", old)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERWEEK_BLOG", str(kept.bare))
    return kept


def ended(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run in this process; return the exit code and the JSON line."""
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_init_writes_the_blogs_settings_once(
    blog: KeptBlog, capsys: pytest.CaptureFixture[str]
) -> None:
    code, first = ended(capsys, "init")
    again, second = ended(capsys, "init")

    assert (code, again) == (0, 0)
    assert first["commit"]
    assert second["commit"] == ""
    assert "# categories = " in blog.file(".paperweek.toml")
    assert len(blog.commits) == 2


def test_adopt_knows_old_posts_and_the_blogs_own_category(
    blog: KeptBlog, capsys: pytest.CaptureFixture[str]
) -> None:
    blog.by_hand({"_posts/w4.md": old_post("Of late", "2025-01-25", "w")})
    blog.by_hand({".paperweek.toml": "category = 'w'\n"})

    code, told = ended(capsys, "adopt", "--begin", "2025-W06")

    assert (code, told["begins"]) == (0, "2025-W06")
    assert told["posts"] == {"2025-W03": "_posts/w3.md", "2025-W04": "_posts/w4.md"}
    this_week = Week.containing(datetime.now().astimezone().date())
    _, gaps = ended(capsys, "gaps")
    assert gaps["weeks"][0] == "2025-W06"
    assert this_week.plus(-1).label in gaps["weeks"]


def test_ours_begin_with_the_running_week_where_nothing_else_is_said(
    blog: KeptBlog, capsys: pytest.CaptureFixture[str]
) -> None:
    today = datetime.now().astimezone().date()
    _, told = ended(capsys, "adopt")

    assert Week.parse(told["begins"]) in {Week.containing(today), Week.containing(today).plus(-1)}
    _, gaps = ended(capsys, "gaps", "--since", "2024-W01")
    assert len(gaps["weeks"]) <= 1


def test_a_skipped_week_is_no_gap(blog: KeptBlog, capsys: pytest.CaptureFixture[str]) -> None:
    before = ended(capsys, "gaps", "--since", "2025-W03")[1]["weeks"]
    assert ended(capsys, "skip", "2025-02-01", "--why", "holidays")[0] == 0
    after = ended(capsys, "gaps", "--since", "2025-W03")[1]["weeks"]

    assert before[:2] == ["2025-W04", "2025-W05"]
    assert [week for week in before if week not in after] == ["2025-W05"]


def test_a_paper_is_retracted_in_words_a_person_reads(
    blog: KeptBlog, capsys: pytest.CaptureFixture[str]
) -> None:
    blog.open().publish(weekly_post(W05, PAPER))

    assert main(["retract", PAPER, "--why", "The data was wrong."]) == 0
    assert "1 post that leans on" in capsys.readouterr().out
    assert "The data was wrong." in blog.file(post_path(W05)).splitlines()[-1]
    assert main(["retract", PAPER, "--why", "The data was wrong."]) == 0
    assert len(blog.commits) == 3


@pytest.mark.parametrize("command", [["unpublish", "2025-W05"], ["retract", PAPER, "--why", "x"]])
def test_a_persons_edit_stays_and_the_code_says_so(
    blog: KeptBlog, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    blog.open().publish(weekly_post(W05, PAPER))
    blog.by_hand({post_path(W05): "Mine.\n"})

    code, told = ended(capsys, *command)

    assert (code, told["commit"]) == (3, "")
    assert "git checkout" in told["left"][0]
    assert blog.file(post_path(W05)) == "Mine.\n"


def test_an_unpublished_week_is_gone(blog: KeptBlog, capsys: pytest.CaptureFixture[str]) -> None:
    blog.open().publish(weekly_post(W05))

    assert ended(capsys, "unpublish", "2025-W05")[0] == 0
    assert post_path(W05) not in blog.files()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["skip", "2025-W60"], 2, "no such ISO week"),
        (["gaps", "--since", "yesterday"], 2, "write a week"),
        (["catch-up", "--since", "yesterday"], 2, "write a week"),
        (["unpublish", "2025-W07"], 2, "never published"),
        (["skip", "2025-W03"], 2, "it has a post"),
        (["retract", "a paper", "--why", "x"], 2, "no arXiv id"),
    ],
)
def test_what_is_wrong_is_two_sentences_and_a_json_line(
    blog: KeptBlog,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    assert main([*arguments, "--json"]) == code

    said = capsys.readouterr()
    assert words in json.loads(said.out.splitlines()[-1])["error"]
    happened, todo = said.err.splitlines()[-2:]
    assert words in happened
    assert todo
    assert len(blog.commits) == 1


@pytest.mark.parametrize("arguments", [["retract", PAPER], ["catch-up", "--limit", "0"], ["skip"]])
def test_a_missing_or_senseless_argument_is_named(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("paperweek: command line: ")


def test_a_wrong_setting_in_the_blog_stops_each_command(
    blog: KeptBlog, capsys: pytest.CaptureFixture[str]
) -> None:
    blog.by_hand({".paperweek.toml": "catgories = ['cs.AI']\n"})

    for arguments in (["gaps"], ["adopt"], ["run"]):
        code, told = ended(capsys, *arguments)
        assert code == 2
        assert "did you mean categories" in told["error"]


def test_the_blogs_zone_tells_which_week_it_is(
    blog: KeptBlog, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    blog.by_hand({".paperweek.toml": "timezone = 'Pacific/Kiritimati'\n"})

    settings = with_blogs_own(Settings.from_environment())

    assert settings.timezone == "Pacific/Kiritimati"
    monkeypatch.setenv("PAPERWEEK_BLOG", str(blog.folder / "missing.git"))
    assert with_blogs_own(Settings.from_environment()).timezone == "UTC"


def owner_commands() -> list[str]:
    text = (CHECKOUT / "docs/operations.md").read_text()
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [c for line in lines if (c := line.partition("#")[0].strip()).startswith("paperweek ")]


@pytest.mark.parametrize("command", owner_commands())
def test_a_command_of_the_owners_page_is_one_that_the_program_takes(command: str) -> None:
    words = shlex.split(command)

    assert parser().parse_args(words[1:]).command == words[1]


@pytest.mark.parametrize(
    "words",
    [
        "pushed, not yet visible",
        "waits for your approval",
        "lies ahead in the site's zone",
        "already has its address",
        "could not be reached",
        "refused access",
    ],
)
def test_the_owners_page_speaks_in_the_words_of_the_notices(words: str) -> None:
    page = (CHECKOUT / "docs/operations.md").read_text()
    said = [*CHECKOUT.glob("templates/*.j2"), *CHECKOUT.glob("paperweek/**/*.py")]

    assert words in page
    assert any(words in path.read_text() for path in said)
