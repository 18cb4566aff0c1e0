"""Houses with one thing wrong with them, for the judges of played runs to find out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from paperweek.model import Post, Publication
from paperweek.notices import Notice
from paperweek.ports import Blog, BlogTip, Change
from paperweek.settings import Settings
from paperweek.wiring import House
from tests.world.whole_run import as_wired


@dataclass(frozen=True)
class _Blog:
    """The real blog in all that is not said otherwise."""

    real: Any

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the real one has
        return getattr(self.real, name)


class _CommitsTwice(_Blog):
    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        self.real.publish(post)
        return self.real.publish(replace(post, text=f"{post.text}\n"), rewrite=True)  # type: ignore[no-any-return]


class _TidiesUp(_Blog):
    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        def compose(tip: BlogTip) -> tuple[None, Change]:
            return None, Change("Tidy up", dict.fromkeys(tip.posts(), "Tidy.\n"))

        self.real.amend(compose)
        return self.real.publish(post)  # type: ignore[no-any-return]


class _ForgetsWhatIsOwed(_Blog):
    owes_notices = False


class _Mute:
    name = "nobody"

    def send(self, notice: Notice) -> None:
        """Tell nobody, and say that it was told."""


def commits_twice(settings: Settings, due: datetime) -> House:
    """Return a house that commits each post two times."""
    return _with_blog(_CommitsTwice, settings, due)


def tidies_up(settings: Settings, due: datetime) -> House:
    """Return a house that writes over every post that is there."""
    return _with_blog(_TidiesUp, settings, due)


def forgets_what_is_owed(settings: Settings, due: datetime) -> House:
    """Return a house that tells only of what it has just published."""
    return _with_blog(_ForgetsWhatIsOwed, settings, due)


def drops_notices(settings: Settings, due: datetime) -> House:
    """Return a house whose notices reach nobody."""
    return replace(as_wired(settings, due), notifier=_Mute())


def _with_blog(kind: type[_Blog], settings: Settings, due: datetime) -> House:
    house = as_wired(settings, due)
    blog: Blog = kind(house.blog)
    return replace(house, blog=blog)
