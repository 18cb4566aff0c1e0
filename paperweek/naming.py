"""Find the names in a text, tell where a name stands, and say what a paper calls its own work.

A name is a quoted title, a coined spelling (CamelCase, ACRONYM, letters with digits) or words
written with capitals inside a sentence. Names are compared by letters and digits alone, so that
`R$^3$-Bench`, `R³-Bench` and `R3 Bench` are one name, while `GPT-4` and `GPT-4.1` are two.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from paperweek.model import Paper
from paperweek.text import readable

_QUOTED = re.compile(r"“([^“”]{2,300})”|\"([^\"]{2,300})\"|(?<!\w)‘([^‘’]{2,300})’(?!\w)")
_TOKEN = re.compile(r"[^\W_](?:[\w^+]|[-.&’'‑](?=[\w]))*\+*")
_POSSESSIVE = re.compile(r"['’]s?$")
_STARTS_AFTER = re.compile(r"(?:^|[.!?:;—]|[-*•]|\d[.)])\s*[\"'“‘(\[]*$")
_MEASURED = re.compile(
    r"[-+~]?[\d.,^]+(?:[kKMBT]|[xX]|[kMGTP]i?B|[kMGT]?Hz|[munμ]?s|[kcmnμ]?m|px|fps|FPS|dB|hrs?|h|min"
    r"|[kM]?W|kg|g|e-?\d+)?s?(?:-[a-z]+)*"
)
_PLAIN_CAPITAL = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]+(?:['’][a-z]+)?")
_LOWER_PARTS = re.compile(r"^(?:[a-z]{2,}-)+(?=[^\d])|(?:-[a-z]{2,})+$")

COMMON_NAMES = frozenset(
    {
        *("ai", "ml", "llm", "llms", "gpu", "gpus", "cpu", "cpus", "api", "apis", "pdf", "url"),
        *("nlp", "arxiv", "huggingface", "github", "id", "ids", "us", "uk", "eu", "ok", "vs"),
        *("january", "february", "march", "april", "may", "june", "july", "august"),
        *("september", "october", "november", "december", "monday", "tuesday", "wednesday"),
        *("thursday", "friday", "saturday", "sunday"),
    }
)
"""Names, as `key` writes them, that everybody may use without a paper: they claim nothing."""


@lru_cache(maxsize=16384)
def key(name: str) -> str:
    """Return the letters and digits by which two spellings of a name are compared.

    >>> key("R³-Bench") == key("R^3 bench"), key("GPT-4.1")
    (True, 'gpt4.1')
    """
    return _spelled(name).letters


@dataclass(frozen=True, slots=True)
class _Spelled:
    letters: str
    starts: frozenset[int]
    ends: frozenset[int]


@lru_cache(maxsize=8192)
def _spelled(text: str) -> _Spelled:
    """Return the text's letters and digits run together, and where its words begin and end."""
    text = unicodedata.normalize("NFKC", text).casefold()
    letters: list[str] = []
    length = 0
    starts, ends = set(), set()
    for word in re.finditer(r"[^\W_]+(?:\.(?=\d)(?<=\d\.)[^\W_]+)*(?:\++(?!\w))?", text):
        starts.add(length)
        letters.append(word[0])
        length += len(word[0])
        ends.add(length)
    return _Spelled("".join(letters), frozenset(starts), frozenset(ends))


def stands_in(name: str, text: str) -> bool:
    """Tell whether the name occurs in the text as whole words, plural or not; no letters, no name.

    >>> stands_in("GPT-4", "We ask GPT-4.1."), stands_in("VLMs", "a vision-language model (VLM)")
    (False, True)
    """
    wanted, spelled = key(name), _spelled(text)
    if not wanted:
        return False
    forms = (wanted, wanted.removesuffix("s")) if len(wanted) > 2 else (wanted,)  # noqa: PLR2004 - "us"
    return any(_occurs(form, spelled) for form in forms)


def _occurs(wanted: str, spelled: _Spelled) -> bool:
    place = spelled.letters.find(wanted)
    while place >= 0:
        end = place + len(wanted)
        if place in spelled.starts and (
            end in spelled.ends
            or (spelled.letters[end : end + 1] == "s" and end + 1 in spelled.ends)
        ):
            return True
        place = spelled.letters.find(wanted, place + 1)
    return False


def quotations_in(text: str) -> tuple[str, ...]:
    """Return what stands in double or typographic quotation marks, in order, without the marks."""
    return tuple(next(filter(None, quoted.groups())).strip() for quoted in _QUOTED.finditer(text))


@lru_cache(maxsize=8192)
def names_in(text: str) -> tuple[str, ...]:
    """Return the names in the text, in order, each once; a quotation with a capital is one name.

    The first word of a sentence is a name only where its spelling is coined, because any word
    has a capital there.

    >>> names_in("With Qwen3-8B, the Visual Feature Pyramid of RIHA beats GRPO-style training.")
    ('Qwen3-8B', 'Visual Feature Pyramid', 'RIHA', 'GRPO')
    """
    found: list[str] = []

    def quoted_name(quoted: re.Match[str]) -> str:
        inner = next(filter(None, quoted.groups())).strip().rstrip(".,;:!?")
        if re.search(r"[^\W\d_]", inner) and inner != inner.lower():
            found.append(inner)
            return ", " + " " * len(quoted[0])
        return quoted[0]

    text = _QUOTED.sub(quoted_name, text)
    run: list[str] = []
    last_end = -2
    for match in _TOKEN.finditer(text):
        name = _name(match, text)
        joined = match.start() == last_end + 1 and text[last_end] == " "
        if run and not (name and joined):
            found.append(" ".join(run))
            run = []
        if name:
            run.append(name)
        last_end = match.end() if name and match[0].endswith(name) else -2
    if run:
        found.append(" ".join(run))
    return tuple(dict.fromkeys(found))


def _name(match: re.Match[str], text: str) -> str:
    """Return the part of a token that is a name, or nothing."""
    token = _POSSESSIVE.sub("", match[0])
    if _MEASURED.fullmatch(token):
        return ""
    name = _LOWER_PARTS.sub("", token)
    if is_coined(name):
        return name
    if (
        len(name) > 1
        and all(_PLAIN_CAPITAL.fullmatch(part) or part.islower() for part in name.split("-"))
        and name[0].isupper()
        and not _STARTS_AFTER.search(text[max(0, match.start() - 6) : match.start()])
    ):
        return name
    return ""


def is_coined(word: str) -> bool:
    """Tell whether nobody writes the word so unless it is a name: CamelCase, ACRONYM, digits.

    >>> [is_coined(word) for word in ("CodeElo", "LLMs", "top-5", "Gemini", "4-bit", "Self-Play")]
    [True, True, True, False, False, False]
    """
    if _MEASURED.fullmatch(word) or len(word) < 2:  # noqa: PLR2004 - a letter is no name
        return False
    if any(c.isdigit() for c in word):
        return any(c.isalpha() for c in word)
    return any(_has_inner_capital(part) for part in re.split(r"[-.&’'‑]", word)) or (
        "." not in word and sum(c.isupper() for c in word) > 1 and word.isupper()
    )


def _has_inner_capital(part: str) -> bool:
    return any(c.isupper() for c in part[1:])


_INTRODUCES = re.compile(
    r"\b(?:(?:introduc|present|propos|develop|releas|describ|design|construct|build|creat|formaliz"
    r"|formulat|deriv|implement)(?:e|es|s|ing|)|built|call(?:ed)?|named?|dub(?:bed)?|term(?:ed)?)\s+"
    r"(?:(?:a|an|the|our|this|it|as|method|framework|model|benchmark|dataset|approach|system|novel|new"
    r"|named|called|dubbed|termed|simple|unified)\s+){0,4}[\"“'‘]?"
    r"(?P<name>[^\W_][\w^+.-]*[\w+](?:\s[A-Z0-9][\w^+.-]*[\w+]){0,6})[\"”'’]?"
    r"(?:\s?\((?P<short>[^\W_][\w^+.-]*[\w+])[,)])?"
)
_SPELLED_OUT = re.compile(r"((?:[\w-]+\s){1,8})\((?P<short>[A-Za-z][\w^+.-]*[A-Z0-9][\w^+.-]*)[,)]")
_NOT_ITS_OWN = re.compile(
    r"(?:.*-)?(?:guided|aware|based|driven|supervised|efficient|free|agnostic|centric|level|style|shot"
    r"|adaptive|grounded|augmented|enhanced|conditioned|time|trained|oriented|specific|wise|like"
    r"|powered|derived|induced|free|assisted|generated|native|as-a-judge)",
    re.IGNORECASE,
)
_FIELD_TERMS = frozenset(
    {
        *(
            "ai",
            "ml",
            "llm",
            "llms",
            "vlm",
            "vlms",
            "mllm",
            "mllms",
            "lvlm",
            "lvlms",
            "vla",
            "vlas",
        ),
        *("rl", "rlhf", "rlvr", "sft", "dpo", "ppo", "grpo", "gan", "gans", "cnn", "cnns", "rnn"),
        *("gnn", "gnns", "vit", "vits", "dit", "dits", "moe", "moes", "rag", "cot", "nlp", "ocr"),
        *("asr", "tts", "vqa", "qa", "mri", "ct", "eeg", "ecg", "gpu", "gpus", "cpu", "api", "3d"),
        *(
            "2d",
            "4d",
            "6d",
            "3dgs",
            "nerf",
            "nerfs",
            "lora",
            "clip",
            "bert",
            "gpt",
            "kv",
            "ui",
            "gui",
        ),
        *(
            "iot",
            "uav",
            "uavs",
            "ehr",
            "slam",
            "mcts",
            "mcp",
            "svm",
            "lstm",
            "kl",
            "ood",
            "id",
            "us",
        ),
        *(
            "eu",
            "covid19",
            "dnn",
            "dnns",
            "ann",
            "snn",
            "snns",
            "mlp",
            "mlps",
            "dllm",
            "dllms",
            "slm",
        ),
        *(
            "slms",
            "lrm",
            "lrms",
            "t2i",
            "t2v",
            "i2v",
            "hci",
            "xai",
            "agi",
            "gpt4",
            "gpt4o",
            "chatgpt",
        ),
        *(
            "iid",
            "noniid",
            "rgb",
            "rgbd",
            "sar",
            "gps",
            "lidar",
            "bev",
            "pde",
            "pdes",
            "ode",
            "mdp",
        ),
        *(
            "mu",
            "pomdp",
            "vae",
            "vaes",
            "pinn",
            "pinns",
            "ssm",
            "ssms",
            "mamba",
            "opd",
            "llmasajudge",
        ),
    }
)
_VERSION = re.compile(r"[vV]?\d[\d.]*|[IVX]+")
_LONGEST_TITLE_NAME = 3
_LONGEST_NAME = 40


@lru_cache(maxsize=8192)
def own_name(paper: Paper) -> str:
    """Return the short name that the paper gives its own work; empty where it gives none.

    It stands before the title's colon in at most three words and is coined or used in the
    abstract, or it is what the abstract says that its authors introduce. Descriptions (`X-Guided`,
    `Self-Supervised`) and terms of the field are refused. The name stands in the title or in the
    readable abstract as it is returned.

    >>> own_name(Paper("2501.00001", "RIHA: Report-Image Hierarchical Alignment"))
    'RIHA'
    """
    title, abstract = readable(paper.title), readable(paper.abstract[:4000])
    before, colon, after = title.partition(":")
    if not colon:
        before, colon, after = title.partition(" – ")
    if colon and after.strip():
        for candidate in (before.strip(), before.strip(" \"“”'‘’")):
            if _names_work(candidate, abstract):
                return candidate
        if spelled := _SPELLED_OUT.search(before + " "):
            return spelled["short"] if _is_fit(spelled["short"]) else ""
    return _introduced(abstract)


def _names_work(candidate: str, abstract: str) -> bool:
    words = candidate.split()
    if not 1 <= len(words) <= _LONGEST_TITLE_NAME or not _is_fit(candidate):
        return False
    if is_coined(candidate) if len(words) == 1 else _VERSION.fullmatch(words[-1]):
        return True
    return re.search(rf"(?<![\w-]){re.escape(candidate)}(?![\w-])", abstract) is not None and any(
        is_coined(word) or len(words) > 1 or word in _introduced_names(abstract) for word in words
    )


def _introduced(abstract: str) -> str:
    for name in _introduced_names(abstract):
        if " " not in name and is_coined(name) and _is_fit(name):
            return name
    return ""


def _introduced_names(abstract: str) -> tuple[str, ...]:
    """Return what the abstract's own verbs of making are followed by, in order."""
    found = []
    for made in _INTRODUCES.finditer(abstract):
        short, name = made["short"], made["name"].rstrip(".")
        if short and (is_coined(short) and not is_coined(name.partition(" ")[0])):
            found.append(short)
        found.append(name)
    return tuple(found)


def _is_fit(name: str) -> bool:
    words = name.split()
    first = name.partition("-")[0]
    return (
        1 < len(name) <= _LONGEST_NAME
        and not (first.isascii() and first.islower() and len(first) > 2)  # noqa: PLR2004 - `s1-32B`
        and not name.endswith("?")
        and not name.islower()
        and key(name) not in _FIELD_TERMS
        and not _NOT_ITS_OWN.fullmatch(words[-1])
        and not _NOT_ITS_OWN.fullmatch(words[0])
    )
