r"""Read the numbers in a text, and say whether a number has its ground in others.

A number is compared by value and unit, however it is written: `32.4\%`, `32.4 percent` and
`32.4%` are one number; so are `1.5k` and `1,500`; `3-fold`, `$3\times$` and `three times`.
Digits that belong to a name (GPT-5.4, Qwen3, COCO2017, 3D, W4A8, top-5) are no numbers here:
`paperweek.naming` looks after them. `one` and `zero` in words are pronouns as often as numbers
and are left alone; `32.4 to 40.1%` and `3.6–8.4×` give both numbers the unit of the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache

_ONES = {
    word: value
    for value, word in enumerate(
        re.findall(
            r"\w+",
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
            " fifteen sixteen seventeen eighteen nineteen",
        )
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
_SCALES = {
    "hundred": 10**2,
    "dozen": 12,
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "million": 10**6,
    "b": 10**9,
    "billion": 10**9,
    "t": 10**12,
    "trillion": 10**12,
}
_LARGEST_EXPONENT = 300
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

_NUMBER = re.compile(
    r"""
    (?P<sign> (?<![\w.,)\]%×]) [-+] )?
    (?:
        (?P<digits>
            (?<![\w^.])
            (?: \d{1,3} (?:[,\u2009\u202f]\d{3})+ (?!\d) (?:\.\d+)? | \d+ (?:\.\d+)? | \.\d+ )
            (?! \d | \.\d )
        )
        (?: e(?P<exponent>[-+]?\d{1,6})\b | \^(?P<power>-?\d{1,6})
          | \s?×\s?10\^(?P<tens>-?\d{1,6}) )?
      | (?<![\w-]) (?P<word> (?i: (?P<low> TENS_OR_ONES) (?:-(?P<unitword>ONES))?
                             | (?P<a>an?) (?= \s (?:SCALEWORDS)\b )
                             | (?P<twice>twice) | (?P<doz>dozen) )
                   (?= [\s-](?!\d) | fold | [.,;:)\]?!’'"”] | $ ) )
    )
    (?P<scale> [kKMBT] (?![A-Za-z0-9]) | [\s-]? (?i:SCALEWORDS) \b )?
    (?P<unit>
        \s?% | [\s-]? (?i: percentage[\s-]points? | percent | per\ cent | points? | pp | pts ) \b
      | \s?× (?!\s?\d) | [xX] (?![A-Za-z0-9]) | -?fold\b | [\s-]times\b
    )?
    (?! (?! (?:MEASURES)\b ) [A-Za-z_] )
    """.replace("TENS_OR_ONES", "|".join((*_TENS, *sorted(_ONES, key=len, reverse=True))))
    .replace("ONES", "|".join(list(_ONES)[1:10]))
    .replace("SCALEWORDS", "|".join(name for name in _SCALES if len(name) > 1))
    .replace(
        "MEASURES",
        "[kMGTP]i?B|[kMGT]?Hz|[munμ]?s|[kcmnμ]?m|px|fps|FPS|dB|hrs?|h|min|[kmM]?W|g|kg|pp",
    ),
    re.VERBOSE,
)
"""A number that is no part of a name, with its scale and unit; see the module's docstring."""

_LIST_MARK = re.compile(r"(?:^|[\s(;:,])\(?\d[).]$")
_NAME_BEFORE = re.compile(
    r"(?:^|[\s(\[,;/“\"'])(?=[^\s(\[,;/]*[A-Za-z])(?![\d.,]+[kKMBT]?-$)[^\s(\[,;/]+-$"
)
_JOINED = re.compile(r"\s?(?:[-–—/~]|,|(?:, )?(?:to|and|or|vs\.?|versus)|→)\s?(?:from\s)?")
_BEFORE = re.compile(
    r"""(?: (?P<most> up\ to(?:\ an?)? | as\ (?:much|many|high)\ as | at\ most | no\ more\ than
            | less\ than | fewer\ than | under | below | within | ≤ | < )
          | (?P<least> over | (?:no\ (?:less|fewer)|more|greater|higher)\ than | at\ least
            | above | exceed(?:s|ing) | beyond | ≥ | > )
          | (?P<nearly> nearly | almost | just\ under | close\ to )
          | (?P<about> about | around | roughly | approximately | approx\. | some | circa | ~ | ≈ )
        ) \s? (?:an? \ | the\ |[$€£])? (?:average\ )? $""",
    re.VERBOSE | re.IGNORECASE,
)
_LATEX = (
    (re.compile(r"\\times(?![a-zA-Z])"), "×"),
    (re.compile(r"\\(?:sim|approx|simeq)(?![a-zA-Z])"), "~"),
    (re.compile(r"\\leq?(?![a-zA-Z])"), "≤"),
    (re.compile(r"\\geq?(?![a-zA-Z])"), "≥"),
    (re.compile(r"\\(?:math|text)[a-z]*\s?\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\([%&#])"), r"\1"),
    (re.compile(r"\\[,;:! ]"), " "),
    (re.compile(r"_\{[^{}]*\}"), "_"),
    (re.compile(r"\^\s?\{\s?([-−]?\d+)\s?\}"), r"^\1"),
    (re.compile(r"[${}]"), ""),
    (re.compile(r"(?<=[×~≤≥])\s(?=\d)|(?<=\d)\s(?=×)"), ""),
)
_RAISED = re.compile(r"[⁰¹²³⁴-⁹⁻]+")


class Bound(StrEnum):
    """What the words before a number make of it."""

    EXACT = ""
    MOST = "up to"
    LEAST = "at least"
    NEARLY = "nearly"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Numeral:
    """One number of a text. Equal numbers may be written differently: compare by `key`."""

    text: str
    """As `plain` shows it, unit included."""
    value: Decimal
    unit: str
    """`%`, `×`, `points`, or empty where it counts something."""
    bound: Bound
    step: Decimal
    """The size of its last stated digit: 0.1 for 32.4, 10 for 30, 100 for 1.5k."""
    start: int
    """Where it begins in `plain` of the text."""
    end: int

    @property
    def key(self) -> tuple[Decimal, str]:
        """What two writings of the same number have in common."""
        return self.value, self.unit


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    r"""Return the text with LaTeX around numbers taken away and powers written with `^`.

    >>> plain(r"a $1.5\times$ gain, 32.4\%, 10⁵")
    'a 1.5× gain, 32.4%, 10^5'
    """
    if "\\" in text or "$" in text or "{" in text:
        for pattern, replacement in _LATEX:
            text = pattern.sub(replacement, text)
    text = _RAISED.sub(lambda raised: "^" + raised[0].translate(_SUPERSCRIPTS), text)
    return text.replace("−", "-").replace("∼", "~")


@lru_cache(maxsize=8192)
def numbers_in(text: str) -> tuple[Numeral, ...]:
    """Return the numbers that the text states, in order; list marks and names' digits are none.

    >>> [str(number.value) + number.unit for number in numbers_in("3.6–8.4× on two GPUs")]
    ['3.6×', '8.4×', '2']
    """
    text = plain(text)
    found = [
        number
        for match in _NUMBER.finditer(text)
        if not _is_list_mark(text, match)
        and not _is_in_name(text, match)
        and (number := _numeral(text, match)) is not None
    ]
    for place in range(len(found) - 2, -1, -1):
        this, following = found[place], found[place + 1]
        if not this.unit and following.unit and _JOINED.fullmatch(text[this.end : following.start]):
            found[place] = replace(this, unit=following.unit)
    return tuple(found)


def _is_in_name(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 60) : match.start()]
    return before.endswith("-") and bool(_NAME_BEFORE.search(before))


def _is_list_mark(text: str, match: re.Match[str]) -> bool:
    if not (match["digits"] or "").isdigit() or match["scale"] or match["unit"]:
        return False
    after = text[match.end() : match.end() + 1]
    if after not in {")", "."} or (after == "." and text[: match.start()].strip()):
        return False
    before = text[: match.start()]
    return bool(_LIST_MARK.search(before[-3:] + match[0] + after)) and not _closes_aside(before)


def _closes_aside(before: str) -> bool:
    """Tell whether a bracket opened before the number holds more than the number."""
    opened = before.rfind("(")
    return opened > before.rfind(")") and bool(before[opened + 1 :].strip())


def _numeral(text: str, match: re.Match[str]) -> Numeral | None:
    stated = _stated(match)
    if stated is None:
        return None
    value, step = stated
    if match["scale"]:
        factor = _SCALES[match["scale"].strip(" -").lower()]
        value, step = value * factor, step * factor
    if match["sign"] == "-":
        value = -value
    before = _BEFORE.search(text[max(0, match.start() - 40) : match.start()])
    kind = before.lastgroup if before else None
    return Numeral(
        text=match[0].strip(),
        value=value.normalize(),
        unit="×" if match["twice"] else _unit(match["unit"] or ""),
        bound=Bound[kind.upper()] if kind else Bound.EXACT,
        step=step,
        start=match.start(),
        end=match.end(),
    )


def _stated(match: re.Match[str]) -> tuple[Decimal, Decimal] | None:
    """Return the value before its scale, and the size of its last digit; None for no number."""
    if digits := match["digits"]:
        return _from_digits(digits, match)
    if match["twice"]:
        return Decimal(2), Decimal(1)
    if match["doz"]:
        return Decimal(12), Decimal(1)
    if match["a"]:
        return Decimal(1), Decimal(1)
    low = match["low"].lower()
    if low in {"one", "zero"} and not match["scale"]:
        return None
    value = _TENS.get(low, _ONES.get(low, 0)) + _ONES.get((match["unitword"] or "").lower(), 0)
    return Decimal(value), Decimal(1)


def _from_digits(digits: str, match: re.Match[str]) -> tuple[Decimal, Decimal] | None:
    digits = re.sub(r"[,\u2009\u202f]", "", digits)
    value = Decimal(digits)
    whole = digits.split(".")[0]
    step = (
        Decimal(1).scaleb(value.as_tuple().exponent)  # type: ignore[arg-type]  # finite
        if "." in digits
        else Decimal(10) ** (len(whole) - len(whole.rstrip("0")) if whole.strip("0") else 0)
    )
    exponent = match["exponent"] or match["tens"]
    largest = max((abs(int(n)) for n in (exponent, match["power"]) if n), default=0)
    if largest > _LARGEST_EXPONENT or len(digits) > _LARGEST_EXPONENT:
        return None
    if match["power"]:
        if not value:
            return None
        value = value ** int(match["power"])
        step = Decimal(1)
    elif exponent:
        value, step = value.scaleb(int(exponent)), step.scaleb(int(exponent))
    return value, step


def _unit(written: str) -> str:
    written = written.strip(" -").lower()
    if written in {"%", "percent", "per cent"}:
        return "%"
    if written in {"×", "x", "fold", "times"}:
        return "×"
    return "points" if written else ""


_NAMED_SIZE = re.compile(r"(?<=[A-Za-z0-9]-)(\d+(?:\.\d+)?)([kKMBT])(?![A-Za-z0-9])")


@lru_cache(maxsize=4096)
def _ground(text: str) -> dict[tuple[Decimal, str], tuple[Numeral, ...]]:
    ground: dict[tuple[Decimal, str], tuple[Numeral, ...]] = {}
    for number in (*numbers_in(text), *_sizes_in_names(text)):
        ground[number.key] = (*ground.get(number.key, ()), number)
    return ground


def _sizes_in_names(text: str) -> Iterator[Numeral]:
    """Yield the sizes that names carry: `Qwen3-8B` is ground for `an 8B model`."""
    for size in _NAMED_SIZE.finditer(text):
        yield from numbers_in(size[0])


_A_SINGLE = re.compile(r"\b(?:one|single)\b", re.IGNORECASE)


def supported(number: Numeral, texts: Iterable[str], statistics: Iterable[float] = ()) -> bool:
    """Tell whether the number stands in one of the texts or is one of the statistics.

    In a text it must have the same value and unit, and the same bound: `up to 40%` is no ground
    for `40%`, nor the reverse. An approximate number (`about 30%`, `nearly 30%`) may also be a
    text's exact number, rounded to its last stated digit; `over 30%` that number cut, `under
    30%` raised. A statistic may be rounded to the last digit that the sentence states, and a
    share of 0.257 is `26%` or `25.7%`.

    >>> about_30 = numbers_in("about 30% fewer tokens")[0]
    >>> supported(about_30, ["It saves 31.7% of tokens."]), supported(about_30, ["It saves 36%."])
    (True, False)
    """
    texts = tuple(texts)
    return (
        any(_stands_in(number, text) for text in texts)
        or any(_is_statistic(number, statistic) for statistic in statistics)
        or (number.key == (Decimal(1), "") and any(_A_SINGLE.search(text) for text in texts))
    )


def _stands_in(number: Numeral, text: str) -> bool:
    ground = _ground(text)
    if any(_keeps_bound(number, source) for source in ground.get(number.key, ())):
        return True
    if number.bound is Bound.EXACT:
        return False
    return any(
        _rounds_to(source.value, number)
        for same in ground.values()
        for source in same
        if source.unit == number.unit and source.bound in {Bound.EXACT, Bound.ABOUT}
    )


def _keeps_bound(number: Numeral, source: Numeral) -> bool:
    strict = {Bound.MOST, Bound.LEAST}
    if number.bound in strict or source.bound in strict:
        return number.bound is source.bound
    return True


def _rounds_to(value: Decimal, number: Numeral) -> bool:
    down, up = (
        _rounded(value, number.step, ROUND_FLOOR),
        _rounded(value, number.step, ROUND_CEILING),
    )
    match number.bound:
        case Bound.LEAST:
            return value > down == number.value
        case Bound.MOST | Bound.NEARLY:
            return value < up == number.value
        case _:
            return _rounded(value, number.step, ROUND_HALF_UP) == number.value


def _rounded(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    if abs(value) > step * 10**20:
        return value
    return (value / step).quantize(Decimal(1), rounding=rounding) * step


def _is_statistic(number: Numeral, statistic: float) -> bool:
    value = Decimal(repr(float(statistic)))
    if not value.is_finite():
        return False
    candidates = (value, value * 100) if number.unit == "%" else (value,)
    fine = min(number.step, Decimal(1))
    return any(
        _rounded(candidate, fine, ROUND_HALF_UP) == number.value
        or (number.bound is not Bound.EXACT and _rounds_to(candidate, number))
        for candidate in candidates
    )
