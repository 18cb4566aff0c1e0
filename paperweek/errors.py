"""Everything that can go wrong, as one family that says whether trying again helps.

    PaperweekError                    what happened, to whom, and what to do
    ├── ConfigurationError            a setting or argument is missing or wrong             exit 2
    ├── Refusal                       it could publish, and must not                        exit 3
    │   ├── EmptyWeek                 nothing in the week
    │   ├── PoorWeek                  too few papers with a usable abstract
    │   ├── FutureWeek                the week's Sunday lies ahead
    │   ├── HiddenPost                the blog's site would be built without showing it
    │   └── UnverifiedPost            the finished post does not pass its own check
    ├── SourceError                   a source did not give what its contract says
    │   ├── SourceUnavailable         time-out, refusal to serve, server error              again
    │   ├── SourceUnreadable          an answer that is not what was asked for              again
    │   └── EverySourceSilent         no source answered
    ├── ModelFailure                  a language model gave nothing of use; stays in its writer
    ├── RenderingError                a template or a file of ours is broken
    ├── PublishingError               the blog's repository did not take the commit
    │   ├── BlogUnreachable           network, time-out, lock                               again
    │   ├── BlogForbidden             wrong credentials, protected branch, a hook
    │   └── BlogUnusable              missing branch, broken clone, odd files
    ├── NoticeNotSent                 nobody was told                                       again
    └── OrchestratorUnavailable       Prefect's server did not start or answer

Errors pickle, because Prefect stores them: all constructor arguments go to `super().__init__`
and text is made in `__str__`. No secret may ever be passed to one.
"""

from __future__ import annotations

from typing import ClassVar


class PaperweekError(Exception):
    """Base of the family: `str()` says what happened, `hint` says what to do."""

    retryable: ClassVar[bool] = False
    """Whether the same call may succeed if made again a little later."""
    exit_code: ClassVar[int] = 1

    @property
    def hint(self) -> str:
        """One sentence that says what to do."""
        return "Run again with --debug to see where it happened."


class ConfigurationError(PaperweekError):
    """A setting or an argument is missing, malformed or contradictory."""

    exit_code = 2

    def __init__(self, name: str, value: str, problem: str, cure: str = "") -> None:
        super().__init__(name, value, problem, cure)
        self.name, self.value, self.problem, self.cure = name, value, problem, cure

    def __str__(self) -> str:
        given = f" ({self.value!r})" if self.value else ""
        return f"{self.name}{given}: {self.problem}."

    @property
    def hint(self) -> str:
        return self.cure or f"Set {self.name} right and run again; see the settings in the README."


class Refusal(PaperweekError):
    """The week could be published, but a reader would be misled: nothing was published."""

    exit_code = 3
    cure: ClassVar[str] = "Run the week again when its papers are complete."

    def __init__(
        self, week: str, reason: str, papers: int = 0, silent_sources: tuple[str, ...] = ()
    ) -> None:
        super().__init__(week, reason, papers, silent_sources)
        self.week, self.reason = week, reason
        self.papers, self.silent_sources = papers, silent_sources

    def __str__(self) -> str:
        return f"{self.week} was not published: {self.reason}."

    @property
    def hint(self) -> str:
        return self.cure


class EmptyWeek(Refusal):
    """The sources answered, and the week holds no paper."""


class PoorWeek(Refusal):
    """Fewer than half of the selected papers have a usable abstract."""


class FutureWeek(Refusal):
    """The week's Sunday lies ahead, so the week is not complete."""

    cure = "Wait for its Sunday, or use --rehearse to see a preview."


class UnverifiedPost(Refusal):
    """The finished post does not pass the checks that every post must pass."""

    cure = "This is a fault of the writer: report it, or leave the paper out and run again."


class HiddenPost(Refusal):
    """The commit would arrive, and the site would be built without showing the post."""

    cure = "Mend that in the blog, then run again."


class SourceError(PaperweekError):
    """A paper source did not give what its contract promises."""

    def __init__(self, source: str, what_came: str, tries: int = 1) -> None:
        super().__init__(source, what_came, tries)
        self.source, self.what_came, self.tries = source, what_came, tries

    def __str__(self) -> str:
        times = "once" if self.tries == 1 else f"{self.tries} times"
        return f"{self.source} was asked {times}: {self.what_came}."

    @property
    def hint(self) -> str:
        return "Run again later; if it stays so, look at the source's status page."


class SourceUnavailable(SourceError):
    """No answer, a refusal to serve (429) or a server's error."""

    retryable = True


class SourceUnreadable(SourceError):
    """An answer came, but not what its contract says: another type, cut off, incomplete."""

    retryable = True


class EverySourceSilent(PaperweekError):
    """No source gave a single paper because each of them failed."""

    def __init__(
        self, week: str, failures: tuple[str, ...], silent_sources: tuple[str, ...] = ()
    ) -> None:
        super().__init__(week, failures, silent_sources)
        self.week, self.failures, self.silent_sources = week, failures, silent_sources

    def __str__(self) -> str:
        return f"No source answered for {self.week}: {' '.join(self.failures)}"

    @property
    def hint(self) -> str:
        return "Check the network and the sources' status pages, then run the week again."


class ModelFailure(PaperweekError):
    """A language model gave nothing that can be used: the embedded writer stands in.

    `lost` says that no further request of this run would fare better, `too_long` that a shorter
    one might.
    """

    def __init__(self, what_came: str, lost: bool = False, too_long: bool = False) -> None:
        super().__init__(what_came, lost, too_long)
        self.what_came, self.lost, self.too_long = what_came, lost, too_long

    def __str__(self) -> str:
        return f"The language model gave nothing of use: {self.what_came}."

    @property
    def hint(self) -> str:
        return "Look at PAPERWEEK_MODEL and its provider; the post itself is written all the same."


class RenderingError(PaperweekError):
    """A template is missing or broken, or what it made cannot be read back."""

    def __init__(self, template: str, problem: str) -> None:
        super().__init__(template, problem)
        self.template, self.problem = template, problem

    def __str__(self) -> str:
        return f"The template {self.template} could not be rendered: {self.problem}."

    @property
    def hint(self) -> str:
        return "Mend the template, or restore it from git, and run again."


class PublishingError(PaperweekError):
    """The blog's repository did not take the commit."""

    cure: ClassVar[str] = "Look at the repository, then run again: nothing is published twice."

    def __init__(self, repository: str, branch: str, what_came: str, remedy: str = "") -> None:
        super().__init__(repository, branch, what_came, remedy)
        self.repository, self.branch, self.what_came = repository, branch, what_came
        self.remedy = remedy

    def __str__(self) -> str:
        branch = f" (branch {self.branch})" if self.branch else ""
        return f"The blog {self.repository}{branch}: {self.what_came}."

    @property
    def hint(self) -> str:
        return self.remedy or self.cure


class BlogUnreachable(PublishingError):
    """The repository could not be reached, or was busy."""

    retryable = True
    cure = "Run again later: a run asks the blog first and publishes nothing twice."


class BlogForbidden(PublishingError):
    """The repository refused: wrong credentials, a protected branch or a hook."""

    cure = "Check PAPERWEEK_BLOG_TOKEN or the deploy key, and the branch's protection rules."


class BlogUnusable(PublishingError):
    """The repository answers, but cannot hold the post as it is."""

    cure = "Check PAPERWEEK_BLOG and PAPERWEEK_BLOG_BRANCH."


class NoticeNotSent(PaperweekError):
    """The notice reached nobody, as far as we know; what was published stays published.

    `perhaps` says that it may have arrived all the same: the answer was lost, not the question.
    """

    retryable = True

    def __init__(
        self, channel: str, what_came: str, remedy: str = "", perhaps: bool = False
    ) -> None:
        super().__init__(channel, what_came, remedy, perhaps)
        self.channel, self.what_came = channel, what_came
        self.remedy, self.perhaps = remedy, perhaps

    def __str__(self) -> str:
        return f"The notice did not reach {self.channel}: {self.what_came}."

    @property
    def hint(self) -> str:
        return self.remedy or "Run `paperweek check`; the post itself is not affected."


class OrchestratorUnavailable(PaperweekError):
    """Prefect's server, embedded or named by PREFECT_API_URL, did not start or answer."""

    def __init__(self, what_came: str) -> None:
        super().__init__(what_came)
        self.what_came = what_came

    def __str__(self) -> str:
        return f"Prefect's server did not start or answer: {self.what_came.rstrip('.')}."

    @property
    def hint(self) -> str:
        return "Start the server of PREFECT_API_URL, or unset it to run with the embedded one."
