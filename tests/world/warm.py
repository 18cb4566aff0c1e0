"""Loads what a run needs and has it work once: runs that are forked from here begin warm."""

import gc

import pydantic_ai.models.openai
import pydantic_ai.providers.openai

from paperweek import announcing, rendering
from paperweek.collecting import collect
from paperweek.finishing import finish
from paperweek.notifiers import slack_webhook
from paperweek.publishers import git_blog
from paperweek.selection import select
from paperweek.sources.sample import SampleSource
from paperweek.summary import Summary
from paperweek.writers import _model_client, language_model
from paperweek.writers.extractive import ExtractiveWriter
from tests.world import whole_run

LOADED = (
    git_blog,
    language_model,
    _model_client,
    pydantic_ai.models.openai,
    pydantic_ai.providers.openai,
    slack_webhook,
    whole_run,
)

_sample = SampleSource()
_report = ExtractiveWriter().write(select(collect(_sample.weeks[0], [_sample]), ()))
_post = finish(
    _report,
    lambda report: rendering.render_post(
        report, path_pattern="_posts/{date}.md", category="weekly-report"
    ),
)
announcing.compose_notice(Summary.of_draft(_post, _report))
gc.freeze()
