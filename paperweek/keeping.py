"""What an owner does with a blog beside publishing: adopt, look for gaps, skip, correct, take back.

Each deed is one commit or none, built on the newest tip, so that it may be repeated and may meet
others. What a person changed in the blog stays as it is; the answer says so, and how to undo it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from paperweek.corrections import with_correction
from paperweek.datafile import Correction, DataFile, read_data_file
from paperweek.errors import ConfigurationError
from paperweek.escaping import clean
from paperweek.ledger import LEDGER
from paperweek.model import ARXIV_ID, Publication, Week
from paperweek.ports import BlogTip, Change, KeptBlog
from paperweek.rendering import data_path, render_correction

BLOG_SETTINGS = ".paperweek.toml"
"""The settings that are the blog's own, at its root."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What became of something that an owner asked for."""

    what: str
    """One sentence for a person."""
    weeks: tuple[Week, ...] = ()
    """The weeks it changed something about."""
    left: tuple[str, ...] = ()
    """What was left as it is, each with the reason and what to do about it."""
    commit: str = ""
    """Id of the one commit; empty where there was nothing to change."""
    posts: Mapping[Week, str] = field(default_factory=dict)
    """Paths of the posts that were there before us, where a blog was adopted."""
    begins: Week | None = None
    """Our first week, where a blog was adopted."""


def write_settings(blog: KeptBlog, text: str) -> Deed:
    """Commit `text` as the blog's own settings, unless it has some already."""

    def compose(tip: BlogTip) -> tuple[Deed, Change | None]:
        if tip.read(BLOG_SETTINGS) is not None:
            return Deed(f"The blog has a {BLOG_SETTINGS} already: it stays as it is."), None
        change = Change("Settings for the weekly report", {BLOG_SETTINGS: text})
        return Deed(f"Wrote {BLOG_SETTINGS}, which changes nothing until you edit it."), change

    return _done(blog, compose)


def adopt(blog: KeptBlog, current: Week, begins: Week | None = None) -> Deed:
    """Record which weeks have a post that was there before us, and where our weeks begin.

    That is `begins`, else what was recorded before, else the first week that we published, else
    `current`, or the next without a post. No post is touched.
    """

    def compose(tip: BlogTip) -> tuple[Deed, Change | None]:
        own, adopted, doubled = tip.own_weeks(), dict(tip.ledger.adopted), list[str]()
        for path, week in sorted(tip.posts().items()):
            if week not in own and adopted.setdefault(week, path) != path:
                doubled.append(f"{path} is a second post on {week}, beside {adopted[week]}.")
        first = begins or tip.ledger.begins or min(own, default=None) or current
        while first in adopted and first not in own:
            first = first.plus(1)
        ledger = replace(tip.ledger, adopted=adopted, begins=first)
        deed = Deed(
            f"{len(adopted)} weeks have a post that was there before; ours begin with {first}.",
            tuple(sorted(set(adopted) - set(tip.ledger.adopted))),
            tuple(doubled),
            posts=adopted,
            begins=first,
        )
        change = Change(f"Weekly reports begin with {first}", {LEDGER: ledger.text()})
        return deed, change if ledger != tip.ledger else None

    return _done(blog, compose)


def missing_weeks(blog: KeptBlog, newest: Week, since: Week | None = None) -> tuple[Week, ...]:
    """Return the weeks up to `newest` that have no post and that nobody skipped, oldest first.

    They begin with `since`, but never before our first week; without either there are none.
    """

    def ask(tip: BlogTip) -> tuple[Week, ...]:
        first = tip.ledger.begins or min(tip.own_weeks(), default=None)
        starts = [week for week in (first, since) if week]
        if not starts:
            return ()
        weeks = tuple(_weeks(max(starts), newest))
        settled = tip.held(weeks) | set(tip.ledger.skipped)
        return tuple(week for week in weeks if week not in settled)

    return blog.look(ask)


def skip(blog: KeptBlog, week: Week, why: str = "") -> Deed:
    """Record that nobody wants a report on the week. Raises ConfigurationError where it has one."""

    def compose(tip: BlogTip) -> tuple[Deed, Change | None]:
        if week in tip.ledger.skipped:
            return Deed(f"{week} was skipped before; nothing changed."), None
        if standing := tip.standing(week):
            raise ConfigurationError(
                "week",
                week.label,
                f"it has a post, {standing.path}",
                f"To take that post away: paperweek unpublish {week}.",
            )
        skipped = {**tip.ledger.skipped, week: clean(why)}
        ledger = replace(tip.ledger, skipped=skipped)
        change = Change(f"No report on {week}", {LEDGER: ledger.text()})
        return Deed(f"{week} will not be asked for again.", (week,)), change

    return _done(blog, compose)


def unpublish(blog: KeptBlog, week: Week) -> Deed:
    """Take the week's post and data file away. Raises ConfigurationError where it never had one."""

    def compose(tip: BlogTip) -> tuple[Deed, Change | None]:
        standing = tip.standing(week)
        if not standing:
            raise ConfigurationError("week", week.label, "it was never published")
        if reason := _why_left(tip, standing):
            return Deed(f"{week} was not taken away.", left=(reason,)), None
        if tip.read(standing.path) is None:
            return Deed(f"{week} was taken away before; nothing changed."), None
        files = dict.fromkeys((standing.path, data_path(week)))
        change = Change(f"Take back the report on {week}", files, {week: standing.path})
        return Deed(f"Took away {standing.path} and its data file.", (week,)), change

    return _done(blog, compose)


def retract(blog: KeptBlog, arxiv_id: str, why: str, on: date) -> Deed:
    """Add a correction, dated `on`, to each post of ours that leans on the paper, and to its data.

    Raises ConfigurationError for what is no arXiv id, or no reason.
    """
    paper, reason = _paper_id(arxiv_id), clean(why)
    if not reason:
        raise ConfigurationError("--why", "", "readers must be told a reason")

    def compose(tip: BlogTip) -> tuple[Deed, Change | None]:
        files: dict[str, str | None] = {}
        posts, left, before = dict[Week, str](), list[str](), 0
        for week, text in sorted(tip.data().items()):
            data = _readable(text)
            if not data or paper not in data.cited:
                continue
            standing = tip.standing(week)
            if any(correction.id == paper for correction in data.corrections):
                before += 1
            elif standing and (untouched := _why_left(tip, standing)):
                left.append(untouched)
            elif standing and (post := tip.read(standing.path)) is not None:
                title = next((p.title for p in data.papers if p.id == paper), paper)
                line = render_correction(
                    paper, title, reason, on.isoformat(), invented=data.invented
                )
                files[standing.path] = f"{post.rstrip()}\n\n{line}\n"
                correction = Correction(id=paper, on=on.isoformat(), why=reason)
                files[data_path(week)] = with_correction(text, correction)
                posts[week] = standing.path
        deed = Deed(_told(paper, len(posts), len(left), before), tuple(posts), tuple(left))
        subject = f"Correct what rests on {paper}"
        return deed, Change(subject, files, posts) if files else None

    return _done(blog, compose)


def _done(blog: KeptBlog, compose: Callable[[BlogTip], tuple[Deed, Change | None]]) -> Deed:
    deed, commit = blog.amend(compose)
    return replace(deed, commit=commit)


def _weeks(first: Week, last: Week) -> Iterator[Week]:
    while first <= last:
        yield first
        first = first.plus(1)


def _why_left(tip: BlogTip, standing: Publication) -> str:
    """Return why the week's files may not be changed, with what to do; empty where they may."""
    week, path = standing.week, standing.path
    if not standing.human_edited and tip.is_data_ours(week, data_path(week)):
        return ""
    if week not in tip.own_weeks():
        return f"{path} was not written by paperweek: change it by hand."
    edited = path if standing.human_edited else data_path(week)
    cure = standing.takes_back or f"git checkout {standing.commit[:10]} -- {edited}"
    return (
        f"{edited} was changed or deleted by a person, so it stays: change it by hand, or first "
        f"take our words back ({cure}) and commit."
    )


def _paper_id(text: str) -> str:
    bare = re.sub(r"^(?i:arxiv:|https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/)", "", text.strip())
    paper = re.sub(r"(?:v\d+)?(?:\.pdf)?$", "", bare)
    if not ARXIV_ID.fullmatch(paper):
        raise ConfigurationError(
            "ARXIV-ID", clean(text), "this is no arXiv id", "Write one such as 2501.15368."
        )
    return paper


def _readable(text: str) -> DataFile | None:
    try:
        return read_data_file(text)
    except ValueError:
        return None


def _told(paper: str, corrected: int, left: int, before: int) -> str:
    if not corrected + left + before:
        return f"No post of ours leans on {paper}; nothing changed."
    leaning = "post that leans" if corrected == 1 else "posts that lean"
    parts = [f"{corrected} {leaning} on {paper} corrected"]
    parts += [f"{before} had been corrected before"] if before else []
    parts += [f"{left} were left to a person"] if left else []
    return f"{', '.join(parts)}."
