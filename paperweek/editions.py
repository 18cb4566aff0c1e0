"""Which week a run is about. Pure: today comes from the flow, the weeks at hand from the wiring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from paperweek.errors import ConfigurationError, FutureWeek
from paperweek.model import Week


def choose_week(
    asked: str, today: date, at_hand: Sequence[Week] = (), *, preview: bool = False
) -> Week:
    """Return the week that was asked for, else the newest that is complete.

    `asked`: a label, a day, or nothing. `today`: in the owner's zone. `at_hand`: the only weeks
    there are (the sample's, or a snapshot's); empty where the sources know any week.
    Raises ConfigurationError for what is no week or not at hand, and FutureWeek for one whose
    Sunday lies ahead, unless it is for a preview.
    """
    newest = max(at_hand) if at_hand else Week.ending_by(today)
    week = Week.parse(asked) if asked else newest
    if at_hand and week not in at_hand:
        labels = ", ".join(w.label for w in sorted(at_hand))
        raise ConfigurationError(
            "week", week.label, f"at hand are only {labels}", f"Ask for one of {labels}."
        )
    if week.sunday > today and not preview:
        raise FutureWeek(week.label, f"its Sunday, {week.sunday}, lies ahead")
    return week
