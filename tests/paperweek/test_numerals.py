"""Numbers are read by what they say, not by how they are written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperweek.numerals import Bound, numbers_in, supported


def keys(text: str) -> list[tuple[Decimal, str]]:
    return [number.key for number in numbers_in(text)]


def is_supported(stated: str, *texts: str, statistics: tuple[float, ...] = ()) -> bool:
    numbers = numbers_in(stated)
    assert numbers, f"the example {stated!r} holds no number"
    return all(supported(number, texts, statistics) for number in numbers)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"saves 32.4\% of tokens", "saves 32.4% of tokens"),
        ("32.4 percent", "32.4 %"),
        ("32.4 per cent", "32.4%"),
        (r"$1.5\times$ faster", "1.5× faster"),
        ("1.5x", "1.5 times"),
        ("threefold", "3×"),
        ("10-fold", "ten-fold"),
        ("twice as fast", "2× as fast"),
        ("1.5k", "1,500"),
        ("6.4 million images", "6,400,000 images"),
        ("97.3M", "97.3 million"),
        ("a hundred tasks", "100 tasks"),
        ("a dozen tasks", "12 tasks"),
        ("twenty-one tasks", "21 tasks"),
        ("three-stage training", "3-stage training"),
        ("10⁵ samples", "$10^{5}$ samples"),
        ("$10^{5}$", "100,000"),
        ("2×10^4", "20k"),
        ("1e-4", "0.0001"),
        ("− 3.2".replace(" ", ""), "-3.2"),
        ("9.98 and 14.81 points", "9.98 points and 14.81 points"),
        ("3.6–8.4×", "3.6× to 8.4×"),
        ("from 27.5 to 45.0%", "from 27.5% to 45%"),
        ("7B/13B", "7 billion and 13 billion"),
    ],
)
def test_two_writings_of_a_number_are_one_number(one: str, other: str) -> None:
    assert keys(one)
    assert keys(one) == keys(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("40%", "40"),
        ("40%", "40×"),
        ("40%", "40 points"),
        ("4.0", "40"),
        ("1.5k", "1.5M"),
        ("-3.2", "3.2"),
        ("10^5", "105"),
    ],
)
def test_other_numbers_stay_apart(one: str, other: str) -> None:
    assert keys(one) != keys(other)


@pytest.mark.parametrize(
    "text",
    [
        "GPT-5.4",
        "Qwen3-30A3B",
        "COCO2017",
        "3D and 2D",
        "top-5",
        "W4A8",
        "R^2",
        "v1.0",
        "version 2.1.3",
        "x_{10}",
        "one of them, zero-shot",
        "hundreds of papers",
        "the first and the 2nd",
    ],
)
def test_digits_of_names_and_vague_words_are_no_numbers(text: str) -> None:
    assert keys(text) == []


def test_list_marks_are_no_numbers() -> None:
    assert keys("(1) it plans, (2) it acts; 3) it learns on 12 tasks (4 of them new)") == [
        (Decimal(12), ""),
        (Decimal(4), ""),
    ]


def test_both_sides_of_a_product_count() -> None:
    assert keys("256×512 pixels") == [(Decimal(256), ""), (Decimal(512), "")]


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("up to 40%", Bound.MOST),
        ("up to an 8× gain", Bound.MOST),
        (r"$\leq 5$", Bound.MOST),
        ("less than 30%", Bound.MOST),
        ("more than 5×", Bound.LEAST),
        ("at least 5", Bound.LEAST),
        ("nearly 30%", Bound.NEARLY),
        (r"$\sim$30%", Bound.ABOUT),
        ("a 30% gain", Bound.EXACT),
    ],
)
def test_the_words_before_a_number_bound_it(text: str, bound: Bound) -> None:
    assert numbers_in(text)[0].bound is bound


@pytest.mark.parametrize(
    ("stated", "source"),
    [
        ("gains 32.4%", r"We gain 32.4\%."),
        ("about 30% less", "31.7% less"),
        ("nearly 30% less", "29.2% less"),
        ("over 30% less", "31.7% less"),
        ("under 40% less", "31.7% less"),
        ("up to 40%", "as much as 40%"),
        ("an 8B model", "We train Qwen3-8B."),
        ("1 epoch", "in one epoch"),
        ("three tasks", "3 tasks"),
    ],
)
def test_a_number_is_supported_by_its_source(stated: str, source: str) -> None:
    assert is_supported(stated, "Nothing here.", source)


@pytest.mark.parametrize(
    ("stated", "source"),
    [
        ("gains 32.5%", "gains 32.4%"),
        ("gains 32%", "gains 32.4%"),
        ("about 30% less", "36% less"),
        ("nearly 30% less", "31.7% less"),
        ("over 40% less", "31.7% less"),
        ("40%", "up to 40%"),
        ("up to 40%", "40%"),
        ("at least 40%", "up to 40%"),
        ("3 times faster", "3% faster"),
        ("an 80B model", "We train Qwen3-8B."),
        ("three tasks", "GPT-3 on tasks"),
    ],
)
def test_a_number_is_not_supported_by_another(stated: str, source: str) -> None:
    assert not is_supported(stated, source)


@pytest.mark.parametrize(
    ("stated", "statistic"),
    [("26%", 0.257), ("25.7%", 0.257), ("26%", 25.7), ("39 papers", 39.0), ("2.1×", 2.07)],
)
def test_a_statistic_may_be_rounded_as_stated(stated: str, statistic: float) -> None:
    assert is_supported(stated, statistics=(statistic,))


@pytest.mark.parametrize(
    ("stated", "statistic"),
    [("27%", 0.257), ("40 papers", 39.0), ("30 papers", 26.0), ("26%", float("nan"))],
)
def test_a_statistic_supports_no_other_number(stated: str, statistic: float) -> None:
    assert not is_supported(stated, statistics=(statistic,))


def test_a_monstrous_power_is_left_alone() -> None:
    assert keys("9^999999 and " + "7" * 5000) == []


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(["", "%", "×"]))
def test_a_number_is_read_as_it_was_written(value: Decimal, unit: str) -> None:
    assert keys(f"reaches {value:,}{unit} here") == [(value.normalize(), unit)]


@given(st.integers(2, 10**6), st.integers(2, 10**6), st.sampled_from(["%", "×", " tasks"]))
def test_a_whole_number_supports_itself_alone(one: int, other: int, unit: str) -> None:
    assert is_supported(f"{one}{unit}", f"It is {other}{unit}.") == (one == other)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    for number in numbers_in(text):
        assert supported(number, (text,))
