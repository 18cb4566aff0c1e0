"""From the summary of a run to the notice that its owner reads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jinja2 import TemplateError

from paperweek.errors import NoticeNotSent, PaperweekError, RenderingError
from paperweek.health import Check
from paperweek.model import Outcome, Week
from paperweek.notices import Notice
from paperweek.ports import Notifier, Owed, Owing
from paperweek.rendering import data_path
from paperweek.summary import CaughtUp, Summary
from paperweek.templating import environment
from paperweek.text import fold

logger = logging.getLogger(__name__)

TEMPLATE = "notice.txt.j2"
_SMALL = "· "
_ANOTHERS = timedelta(minutes=10)
"""A run that began to send a notice and is alive has done so long before."""
_EACH_ALONE = 3
"""More weeks than these that nobody was told of are told in one notice."""
_LEFT = "left to another run, which is sending it"


def compose_notice(summary: Summary, *, repeated: bool = False) -> Notice:
    """Return the notice of a run, in the words of `templates/notice.txt.j2`.

    `repeated` says that it may have been sent before.

    Raises RenderingError where the template is missing or broken.
    """
    bare = Notice(
        week=Week.parse(summary.week) if summary.week else None,
        outcome=summary.outcome,
        headline="",
        url=summary.pull_request or summary.url,
        link=_link(summary),
        needs_a_look=summary.human_edited
        or (summary.outcome is Outcome.PUBLISHED and _is_in_part(summary)),
        awaits_you=bool(summary.pull_request) and not summary.human_edited,
    )
    return _composed(TEMPLATE, bare, run=summary, repeated=repeated)


def announce(summary: Summary, notifier: Notifier, *, by_hand: bool = False) -> str:
    """Return what became of the notice: `none`, `sent to …`, or `failed: ` and why. Never raises.

    A rehearsal is announced to nobody, and neither is a week that stands already, unless a person
    edited its post, or pressed the button for this run (`by_hand`) and waits for an answer.
    """
    if summary.outcome is Outcome.REHEARSED:
        return "none"
    if summary.outcome is Outcome.UNCHANGED and not (summary.human_edited or by_hand):
        return "none"
    return _told(lambda again: compose_notice(summary, repeated=again), notifier)


def announce_owed(
    fresh: Summary, blog: Owing, notifier: Notifier, now: datetime, place: Sequence[str]
) -> str:
    """Tell of every post of the blog that nobody was told of; return what became of `fresh`.

    `now` is in UTC, `place` what `Summary.on` takes. A notice that another run began to send is
    left to it for ten minutes; then it is sent again, and says that it may be a repetition. Where
    the blog keeps no such record, `fresh` is announced and the others are not; where it can't be
    reached just now, the next run tells what this one published. Never raises.
    """
    record = _Record(blog, notifier, now, place)
    fate = "none"
    try:
        owed = blog.owed()
    except PaperweekError as error:
        logger.warning("%s %s", error, error.hint)
        return _left(error) if _is_kept(fresh, error) else announce(fresh, notifier)
    published = fresh.commit if fresh.outcome is Outcome.PUBLISHED else ""
    others = [notice for notice in owed if notice.commit != published]
    if len(others) > _EACH_ALONE:
        record.tell_together(CaughtUp(()), others, late=True)
        owed = tuple(notice for notice in owed if notice.commit == published)
    for notice in reversed(owed):
        told = record.tell(notice, fresh if notice.commit == published else None)
        logger.info("notice: about %s %s", notice.week, told)
        if notice.week.label == fresh.week:
            fate = told
    return announce(fresh, notifier) if fresh.human_edited else fate


def _is_kept(fresh: Summary, error: PaperweekError) -> bool:
    """Tell whether the blog will remember that the run is to be told of, once it answers."""
    return error.retryable and fresh.outcome is Outcome.PUBLISHED


def _left(error: PaperweekError) -> str:
    return f"failed: left to the next run, or it might come twice: {error}"


def announce_waiting(summary: Summary, notifier: Notifier, url: str) -> str:
    """Tell that a post waits for a person's yes at `url`; return as `announce` does."""
    bare = Notice(
        *(Week.parse(summary.week), Outcome.REHEARSED, ""),
        url=url,
        link="Decide on it",
        needs_a_look=_is_in_part(summary),
        awaits_you=True,
    )
    return _told(lambda _: _composed("waiting.txt.j2", bare, run=summary), notifier)


def announce_red(week: Week, red: Sequence[Check], notifier: Notifier, url: str) -> str:
    """Tell what stands in the way of the week's post; return as `announce` does."""
    bare = Notice(week, Outcome.FAILED, "", url=url, link="See the run")
    return _told(lambda _: _composed("red.txt.j2", bare, week=week, red=red), notifier)


def announce_caught_up(
    caught_up: CaughtUp,
    notifier: Notifier,
    blog: object = None,
    now: datetime | None = None,
    place: Sequence[str] = (),
) -> CaughtUp:
    """Return the weeks with what became of their one notice; none where nothing happened.

    Where the blog remembers what nobody was told of, the notice tells all of that, whichever run
    published it, and leaves out what another run has told meanwhile. `now` is in UTC, `place` what
    `Summary.on` takes. Never raises.
    """
    if isinstance(blog, Owing) and blog.owes_notices and now:
        try:
            owed = blog.owed()
        except PaperweekError as error:
            logger.warning("%s %s", error, error.hint)
        else:
            record = _Record(blog, notifier, now, place)
            fate = record.tell_together(caught_up, owed, late=not caught_up.weeks)
            return replace(caught_up, notice=fate)
    if caught_up.outcome is Outcome.UNCHANGED:
        return caught_up
    return replace(caught_up, notice=_told(lambda again: _of_several(caught_up, again), notifier))


@dataclass(frozen=True, slots=True)
class _Record:
    """The blog's record of what was told, in the hands of a run that tells."""

    blog: Owing
    notifier: Notifier
    now: datetime
    place: Sequence[str]

    def tell(self, notice: Owed, fresh: Summary | None) -> str:
        """Send the notice once, about `fresh` if this run published it; return its fate."""
        try:
            if not self._is_ours(notice):
                return _LEFT
        except PaperweekError as error:
            logger.warning("The blog keeps no record of notices: %s", error)
            if error.retryable:
                return _left(error)
            return announce(fresh, self.notifier) if fresh else "none"
        try:
            summary = fresh or self._summary(notice)
        except (PaperweekError, ValueError) as error:
            return f"failed: {error}"
        was_begun = notice.begun_at is not None
        return self._send(
            lambda again: compose_notice(summary, repeated=was_begun or again), [notice]
        )

    def tell_together(
        self, caught_up: CaughtUp, owed: Sequence[Owed], *, late: bool = False
    ) -> str:
        """Send one notice about the weeks and all that is owed; return its fate."""
        fresh = {w.commit: w for w in caught_up.weeks if w.outcome is Outcome.PUBLISHED}
        weeks = [week for week in caught_up.weeks if week.outcome is not Outcome.PUBLISHED]
        ours: list[Owed] = []
        for notice in owed:
            try:
                if self._is_ours(notice):
                    weeks.append(fresh.get(notice.commit) or self._summary(notice))
                    ours.append(notice)
            except (PaperweekError, ValueError) as error:
                logger.warning("The blog keeps no record of a notice: %s", error)
                if not (isinstance(error, PaperweekError) and error.retryable):
                    weeks += filter(None, [fresh.get(notice.commit)])
        told = CaughtUp(tuple(sorted(weeks, key=lambda week: week.week)), caught_up.left)
        if told.outcome is Outcome.UNCHANGED:
            return "none"
        repeated = {notice.week.label for notice in ours if notice.begun_at}
        return self._send(
            lambda again: _of_several(told, again, repeated=repeated, late=late), ours
        )

    def _is_ours(self, notice: Owed) -> bool:
        is_anothers = notice.begun_at and self.now - notice.begun_at < _ANOTHERS
        return not is_anothers and self.blog.claim(notice)

    def _summary(self, notice: Owed) -> Summary:
        text = self.blog.read_of(notice, data_path(notice.week))
        summary = Summary.of_data(notice.week, notice.commit, text).on(*self.place)
        return replace(summary, pull_request=notice.pull_request)

    def _send(self, compose: Callable[[bool], Notice], notices: Sequence[Owed]) -> str:
        """Send what `compose` makes of the notices, remember whether it went, return its fate."""
        fate, may_have_arrived = _sent(compose, self.notifier)
        for notice in notices:
            try:
                if fate.startswith("sent"):
                    self.blog.settle(notice)
                elif not may_have_arrived:
                    self.blog.release(notice)
            except PaperweekError as error:
                logger.warning("The notice may be repeated: %s", error)
        return fate


def _link(summary: Summary) -> str:
    if summary.outcome in {Outcome.FAILED, Outcome.REFUSED}:
        return "See the run"
    if summary.pull_request:
        return "Read and merge it" if not summary.human_edited else "See the pull request"
    return "Read it"


def _is_in_part(summary: Summary) -> bool:
    return summary.degraded or bool(summary.silent_sources) or summary.visible is False


def _of_several(
    caught_up: CaughtUp,
    again: bool,
    *,
    repeated: AbstractSet[str] = frozenset(),
    late: bool = False,
) -> Notice:
    if again:
        repeated = {week.week for week in caught_up.weeks}
    bare = Notice(
        *(None, caught_up.outcome, ""),
        needs_a_look=caught_up.outcome is Outcome.PUBLISHED
        and any(map(_is_in_part, caught_up.weeks)),
    )
    return _composed("caught_up.txt.j2", bare, run=caught_up, repeated=repeated, late=late)


def _composed(template: str, bare: Notice, **given: object) -> Notice:
    try:
        text = environment().get_template(template).render(fold=fold, **given)
    except TemplateError as error:
        raise RenderingError(template, str(error)) from error
    headline, *lines = (" ".join(line.split()) for line in text.splitlines() if line.strip())
    return replace(
        bare,
        headline=headline,
        lines=tuple(line for line in lines if not line.startswith(_SMALL)),
        details=tuple(line.removeprefix(_SMALL) for line in lines if line.startswith(_SMALL)),
    )


def _told(compose: Callable[[bool], Notice], notifier: Notifier) -> str:
    """Send what `compose` makes; return as `announce` does."""
    return _sent(compose, notifier)[0]


def _sent(compose: Callable[[bool], Notice], notifier: Notifier) -> tuple[str, bool]:
    """Send what `compose` makes, and once more where only the answer was lost, which it then says.

    Returns what `announce` does, and whether it may have arrived.
    """
    tried = False
    try:
        try:
            notifier.send(compose(False))
        except NoticeNotSent as error:
            if not error.perhaps:
                raise
            tried = True
            logger.info("%s It is sent again.", error)
            notifier.send(compose(True))
    except PaperweekError as error:
        logger.warning("%s %s", error, error.hint)
        return f"failed: {error}", tried
    except Exception as error:  # what was published must not fail by a notice; it is said instead
        logger.warning("The notice failed: %s", type(error).__name__)
        logger.debug("Where it failed:", exc_info=True)
        return f"failed: {type(error).__name__}", True
    return f"sent to {notifier.name}", True
