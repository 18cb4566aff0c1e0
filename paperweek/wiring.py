"""From settings to the parts of a run: the only place that chooses adapters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paperweek.errors import ConfigurationError
from paperweek.model import Week
from paperweek.ports import Blog, KeptBlog, Notifier, PaperSource, Threads, Writer
from paperweek.settings import Settings, prepare_git

if TYPE_CHECKING:
    from paperweek.health import Probed
    from paperweek.publishers.git_blog import GitBlog
    from paperweek.sources.arxiv_search import ArxivSearch
    from paperweek.sources.huggingface import HuggingFace

_TRIAL_SECONDS = 60.0
_THREAD_SECONDS = 30.0
"""How long the blog is asked for a thread: a notice without one is better than none."""


@dataclass(frozen=True, slots=True)
class House:
    """The parts of one run, chosen and ready."""

    sources: tuple[PaperSource, ...]
    weeks: tuple[Week, ...]
    """The only weeks that the sources know; empty where they know any."""
    writer: Writer
    blog: Blog
    notifier: Notifier


def connect(
    settings: Settings,
    *,
    offline: bool = False,
    snapshot: str = "",
    rehearse: bool = False,
) -> House:
    """Return the parts of a run. Asks nobody; creates the default blog where it is missing.

    Raises ConfigurationError where the settings contradict each other or a file is not there.
    """
    sources, weeks = connect_sources(settings, offline=offline, snapshot=snapshot)
    return House(
        sources=sources,
        weeks=weeks,
        writer=connect_writer(settings),
        blog=connect_blog(settings, rehearse=rehearse),
        notifier=connect_notifier(settings),
    )


def connect_sources(
    settings: Settings, *, offline: bool = False, snapshot: str = ""
) -> tuple[tuple[PaperSource, ...], tuple[Week, ...]]:
    """Return the sources, and the only weeks that they know (none: they know any)."""
    if snapshot:
        from paperweek.sources.snapshot import SnapshotSource

        kept = SnapshotSource(Path(snapshot).expanduser())
        return (kept,), (kept.week,)
    if offline:
        from paperweek.sources.sample import SampleSource

        sample = SampleSource()
        return (sample,), sample.weeks
    return _web_sources(settings), ()


def connect_probes(settings: Settings) -> tuple[Probed, ...]:
    """Return the sources, to be asked whether they answer."""
    return _web_sources(settings)


def _web_sources(settings: Settings) -> tuple[HuggingFace, ArxivSearch]:
    from paperweek.asking import Manners
    from paperweek.sources.arxiv_search import ArxivSearch
    from paperweek.sources.huggingface import HuggingFace

    manners = Manners(
        contact=settings.contact,
        request_seconds=settings.request_seconds,
        source_seconds=settings.source_seconds,
    )
    arxiv = ArxivSearch(
        settings.arxiv_url,
        categories=settings.categories,
        delay_seconds=settings.arxiv_delay_seconds,
        cache=settings.cache_dir,
        manners=manners,
    )
    return HuggingFace(settings.hf_endpoint, manners=manners), arxiv


def connect_writer(settings: Settings) -> Writer:
    """Return the embedded writer, or the language model's with the embedded one to stand in.

    Raises ConfigurationError where the model can't be had; asks nobody.
    """
    from paperweek.writers.extractive import ExtractiveWriter

    if settings.writer == "extractive":
        return ExtractiveWriter()
    from paperweek.drafts import VoiceOfWriter
    from paperweek.writers.language_model import LanguageModelWriter

    return LanguageModelWriter(
        settings.model,
        stand_in=ExtractiveWriter(),
        cache=settings.cache_dir,
        voice=VoiceOfWriter(settings.voice),
        max_tokens=settings.max_tokens,
        max_cost=settings.max_cost,
        call_seconds=settings.answer_seconds,
        run_seconds=settings.writing_seconds,
        redact=settings.redact,
    )


def try_model(settings: Settings) -> str:
    """Return what one tiny call of the language model cost, in words.

    Raises ModelFailure where it gave nothing of use, and ConfigurationError where it can't be had.
    """
    from paperweek.writers._model_client import ModelClient, Purse

    purse = Purse(settings.model, max_tokens=settings.max_tokens, max_cost=settings.max_cost)
    with ModelClient(
        settings.model, purse, call_seconds=settings.answer_seconds, run_seconds=_TRIAL_SECONDS
    ) as client:
        client.ask(
            "You help to test a connection.", "Answer with one section of one sentence: It works."
        )
    return f"it answers; the call cost {purse.usage.tokens_in + purse.usage.tokens_out} tokens"


def connect_blog(settings: Settings, *, rehearse: bool = False) -> Blog:
    """Return the blog; for a rehearsal, one that reads it and writes into the cache instead."""
    from paperweek.publishers.rehearsal import Rehearsal

    if rehearse:
        return Rehearsal(connect_standing_blog(settings), settings.cache_dir / "rehearsals")
    if settings.publish == "push":
        return connect_kept_blog(settings)
    from paperweek.publishers.pull_request import PullRequests

    return PullRequests(
        _git_blog(settings, owes_notices=settings.tells_slack),
        settings.blog,
        token=settings.blog_token,
        api=settings.github_api,
    )


def connect_kept_blog(settings: Settings) -> KeptBlog:
    """Return the blog for its owner's own hand; creates the default one where it is missing."""
    prepare_git()
    from paperweek.publishers.new_blog import create_blog

    if _is_to_be_made(settings):
        create_blog(Path(settings.blog))
    return _git_blog(settings, owes_notices=settings.tells_slack)


def connect_standing_blog(settings: Settings) -> GitBlog | None:
    """Return the blog as it stands; None where it is the default one and not made yet."""
    return None if _is_to_be_made(settings) else _git_blog(settings)


def _is_to_be_made(settings: Settings) -> bool:
    is_default = settings.blog == type(settings).model_fields["blog"].default
    return is_default and not Path(settings.blog).exists()


def _git_blog(
    settings: Settings, *, owes_notices: bool = False, deadline: float = 180.0
) -> GitBlog:
    prepare_git()
    from paperweek.publishers.git_blog import GitBlog

    return GitBlog(
        settings.blog,
        cache=settings.cache_dir,
        branch=settings.blog_branch,
        token=settings.blog_token,
        user=settings.blog_user,
        post_path=settings.post_path,
        category=settings.category,
        deadline=deadline,
        owes_notices=owes_notices,
        ssh_key=settings.ssh_key,
        ssh_known_hosts=settings.ssh_known_hosts,
    )


def connect_notifier(settings: Settings) -> Notifier:
    """Return Slack where a bot or a webhook is set, in this order, else the log."""
    if settings.slack_bot_token:
        from paperweek.notifiers.slack_bot import SlackBot

        return SlackBot(
            settings.slack_bot_token.get_secret_value(),
            settings.slack_channel,
            threads=connect_threads(settings),
            api=settings.slack_api,
        )
    if settings.slack_webhook_url:
        from paperweek.notifiers.slack_webhook import SlackWebhook

        return SlackWebhook(settings.slack_webhook_url.get_secret_value())
    from paperweek.notifiers.log import Log

    return Log()


def connect_threads(settings: Settings) -> Threads | None:
    """Return the blog as it remembers threads; None where there is none to ask yet."""
    if _is_to_be_made(settings):
        return None
    try:
        return _git_blog(settings, deadline=_THREAD_SECONDS)
    except ConfigurationError:  # of the blog's address; whoever is to be told of that must be
        return None
