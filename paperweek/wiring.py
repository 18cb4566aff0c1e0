"""From settings to the parts of a run: the only place that chooses adapters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from paperweek.model import Week
from paperweek.ports import Blog, Notifier, PaperSource, Writer
from paperweek.settings import Settings


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
    settings: Settings, *, offline: bool = False, snapshot: str = "", rehearse: bool = False
) -> House:
    """Return the parts of a run. Asks nobody; creates the default blog where it is missing.

    Raises ConfigurationError where the settings contradict each other or a file is not there.
    """
    from paperweek.writers.extractive import ExtractiveWriter

    sources, weeks = connect_sources(settings, offline=offline, snapshot=snapshot)
    return House(
        sources=sources,
        weeks=weeks,
        writer=ExtractiveWriter(),
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
    return (HuggingFace(settings.hf_endpoint, manners=manners), arxiv), ()


def connect_blog(settings: Settings, *, rehearse: bool = False) -> Blog:
    """Return the blog; for a rehearsal, one that reads it and writes into the cache instead."""
    from paperweek.publishers.git_blog import GitBlog
    from paperweek.publishers.new_blog import create_blog
    from paperweek.publishers.rehearsal import Rehearsal

    is_default = settings.blog == type(settings).model_fields["blog"].default
    missing = is_default and not Path(settings.blog).exists()
    if missing and not rehearse:
        create_blog(Path(settings.blog))
    blog = GitBlog(
        settings.blog,
        cache=settings.cache_dir,
        branch=settings.blog_branch,
        token=settings.blog_token,
        user=settings.blog_user,
        post_path=settings.post_path,
        ssh_key=settings.ssh_key,
        ssh_known_hosts=settings.ssh_known_hosts,
    )
    if rehearse:
        return Rehearsal(None if missing else blog, settings.cache_dir / "rehearsals")
    return blog


def connect_notifier(settings: Settings) -> Notifier:
    """Return Slack where a webhook is set, else the log."""
    if settings.slack_webhook_url:
        from paperweek.notifiers.slack_webhook import SlackWebhook

        return SlackWebhook(settings.slack_webhook_url.get_secret_value())
    from paperweek.notifiers.log import Log

    return Log()
