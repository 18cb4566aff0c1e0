"""The wheel is the whole product: it runs in an empty folder, without the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT, clean_environment

pytestmark = pytest.mark.slow

ROOMS = ("flows", "tasks", "paperweek", "templates")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as a release would."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel, and nothing of the checkout, into an environment of its own."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)
    paths = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})
    dependencies = sysconfig.get_paths()["purelib"]
    # Dependencies are shared by a path file; the editable checkout beside them is one too, and
    # path files inside a shared folder are not read.
    (Path(paths["purelib"]) / "dependencies.pth").write_text(dependencies)
    python = Path(paths["scripts"]) / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", wheel],
        check=True,
    )
    return Path(paths["scripts"]) / "paperweek"


def test_everything_but_the_tests_is_in_the_wheel(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        path.relative_to(CHECKOUT).as_posix()
        for room in ROOMS
        for path in (CHECKOUT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert expected - packed == set()
    assert {name for name in packed if name.startswith("tests/")} == set()
    assert any(name.startswith("paperweek/samples/") for name in packed)


def test_the_installed_program_publishes_the_sample_from_an_empty_folder(
    program: Path, prefect_server: Mapping[str, str], own_home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    environment = {**clean_environment(own_home), **prefect_server}

    ended = subprocess.run(
        [program, "run", "--offline", "--json"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    summary = json.loads(ended.stdout.splitlines()[-1])
    assert summary["outcome"] == "published"
    assert (folder / "blog" / summary["post_path"]).is_file()
    assert str(CHECKOUT) not in ended.stderr
