"""What can go wrong with a post that waits in a pull request."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from paperweek.errors import BlogForbidden, BlogUnreachable, BlogUnusable
from tests.paperweek.kept_blog import git
from tests.world.blog_faults import PATH, at_once, calm
from tests.world.github_api import Reply
from tests.world.publishing_fault import Owed, PublishingFault, later
from tests.world.publishing_world import WEEK, End, World

Spoil = Callable[[World], AbstractContextManager[None]]

BRANCH = f"report/{WEEK}"
NOTHING_YET: Reply = (200, {}, [])
SLOW_DOWN: Reply = (403, {"Retry-After": "7"}, {"message": "You have exceeded a secondary limit."})
TOO_MANY: Reply = (429, {}, {"message": "API rate limit exceeded."})
IN_TROUBLE: Reply = (502, {}, {"message": "Server Error"})
ALWAYS = 10_000


def proposal_faults() -> Sequence[PublishingFault]:
    """Return them all: what GitHub answers, and what lies on the branch."""
    pull = functools.partial(PublishingFault, on="pull request")
    return [
        pull("pull request: as it should be", calm, Owed.PUBLISHED),
        pull("pull request: there is one already (422)", opened_before, Owed.PUBLISHED),
        pull(
            "pull request: rate limited, 403 and 429",
            answering([SLOW_DOWN, TOO_MANY]),
            Owed.PUBLISHED,
        ),
        pull(
            "pull request: rate limited always",
            answering([SLOW_DOWN] * ALWAYS),
            Owed.NAMED,
            BlogUnreachable,
            "secondary limit",
        ),
        pull("pull request: 502 twice", answering([IN_TROUBLE] * 2), Owed.PUBLISHED),
        pull(
            "pull request: 502 always, when it is asked",
            answering([IN_TROUBLE] * ALWAYS),
            Owed.NAMED,
            BlogUnreachable,
            "502",
        ),
        pull(
            "pull request: 502 always, when it is opened",
            answering([NOTHING_YET, NOTHING_YET, *[IN_TROUBLE] * ALWAYS]),
            Owed.UNKNOWN,
            BlogUnreachable,
            "502",
        ),
        pull(
            "pull request: the token may not open one (403)",
            answering(
                [NOTHING_YET, NOTHING_YET, (403, {}, {"message": "Resource not accessible"})]
            ),
            Owed.UNKNOWN,
            BlogForbidden,
            "may write pull requests",
        ),
        pull(
            "pull request: no such repository (404)",
            answering([(404, {}, {"message": "Not Found"})]),
            Owed.NAMED,
            BlogUnusable,
            "Not Found.*may see that repository",
        ),
        pull("pull request: its branch is there, and at the same place", branched, Owed.PUBLISHED),
        pull(
            "pull request: its branch holds our post, it was never opened", pushed, Owed.PUBLISHED
        ),
        pull(
            "pull request: two machines at once",
            calm,
            Owed.PUBLISHED,
            runs=two_machines,
        ),
        pull(
            "pull request: a person closed it",
            closed,
            Owed.STAYS,
            runs=lambda it: [later(it)],
        ),
        pull(
            "pull request: a person wrote on its branch",
            rewritten,
            Owed.STAYS,
            runs=lambda it: [later(it)],
        ),
        pull(
            "pull request: a person merged it",
            merged,
            Owed.STAYS,
            runs=lambda it: [later(it)],
        ),
    ]


def two_machines(it: World) -> Sequence[End]:
    """Run the week on two machines in the same moment."""
    return at_once(it, [WEEK] * 2)


def answering(answers: Sequence[Reply]) -> Spoil:
    """Let GitHub's interface answer with these first."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        it.github.answers = list(answers)
        yield
        if len(it.github.answers) > max(0, len(answers) - 3):
            it.complaints.append("no request met the fault")
        it.github.answers = []

    return spoil


@contextmanager
def opened_before(it: World) -> Iterator[None]:
    """Let a person have opened one, of which GitHub's list does not know yet."""
    head = {"ref": BRANCH, "label": f"me:{BRANCH}"}
    it.github.pulls.append(
        {"number": 1, "html_url": "https://github.example/me/blog/pull/1", "state": "open"}
        | {"merged_at": None, "title": "By hand", "body": "", "head": head, "base": {"ref": "main"}}
    )
    it.github.answers = [NOTHING_YET] * 2
    yield


@contextmanager
def branched(it: World) -> Iterator[None]:
    """Let a person have made the branch."""
    git(it.kept.person, "push", "--quiet", "origin", f"main:{BRANCH}")
    yield


@contextmanager
def pushed(it: World) -> Iterator[None]:
    """Let a run have pushed the branch and failed to open the pull request."""
    it.github.answers = [NOTHING_YET, NOTHING_YET, (404, {}, {"message": "Not Found"})]
    it.run()
    yield


@contextmanager
def closed(it: World) -> Iterator[None]:
    """Let a person have closed it."""
    it.run()
    it.github.close(merged=False)
    yield


@contextmanager
def rewritten(it: World) -> Iterator[None]:
    """Let a person have written on the branch."""
    it.run()
    person = it.kept.person
    git(person, "fetch", "--quiet", "origin")
    git(person, "checkout", "--quiet", BRANCH)
    (person / PATH).write_text("Mine.\n")
    git(person, "commit", "--quiet", "-am", "In my words")
    git(person, "push", "--quiet", "origin", BRANCH)
    yield
    if git(it.bare, "show", f"{BRANCH}:{PATH}") != "Mine.":
        it.complaints.append("the person's words are gone")


@contextmanager
def merged(it: World) -> Iterator[None]:
    """Let a person have merged it."""
    it.run()
    person = it.kept.person
    git(person, "fetch", "--quiet", "origin")
    git(person, "merge", "--quiet", "--no-ff", "-m", "Merge it", f"origin/{BRANCH}")
    git(person, "push", "--quiet", "origin", "main")
    it.github.close(merged=True)
    yield
