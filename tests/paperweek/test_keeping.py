"""What an owner does with a blog: each deed one commit or none, and a person's words stay."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from paperweek.announcing import compose_notice
from paperweek.datafile import read_data_file
from paperweek.errors import ConfigurationError
from paperweek.keeping import adopt, missing_weeks, retract, skip, unpublish, write_settings
from paperweek.ledger import LEDGER
from paperweek.model import Outcome, Week
from paperweek.rendering import data_path, post_path
from paperweek.summary import Summary
from tests.paperweek.kept_blog import KeptBlog, git, old_post, weekly_post

W04, W05, W06 = Week(2025, 4), Week(2025, 5), Week(2025, 6)
PAPER, OTHER = "2501.00001", "2501.00002"
ON = date(2025, 3, 1)


@pytest.fixture
def blog(tmp_path: Path) -> KeptBlog:
    return KeptBlog.at(tmp_path)


OLD = {
    "_posts/2025-01-06-to-2025-01-10-weekly-report.md": old_post(
        "Weekly Report - January 06 to January 10, 2025", "2025-01-11"
    ),
    "_posts/2024-12-30-to-2025-01-03-saturday-weekly-report.md": old_post(
        "Weekly Report - December 30 to January 03, 2025", "2025-01-04"
    ),
    "_posts/2025-01-08-daily.md": old_post("Daily Report - January 08, 2025", "2025-01-08", "day"),
}


class TestAPostUnderAnotherName:
    @pytest.mark.parametrize("adopted", [True, False])
    def test_it_stands_for_its_week_and_is_never_doubled(
        self, tmp_path: Path, adopted: bool
    ) -> None:
        blog = KeptBlog.at(tmp_path, OLD)
        if adopted:
            adopt(blog.open(), W05)
        before = blog.commits
        for week, path in zip((Week(2025, 2), Week(2025, 1)), OLD, strict=False):
            for machine in ("one", "two"):
                standing = blog.open(machine).standing(week)
                assert standing
                assert (standing.outcome, standing.human_edited) == (Outcome.UNCHANGED, True)
                assert standing.path == path
            assert blog.open().publish(weekly_post(week)) == standing
            assert blog.open().publish(weekly_post(week), rewrite=True) == standing
        assert blog.commits == before

    def test_it_is_found_without_a_date_in_its_name_and_in_another_folder(
        self, tmp_path: Path
    ) -> None:
        text = next(iter(OLD.values()))
        for number, path in enumerate(("_posts/late.md", "ai/_posts/2025-01-12-x.markdown")):
            blog = KeptBlog.at(tmp_path / str(number), {path: text})
            standing = blog.open().standing(Week(2025, 2))
            assert standing
            assert standing.path == path

    def test_other_posts_of_those_days_do_not_stand_in_the_way(self, tmp_path: Path) -> None:
        blog = KeptBlog.at(tmp_path, {"_posts/2025-02-02-x.md": old_post("X", "2025-02-02", "x")})
        assert blog.open().publish(weekly_post(W05)).outcome is Outcome.PUBLISHED

    def test_a_hundred_old_posts_are_read_in_a_few_requests(self, tmp_path: Path) -> None:
        files = {f"_posts/n{n}.md": old_post(f"N {n}", "2025-02-02", "x") for n in range(100)}
        blog = KeptBlog.at(tmp_path, files)
        assert blog.open().standing(W05) is None
        packs = list((tmp_path / "cache").rglob("*.pack"))
        assert len(packs) <= 3


class TestAdopting:
    def test_old_posts_get_their_weeks_and_ours_begin_now(self, tmp_path: Path) -> None:
        blog = KeptBlog.at(tmp_path, OLD)
        texts = {path: blog.file(path) for path in OLD}

        deed = adopt(blog.open(), W05)

        kept = json.loads(blog.file(LEDGER))
        assert kept["begins"] == "2025-W05"
        assert list(kept["adopted"]) == ["2025-W01", "2025-W02"]
        assert set(kept["adopted"].values()) == set(list(OLD)[:2])
        assert len(deed.weeks) == 2
        assert len(blog.commits) == 2
        assert texts == {path: blog.file(path) for path in OLD}

    def test_a_second_time_changes_nothing_and_a_later_post_is_added(self, tmp_path: Path) -> None:
        blog = KeptBlog.at(tmp_path, OLD)
        adopt(blog.open(), W05)
        assert not adopt(blog.open("another"), Week(2025, 20)).commit
        blog.by_hand({"_posts/w3.md": old_post("Weekly 2025-W03", "2025-01-18")})
        deed = adopt(blog.open(), Week(2025, 20))
        assert (deed.weeks, deed.begins) == ((Week(2025, 3),), W05)

    def test_weeks_before_the_first_of_ours_are_never_asked_for(self, tmp_path: Path) -> None:
        blog = KeptBlog.at(tmp_path, OLD)
        adopt(blog.open(), W05)
        assert missing_weeks(blog.open(), W06) == (W05, W06)
        assert missing_weeks(blog.open(), W06, since=Week(2024, 40)) == (W05, W06)
        assert missing_weeks(blog.open(), W06, since=W06) == (W06,)
        assert missing_weeks(blog.open(), W04) == ()

    def test_an_adopted_post_that_was_deleted_later_stays_deleted(self, tmp_path: Path) -> None:
        blog = KeptBlog.at(tmp_path, OLD)
        adopt(blog.open(), W05)
        blog.by_hand(dict.fromkeys(OLD))
        standing = blog.open().standing(Week(2025, 2))
        assert standing
        assert standing.human_edited

    def test_ours_begin_after_a_post_of_the_running_week_or_where_one_says(
        self, tmp_path: Path
    ) -> None:
        blog = KeptBlog.at(tmp_path, OLD)
        assert adopt(blog.open(), Week(2025, 1)).begins == Week(2025, 3)
        assert adopt(blog.open(), W05, begins=W04).begins == W04

    def test_two_posts_on_one_week_are_said(self, tmp_path: Path) -> None:
        text = next(iter(OLD.values()))
        deed = adopt(KeptBlog.at(tmp_path, {**OLD, "_posts/again.md": text}).open(), W05)
        (said,) = deed.left
        assert "again.md" in said

    def test_posts_of_ours_are_not_adopted(self, blog: KeptBlog) -> None:
        blog.open().publish(weekly_post(W05))
        deed = adopt(blog.open(), Week(2025, 20))
        assert (dict(deed.posts), deed.begins) == ({}, W05)

    def test_a_broken_record_is_named(self, blog: KeptBlog) -> None:
        blog.by_hand({LEDGER: '{"begins": 7}'})
        with pytest.raises(ConfigurationError, match=r"weeks\.json"):
            blog.open().standing(W05)


class TestGaps:
    def test_an_empty_blog_misses_nothing_until_it_is_told_since_when(self, blog: KeptBlog) -> None:
        assert missing_weeks(blog.open(), W06) == ()
        assert missing_weeks(blog.open(), W06, since=W05) == (W05, W06)

    def test_they_are_the_weeks_without_a_post_of_anybody(self, blog: KeptBlog) -> None:
        blog.open().publish(weekly_post(Week(2025, 2)))
        blog.open().publish(weekly_post(W05))
        blog.by_hand({"_posts/mine.md": old_post("Weekly 2025-W03", "2025-01-18")})
        blog.by_hand({post_path(W06): "No front matter.\n"})
        assert missing_weeks(blog.open(), Week(2025, 7)) == (W04, Week(2025, 7))

    @pytest.mark.parametrize(
        ("first", "last", "labels"),
        [
            (Week(2020, 52), Week(2021, 2), ["2020-W53", "2021-W01", "2021-W02"]),
            (Week(2024, 51), Week(2025, 1), ["2024-W52", "2025-W01"]),
            (Week(2026, 52), Week(2027, 1), ["2026-W53", "2027-W01"]),
        ],
    )
    def test_they_are_right_across_new_year(
        self, blog: KeptBlog, first: Week, last: Week, labels: list[str]
    ) -> None:
        blog.open().publish(weekly_post(first))
        assert [week.label for week in missing_weeks(blog.open(), last)] == labels

    def test_a_deleted_or_unpublished_week_is_no_gap(self, blog: KeptBlog) -> None:
        for week in (W04, W05, W06):
            blog.open().publish(weekly_post(week))
        blog.by_hand({post_path(W05): None, data_path(W05): None})
        unpublish(blog.open(), W06)
        assert missing_weeks(blog.open(), W06) == ()

    def test_a_skipped_week_is_asked_for_no_more(self, blog: KeptBlog) -> None:
        assert skip(blog.open(), W05, "holidays").commit
        assert not skip(blog.open("another"), W05).commit
        assert missing_weeks(blog.open(), W06, since=W04) == (W04, W06)
        assert json.loads(blog.file(LEDGER))["skipped"] == {"2025-W05": "holidays"}
        assert len(blog.commits) == 2

    def test_a_week_with_a_post_is_not_skipped(self, blog: KeptBlog) -> None:
        blog.open().publish(weekly_post(W05))
        with pytest.raises(ConfigurationError) as caught:
            skip(blog.open(), W05)
        assert "unpublish 2025-W05" in caught.value.hint


class TestRetracting:
    @pytest.fixture
    def told(self, blog: KeptBlog) -> KeptBlog:
        blog.open().publish(weekly_post(W04, PAPER, OTHER))
        blog.open().publish(weekly_post(W05, OTHER))
        blog.open().publish(weekly_post(W06, PAPER))
        return blog

    def test_each_post_that_leans_on_the_paper_is_corrected_in_one_commit(
        self, told: KeptBlog
    ) -> None:
        before = {week: told.file(post_path(week)) for week in (W04, W05, W06)}

        deed = retract(told.open(), f"arXiv:{PAPER}v2", "The data was *wrong*", ON)

        assert deed.weeks == (W04, W06)
        assert told.commits[0] == f"Correct what rests on {PAPER}"
        assert len(told.commits) == 5
        assert told.file(post_path(W05)) == before[W05]
        for week in deed.weeks:
            text = told.file(post_path(week))
            assert text.startswith(before[week].rstrip())
            line = text.removeprefix(before[week].rstrip()).strip()
            assert line.startswith("**Correction of 2025-03-01.** [On ")
            assert "The data was &#42;wrong&#42;" in line
            assert "\n" not in line
            (correction,) = read_data_file(told.file(data_path(week))).corrections
            assert (correction.id, correction.on) == (PAPER, "2025-03-01")

    def test_a_second_time_changes_nothing_even_with_other_words(self, told: KeptBlog) -> None:
        retract(told.open(), PAPER, "Wrong", ON)
        deed = retract(told.open("another"), PAPER, "Very wrong", date(2025, 4, 1))
        assert not deed.commit
        assert "2 had been corrected before" in deed.what

    def test_a_corrected_post_is_still_ours(self, told: KeptBlog) -> None:
        retract(told.open(), PAPER, "Wrong", ON)
        for week in (W04, W06):
            standing = told.open("another").standing(week)
            assert standing
            assert not standing.human_edited
        assert retract(told.open(), OTHER, "Wrong too", ON).weeks == (W04, W05)
        data = read_data_file(told.file(data_path(W04)))
        assert [correction.id for correction in data.corrections] == [PAPER, OTHER]

    @pytest.mark.parametrize("path", [post_path(W04), data_path(W04)])
    def test_what_a_person_edited_is_left_and_said(self, told: KeptBlog, path: str) -> None:
        words = told.file(path).replace("nobody/1", "me")
        told.by_hand({path: words})
        deed = retract(told.open(), PAPER, "Wrong", ON)
        assert deed.weeks == (W06,)
        (said,) = deed.left
        assert path in said
        assert "git checkout" in said
        assert told.file(path) == words.strip() or told.file(path) == words

    def test_the_cure_that_is_said_works(self, told: KeptBlog) -> None:
        told.by_hand({post_path(W04): "Mine.\n"})
        (said,) = retract(told.open(), PAPER, "Wrong", ON).left
        git(told.person, "pull", "--quiet", "origin", "main")
        cure = said.partition("(git ")[2].partition(")")[0]
        git(told.person, *cure.split())
        git(told.person, "commit", "--quiet", "-m", "Take it back")
        git(told.person, "push", "--quiet", "origin", "main")
        assert retract(told.open(), PAPER, "Wrong", ON).weeks == (W04,)

    def test_a_paper_that_no_post_leans_on_changes_nothing(self, told: KeptBlog) -> None:
        deed = retract(told.open(), "2501.99999", "Wrong", ON)
        assert (deed.commit, deed.weeks) == ("", ())
        assert "No post" in deed.what

    @pytest.mark.parametrize(
        ("paper", "why"), [("a paper", "Wrong"), ("", "Wrong"), (PAPER, "\u200b ")]
    )
    def test_what_is_no_id_or_no_reason_is_refused(
        self, told: KeptBlog, paper: str, why: str
    ) -> None:
        with pytest.raises(ConfigurationError):
            retract(told.open(), paper, why, ON)


class TestUnpublishing:
    def test_post_and_data_go_in_one_commit_and_stay_away(self, blog: KeptBlog) -> None:
        blog.open().publish(weekly_post(W05, PAPER))

        deed = unpublish(blog.open(), W05)

        assert blog.commits[0] == "Take back the report on 2025-W05"
        assert blog.files() == ["about.md"]
        again = blog.open("another").publish(weekly_post(W05, PAPER))
        assert (again.outcome, again.commit) == (Outcome.UNCHANGED, deed.commit)
        assert not again.human_edited
        assert not unpublish(blog.open(), W05).commit
        assert len(blog.commits) == 3

    def test_only_a_rewrite_brings_it_back(self, blog: KeptBlog) -> None:
        blog.open().publish(weekly_post(W05))
        unpublish(blog.open(), W05)
        done = blog.open("another").publish(weekly_post(W05), rewrite=True)
        assert done.outcome is Outcome.PUBLISHED
        assert blog.file(post_path(W05))
        standing = blog.open().standing(W05)
        assert standing
        assert standing.commit == done.commit

    def test_a_post_that_a_person_puts_back_is_theirs(self, blog: KeptBlog) -> None:
        blog.open().publish(weekly_post(W05))
        unpublish(blog.open(), W05)
        blog.by_hand({post_path(W05): "Mine.\n"})
        done = blog.open().publish(weekly_post(W05), rewrite=True)
        assert (done.outcome, done.human_edited) == (Outcome.UNCHANGED, True)

    def test_an_edited_post_stays(self, blog: KeptBlog) -> None:
        blog.open().publish(weekly_post(W05))
        blog.by_hand({post_path(W05): "Mine.\n"})
        deed = unpublish(blog.open(), W05)
        assert not deed.commit
        assert deed.left
        assert blog.file(post_path(W05)) == "Mine.\n"

    def test_a_post_that_was_there_before_us_stays(self, tmp_path: Path) -> None:
        blog = KeptBlog.at(tmp_path, OLD)
        deed = unpublish(blog.open(), Week(2025, 2))
        assert not deed.commit
        assert "not written by paperweek" in deed.left[0]

    def test_a_week_without_a_post_is_refused(self, blog: KeptBlog) -> None:
        with pytest.raises(ConfigurationError, match="never published"):
            unpublish(blog.open(), W05)

    def test_a_person_who_copies_the_trailer_took_nothing_away(self, blog: KeptBlog) -> None:
        blog.open().publish(weekly_post(W05))
        message = f"x\n\nReport-Week: 2025-W05\nReport-Unpublished: {post_path(W05)}"
        git(blog.person, "pull", "--quiet", "origin", "main")
        git(blog.person, "commit", "--quiet", "--allow-empty", "-m", message)
        git(blog.person, "push", "--quiet", "origin", "main")
        standing = blog.open().standing(W05)
        assert standing
        assert not standing.human_edited


class TestTheBlogsSettings:
    def test_they_are_written_once(self, blog: KeptBlog) -> None:
        assert write_settings(blog.open(), "# words\n").commit
        assert not write_settings(blog.open("another"), "# other words\n").commit
        assert blog.file(".paperweek.toml") == "# words\n"
        assert len(blog.commits) == 2

    def test_an_empty_blog_gets_them_as_its_first_commit(self, tmp_path: Path) -> None:
        blog = KeptBlog.at(tmp_path)
        git(blog.bare, "update-ref", "-d", "refs/heads/main")
        assert write_settings(blog.open(), "# words\n").commit
        assert adopt(blog.open(), W05).begins == W05


def test_a_deed_is_done_on_the_newest_tip_when_somebody_is_faster(blog: KeptBlog) -> None:
    blog.open().publish(weekly_post(W05))
    first = blog.open("one")
    assert first.standing(W05)
    skip(blog.open("two"), W06, "holidays")
    skip(first, Week(2025, 7))
    assert list(json.loads(blog.file(LEDGER))["skipped"]) == ["2025-W06", "2025-W07"]


@pytest.mark.parametrize("change", ["Mine.\n", None])
def test_who_finds_a_persons_edit_is_told_the_command_that_takes_it_back(
    blog: KeptBlog, change: str | None
) -> None:
    done = blog.open().publish(weekly_post(W05))
    blog.by_hand({post_path(W05): change})
    edited = blog.open("another").standing(W05)
    assert edited
    assert edited.takes_back == f"git checkout {done.commit[:10]} -- {post_path(W05)}"
    summary = Summary.of_standing(edited)
    assert edited.takes_back in summary.hint
    assert any(edited.takes_back in line for line in compose_notice(summary).lines)

    git(blog.person, "pull", "--quiet", "origin", "main")
    git(blog.person, *edited.takes_back.split()[1:])
    git(blog.person, "commit", "--quiet", "-m", "Take it back")
    git(blog.person, "push", "--quiet", "origin", "main")
    ours = blog.open("another").standing(W05)
    assert ours
    assert (ours.human_edited, ours.takes_back) == (False, "")


def test_a_post_that_was_never_ours_has_no_way_back(blog: KeptBlog) -> None:
    blog.by_hand({post_path(W05): "Mine.\n"})
    standing = blog.open().standing(W05)
    assert standing
    assert (standing.human_edited, standing.takes_back) == (True, "")
    assert Summary.of_standing(standing).hint == ""
