"""An invented week of any size, laid out as a corpus folder: for benchmarks and for tests.

No real title, abstract or name is in it: texts are drawn from word lists with a seed, and the ids
name a thirteenth month. Sizes follow real weeks: abstracts of 700 to 1,900 characters, one to
twelve authors, some 110 papers on Hugging Face's lists from Monday to Friday, each submitted one to
five days before it was listed, so that many lie outside the week's own listing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from paperweek.model import Week
from tests.world.corpus import DEFAULT_CATEGORIES

WEEK = Week(2025, 28)
LISTED = 110


def _choices(text: str) -> list[str]:
    return text.split("|")


_FIRST = _choices("Ada|Bela|Cleo|Dario|Edda|Femi|Gita|Hana|Ivo|Jun|Kofi|Lena|Mira|Nils|Oona|Pia")
_LAST = _choices("Abend|Brook|Castor|Delmar|Eskil|Forst|Garrow|Hollis|Ister|Jansky|Kolb|Lorne")
_NAMES = _choices("Arbor|Beacon|Cairn|Delta|Ember|Fathom|Grove|Harbor|Inlet|Jetty|Kelp|Lattice")
_KINDS = _choices("Bench|Former|Flow|Gen|Net|Prompt|Search|Stack|Tune|Weave")
_FIELDS = _choices(
    "large language models|vision-language models|diffusion models|reinforcement learning agents|"
    "retrieval-augmented generation|speech recognition|video generation|code generation|"
    "robotic manipulation|mathematical reasoning|graph neural networks|federated learning|"
    "medical image segmentation|time-series forecasting|recommender systems|tool-using agents"
)
_PROBLEMS = _choices(
    "long contexts|noisy labels|distribution shift|expensive rollouts|sparse rewards|scarce data|"
    "hallucinated answers|slow decoding|memory limits|weak supervision|unsafe outputs|"
    "missing modalities|domain gaps|conflicting instructions|unstable training"
)
_MEANS = _choices(
    "a sparse routing layer|a two-stage curriculum|contrastive alignment|token pruning|"
    "a learned verifier|low-rank adapters|synthetic preference data|a shared latent memory|"
    "speculative planning|an entropy-based sampler|self-distillation|a hierarchical cache"
)
_GAINS = _choices(
    "accuracy|throughput|sample efficiency|calibration|robustness|recall|memory use|latency"
)
_SENTENCES = (
    "Recent progress in {field} is held back by {problem}.",
    "Existing methods for {field} rarely account for {problem} and {problem2}.",
    "We introduce {name}, a framework that combines {means} with {means2} for {field}.",
    "{name} treats {problem} as a scheduling question and answers it with {means}.",
    "Across {count} benchmarks, {name} improves {gain} by {points}% over the strongest baseline.",
    "An ablation shows that {means} accounts for {points}% of the gain in {gain}.",
    "We release a dataset of {thousand},000 annotated examples that covers {problem}.",
    "Unlike earlier work, {name} needs no extra labels and adds under {count}% parameters.",
    "Our analysis suggests that {problem} and {problem2} share one cause, which {means} removes.",
    "Experiments with models of {count}B parameters confirm the trend for {field}.",
    "Training takes {count} hours on one accelerator, and inference keeps its {gain}.",
    "These findings point to {means2} as a practical direction for {field}.",
)


def write_synthetic_week(
    folder: Path,
    papers: int,
    seed: int = 7,
    listed: int = LISTED,
    *,
    week: Week = WEEK,
    first: int = 0,
) -> Week:
    """Write a corpus folder with one invented week of `papers` papers; return the week.

    `listed` of them are on Hugging Face (all, where there are fewer). Their ids are numbered from
    `first`, so that a folder may hold several weeks. The same arguments write the same bytes.
    """
    dice = random.Random(seed)
    records = list(_records(dice, papers, week, first))
    home = folder / "weeks" / week.monday.isoformat()
    (home / "hf_daily").mkdir(parents=True, exist_ok=True)
    chosen = dice.sample(records, min(listed, papers))
    for number, day in enumerate(week.days[:5]):
        items = [_listed(dice, record, day) for record in chosen[number::5]]
        items.sort(key=lambda item: -int(item["paper"]["upvotes"]))
        (home / "hf_daily" / f"{day}.json").write_text(json.dumps(items), encoding="utf-8")
    with (home / "arxiv.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record) + "\n" for record in records)
    return week


def _records(dice: random.Random, papers: int, week: Week, first: int) -> Iterator[dict[str, Any]]:
    start = datetime.combine(week.monday, time(), UTC)
    for number in range(papers):
        words = _words(dice)
        published = start + timedelta(seconds=number * 5 * 86_400 // papers)
        categories = dice.sample(DEFAULT_CATEGORIES, dice.choice((1, 1, 2, 3)))
        yield {
            "id": f"2513.{first + number:05d}",
            "title": "{name}: Meeting {problem} in {field} with {means}".format(**words),
            "summary": " ".join(_abstract(dice, words)),
            "authors": [
                f"{dice.choice(_FIRST)} {dice.choice(_LAST)}" for _ in range(dice.randint(1, 12))
            ],
            "published": published.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "updated": published.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "primary_category": categories[0],
            "categories": categories,
            "comment": f"{dice.randint(8, 40)} pages, {dice.randint(2, 12)} figures",
        }


def _words(dice: random.Random) -> dict[str, object]:
    problem, problem2 = dice.sample(_PROBLEMS, 2)
    means, means2 = dice.sample(_MEANS, 2)
    return {
        "name": f"{dice.choice(_NAMES)}{dice.choice(_KINDS)}-{dice.randint(1, 99)}",
        "field": dice.choice(_FIELDS),
        "problem": problem,
        "problem2": problem2,
        "means": means,
        "means2": means2,
        "gain": dice.choice(_GAINS),
        "count": dice.randint(2, 48),
        "points": dice.randint(11, 399) / 10,
        "thousand": dice.randint(2, 900),
    }


def _abstract(dice: random.Random, words: dict[str, object]) -> Iterator[str]:
    for number in sorted(dice.sample(range(len(_SENTENCES)), dice.randint(8, len(_SENTENCES)))):
        yield _SENTENCES[number].format(**words)
    for _ in range(dice.randint(0, 6)):
        yield dice.choice(_SENTENCES).format(**_words(dice))


def _listed(dice: random.Random, record: dict[str, Any], day: date) -> dict[str, Any]:
    submitted = day - timedelta(days=dice.randint(1, 5))
    record["published"] = record["updated"] = f"{submitted}T12:00:00Z"
    votes = int(dice.paretovariate(0.9) * 3)
    comments = dice.randint(0, 9)
    return {
        "paper": {
            "id": record["id"],
            "authors": [{"name": name, "hidden": False} for name in record["authors"]],
            "title": record["title"],
            "summary": record["summary"],
            "publishedAt": record["published"].replace("Z", ".000Z"),
            "upvotes": min(votes, 900),
            "githubRepo": (
                f"https://github.com/example/{record['id']}" if dice.random() < 0.5 else None
            ),
        },
        "publishedAt": record["published"].replace("Z", ".000Z"),
        "title": record["title"],
        "summary": record["summary"],
        "numComments": comments,
        "isAuthorParticipating": dice.random() < 0.3,
    }
