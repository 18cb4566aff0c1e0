"""Settings are read once, and a wrong one is named without showing a secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from paperweek.errors import ConfigurationError
from paperweek.settings import Settings, misspelled, prepare_prefect, variable


@pytest.fixture(autouse=True)
def _empty_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_machine_that_knows_nothing_of_us_has_valid_settings() -> None:
    settings = Settings.from_environment()

    assert (settings.blog, settings.timezone, settings.arxiv_delay_seconds) == ("blog", "UTC", 3.0)
    assert settings.categories == ("cs.AI", "cs.CL", "cs.CV", "cs.LG")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAPERWEEK_CATEGORIES", "cs.AI; <script>"),
        ("PAPERWEEK_CATEGORIES", ","),
        ("PAPERWEEK_TIMEZONE", "Mars/Olympus"),
        ("PAPERWEEK_TIMEZONE", "../../etc/passwd"),
        ("PAPERWEEK_PAPERS_PER_REPORT", "many"),
        ("PAPERWEEK_PAPERS_PER_REPORT", "0"),
        ("PAPERWEEK_WRITER", "poet"),
        ("PAPERWEEK_ARXIV_URL", "export.arxiv.org/api/query"),
        ("PAPERWEEK_ARXIV_DELAY_SECONDS", "0.5"),
        ("PAPERWEEK_ARXIV_DELAY_SECONDS", "nan"),
        ("PAPERWEEK_REQUEST_SECONDS", "-1"),
        ("PAPERWEEK_SOURCE_SECONDS", "inf"),
        ("PAPERWEEK_POST_PATH", "_posts/report.md"),
        ("PAPERWEEK_POST_PATH", "/{date}.md"),
        ("PAPERWEEK_POST_PATH", "../{date}.md"),
        ("PAPERWEEK_POST_PATH", "{date.year}.md"),
        ("PAPERWEEK_POST_PATH", "{nothing}.md"),
        ("PAPERWEEK_POST_PATH", "{date.__class__}.md"),
        ("PAPERWEEK_POST_PATH", "{date!r}.md"),
        ("PAPERWEEK_POST_PATH", "{date:>20}.md"),
        ("PAPERWEEK_POST_PATH", ".git/{date}.md"),
        ("PAPERWEEK_POST_PATH", "_posts/.{date}.md"),
        ("PAPERWEEK_POST_PATH", "_posts//{date}.md"),
        ("PAPERWEEK_POST_PATH", "_posts/{date}"),
        ("PAPERWEEK_BLOG", "https://[::1/x"),
        ("PAPERWEEK_BLOG", "https:///x"),
        ("PAPERWEEK_BLOG", "ssh://git@127.0.0.1:99999/x"),
        ("PAPERWEEK_SITE_URL", "https://127.0.0.1:port"),
        ("PAPERWEEK_GITHUB_API", "https://:443"),
        ("PAPERWEEK_ARXIV_URL", "http://127.0.0.1:0/api/query"),
        ("PAPERWEEK_SLACK_WEBHOOK_URL", "http://127.0.0.1:65536/T0"),
        ("HF_ENDPOINT", "http://[::1"),
        ("PAPERWEEK_SITE_URL", "javascript:alert(1)"),
        ("PAPERWEEK_CONTACT", "me@example.org\r\nX-Evil: 1"),
        ("HF_ENDPOINT", "huggingface.co"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigurationError) as caught:
        Settings.from_environment()

    assert caught.value.name == name
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_value_of_a_wrong_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERWEEK_SLACK_WEBHOOK_URL", "hooks.example/T0/B0/geheim")

    with pytest.raises(ConfigurationError) as caught:
        Settings.from_environment()

    assert caught.value.name == "PAPERWEEK_SLACK_WEBHOOK_URL"
    assert "geheim" not in f"{caught.value!r} {caught.value} {caught.value.hint}"


def test_secrets_show_as_stars_and_are_taken_out_of_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERWEEK_BLOG_TOKEN", "to/ken")
    monkeypatch.setenv("PAPERWEEK_SLACK_WEBHOOK_URL", "https://hooks.example/T0/B0/geheim")
    settings = Settings.from_environment()

    said = settings.redact(
        "to/ken to%2Fken https://hooks.example/T0/B0/geheim POST /T0/B0/geheim https://u:p@git.x/y"
    )

    assert "to/ken" not in repr(settings)
    assert "geheim" not in repr(settings)
    assert said == "*** *** *** POST *** https://***@git.x/y"


def test_a_pause_below_three_seconds_is_for_other_hosts_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PAPERWEEK_ARXIV_DELAY_SECONDS", "0")
    monkeypatch.setenv("PAPERWEEK_ARXIV_URL", "http://127.0.0.1:1/api/query")

    assert Settings.from_environment().arxiv_delay_seconds == 0

    monkeypatch.setenv("PAPERWEEK_ARXIV_URL", "https://ARXIV.org/api/query")
    with pytest.raises(ConfigurationError, match="at least 3 seconds"):
        Settings.from_environment()


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        "PAPERWEEK_TIMEZONE=Asia/Tokyo\nPAPERWEEK_CONTACT=file\nHF_ENDPOINT=http://127.0.0.1:9\n"
        "SOMEBODY_ELSE=1\n"
    )
    monkeypatch.setenv("PAPERWEEK_CONTACT", "environment")

    settings = Settings.from_environment()

    assert (settings.timezone, settings.contact, settings.hf_endpoint) == (
        "Asia/Tokyo",
        "environment",
        "http://127.0.0.1:9",
    )


def test_a_file_that_is_no_text_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00PAPER")

    with pytest.raises(ConfigurationError, match="cannot be read"):
        Settings.from_environment()


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERWEEK_SLACK_WEBHOOK_URL", "")
    monkeypatch.setenv("PAPERWEEK_TIMEZONE", "")

    assert Settings.from_environment().slack_webhook_url is None
    assert Settings.from_environment().timezone == "UTC"


def test_a_variable_that_resembles_a_setting_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERWEEK_TIME_ZONE", "UTC")
    monkeypatch.setenv("PAPERWEEK_CORPUS", "elsewhere")

    assert misspelled() == (("PAPERWEEK_TIME_ZONE", "PAPERWEEK_TIMEZONE"),)


def test_what_the_user_set_for_prefect_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "true")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    home = os.environ["PREFECT_HOME"]

    said = prepare_prefect(debug=False)

    assert said == "the server of PREFECT_API_URL"
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "true"
    assert int(os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"]) >= 120
    assert os.environ["PREFECT_HOME"] == home


def test_prefect_gets_a_home_of_its_own_only_where_the_users_takes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_HOME")
    prepare_prefect(debug=False)
    assert "PREFECT_HOME" not in os.environ

    no_folder = tmp_path / "a-file"
    no_folder.touch()
    monkeypatch.setenv("HOME", str(no_folder))
    prepare_prefect(debug=False)
    assert Path(os.environ["PREFECT_HOME"]).parent.is_dir()
    monkeypatch.delenv("PREFECT_HOME")


def test_a_home_that_is_not_there_yet_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "people" / "new"))

    prepare_prefect(debug=False)

    assert "PREFECT_HOME" not in os.environ
    assert (tmp_path / "people" / "new" / ".prefect").is_dir()


def test_a_secret_that_looks_like_a_broken_address_is_still_taken_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "http://[geheim")

    assert Settings.from_environment().redact("the key is http://[geheim") == "the key is ***"


def test_every_setting_has_a_variable_and_a_description() -> None:
    for field, told in Settings.model_fields.items():
        expected = "HF_ENDPOINT" if field == "hf_endpoint" else f"PAPERWEEK_{field.upper()}"
        assert variable(field) == expected
        assert told.description, field
