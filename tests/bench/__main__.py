"""``python -m tests.bench [--short] [--only NAME] [--profile]`` [--check]: a JSON line a budget."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

SUBJECTS = (
    "month_page", "save_one_cell", "save_2000_cells", "dashboard", "dashboard_cold", "dashboard_with_history",
    "country_year", "country_provinces", "xlsx", "xlsx_download", "word", "former_provinces",
)  # fmt: skip


@contextmanager
def database() -> Iterator[None]:
    """A database of our own for as long as it takes, on the engine of the settings."""
    from django.db import connection

    with tempfile.TemporaryDirectory(prefix="antq-bench-") as folder:
        name = connection.settings_dict["NAME"]
        sqlite = connection.vendor == "sqlite"
        connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "db.sqlite3") if sqlite else "antq_bench"
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def main() -> int:
    """Measure what is asked for and say how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="5 rounds instead of 15")
    parser.add_argument("--only", choices=SUBJECTS, action="append", help="this subject (may be repeated)")
    parser.add_argument("--check", action="store_true", help="exit 1 where a limit is exceeded")
    parser.add_argument("--profile", action="store_true", help="profile instead of measuring")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    import django

    django.setup()
    from tests.bench import data, measure, profiling

    exceeded = False
    with database():
        world = data.make()
        for name in options.only or SUBJECTS:
            subject = import_module(f"tests.bench.{name}")
            pair = subject.pair(world)
            if options.profile:
                profiling.show(name, pair)
                continue
            ratio, value, floor = measure.side_by_side(pair, measure.SHORT if options.short else measure.ROUNDS)
            exceeded |= ratio > subject.LIMIT
            line = {"name": name, "ratio": round(ratio, 2), "limit": subject.LIMIT}
            print(json.dumps(line | {"value": round(value, 2), "floor": round(floor, 2), "unit": "ms"}), flush=True)
    return int(exceeded and options.check)


if __name__ == "__main__":
    sys.exit(main())
