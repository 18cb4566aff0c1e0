from tests.golden import GOLDEN, files, posts

AGAIN = "the posts differ from tests/golden: read `git diff` after `python -m tests.golden`"


def test_the_samples_posts_are_those_that_were_read_and_kept() -> None:
    expected = {path: text for post in posts() for path, text in files(post).items()}

    kept = {path: path.read_text(encoding="utf-8") for path in GOLDEN.iterdir()}

    assert kept == expected, AGAIN
