"""When, and in what order: the flow and the command line.

`tasks` and `paperweek` are looked for where Python starts, before the place where they were
installed. Started inside another project that has a `tasks/` of its own, a run would take the
stranger's; this guard says so instead.
"""

from importlib.util import find_spec
from pathlib import Path

_HOME = Path(__file__).resolve().parent.parent

for _name in ("tasks", "paperweek", "templates"):
    _spec = find_spec(_name)
    _found = Path(_spec.origin).resolve().parent if _spec and _spec.origin else None
    if _found != _HOME / _name:
        raise ImportError(
            f"Python finds {_name!r} in {_found}, but paperweek's own is {_HOME / _name}. "
            "Start in another folder, or keep one project to an environment."
        )
