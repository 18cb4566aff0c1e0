"""A flow that does nothing, started like the report's: what it costs is Prefect's own."""

from __future__ import annotations

from flows.__main__ import never_collected
from paperweek.settings import prepare_prefect


def main() -> None:
    """Run it on the server that PREFECT_API_URL names, or on Prefect's embedded one."""
    prepare_prefect(debug=False)
    with never_collected():
        from prefect import flow  # noqa: PLC0415 -- it reads what was prepared

    @flow(name="nothing", persist_result=False)
    def nothing() -> None:
        """Do nothing."""

    nothing()


if __name__ == "__main__":
    main()
