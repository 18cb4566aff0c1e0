"""`paperweek preview`, as a person types it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flows.__main__ import main
from paperweek.model import Post, Week
from paperweek.previewing import page_of


def test_the_sample_becomes_a_page_and_nothing_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    code = main(["preview", "2026-W11", "--offline", "--out", "page.html"])

    page = (tmp_path / "page.html").read_text()
    assert (code, capsys.readouterr().out) == (0, "page.html\n")
    assert page.startswith("<!DOCTYPE html>")
    assert "<strong>Executive Summary</strong>" in page
    assert page.count("<table>") == 1
    assert not (tmp_path / "blog").exists()


def test_a_tag_in_a_strangers_text_shows_as_itself() -> None:
    post = Post(
        Week(2025, 5), "p.md", "A <b>title</b>", "---\nx: y\n---\n<script>x</script>\n", "d", ""
    )

    page = page_of(post)

    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<h1>A &lt;b&gt;title&lt;/b&gt;</h1>" in page


def test_prefect_is_not_imported(tmp_path: Path) -> None:
    code = (
        "import sys, flows.__main__ as m; m.main(['preview', '--offline']);"
        "print('prefect' in sys.modules)"
    )

    said = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    page, imported = said.stdout.splitlines()
    assert Path(page).name == "2026-W12.html"
    assert imported == "False"


def test_a_page_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    assert main(["preview", "--offline", "--out", str(tmp_path / "file" / "p.html")]) == 2
    assert "can't be written" in capsys.readouterr().err
