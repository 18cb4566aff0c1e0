"""One language model behind one method, whoever serves it: a bounded request, a lenient reading.

What the client libraries leave open is decided here. A call has a deadline for all of it, because
their time-outs start anew with every byte. A server that does not take a schema is asked for a
tool call, then for plain JSON. `Retry-After` is believed: a short one is waited for, a long one
ends the asking. Nothing is spent beyond the purse. Whatever a library raises becomes a
`ModelFailure` in our own words, so that neither a key nor a stranger's text gets into a log.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import re
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from types import TracebackType
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

import httpx2
from genai_prices import Usage as PricedUsage
from genai_prices import calc_price
from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from pydantic_ai import exceptions
from pydantic_ai.direct import model_request
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models import (
    Model,
    ModelRequestParameters,
    create_async_httpx2_client,
    infer_model,
)
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.providers import Provider, infer_provider_class
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from paperweek.drafts import Draft
from paperweek.errors import ConfigurationError, ModelFailure
from paperweek.evidence import tokens
from paperweek.model import Kind, Usage

T = TypeVar("T")

MOST_OUT = 4_000
"""Tokens of one answer: a section needs 600, a model that thinks first some more."""
_LEAST_OUT = 300
"""With less room in the purse than this an answer would be cut off: it isn't asked for."""
_MOST_BYTES = 4 * 2**20
_MOST_TRIES = 3
_SCHEMA_TOKENS = 160
"""What the schema adds to a request."""
_MARGIN = 1.25
"""A tokenizer may count more than the characters let expect: the purse is asked for as much."""
_OPENAI = "api.openai.com"

_logger = logging.getLogger(__name__)


# What an answer is ----------------------------------------------------------------------------


def _known_kind(kind: object) -> object:
    return kind if kind in set(Kind) else Kind.PAPERS.value


def _as_list(value: object) -> object:
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


Names = Annotated[list[str], BeforeValidator(_as_list)]


class AnsweredSentence(BaseModel):
    """A sentence as a model is asked to give it."""

    text: str
    kind: Annotated[
        Literal["papers", "statistic", "judgement", "framing"], BeforeValidator(_known_kind)
    ] = "papers"
    refs: Names = Field(default_factory=list)
    statistics: Names = Field(default_factory=list)


class AnsweredSection(BaseModel):
    """The sentences of one section."""

    sentences: list[AnsweredSentence]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request."""

    drafts: tuple[Draft, ...]
    tokens_in: int
    tokens_out: int


# What it costs --------------------------------------------------------------------------------


class Purse:
    """What was spent, and what may still be: asked before each request, never overdrawn."""

    def __init__(self, model: str, *, max_tokens: int, max_cost: float | None) -> None:
        self._provider, _, self._name = model.partition(":")
        self._max_tokens, self._max_cost = max_tokens, max_cost
        self._calls = self._in = self._out = 0

    def room_for(self, tokens_in: int) -> int:
        """Return how many tokens an answer to a request of that size may have.

        Raises ModelFailure, lost, where the purse does not allow the request.
        """
        room = min(MOST_OUT, self._max_tokens - self._in - self._out - tokens_in)
        if room < _LEAST_OUT:
            raise ModelFailure(
                f"PAPERWEEK_MAX_TOKENS ({self._max_tokens:,}) does not allow it", lost=True
            )
        if self._max_cost is None:
            return room
        spent, next_one = self._price(self._in, self._out), self._price(tokens_in, 0)
        a_million = self._price(0, 1_000_000)
        if spent is None or next_one is None or a_million is None:
            raise ModelFailure(
                "its price is unknown, so PAPERWEEK_MAX_COST can't be kept", lost=True
            )
        if a_million:
            room = min(room, int((self._max_cost - spent - next_one) / a_million * 1_000_000))
        if room < _LEAST_OUT:
            raise ModelFailure(
                f"PAPERWEEK_MAX_COST ({self._max_cost:g}) does not allow it", lost=True
            )
        return room

    def spend(self, tokens_in: int, tokens_out: int) -> None:
        """Note what one request cost."""
        self._calls += 1
        self._in += tokens_in
        self._out += tokens_out

    @property
    def usage(self) -> Usage:
        """All that was spent; the price is the list price, None where it is unknown."""
        price = self._price(self._in, self._out) if self._in or self._out else 0.0
        return Usage(self._calls, self._in, self._out, price)

    def _price(self, tokens_in: int, tokens_out: int) -> float | None:
        provider = self._provider.removesuffix("-chat").removesuffix("-responses")
        used = PricedUsage(input_tokens=tokens_in, output_tokens=tokens_out)
        try:
            return float(calc_price(used, self._name, provider_id=provider).total_price)
        except (LookupError, ValueError):
            return None


# What can go wrong ----------------------------------------------------------------------------


class _What(Enum):
    SCHEMA = auto()
    """It does not take what we ask for in this form."""
    BUSY = auto()
    """The same request may succeed a little later."""
    USELESS = auto()
    """It answered, and not what was asked for."""
    OVER = auto()
    """This request failed for good."""


class _Trouble(Exception):
    def __init__(self, what: _What, said: str, wait: float | None = None) -> None:
        super().__init__(what, said, wait)
        self.what, self.said, self.wait = what, said, wait


_REFUSED_FORM = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.NOT_IMPLEMENTED,
}
_COME_AGAIN = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}


_BY_CATEGORY = (
    (exceptions.ModelContextWindowExceededError, ("the request was too long for it", False, True)),
    (exceptions.ModelQuotaExceededError, ("its quota is used up", True, False)),
)
"""What a provider said in words of its own, whatever the status."""


def _translated(error: Exception) -> Exception:
    """Return what a library raised in our own words: a status and a name, never its text."""
    for category, failure in _BY_CATEGORY:
        if isinstance(error, category):
            return ModelFailure(*failure)
    if isinstance(error, exceptions.ModelHTTPError):
        return _translated_status(error.status_code, error.retry_after)
    if isinstance(error, exceptions.ModelAPIError):
        return _Trouble(_What.BUSY, "it could not be reached", error.retry_after)
    if isinstance(error, exceptions.UserError):
        return _Trouble(_What.SCHEMA, "it does not take requests of this form")
    # UnexpectedModelBehavior, and the IndexError of an answer without choices.
    return _Trouble(_What.USELESS, f"its answer was no answer ({type(error).__name__})")


def _translated_status(status: int, retry_after: float | None) -> Exception:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return ModelFailure(f"it refused the key ({status})", lost=True)
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return ModelFailure(f"its quota is used up ({status})", lost=True)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return ModelFailure(f"the request was too long for it ({status})", too_long=True)
    if status in _REFUSED_FORM:
        return _Trouble(_What.SCHEMA, f"it refused the request ({status})")
    if status in _COME_AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _Trouble(_What.BUSY, f"it answered with the error {status}", retry_after)
    return _Trouble(_What.OVER, f"it answered with the error {status}")


# Asking ---------------------------------------------------------------------------------------


class _Form(Enum):
    """In which way an answer of our shape is asked for, the strictest first."""

    NATIVE = "native"
    TOOL = "tool"
    TEXT = "text"


class ModelClient:
    """A model for one run. Use it as a context: it owns a thread and its connections."""

    def __init__(
        self,
        model: str,
        purse: Purse,
        *,
        call_seconds: float,
        run_seconds: float,
        pause_seconds: float = 1.0,
    ) -> None:
        """Prepare the model; asks nobody. Raises ConfigurationError where it can't be had.

        A call is given up after `call_seconds`, all calls together after `run_seconds`; before
        another try there is a pause of `pause_seconds`, doubled each time.
        """
        self._http = create_async_httpx2_client()
        self._http.event_hooks["response"].append(_cap)
        self._model = build_model(model, self._http)
        self._purse = purse
        self._call_seconds, self._pause_seconds = call_seconds, pause_seconds
        self._until = time.monotonic() + run_seconds
        self._form = _Form.NATIVE
        self._loop = asyncio.new_event_loop()
        # A daemon: a library that hangs in its own clean-up must not keep the process alive.
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._run(self._http.aclose(), self._pause_seconds)
        except (TimeoutError, CancelledError, OSError, RuntimeError):
            _logger.debug("A connection could not be closed.")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(self._pause_seconds)
        if not self._thread.is_alive():
            self._loop.close()

    def ask(self, instructions: str, request: str) -> Answer:
        """Return the answer to the request.

        Raises ModelFailure: after the deadline, where the purse is empty, for whatever the server
        does instead of answering, and for an answer of another form.
        """
        tries, form = 0, self._form
        while True:
            try:
                answer = self._once(instructions, request, form)
            except _Trouble as trouble:
                if trouble.what is _What.SCHEMA and (easier := _easier(form)):
                    _logger.info("The model refused the %s form of answer", form.value)
                    form = self._form = easier
                    continue
                tries += 1
                if trouble.what is _What.OVER or tries >= _tries(trouble.what):
                    raise ModelFailure(
                        trouble.said, trouble.what in {_What.BUSY, _What.SCHEMA}
                    ) from trouble
                if trouble.what is _What.USELESS:
                    form = _Form.TEXT
                else:
                    self._wait(trouble, tries)
            else:
                return answer

    def _once(self, instructions: str, request: str, form: _Form) -> Answer:
        estimate = tokens(instructions) + tokens(request) + _SCHEMA_TOKENS
        room = self._purse.room_for(int(estimate * _MARGIN))
        seconds = min(self._call_seconds, self._until - time.monotonic())
        if seconds <= 0:
            raise ModelFailure("the time for writing is over", lost=True)
        call = model_request(
            self._model,
            [ModelRequest.user_text_prompt(request, instructions=instructions)],
            model_settings=ModelSettings(max_tokens=room, max_retries=0),
            model_request_parameters=_parameters(form),
        )
        try:
            response = self._run(call, seconds)
        except (TimeoutError, CancelledError):
            self._purse.spend(estimate, 0)
            raise ModelFailure(f"no answer came within {seconds:.0f} seconds") from None
        except Exception as error:  # noqa: BLE001 - the edge: libraries raise whatever they like
            translated = _translated(error)
            useless = isinstance(translated, _Trouble) and translated.what is _What.USELESS
            self._purse.spend(estimate if useless else 0, 0)
            _logger.debug("The model's library raised %s", type(error).__name__)
            raise translated from None
        return self._read(response, estimate)

    def _read(self, response: ModelResponse, estimate: int) -> Answer:
        text = "\n".join(_texts(response))
        tokens_in = _counted(response.usage.input_tokens) or estimate
        tokens_out = _counted(response.usage.output_tokens) or tokens(text)
        self._purse.spend(tokens_in, tokens_out)
        if response.finish_reason == "content_filter":
            raise _Trouble(_What.OVER, "it refused to answer")
        if response.finish_reason == "length":
            raise ModelFailure("its answer was cut off", too_long=True)
        if (drafts := read_drafts(text)) is None:
            raise _Trouble(_What.USELESS, "its answer had not the form asked for")
        return Answer(drafts, tokens_in, tokens_out)

    def _wait(self, trouble: _Trouble, tries: int) -> None:
        """Wait as long as the server asks, or raise ModelFailure where that is too long."""
        pause = self._pause_seconds * 2 ** (tries - 1)
        seconds = max(trouble.wait, 0.0) if trouble.wait is not None else pause
        if seconds > self._call_seconds or time.monotonic() + seconds > self._until:
            raise ModelFailure(f"{trouble.said} and asked for {seconds:,.0f} s of pause", lost=True)
        time.sleep(seconds)

    def _run(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        """Return what the coroutine returns; cut it off after the seconds, whatever it does."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result(seconds)
        except TimeoutError:
            future.cancel()
            raise


def _tries(what: _What) -> int:
    return 2 if what is _What.USELESS else 1 if what is _What.SCHEMA else _MOST_TRIES


def _easier(form: _Form) -> _Form | None:
    forms = list(_Form)
    return next(iter(forms[forms.index(form) + 1 :]), None)


def _parameters(form: _Form) -> ModelRequestParameters:
    schema = AnsweredSection.model_json_schema()
    about = "The sentences of the section."
    if form is _Form.NATIVE:
        return ModelRequestParameters(
            output_mode="native",
            output_object=OutputObjectDefinition(schema, "section", about, strict=True),
        )
    if form is _Form.TOOL:
        tool = ToolDefinition(
            name="section", description=about, parameters_json_schema=schema, kind="output"
        )
        return ModelRequestParameters(
            output_mode="tool", output_tools=[tool], allow_text_output=False
        )
    return ModelRequestParameters()


# Reading an answer ----------------------------------------------------------------------------


def read_drafts(text: str) -> tuple[Draft, ...] | None:
    """Return the sentences of an answer that holds JSON of our shape, prose around it or not.

    A sentence that has another shape is passed over; None where there is no such JSON at all.

    >>> read_drafts('Sure: {"sentences": [{"text": "A.", "refs": "P01"}]}')[0].refs
    ('P01',)
    """
    listed = _sentences_in(text)
    return None if listed is None else tuple(_drafts(listed))


def _drafts(listed: list[object]) -> Iterator[Draft]:
    for said in listed:
        try:
            sentence = AnsweredSentence.model_validate(said)
        except ValidationError:
            continue
        yield Draft(sentence.text, sentence.kind, tuple(sentence.refs), tuple(sentence.statistics))


def _sentences_in(text: str) -> list[object] | None:
    """Return the first list of sentences in the text, bare or in an object."""
    decoder = json.JSONDecoder()
    for start in re.finditer(r"[{\[]", text):
        try:
            value, _ = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            value = value.get("sentences")
        elif not value:
            continue
        if isinstance(value, list) and all(isinstance(said, dict) for said in value):
            return value
    return None


def _texts(response: ModelResponse) -> Iterator[str]:
    for part in response.parts:
        if isinstance(part, ToolCallPart):
            yield part.args_as_json_str()
        elif isinstance(part, TextPart):
            yield part.content


def _counted(reported: object) -> int:
    """Return a provider's count, 0 where it is none."""
    return reported if isinstance(reported, int) and 0 < reported < 10**8 else 0


async def _cap(response: httpx2.Response) -> None:
    """Let no answer grow beyond `_MOST_BYTES`, however fast it comes."""
    response.stream = _Capped(response.stream)


class _Capped(httpx2.AsyncByteStream):
    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - httpx2 types it as two things
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > _MOST_BYTES:
                raise httpx2.DecodingError("the answer is too large")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


# Building -------------------------------------------------------------------------------------


def build_model(name: str, http: httpx2.AsyncClient | None = None) -> Model:
    """Return the model that `provider:name` means, with the provider's own key and address.

    `openai:` speaks the responses API with OpenAI itself and chat completions with any other
    address, because few others know the responses API. Asks nobody. Raises ConfigurationError.
    """

    def provider_of(kind: str) -> Provider[Any]:
        provider_class: Any = infer_provider_class(kind)
        if http and "http_client" in inspect.signature(provider_class.__init__).parameters:
            return provider_class(http_client=http)  # type: ignore[no-any-return]
        return provider_class()  # type: ignore[no-any-return]

    kind, _, model = name.partition(":")
    if not kind or not model:
        raise ConfigurationError(
            "PAPERWEEK_MODEL",
            name,
            "it is not of the form provider:name",
            "Write provider and model, such as openai:gpt-4o-mini or anthropic:claude-haiku-4-5.",
        )
    try:
        provider = provider_of(kind)
        if kind == "openai":
            host = urlsplit(provider.base_url).hostname or ""
            kind = "openai-responses" if _is_openai(host) else "openai-chat"
        return infer_model(f"{kind}:{model}", lambda _: provider)
    except ImportError as error:
        raise _unusable(name, "the library of its provider is not installed") from error
    except exceptions.UserError as error:
        wanted = re.search(r"`([A-Z][A-Z0-9_]+)`", str(error))
        problem = f"{wanted[1]} is not set" if wanted else "its provider does not know it"
        raise _unusable(name, problem) from None
    except Exception as error:  # noqa: BLE001 - the edge: libraries raise whatever they like
        raise _unusable(name, f"it can't be set up ({type(error).__name__})") from None


def _is_openai(host: str) -> bool:
    return host == _OPENAI or host.endswith(f".{_OPENAI}")


def _unusable(name: str, problem: str) -> ConfigurationError:
    return ConfigurationError(
        "PAPERWEEK_MODEL",
        name,
        problem,
        "Set the provider's own variables, or PAPERWEEK_WRITER=extractive to write without it.",
    )
