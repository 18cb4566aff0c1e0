"""Which text under a title is an abstract that one may write from, and which only stands there."""

from __future__ import annotations

import re

from paperweek.text import fold

SHORTEST = 300
"""Characters, white space folded: below, a text is a remark rather than an abstract."""

_FAULTS = {
    "a bot's comment": re.compile(
        r"librarian[\s-]?bot|this is an automated message|semantic scholar api"
        r"|give a thumbs up to this comment|arxiv\s?(?:lens|explained) breakdown",
        re.IGNORECASE,
    ),
    "a note that it was withdrawn": re.compile(
        r"\W*this (?:paper|submission|article|manuscript|work) (?:has been|is|was) "
        r"(?:\w+ly )?(?:withdrawn|retracted)",
        re.IGNORECASE,
    ),
    "a summary in brief": re.compile(r"\W*tl\s?;?\s?dr\b", re.IGNORECASE),
    "a comment": re.compile(
        r"\W*(?:hi|hello|hey)(?:,|!|\s+(?:all|everyone|there|folks|authors?)\b)"
        r"|\W*(?:great|nice|cool|awesome|amazing|interesting)\s+(?:work|paper|read)\b"
        r"|\W*(?:thanks|thank you|congrat\w*|check (?:out|it)|upvote)\b"
        r"|\W*(?:we(?:'re| are) |i(?:'m| am) )?(?:\w+ )?(?:excited|happy|thrilled|proud) to \w+"
        r"|\W*(?:key (?:takeaways|points|highlights|insights)|highlights)\W*:"
        r"|@[\w-]+|[\U0001f300-\U0001faff\u2600-\u27bf]"
        r"|\W*(?:project\s?page|code|github|demo|website|video|paper|blog)\s*:?\s*https?://"
        r"|https?://",
        re.IGNORECASE,
    ),
    "markup": re.compile(
        r"#{1,6}\s|```|!\[|</?(?:p|div|h[1-6]|table|ul|ol|img|a|span|br)\b"
        r"|.*?(?:!\[[^\]]*\]\(|<(?:img|a|div|video|iframe)\s+\w+=)",
        re.IGNORECASE,
    ),
    "somebody else's words about the paper": re.compile(
        r"(?:Researchers|Scientists|The authors|A (?:research )?team|A group of researchers)"
        r" (?:at|from|of|in this paper)\s+(?:the\s+)?[A-Z(]"
        r"|(?:This|The|A|A new) (?:new )?(?:paper|work|study|research)\s+(?:from|by)\s+(?:the\s+)?"
        r"(?:[A-Z]|researchers)"
        r"|(?:New|Latest) (?:paper|research|work) (?:from|by)\s+[A-Z]"
    ),
    "a placeholder": re.compile(
        r"\W*(?:no abstract|abstract (?:not|un)\s?available|lorem ipsum|to be (?:added|announced)"
        r"|coming soon)\b",
        re.IGNORECASE,
    ),
}
"""Each is looked for at the text's beginning, except those of `_ANYWHERE`."""

_ANYWHERE = ("a bot's comment",)


def fault_of(abstract: str) -> str:
    """Return why the text can't be written from, in a few words; empty where it is an abstract.

    >>> fault_of("TL;DR: it works")
    'a summary in brief'
    >>> fault_of("We prove a bound.")
    'shorter than 300 characters'
    """
    text = fold(abstract)
    if not text:
        return "no text"
    for fault, sign in _FAULTS.items():
        if sign.search(text) if fault in _ANYWHERE else sign.match(text):
            return fault
    return "" if len(text) >= SHORTEST else f"shorter than {SHORTEST} characters"
