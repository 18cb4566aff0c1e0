"""What the owner decides: read once, from the environment and `.env`, and checked before any work.

No other module reads the environment, so this file is the whole list of what can be set. Secrets
are `SecretStr`: they show as stars wherever they are printed, and `Settings.redact` is the second
lock for text that was made elsewhere.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from paperweek.addresses import fault_of_pattern
from paperweek.errors import ConfigurationError

PREFIX = "PAPERWEEK_"

ARXIV_DELAY_SECONDS = 3.0
"""Source: https://info.arxiv.org/help/api/tou.html (one request every three seconds)."""

_LEAST_TO_REDACT, _LEAST_OF_A_PROVIDER = 4, 8
_CATEGORY = re.compile(r"[a-z][a-z-]*(\.[A-Za-z][A-Za-z-]*)?")
_KEY_OF_A_PROVIDER = re.compile(r"_(?:API_KEY|ACCESS_KEY|TOKEN|SECRET|PASSWORD)$")
"""Names under which providers of language models, and others, look for their secrets."""
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s]*")
_SLACK_TOKEN = re.compile(r"(?:xoxe\.)?xox[bp]-[\w-]+", re.ASCII)
_SLACK_CHANNEL = re.compile(r"#?[\w.-]{1,80}")

OF_THE_BLOG = (
    "categories",
    "prefer",
    "leave_out",
    "papers_per_report",
    "voice",
    "timezone",
    "post_path",
    "category",
)
"""The settings that the blog's own file may hold; all others are the machine's."""
_BLOG_FILE = ".paperweek.toml"
_SECRET_NAME = re.compile(r"token|secret|passw|webhook|key", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"\bgh[a-z]_\w{16,}|github_pat_|\bxox[a-z]-|hooks\.slack\.com|\bsk-[\w-]{16,}|-----BEGIN"
)

PREFECT_DEFAULTS = {
    # The embedded server needs up to a minute on a slow machine; its own limit is 20 s.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "240",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "paperweek,tasks,flows",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_LOGGING_TO_API_MAX_LOG_SIZE": "100000",
}

HEARTBEAT_SECONDS = "30"
"""How often a run of a deployment says that it lives: Prefect's least. A dead one is silent."""


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
    publish: Literal["push", "pull-request"] = Field(
        default="push",
        description="`push` publishes at once; `pull-request` opens one a week on GitHub, and a "
        "person merges it.",
    )
    github_api: str = Field(
        default="https://api.github.com", description="Where GitHub's REST interface is."
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
    site_seconds: float = Field(
        default=180.0,
        ge=0,
        le=3600,
        description="How long a run waits for the post to show on that site, where it is set.",
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
    writer: Literal["extractive", "llm"] = Field(
        default="extractive",
        description="Who writes. `extractive` needs no key and no network; `llm` is a language "
        "model, see [docs/language-model.md](docs/language-model.md).",
    )
    model: str = Field(
        default="",
        description="The language model as `provider:name`, such as `openai:gpt-4o-mini`. Its key "
        "and address are the provider's own variables, such as `OPENAI_API_KEY`.",
    )
    voice: Literal["first-person", "neutral"] = Field(
        default="first-person", description="In whose voice the language model writes."
    )
    max_tokens: int = Field(
        default=60_000,
        ge=0,
        description="What one report may cost in tokens of the language model, in and out.",
    )
    max_cost: float | None = Field(
        default=None,
        ge=0,
        description="What one report may cost in US dollars at list price. Empty: no limit.",
    )
    answer_seconds: float = Field(
        default=120.0,
        gt=0,
        le=3600,
        description="When a single answer of the language model is given up.",
    )
    writing_seconds: float = Field(
        default=900.0,
        gt=0,
        le=6000,
        description="When the language model is given up, all its answers together.",
    )
    slack_webhook_url: SecretStr | None = Field(
        default=None,
        description="Slack's incoming webhook for notices. Secret. Empty: notices are logged.",
    )
    slack_bot_token: SecretStr | None = Field(
        default=None,
        description="Token of a Slack app's bot (`xoxb-…`, scope `chat:write`), which keeps the "
        "notices about a week in one thread. Secret. It goes before the webhook.",
    )
    slack_channel: str = Field(
        default="", description="Where the bot posts: a channel's id or name, such as `#papers`."
    )
    slack_api: str = Field(
        default="https://slack.com/api",
        description="Where Slack's interface for bots is; another one only for gateways and tests.",
    )
    approval_days: float = Field(
        default=6.0,
        gt=0,
        le=30,
        description="How long a run that asks before it publishes waits for your yes; then it "
        "ends, and nothing is published.",
    )
    timezone: str = Field(
        default="UTC",
        description="The zone in which a Sunday is a Sunday, such as `Europe/Berlin`.",
    )
    categories: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("cs.AI", "cs.CL", "cs.CV", "cs.LG"),
        description="The arXiv categories of the week's own listing, separated by commas.",
    )
    prefer: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Topics whose papers go first, separated by commas; the post's table shows "
        "how they are called.",
    )
    leave_out: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Topics whose papers are left out, separated by commas."
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
    def from_environment(cls, **given: Any) -> Settings:  # noqa: ANN401 -- checked like the rest
        """Return the settings of the environment, and of `.env` in the working directory below it.

        What is `given` by name goes before both.

        Raises ConfigurationError that names the variable; a secret's value is never in it.
        """
        try:
            return cls(**given)
        except ValidationError as error:
            raise _named(error) from None
        except (SettingsError, OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                ".env", "", f"it cannot be read ({type(error).__name__})", "Mend or remove it."
            ) from None

    def with_blogs_own(self, text: str | None) -> Settings:
        """Return the settings with those of the blog's own file (TOML) below the environment's.

        Raises ConfigurationError for a key that is unknown, wrong, secret or not the blog's.
        """
        table = _table_of_the_blog(text or "")
        try:
            read = type(self)(**table)
        except ValidationError as error:
            wrong, field = _named(error), error.errors(include_url=False)[0]["loc"]
            raise _in_blog(str(field[0]) if field else "", wrong.problem) from None
        below = {name: getattr(read, name) for name in table if name not in self.model_fields_set}
        return self.model_copy(update=below)

    @field_validator("prefer", "leave_out", mode="before")
    @classmethod
    def _split_topics(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(dict.fromkeys(name for part in value.split(",") if (name := part.strip())))

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

    @field_validator("hf_endpoint", "arxiv_url", "site_url", "github_api", "slack_api")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not _WEB_ADDRESS.fullmatch(value):
            raise ValueError("write an address that begins with https:// or http://")
        _refuse_no_host(value)
        return value.rstrip("/")

    @field_validator("blog")
    @classmethod
    def _git_address(cls, value: str) -> str:
        if "://" in value and not value.startswith("file:"):
            _refuse_no_host(value)
        return value

    @field_validator("slack_webhook_url")
    @classmethod
    def _secret_web_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not _WEB_ADDRESS.fullmatch(value.get_secret_value()):
            raise ValueError("write the whole address that Slack gave, beginning with https://")
        _refuse_no_host(value.get_secret_value() if value else "")
        return value

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not _SLACK_TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("write the whole token that Slack gave, beginning with xoxb-")
        return value

    @field_validator("slack_channel")
    @classmethod
    def _channel_of_slack(cls, value: str) -> str:
        if value and not _SLACK_CHANNEL.fullmatch(value):
            raise ValueError("write a channel's id such as C0123456789, or its name")
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
        if problem := fault_of_pattern(pattern):
            raise ValueError(problem)
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

    @model_validator(mode="after")
    def _model_named(self) -> Settings:
        if self.writer == "llm" and not self.model:
            raise ConfigurationError(
                f"{PREFIX}MODEL",
                "",
                "it is empty, and the writer is a language model",
                "Name one, such as openai:gpt-4o-mini, or set PAPERWEEK_WRITER=extractive.",
            )
        return self

    @model_validator(mode="after")
    def _bot_and_channel(self) -> Settings:
        if bool(self.slack_bot_token) == bool(self.slack_channel):
            return self
        missing = "SLACK_CHANNEL" if self.slack_bot_token else "SLACK_BOT_TOKEN"
        raise ConfigurationError(
            f"{PREFIX}{missing}",
            "",
            "it is empty, and a bot needs its token and a channel to post to",
            f"Set {PREFIX}SLACK_BOT_TOKEN and {PREFIX}SLACK_CHANNEL both, or neither.",
        )

    @property
    def tells_slack(self) -> bool:
        """Whether notices go to a channel, and not only to the log."""
        return bool(self.slack_bot_token or self.slack_webhook_url)

    @property
    def choice(self) -> dict[str, Any]:
        """How papers are selected: the arguments of that step."""
        return {
            "size": self.papers_per_report,
            "prefer": self.prefer,
            "leave_out": self.leave_out,
        }

    @property
    def form(self) -> dict[str, str]:
        """What a post looks like: the arguments of that step."""
        return {"path_pattern": self.post_path, "category": self.category}

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
        values += [
            value
            for name, value in os.environ.items()
            if _KEY_OF_A_PROVIDER.search(name) and len(value) >= _LEAST_OF_A_PROVIDER
        ]
        spellings = {s for v in values for s in (v, quote(v, safe=""), _path_of(v)) if s}
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


def _table_of_the_blog(text: str) -> dict[str, Any]:
    """Return what the blog's file sets, once every name in it is one that it may set."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _in_blog("", f"it is no TOML ({error})") from None
    for name, value in table.items():
        if name in OF_THE_BLOG and not _SECRET_VALUE.search(str(value)):
            continue
        if _SECRET_NAME.search(name) or name in OF_THE_BLOG or _SECRET_VALUE.search(str(value)):
            raise _in_blog(name, "it looks like a secret, and this file is as public as the blog")
        if name in Settings.model_fields:
            raise _in_blog(name, f"it is the machine's, not the blog's: set {variable(name)}")
        near = difflib.get_close_matches(name, OF_THE_BLOG, n=1, cutoff=0.0)
        raise _in_blog(name, f"there is no such setting; did you mean {near[0]}?")
    return table


def _in_blog(name: str, problem: str) -> ConfigurationError:
    where = f"{name} in {_BLOG_FILE}" if name else _BLOG_FILE
    return ConfigurationError(where, "", problem.rstrip("."), f"Mend {_BLOG_FILE} in the blog.")


def prepare_git() -> None:
    """Let a git that is missing be told where it is called; GitPython's import would raise."""
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")


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


def serve_prefect(host: str, port: int) -> str:
    """Point this process, and those it starts, at the server that it is about to start itself.

    Returns the address of its API, as this machine reaches it.
    """
    reached = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 -- only read
    os.environ["PREFECT_API_URL"] = address = f"http://{reached}:{port}/api"
    os.environ.setdefault("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", HEARTBEAT_SECONDS)
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "WARNING")
    prepare_prefect(debug=False)
    return address


def prefect_address() -> str:
    """Return the address of the Prefect server that is set; empty where none is."""
    return os.environ.get("PREFECT_API_URL", "")


def _refuse_no_host(address: str) -> None:
    """Raise ValueError, which pydantic turns into ours, for an address that leads to no machine."""
    try:
        parts = urlsplit(address)
        is_whole = not address or (parts.hostname and parts.port != 0)
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ValueError("its host or its port is none")


def _path_of(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _usable(folder: Path, name: str) -> Path:
    """Return `folder`, made where it is missing, or a temporary one where it takes no file."""
    with contextlib.suppress(OSError):
        # Prefect makes its own without the folders above it, and a new HOME has none of them.
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK | os.X_OK):
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
