"""What the owner decides: read once, from the environment and `.env`, and checked before any work.

No other module reads the environment, so this file is the whole list of what can be set. Secrets
are `SecretStr`: they show as stars wherever they are printed, and `Settings.redact` is the second
lock for text that was made elsewhere.
"""

from __future__ import annotations

import difflib
import os
import re
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from paperweek.errors import ConfigurationError

PREFIX = "PAPERWEEK_"

ARXIV_DELAY_SECONDS = 3.0
"""Source: https://info.arxiv.org/help/api/tou.html (one request every three seconds)."""

_LEAST_TO_REDACT = 4
_CATEGORY = re.compile(r"[a-z][a-z-]*(\.[A-Za-z][A-Za-z-]*)?")
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s]*")

PREFECT_DEFAULTS = {
    # The embedded server needs up to a minute on a slow machine; its own limit is 20 s.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "240",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "paperweek,tasks,flows",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_LOGGING_TO_API_MAX_LOG_SIZE": "100000",
}


class Settings(BaseSettings):
    """Everything that can be set. Each field's description is its row in the README."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    blog: str = Field(
        default="blog",
        description="The blog: a bare repository, a work tree or a git address. The default, "
        "`./blog`, is created as a small Jekyll site when it is missing.",
    )
    blog_branch: str = Field(
        default="", description="The branch to publish on. Empty: the repository's own default."
    )
    blog_token: SecretStr | None = Field(
        default=None, description="The token for a blog behind HTTPS. Secret."
    )
    blog_user: str = Field(
        default="x-access-token", description="The user name that goes with the token."
    )
    ssh_key: Path | None = Field(
        default=None, description="File of the deploy key for a blog behind SSH."
    )
    ssh_known_hosts: Path | None = Field(
        default=None,
        description="File of known hosts for a blog behind SSH. Empty: the user's own.",
    )
    site_url: str = Field(
        default="",
        description="Address of the published site, such as `https://me.github.io/blog`; "
        "with it, notices link to the post.",
    )
    post_path: str = Field(
        default="_posts/{date}-weekly-report.md",
        description="Where a post lies in the blog. `{date}` is the week's Sunday, `{week}` its "
        "label such as `2025-W05`.",
    )
    category: str = Field(
        default="weekly-report", description="The `category` in the post's front matter."
    )
    papers_per_report: int = Field(
        default=30, ge=8, le=200, description="How many papers are selected from the week."
    )
    writer: Literal["extractive"] = Field(
        default="extractive",
        description="Who writes. `extractive` needs no key and no network.",
    )
    slack_webhook_url: SecretStr | None = Field(
        default=None,
        description="Slack's incoming webhook for notices. Secret. Empty: notices are logged.",
    )
    timezone: str = Field(
        default="UTC",
        description="The zone in which a Sunday is a Sunday, such as `Europe/Berlin`.",
    )
    categories: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("cs.AI", "cs.CL", "cs.CV", "cs.LG"),
        description="The arXiv categories of the week's own listing, separated by commas.",
    )
    contact: str = Field(
        default="",
        description="How a source's operator can reach you; part of the User-Agent.",
    )
    hf_endpoint: str = Field(
        default="https://huggingface.co",
        validation_alias="HF_ENDPOINT",
        description="Where Hugging Face is, as its whole ecosystem spells it.",
    )
    arxiv_url: str = Field(
        default="https://export.arxiv.org/api/query",
        description="The whole address of arXiv's query interface.",
    )
    arxiv_delay_seconds: float = Field(
        default=ARXIV_DELAY_SECONDS,
        ge=0,
        le=3600,
        description="Least pause between two requests to arXiv; below 3 only for another host.",
    )
    request_seconds: float = Field(
        default=30.0, gt=0, le=3600, description="When a single request is given up."
    )
    source_seconds: float = Field(
        default=120.0,
        gt=0,
        le=86400,
        description="When a source that fails is given up, its retries together.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: _usable(platformdirs.user_cache_path("paperweek"), "paperweek"),
        description="Where snapshots, rehearsed posts and working copies lie. Empty: the user's "
        "cache folder.",
    )

    @classmethod
    def from_environment(cls) -> Settings:
        """Return the settings of the environment, and of `.env` in the working directory below it.

        Raises ConfigurationError that names the variable; a secret's value is never in it.
        """
        try:
            return cls()
        except ValidationError as error:
            raise _named(error) from None
        except (SettingsError, OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                ".env", "", f"it cannot be read ({type(error).__name__})", "Mend or remove it."
            ) from None

    @field_validator("categories", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        names = tuple(dict.fromkeys(part for part in re.split(r"[,\s]+", value) if part))
        if not names:
            raise ValueError("name at least one category, such as cs.AI")
        return names

    @field_validator("categories")
    @classmethod
    def _arxiv_categories(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not _CATEGORY.fullmatch(name):
                raise ValueError(f"{name!r} is not an arXiv category such as cs.AI")
        return names

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError("there is no such zone; write one such as Europe/Berlin") from None
        return name

    @field_validator("hf_endpoint", "arxiv_url", "site_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not _WEB_ADDRESS.fullmatch(value):
            raise ValueError("write an address that begins with https:// or http://")
        return value.rstrip("/")

    @field_validator("slack_webhook_url")
    @classmethod
    def _secret_web_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not _WEB_ADDRESS.fullmatch(value.get_secret_value()):
            raise ValueError("write the whole address that Slack gave, beginning with https://")
        return value

    @field_validator("contact", "blog", "blog_branch", "blog_user", "category", "post_path")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("it must be one line of printable characters")
        return value

    @field_validator("post_path")
    @classmethod
    def _inside_the_blog(cls, pattern: str) -> str:
        try:
            path = pattern.format(date="2025-02-02", week="2025-W05")
        except (LookupError, AttributeError, ValueError):
            raise ValueError("it may hold {date} and {week}, and no other braces") from None
        if path == pattern:
            raise ValueError("it must hold {date} or {week}, or each week would replace the last")
        if path.startswith("/") or ".." in path.split("/") or not path.endswith(".md"):
            raise ValueError("it must be a path inside the blog that ends in .md")
        return pattern

    @field_validator("cache_dir", "ssh_key", "ssh_known_hosts")
    @classmethod
    def _from_home(cls, path: Path | None) -> Path | None:
        return path.expanduser().absolute() if path else None

    @model_validator(mode="after")
    def _polite_to_arxiv(self) -> Settings:
        host = urlsplit(self.arxiv_url).hostname or ""
        is_arxiv = host == "arxiv.org" or host.endswith(".arxiv.org")
        if is_arxiv and self.arxiv_delay_seconds < ARXIV_DELAY_SECONDS:
            raise ConfigurationError(
                f"{PREFIX}ARXIV_DELAY_SECONDS",
                f"{self.arxiv_delay_seconds:g}",
                "arXiv asks for at least 3 seconds between two requests",
                "Set it to 3 or more; less is for another host in PAPERWEEK_ARXIV_URL.",
            )
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as a value."""
        return ZoneInfo(self.timezone)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that no one may read, as they are and as they stand in an address."""
        values = [
            value.get_secret_value()
            for name in type(self).model_fields
            if isinstance(value := getattr(self, name), SecretStr)
        ]
        spellings = {s for v in values for s in (v, quote(v, safe=""), urlsplit(v).path) if s}
        return tuple(
            sorted((s for s in spellings if len(s) >= _LEAST_TO_REDACT), key=len, reverse=True)
        )

    def redact(self, text: str) -> str:
        """Return `text` with every secret in it, and every password in an address, as stars."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return re.sub(r"(?<=://)[^/\s@]+@", "***@", text)


def variable(field: str) -> str:
    """Return the name of the environment variable that sets `field`."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else PREFIX + field.upper()


def misspelled() -> tuple[tuple[str, str], ...]:
    """Return variables that look like a setting and are none, each with the one it resembles."""
    known = [variable(field) for field in Settings.model_fields]
    strangers = (n for n in os.environ if n.startswith(PREFIX) and n.upper() not in known)
    return tuple(
        (name, near[0])
        for name in sorted(strangers)
        if (near := difflib.get_close_matches(name, known, n=1, cutoff=0.85))
    )


def prepare_prefect(*, debug: bool) -> str:
    """Set what Prefect reads from the environment, where the user has not; before its import.

    Analytics are off and its console lines are hushed, because ours say the same in one line a
    step; its pages in the UI keep everything. Returns the server that runs will use, in words.
    """
    quiet = {} if debug else {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}
    for name, value in (PREFECT_DEFAULTS | quiet).items():
        os.environ.setdefault(name, value)
    if "PREFECT_HOME" not in os.environ:
        default = Path("~/.prefect").expanduser()
        if (home := _usable(default, "prefect")) != default:
            os.environ["PREFECT_HOME"] = str(home)
    return (
        "the server of PREFECT_API_URL"
        if os.environ.get("PREFECT_API_URL")
        else "Prefect's embedded server, which takes a while to start"
    )


def _usable(folder: Path, name: str) -> Path:
    """Return `folder`, or one for temporary files where `folder` could not be written."""
    nearest = next((p for p in (folder, *folder.parents) if p.exists()), None)
    if nearest and nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return folder
    return Path(tempfile.gettempdir()) / f"{name}-{os.getuid()}"


def _named(error: ValidationError) -> ConfigurationError:
    first: Any = error.errors(include_url=False, include_context=True)[0]
    if not first["loc"]:
        return ConfigurationError("settings", "", str(first["msg"]))
    field = str(first["loc"][0])
    names = {n: n for n in Settings.model_fields} | {variable(n): n for n in Settings.model_fields}
    name = names.get(field, field)
    given = "" if "Secret" in str(Settings.model_fields[name].annotation) else _given(name)
    problem = str(first["msg"]).removeprefix("Value error, ").removesuffix(".")
    return ConfigurationError(variable(name), given, problem[:1].lower() + problem[1:])


def _given(name: str) -> str:
    value = os.environ.get(variable(name), "")
    return value if "@" not in value else ""
