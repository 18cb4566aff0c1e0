"""`paperweek verify`, as a person types it."""

import json
from pathlib import Path

import pytest

import paperweek
from flows.__main__ import main
from tests.golden import GOLDEN

SNAPSHOT = Path(paperweek.__file__).parent / "samples" / "2026-W10.json"
CLEAN = GOLDEN / "2026-W10.md"
INVENTED = '### 1. **Title: "Unifying Diffusion and Generative Adversarial Networks"**'


def test_a_post_of_ours_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["verify", str(CLEAN), "--snapshot", str(SNAPSHOT)])

    assert code == 0
    assert capsys.readouterr().out.endswith("0 findings against 53 papers of 2026-W10\n")


def test_an_invented_paper_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    post = tmp_path / "2026-03-08-weekly-report.md"
    text = CLEAN.read_text(encoding="utf-8")
    post.write_text(text.replace("**Conclusion**", f"{INVENTED}\n\n**Conclusion**"), "utf-8")

    code = main(["verify", str(post), "--snapshot", str(SNAPSHOT), "--json"])

    found = json.loads(capsys.readouterr().out)
    assert code == 1
    assert not found["clean"]
    assert any("Unifying Diffusion" in finding["reason"] for finding in found["findings"])


def test_earlier_weeks_are_read_from_the_blog_that_the_post_lies_in(tmp_path: Path) -> None:
    """The last sample week speaks of movements, which only the weeks before can bear out."""
    blog = tmp_path / "blog"
    (blog / "_posts").mkdir(parents=True)
    (blog / "assets" / "weekly-report").mkdir(parents=True)
    post = blog / "_posts" / "2026-03-22-weekly-report.md"
    post.write_bytes((GOLDEN / "2026-W12.md").read_bytes())
    week = str(SNAPSHOT.with_name("2026-W12.json"))

    alone = main(["verify", str(post), "--snapshot", week])
    for data in ("2026-W10.json", "2026-W11.json"):
        (blog / "assets/weekly-report" / data).write_bytes((GOLDEN / data).read_bytes())
    beside = main(["verify", str(post), "--snapshot", week])

    assert (alone, beside) == (1, 0)


def test_a_post_that_is_not_there_is_a_wrong_argument(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["verify", str(tmp_path / "none.md"), "--snapshot", str(SNAPSHOT)])

    assert code == 2
    assert "can't be read" in capsys.readouterr().err
