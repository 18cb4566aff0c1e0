"""What can go wrong with the notice of a post that was published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from paperweek.notices import Notice
from paperweek.notifiers.slack_webhook import SlackWebhook
from paperweek.ports import Blog, Notifier
from paperweek.settings import Settings
from tests.world.blog_faults import PUSH
from tests.world.publishing_fault import Owed, PublishingFault
from tests.world.publishing_world import DeathError, World, as_wired
from tests.world.wire import Break

Spoil = Callable[[World], AbstractContextManager[None]]

WEBHOOK = b"POST /services/"
ALWAYS = 10_000


def notice_faults() -> Sequence[PublishingFault]:
    """Return them all: what Slack answers, how the line breaks, and who dies when."""
    return [
        PublishingFault("Slack: 429 with Retry-After", answering((429, "slow")), Owed.PUBLISHED),
        PublishingFault("Slack: 500 twice", answering((500, "no"), times=2), Owed.PUBLISHED),
        PublishingFault("Slack: 500 always", answering((500, "no"), times=ALWAYS), Owed.UNTOLD),
        PublishingFault(
            "Slack: 404 no_service", answering((404, "no_service"), times=ALWAYS), Owed.UNTOLD
        ),
        PublishingFault(
            "Slack: a page of a captive portal with 200",
            answering((200, "<html>Log in</html>"), times=ALWAYS),
            Owed.UNTOLD,
        ),
        PublishingFault("Slack never answers", breaking(Break.SILENT), Owed.UNTOLD),
        PublishingFault("the line to Slack breaks always", breaking(Break.BEFORE), Owed.UNTOLD),
        PublishingFault(
            "the line to Slack breaks once, nothing arrived",
            breaking(Break.BEFORE, 1),
            Owed.PUBLISHED,
        ),
        PublishingFault(
            "the line to Slack breaks once, the message arrived",
            breaking(Break.AFTER, 1),
            Owed.PUBLISHED,
            repeats=True,
        ),
        PublishingFault(
            "the process dies between Slack's answer and the record",
            dying(after=True),
            Owed.DIED,
            repeats=True,
        ),
        PublishingFault("the process dies before it asks Slack", dying(after=False), Owed.DIED),
        PublishingFault(
            "the blog declines the record that Slack was told",
            declining("refs/paperweek/told/sent/*"),
            Owed.PUBLISHED,
            repeats=True,
        ),
        PublishingFault(
            "the blog never takes anything but branches",
            declining("refs/paperweek/*", for_ever=True),
            Owed.PUBLISHED,
        ),
        PublishingFault(
            "the blog is gone after the push, when it is to take the record",
            unrecorded,
            Owed.UNTOLD,
            on="http",
        ),
    ]


def answering(answer: tuple[int, str], times: int = 1) -> Spoil:
    """Let Slack answer so, some times."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        it.slack.answers = [answer] * times
        yield
        if len(it.slack.answers) == times:
            it.complaints.append("no message met the fault")
        it.slack.answers = []

    return spoil


def breaking(how: Break, times: int = ALWAYS) -> Spoil:
    """Break the wire to Slack."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        it.slack_wire.words, it.slack_wire.how, it.slack_wire.times = WEBHOOK, how, times
        before = it.connect
        if how is Break.SILENT:
            it.connect = _hurried
        yield
        it.connect, it.slack_wire.times = before, 0
        if not it.slack_wire.broken:
            it.complaints.append("no message met the fault")

    return spoil


def _hurried(settings: Settings) -> tuple[Blog, Notifier]:
    blog, _ = as_wired(settings)
    assert settings.slack_webhook_url
    return blog, SlackWebhook(settings.slack_webhook_url.get_secret_value(), timeout_seconds=1.0)


@dataclass(frozen=True, slots=True)
class Dying:
    """A notifier in whose hands the process dies."""

    notifier: Notifier
    after: bool
    """Whether the notice arrives before that."""

    @property
    def name(self) -> str:
        """The real channel's."""
        return self.notifier.name

    def send(self, notice: Notice) -> None:
        """Die."""
        if self.after:
            self.notifier.send(notice)
        raise DeathError


def dying(*, after: bool) -> Spoil:
    """Let the process die over the notice."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        before = it.connect

        def connect(settings: Settings) -> tuple[Blog, Notifier]:
            blog, notifier = before(settings)
            return blog, Dying(notifier, after)

        it.connect = connect
        yield
        it.connect = before

    return spoil


def declining(refs: str, *, for_ever: bool = False) -> Spoil:
    """Let the blog decline pushes to these refs."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        hook = it.hook("update", f'case "$1" in {refs}) echo "Branches alone." >&2; exit 1 ;; esac')
        yield
        if not for_ever:
            hook.unlink()

    return spoil


@contextmanager
def unrecorded(it: World) -> Iterator[None]:
    """Break the wire to the blog at every push after the first."""
    it.wire.words, it.wire.how, it.wire.times = PUSH, Break.BEFORE, ALWAYS
    it.wire.passing = 1
    yield
    if not it.wire.broken:
        it.complaints.append("no push met the fault")
    it.wire.times = 0
