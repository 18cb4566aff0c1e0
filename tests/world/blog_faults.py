"""What can go wrong with a blog's repository, its host and the working copy of it."""

from __future__ import annotations

import functools
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Barrier

from paperweek.errors import BlogForbidden, BlogUnreachable, BlogUnusable, PublishingError
from paperweek.model import Week
from tests.paperweek.kept_blog import git, old_post
from tests.world.git_server import GitServer, bare_repository
from tests.world.publishing_fault import Owed, PublishingFault, later
from tests.world.publishing_world import (
    EARLIER,
    SECOND_LOOK,
    SLUG,
    WEEK,
    End,
    World,
    changed,
    hurried,
)
from tests.world.wire import Break

Spoil = Callable[[World], AbstractContextManager[None]]

PATH = f"_posts/{WEEK.sunday}-weekly-report.md"
ALWAYS = 10_000
HASTE_SECONDS = 2.0
"""For blogs that never answer: how long a call may take before it is given up."""
DISK = "3m"


def blog_faults() -> Sequence[PublishingFault]:
    """Return them all: of those who push at once, the host, SSH, the copy, disks and persons."""
    return [
        PublishingFault("a blog as it should be", calm, Owed.PUBLISHED),
        PublishingFault("a blog behind HTTPS as it should be", calm, Owed.PUBLISHED, on="http"),
        *_at_once(),
        *_refusing(),
        *_host(),
        *_ssh(),
        *_working_copy(),
        *_disks(),
        *_odd_trees(),
        *_persons(),
    ]


@contextmanager
def calm(_: World) -> Iterator[None]:
    """Spoil nothing."""
    yield


# Others who push


def _at_once() -> Sequence[PublishingFault]:
    eight = tuple(Week(2025, number) for number in range(1, 9))
    return [
        PublishingFault("somebody pushes in between, once", pushed_between(1), Owed.PUBLISHED),
        PublishingFault("somebody pushes in between, 3 times", pushed_between(3), Owed.PUBLISHED),
        PublishingFault(
            "somebody pushes in between, always",
            pushed_between(ALWAYS),
            Owed.NAMED,
            BlogUnreachable,
        ),
        PublishingFault(
            "eight publishers at once, of eight weeks",
            calm,
            Owed.PUBLISHED,
            runs=lambda it: at_once(it, eight),
            weeks=eight,
        ),
        PublishingFault(
            "four publishers at once, of the same week",
            calm,
            Owed.PUBLISHED,
            runs=lambda it: at_once(it, [WEEK] * 4),
        ),
        PublishingFault(
            "four runs at once on one machine, of the same week",
            calm,
            Owed.PUBLISHED,
            runs=lambda it: at_once(it, [WEEK] * 4, machines=1),
        ),
        PublishingFault(
            "two machines at once, over HTTP",
            calm,
            Owed.PUBLISHED,
            on="http",
            runs=lambda it: at_once(it, [WEEK] * 2),
        ),
        PublishingFault(
            "two machines at once, the first commit of an empty blog",
            emptied,
            Owed.PUBLISHED,
            runs=lambda it: at_once(it, [WEEK] * 2),
        ),
    ]


def at_once(it: World, weeks: Sequence[Week], machines: int = 0) -> Sequence[End]:
    """Start as many runs as there are weeks in the same moment, each on a machine of its own."""
    start = Barrier(len(weeks))

    def run(number: int, week: Week) -> End:
        start.wait()
        return it.run(week, machine=str(number % (machines or len(weeks))))

    with ThreadPoolExecutor(len(weeks)) as pool:
        return list(pool.map(run, range(len(weeks)), weeks))


def pushed_between(times: int) -> Spoil:
    """Let a person be faster `times` times, between our look and our push."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        count, pushed = it.folder / "count", it.folder / "pushed"
        count.write_text("0")
        pushed.touch()
        person = f'git -C "{it.kept.person}" -c user.name="A Person" -c user.email=p@example.org'
        hook = it.hook(
            "pre-receive",
            f"""
            case "$(cat)" in *refs/heads/*) ;; *) exit 0 ;; esac
            n=$(cat {count})
            if [ -n "$A_PERSON" ] || [ "$n" -ge {times} ]; then exit 0; fi
            export A_PERSON=1
            echo $((n + 1)) >{count}
            unset GIT_DIR GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY
            unset GIT_ALTERNATE_OBJECT_DIRECTORIES
            {person} commit --quiet --allow-empty -m "In between $n"
            {person} push --quiet origin main && {person} rev-parse HEAD >>{pushed}
            """,
        )
        if times == ALWAYS:
            with hurried(it, HASTE_SECONDS):
                yield
        else:
            yield
        hook.unlink()
        it.persons += pushed.read_text().split()
        if times not in {ALWAYS, len(pushed.read_text().split())}:
            it.complaints.append("nobody pushed in between")

    return spoil


# Those who decline


def _refusing() -> Sequence[PublishingFault]:
    protected = (
        "GH006: Protected branch update failed for refs/heads/main. Changes must be made through "
        "a pull request."
    )
    return [
        PublishingFault(
            "a pre-receive hook declines",
            hooked("pre-receive", "echo 'No reports on Sundays.' >&2; exit 1"),
            Owed.NAMED,
            BlogForbidden,
            "No reports on Sundays.*rules or hooks",
        ),
        PublishingFault(
            "a protected branch",
            hooked("update", f"echo 'error: {protected}' >&2; exit 1"),
            Owed.NAMED,
            BlogForbidden,
            "GH006.*Let the bot push",
            on="http",
        ),
        PublishingFault(
            "the branch is missing", missing_branch, Owed.NAMED, BlogUnusable, "it has main"
        ),
        PublishingFault("an empty repository", emptied, Owed.PUBLISHED),
        PublishingFault(
            "the branch stays locked in the repository",
            locked_branch,
            Owed.NAMED,
            BlogUnreachable,
        ),
    ]


def hooked(name: str, script: str) -> Spoil:
    """Let a hook of the blog decide on its branches."""
    at = '[ -n "$1" ] || set -- "$(cat)"\ncase "$1" in *refs/heads/*) ;; *) exit 0 ;; esac\n'

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        file = it.hook(name, at + script)
        yield
        file.unlink()

    return spoil


@contextmanager
def missing_branch(it: World) -> Iterator[None]:
    """Publish on a branch that is not there."""
    with changed(it, blog_branch="gh-pages"):
        yield


@contextmanager
def emptied(it: World) -> Iterator[None]:
    """Let the blog have no commit yet."""
    git(it.bare, "update-ref", "-d", "refs/heads/main")
    it.persons.clear()
    yield


@contextmanager
def locked_branch(it: World) -> Iterator[None]:
    """Leave the lock of a push that died in the blog's repository."""
    lock = it.bare / "refs/heads/main.lock"
    lock.touch()
    with hurried(it, HASTE_SECONDS):
        yield
    lock.unlink()


# The host


def _host() -> Sequence[PublishingFault]:
    http = functools.partial(PublishingFault, on="http")
    in_trouble = [
        *(
            http(f"the host: {status} twice", answering([status] * 2), Owed.PUBLISHED)
            for status in (500, 502)
        ),
        *(
            http(
                f"the host: {status} always",
                answering([status] * ALWAYS),
                Owed.NAMED,
                BlogUnreachable,
                str(status),
            )
            for status in (500, 502)
        ),
    ]
    refusing = [
        http("a wrong token (401)", set_to(blog_token="ghp_wrong"), Owed.NAMED, BlogForbidden),
        http("a token that may only read (403)", read_only, Owed.NAMED, BlogForbidden, "403"),
        http("no such repository (404)", moved_away, Owed.NAMED, BlogUnusable, "PAPERWEEK_BLOG"),
        http("a redirect to another host, the token stays", redirected, Owed.NAMED),
        http("no token (401), and programs that ask and wait", asking, Owed.NAMED, BlogForbidden),
    ]
    breaking = [
        http("the host never answers", broken(b"GET /", Break.SILENT), Owed.NAMED, BlogUnreachable),
        http(
            "the host never answers a push",
            broken(PUSH, Break.SILENT),
            Owed.NAMED,
            BlogUnreachable,
        ),
        http(
            "the connection breaks twice when the blog is asked",
            broken(b"GET /", Break.BEFORE, 2),
            Owed.PUBLISHED,
        ),
        http(
            "the connection breaks in mid push, nothing arrived",
            broken(PUSH, Break.BEFORE, 1),
            Owed.PUBLISHED,
        ),
        http(
            "the connection breaks in mid push, it arrived",
            broken(PUSH, Break.AFTER, 1),
            Owed.PUBLISHED,
        ),
        http(
            "the push arrived, then the host is gone and nobody can ask",
            arrived_and_gone,
            Owed.UNKNOWN,
            BlogUnreachable,
        ),
        http(
            "nobody listens there",
            set_to(blog=f"http://127.0.0.1:9/{SLUG}.git"),
            Owed.NAMED,
            BlogUnreachable,
        ),
    ]
    return [*refusing, *in_trouble, *breaking]


PUSH = b"POST /me/blog.git/git-receive-pack"


def set_to(**settings: object) -> Spoil:
    """Set a run to something else."""
    return lambda it: changed(it, **settings)


def answering(statuses: Sequence[int]) -> Spoil:
    """Let the host answer with these before git is asked at all."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        it.host.answers = list(statuses)
        yield
        if len(statuses) - len(it.host.answers) < min(len(statuses), 2):
            it.complaints.append("no request met the fault")
        it.host.answers = []

    return spoil


@contextmanager
def read_only(it: World) -> Iterator[None]:
    """Let the token read and not write."""
    it.host.refuse_push = True
    yield
    it.host.refuse_push = False


@contextmanager
def moved_away(it: World) -> Iterator[None]:
    """Take the repository from its address."""
    aside = it.bare.rename(it.bare.with_name("aside.git"))
    # What the judge looks at is what lies there.
    bare_repository(it.bare)
    with changed(it, blog=f"{it.wire.url}/me/nothing.git"):
        yield
    shutil.rmtree(it.bare)
    aside.rename(it.bare)


@contextmanager
def redirected(it: World) -> Iterator[None]:
    """Send every request to a stranger, who must not hear the token."""
    with GitServer(it.folder / "srv", token="another") as stranger:
        it.host.redirect_to = stranger.url
        yield
        it.host.redirect_to = ""
        if not stranger.requests:
            it.complaints.append("no request met the fault")
        if stranger.credentials:
            it.complaints.append("the stranger was given the token")


@contextmanager
def asking(it: World) -> Iterator[None]:
    """Offer every program that would ask a person for a password, and wait for ever."""
    seen, program = it.folder / "asked", it.folder / "ask"
    program.write_text(f"#!/bin/sh\ntouch {seen}\nsleep 600\n")
    program.chmod(0o700)
    names = ("GIT_ASKPASS", "SSH_ASKPASS")
    before = {name: os.environ.get(name) for name in names}
    os.environ |= dict.fromkeys(names, str(program))
    with changed(it, blog_token=None):
        yield
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})
    if seen.exists():
        it.complaints.append("somebody was asked for a password")


def broken(words: bytes, how: Break, times: int = ALWAYS) -> Spoil:
    """Break the wire to the host at requests that hold the words."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        it.wire.words, it.wire.how, it.wire.times = words, how, times
        if how is Break.SILENT:
            with hurried(it, HASTE_SECONDS):
                yield
        else:
            yield
        if it.wire.broken < min(times, 1) and how is not Break.SILENT:
            it.complaints.append("no request met the fault")
        it.wire.times = 0

    return spoil


@contextmanager
def arrived_and_gone(it: World) -> Iterator[None]:
    """Lose the answer to a push, and all that is asked after it."""
    gone = it.folder / "gone"
    hook = it.hook("post-receive", f"touch {gone}")
    it.wire.words, it.wire.how, it.wire.times = PUSH, Break.AFTER, 1
    it.host.is_gone = gone.exists
    yield
    if not gone.exists():
        it.complaints.append("no push arrived")
    it.host.is_gone = bool
    hook.unlink()


# SSH


def _ssh() -> Sequence[PublishingFault]:
    ssh = functools.partial(PublishingFault, on="ssh")
    return [
        ssh("SSH with the right key", calm, Owed.PUBLISHED),
        ssh("SSH with a wrong key", wrong_key, Owed.NAMED, BlogForbidden, "deploy key"),
        ssh("SSH, the host's key is unknown", strange_host, Owed.NAMED, BlogForbidden, "host key"),
    ]


@contextmanager
def wrong_key(it: World) -> Iterator[None]:
    """Come with a key that the host does not know."""
    with changed(it, ssh_key=it.sshd.strange_key):
        yield


@contextmanager
def strange_host(it: World) -> Iterator[None]:
    """Forget the host's key."""
    nobody = it.folder / "nobody"
    nobody.touch()
    with changed(it, ssh_known_hosts=nobody):
        yield


# The working copy


def _working_copy() -> Sequence[PublishingFault]:
    locks = ("index.lock", "refs/remotes/origin/main.lock")
    damages: Mapping[str, Callable[[Path], object]] = {
        **{f"a stale {name}": _lock(name) for name in locks},
        "half a clone, no HEAD": lambda clone: (clone / "HEAD").unlink(),
        "half a clone, an empty object": _empty_an_object,
        "a clone of another repository": _put_another_there,
    }
    return [
        PublishingFault(f"the working copy: {name}", damaged(damage), Owed.PUBLISHED)
        for name, damage in damages.items()
    ]


def damaged(damage: Callable[[Path], object]) -> Spoil:
    """Publish the week before, then damage the working copy; a push waits to be fetched."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        it.run(EARLIER)
        it.by_hand({"about.md": "Us.\n"})
        damage(it.clone())
        yield

    return spoil


def _lock(name: str) -> Callable[[Path], object]:
    def damage(clone: Path) -> None:
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).touch()

    return damage


def _empty_an_object(clone: Path) -> None:
    loose = [file for file in clone.glob("objects/??/*") if file.is_file()]
    for file in loose:
        file.chmod(0o644)
        file.write_bytes(b"")


def _put_another_there(clone: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        git(Path(folder), "init", "--quiet", "--initial-branch=main", "other")
        other = Path(folder, "other")
        git(other, "commit", "--quiet", "--allow-empty", "-m", "Another's")
        shutil.rmtree(clone)
        git(Path(folder), "clone", "--quiet", "--bare", str(other), str(clone))
        tip = git(other, "rev-parse", "main")
        git(clone, "update-ref", "refs/remotes/origin/main", tip)


# Disks


def _disks() -> Sequence[PublishingFault]:
    return [
        PublishingFault(
            "the cache can't be written",
            unwritable_cache,
            Owed.NAMED,
            BlogUnusable,
            "PAPERWEEK_CACHE_DIR",
            missing=lambda: why_no_mount() if os.getuid() == 0 else "",
        ),
        PublishingFault(
            "the cache's disk is full from the start",
            full_cache(0),
            Owed.NAMED,
            BlogUnusable,
            "Make room",
            missing=why_no_mount,
        ),
        PublishingFault(
            "the cache's disk fills up on the way",
            full_cache(28),
            Owed.NAMED,
            BlogUnusable,
            "Make room",
            missing=why_no_mount,
        ),
        PublishingFault(
            "the disk of the blog's host is full",
            full_remote,
            Owed.NAMED,
            PublishingError,
            "full|No space",
            missing=why_no_mount,
        ),
        PublishingFault(
            "no file may grow beyond 300 bytes (ulimit -f)",
            limited,
            Owed.NAMED,
            BlogUnusable,
            "Make room.*ulimit -f",
        ),
    ]


@functools.cache
def why_no_mount() -> str:
    """Return why no small disk can be mounted here; empty where one can."""
    if os.getuid() != 0:
        return "only root can mount a small disk"
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run([*_MOUNT, folder], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return "no disk can be mounted here"
        _unmount(Path(folder))
    return ""


_MOUNT = ("mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs")


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", "-l", str(folder)], check=True, capture_output=True)


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """Mount a small disk there until the block ends."""
    folder.mkdir(exist_ok=True)
    subprocess.run([*_MOUNT, str(folder)], check=True, capture_output=True)
    try:
        yield
    finally:
        _unmount(folder)


def fill(folder: Path, room: int) -> None:
    """Fill the disk up to `room` KiB."""
    with (folder / "filler").open("wb") as file:
        left = os.statvfs(folder)
        size = left.f_bavail * left.f_frsize - room * 1024
        os.posix_fallocate(file.fileno(), 0, size)


@contextmanager
def unwritable_cache(it: World) -> Iterator[None]:
    """Let the cache be read only."""
    cache = it.cache()
    cache.mkdir()
    if os.getuid() == 0:
        with mounted(cache):
            subprocess.run(["mount", "-o", "remount,ro", str(cache)], check=True)
            yield
    else:
        cache.chmod(0o555)
        yield
        cache.chmod(0o755)


def full_cache(room: int) -> Spoil:
    """Let `room` KiB be free for the cache."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        with mounted(it.cache()):
            fill(it.cache(), room)
            yield

    return spoil


@contextmanager
def full_remote(it: World) -> Iterator[None]:
    """Let nothing be free where the blog lies."""
    kept = it.folder / "kept.git"
    shutil.copytree(it.bare, kept)
    with mounted(it.bare):
        shutil.copytree(kept, it.bare, dirs_exist_ok=True)
        fill(it.bare, 0)
        yield
        (it.bare / "filler").unlink()
        shutil.rmtree(kept)
        shutil.copytree(it.bare, kept)
    shutil.rmtree(it.bare)
    kept.rename(it.bare)


@contextmanager
def limited(it: World) -> Iterator[None]:
    """Let no file of this process, and of those it starts, grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# Trees that hold odd things


def _odd_trees() -> Sequence[PublishingFault]:
    return [
        PublishingFault(
            f"{place} is a link to elsewhere",
            linked(place),
            Owed.NAMED,
            BlogUnusable,
            f"{place} in it is a link.*Make {place} a plain folder",
        )
        for place in ("_posts", "assets/weekly-report")
    ] + [
        PublishingFault(
            "_posts is a file",
            with_files({"_posts": "A file.\n"}),
            Owed.NAMED,
            BlogUnusable,
            "Make _posts a plain folder",
        )
    ]


def linked(place: str) -> Spoil:
    """Let a folder of the blog be a link to somewhere else."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        outside = it.folder / "outside"
        outside.mkdir()
        link = it.kept.person / place
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(outside)
        it.by_hand({})
        yield
        link.unlink()
        it.by_hand({})
        if list(outside.iterdir()):
            it.complaints.append("it was written through the link")

    return spoil


def with_files(files: Mapping[str, str]) -> Spoil:
    """Let a person have put these files into the blog, and take them away in the end."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        it.by_hand(files)
        yield
        it.by_hand(dict.fromkeys(files))

    return spoil


# Persons


def _persons() -> Sequence[PublishingFault]:
    stays = functools.partial(PublishingFault, owed=Owed.STAYS, runs=also_rewriting)
    ours = functools.partial(stays, says=r"git checkout \w+ -- _posts/")
    titled = old_post("Weekly Report - January 27 to February 02, 2025", "2025-02-01")
    return [
        ours("a person edited the post", touched({PATH: "In my own words.\n"})),
        ours("a person deleted the post", touched({PATH: None})),
        ours("a person's program reformatted the post", reformatted),
        stays(
            "a person squashed our commit, its trailers kept",
            squashed(keeps_trailers=True),
            runs=one_look,
        ),
        stays(
            "a person squashed our commit, its trailers lost",
            squashed(keeps_trailers=False),
            commits=0,
        ),
        stays("a person pushed by force a history without the post", without_the_post, commits=0),
        PublishingFault(
            "a person pushed by force a history that never held the week",
            without_the_week,
            Owed.PUBLISHED,
        ),
        PublishingFault(
            "a person pushed by force another history than we knew", other_history, Owed.PUBLISHED
        ),
        stays(
            "a person wrote about the week under another name",
            with_files_that_stay({"_posts/2025-02-01-our-week.md": titled}),
            commits=0,
            notices=0,
        ),
        stays(
            "a person wrote about the week under our name",
            with_files_that_stay({PATH: "Written by hand.\n"}),
            commits=0,
            notices=0,
        ),
    ]


def one_look(it: World) -> Sequence[End]:
    """Run the week once, later."""
    return [later(it)]


def also_rewriting(it: World) -> Sequence[End]:
    """Run the week, and run it to rewrite the post; each must find a person's hand."""
    ends = [later(it), it.run(rewrite=True, later=SECOND_LOOK)]
    if not all(end.summary.human_edited for end in ends):
        it.complaints.append("it does not see a person's hand")
    return ends


def touched(files: Mapping[str, str | None]) -> Spoil:
    """Let a person change what we published, and take our words back as the summary says."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        it.run()
        it.by_hand(files)
        yield
        _assert_stands(it, files)
        _take_back(it)

    return spoil


def _assert_stands(it: World, files: Mapping[str, str | None]) -> None:
    for path, text in files.items():
        if it.kept.file(path) != (text or ""):
            it.complaints.append(f"{path} is not as the person left it")


def _take_back(it: World) -> None:
    """Do what the last summary told a person to do, and see that the post is ours again."""
    command = it.ends[-1].summary.hint.partition("git ")[2].partition(",")[0]
    if not command:
        it.complaints.append("it does not tell the way back")
        return
    git(it.kept.person, "pull", "--quiet", "origin", "main")
    git(it.kept.person, *command.split())
    it.by_hand({})
    if it.run(later=SECOND_LOOK).summary.human_edited:
        it.complaints.append("the way back that it tells leads nowhere")


@contextmanager
def reformatted(it: World) -> Iterator[None]:
    """Let a person's program fold the post's white space."""
    it.run()
    text = it.kept.file(PATH).replace("\n\n", "\n\n\n")
    with touched({PATH: text})(it):
        yield


def squashed(*, keeps_trailers: bool) -> Spoil:
    """Let a person make one commit of all, and push it by force."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        it.run()
        words = git(it.bare, "log", "-1", "--format=%B", "main") if keeps_trailers else ""
        person = it.kept.person
        git(person, "fetch", "--quiet", "origin")
        git(person, "reset", "--quiet", "--hard", "origin/main")
        git(person, "reset", "--quiet", "--soft", it.persons[0])
        git(person, "commit", "--quiet", "-m", f"Squashed (#7)\n\n{words}")
        git(person, "push", "--quiet", "--force", "origin", "main")
        it.remember_person()
        yield

    return spoil


@contextmanager
def without_the_post(it: World) -> Iterator[None]:
    """Let a person start over with all files but our post."""
    it.run()
    git(it.kept.person, "pull", "--quiet", "origin", "main")
    git(it.kept.person, "rm", "--quiet", PATH)
    _start_over(it)
    yield


@contextmanager
def without_the_week(it: World) -> Iterator[None]:
    """Let a person start over before us: nothing in the blog tells that we were there."""
    it.run()
    it.slack.posted.clear()
    _start_over(it)
    yield


@contextmanager
def other_history(it: World) -> Iterator[None]:
    """Let our working copy know a history that is no longer there."""
    it.run(EARLIER)
    it.wants.clear()
    _start_over(it)
    yield


def _start_over(it: World) -> None:
    person = it.kept.person
    git(person, "checkout", "--quiet", "--orphan", "fresh")
    git(person, "commit", "--quiet", "-m", "Start over")
    git(person, "push", "--quiet", "--force", "origin", "fresh:main")
    it.persons.clear()
    it.remember_person()


def with_files_that_stay(files: Mapping[str, str]) -> Spoil:
    """Let a person have written these files."""

    @contextmanager
    def spoil(it: World) -> Iterator[None]:
        it.by_hand(files)
        yield
        _assert_stands(it, files)

    return spoil
