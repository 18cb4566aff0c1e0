"""A blog whose posts wait for a person: a branch a week, and a pull request on GitHub.

The branch is pushed like any post, never with force; the pull request is opened, or the open one
used again. A closed one is a person's answer, and stays.
Source: https://docs.github.com/en/rest/pulls/pulls
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr

from paperweek.approval import request_of
from paperweek.errors import BlogForbidden, BlogUnreachable, BlogUnusable, ConfigurationError
from paperweek.model import Outcome, Post, Publication, PublishedWeek, Week
from paperweek.ports import Owed
from paperweek.publishers.git_blog import GitBlog

log = logging.getLogger(__name__)

GITHUB_API = "https://api.github.com"
TRIES = 3
LONGEST_WAIT = 60.0
REQUEST_SECONDS = 20.0

_SLUG = re.compile(r"[\w.-]+/[\w.-]+")
_LIMITED = re.compile(r"rate limit|abuse", re.IGNORECASE)


_BRANCHES = "report/"


def branch_of(week: Week) -> str:
    """Return the branch on which the week's post waits."""
    return f"{_BRANCHES}{week.label}"


class PullRequests:
    """The blog port, where a person merges."""

    def __init__(
        self,
        blog: GitBlog,
        repository: str,
        *,
        token: SecretStr | str | None,
        api: str = GITHUB_API,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Propose posts to `blog`, which lies at the git address `repository`.

        Raises ConfigurationError where the address names no owner and repository, or no token is
        there.
        """
        secret = token.get_secret_value() if isinstance(token, SecretStr) else token or ""
        if not secret:
            raise ConfigurationError(
                "PAPERWEEK_BLOG_TOKEN", "", "a pull request needs a token that may open one"
            )
        self._blog, self._slug, self._api = blog, slug_of(repository), api.rstrip("/")
        self._sleep = sleep
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {secret}",
            "User-Agent": "paperweek",
            "X-GitHub-Api-Version": "2022-11-28",
        }

    def standing(self, week: Week) -> Publication | None:
        """Return what the blog holds, else what waits for a person or was declined by one."""
        return self._blog.standing(week) or self._proposed(week)

    def earlier_weeks(self, week: Week, count: int) -> tuple[PublishedWeek, ...]:
        """Return up to `count` published weeks before `week`, newest first."""
        return self._blog.earlier_weeks(week, count)

    def read(self, *paths: str) -> tuple[str | None, ...]:
        """Return the texts of files of the blog."""
        return self._blog.read(*paths)

    def publish(self, post: Post, *, rewrite: bool = False) -> Publication:
        """Push the post to the week's branch and open its pull request, unless that was done.

        With `rewrite` our own text on the branch is replaced by another; a person's never is.
        Raises what GitBlog raises; after each error the next call finds out what arrived.
        """
        standing = self._blog.standing(post.week)
        if standing and (standing.human_edited or not rewrite):
            return standing
        known = self._proposed(post.week)
        if known and known.human_edited and not rewrite:
            return known
        done = self._blog.on_branch(branch_of(post.week)).publish(post, rewrite=rewrite)
        address = self._open(post, is_new=done.outcome is Outcome.PUBLISHED)
        opened = Outcome.PUBLISHED if not known else done.outcome
        return replace(done, outcome=opened, pull_request=address)

    @property
    def owes_notices(self) -> bool:
        """Whether a pull request owes a notice, and this is remembered."""
        return self._blog.owes_notices

    def owed(self) -> tuple[Owed, ...]:
        """Return the notices that are owed for posts that wait for a person, the newest first."""
        return tuple(
            replace(notice, pull_request=str(found[0].get("html_url", "")))
            for notice in self._blog.owed_on(_BRANCHES)
            if (found := self._find(notice.week, "open"))
        )

    def read_of(self, notice: Owed, path: str) -> str | None:
        """Return the text of the file in the commit that the notice is about; None: no such."""
        return self._blog.read_of(notice, path)

    def claim(self, notice: Owed) -> bool:
        """Return whether it is ours to send the notice: of all who ask at once, one hears yes."""
        return self._blog.claim(notice)

    def settle(self, notice: Owed) -> None:
        """Remember that the notice was sent."""
        self._blog.settle(notice)

    def release(self, notice: Owed) -> None:
        """Remember that a notice that was ours to send was not: it is anybody's again."""
        self._blog.release(notice)

    def _proposed(self, week: Week) -> Publication | None:
        """Return what became of the week's pull request; None where there is none."""
        found = self._find(week, "all")
        if not found:
            return None
        newest = found[0]
        waiting = self._blog.on_branch(branch_of(week)).standing(week)
        declined = newest.get("state") != "open"
        if declined and newest.get("merged_at"):
            # Merged, and no longer in the blog: taken away after that, or not fetched yet.
            return None
        publication = waiting or Publication(week, Outcome.UNCHANGED, "")
        return replace(
            publication,
            human_edited=declined or publication.human_edited,
            pull_request=str(newest.get("html_url", "")),
        )

    def _open(self, post: Post, *, is_new: bool) -> str:
        """Return the address of the open pull request, opened now or before."""
        title, body = request_of(post)
        base, head = self._blog.branch(), branch_of(post.week)
        asked = {"title": title, "head": head, "base": base, "body": body}
        status, answer = self._ask("POST", "pulls", json=asked)
        if status == requests.codes.created:
            return str(answer["html_url"])
        if status != requests.codes.unprocessable or "already exists" not in str(answer):
            raise self._error(status, answer)
        found = self._find(post.week, "open")
        if not found:
            raise self._error(status, answer)
        if is_new:
            self._ask("PATCH", f"pulls/{found[0]['number']}", json={"title": title, "body": body})
        return str(found[0]["html_url"])

    def _find(self, week: Week, state: str) -> list[dict[str, Any]]:
        owner = self._slug.partition("/")[0]
        wanted = {"head": f"{owner}:{branch_of(week)}", "state": state, "sort": "created"}
        status, answer = self._ask("GET", "pulls", params=wanted | {"direction": "desc"})
        if status != requests.codes.ok or not isinstance(answer, list):
            raise self._error(status, answer)
        # Where the filter is not understood, every pull request would come.
        named = branch_of(week)
        return [one for one in answer if one.get("head", {}).get("ref") == named]

    def _ask(self, method: str, path: str, **given: Any) -> tuple[int, Any]:  # noqa: ANN401
        """Return status and JSON of the answer; rate limits and failing servers are waited out."""
        url, seen = f"{self._api}/repos/{self._slug}/{path}", "no answer"
        for number in range(TRIES):
            pause = 2.0**number
            try:
                answer = requests.request(
                    method, url, headers=self._headers, timeout=REQUEST_SECONDS, **given
                )
            except requests.RequestException as error:
                seen = type(error).__name__
            else:
                content = _json(answer)
                wanted = _pause_before_again(answer, content, number)
                if wanted is None:
                    return answer.status_code, content
                pause = wanted
                seen = f"it answered {answer.status_code}: {_message(content)}"
            if number + 1 < TRIES:
                self._sleep(min(pause, LONGEST_WAIT))
        raise BlogUnreachable(self._slug, "", f"GitHub's interface, {TRIES} times: {seen}")

    def _error(self, status: int, answer: object) -> Exception:
        what = f"GitHub's interface answered {status}: {_message(answer)}"
        if status in {requests.codes.unauthorized, requests.codes.forbidden}:
            return BlogForbidden(
                self._slug, "", what, "Check that PAPERWEEK_BLOG_TOKEN may write pull requests."
            )
        if status == requests.codes.not_found:
            cure = "Check PAPERWEEK_BLOG, and that PAPERWEEK_BLOG_TOKEN may see that repository."
            return BlogUnusable(self._slug, "", what, cure)
        return BlogUnusable(self._slug, "", what, "Look at the branch and its pull requests.")


def slug_of(repository: str) -> str:
    """Return `owner/name` of a git address. Raises ConfigurationError where there is none.

    >>> slug_of("git@github.com:me/blog.git"), slug_of("https://github.com/me/blog")
    ('me/blog', 'me/blog')
    """
    has_host = "://" in repository or re.match(r"[\w.@-]+:[^/]", repository)
    path = urlsplit(repository).path if "://" in repository else repository.partition(":")[2]
    slug = path.strip("/").removesuffix(".git")
    if not has_host or not _SLUG.fullmatch(slug):
        raise ConfigurationError(
            "PAPERWEEK_BLOG",
            "",
            "pull requests need the address of a repository on GitHub",
            "Write one such as https://github.com/me/blog, or set PAPERWEEK_PUBLISH=push.",
        )
    return slug


def _pause_before_again(answer: requests.Response, content: object, number: int) -> float | None:
    """Return the seconds to wait before asking again; None where the answer is one.

    Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    status = answer.status_code
    if status >= requests.codes.server_error:
        return 2.0**number
    is_limited = status == requests.codes.too_many_requests or (
        status == requests.codes.forbidden
        and (
            "Retry-After" in answer.headers
            or answer.headers.get("x-ratelimit-remaining") == "0"
            or bool(_LIMITED.search(_message(content)))
        )
    )
    if not is_limited:
        return None
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isdigit() else LONGEST_WAIT


def _json(answer: requests.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        return {}


def _message(content: object) -> str:
    """Return GitHub's own words, on one line and not long."""
    if not isinstance(content, dict):
        return "nothing that can be read"
    errors = content.get("errors")
    further = (
        [e.get("message") for e in errors if isinstance(e, dict)]
        if isinstance(errors, list)
        else []
    )
    words = [str(word) for word in (content.get("message"), *further) if word]
    return " ".join("; ".join(words).split())[:200] or "without words"
