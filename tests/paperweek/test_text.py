import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperweek.text import fold, readable, sentences


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(text) == fold(fold(text))


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    assert readable(text) == fold(readable(text))


@given(st.text(alphabet="abcA.?! ()1e.g"))
def test_cutting_into_sentences_loses_no_word(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"$1.5\times$ faster", "1.5× faster"),
        (r"gains of 32.4\%", "gains of 32.4%"),
        (r"$\sim$5 hours", "∼5 hours"),
        (r"from $5 to $10", "from $5 to $10"),
        (r"\textbf{Lantern}: \emph{a} study", "Lantern: a study"),
        ("``soft'' labels", "“soft” labels"),
        (r"$\tau_0$ and $O(n^2)$", "τ₀ and O(n²)"),
        (r"$O(\log n)$ of $n^{2-\epsilon}$ at $90^{\circ}$", "O(log n) of n^(2-ϵ) at 90°"),
        ("**bold** and [a link](https://example.org/x)", "bold and a link"),
        ("see <b>this</b>, not <T5>", "see this, not <T5>"),
        (r"2{,}000 steps on a 24\,GB card \cite{knuth}", "2,000 steps on a 24 GB card"),
        ("human--object and v~1.5", "human–object and v 1.5"),
        ("right\u202eto\u200bleft", "righttoleft"),
        ("an \U000e0069\U000e0067order\u2062 unseen", "an order unseen"),
        (r"G\"odel and Erd\H{o}s", "Gödel and Erdős"),
        ("A &amp; B", "A & B"),
    ],
)
def test_markup_is_read_as_its_reader_sees_it(written: str, read: str) -> None:
    assert readable(written) == read


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We ask why. It helps.", 2),
        ("It helps, e.g. Models of size 7B. Then it stops.", 2),
        ("Two parts: (1) A reader. It reads. (2) A writer. Both are small.", 4),
        ("It gains 3.5 points. On A vs. B it does not.", 2),
        ("A schedule.A study follows.", 2),
        ("Smith et al. Found it first.", 1),
        ("No stop at the end", 1),
        (r"It helps. \textbf{Our results} last. \href{https://example.org}{It} ends.", 3),
        ("It runs fast. iFormer runs faster, e.g. mRNA-like. b-Tree runs too.", 3),
        ("Она идёт. Élan follows.", 2),
        ("The authors of “Cut Losses! Learning to Prune” prune. It helps.", 2),
        (f"A “forgotten mark. {'It goes on. ' * 40}", 17),
        ("", 0),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, count: int) -> None:
    assert len(sentences(text)) == count
