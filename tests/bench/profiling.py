"""Where the time goes: the functions and the queries of one subject."""

import cProfile
import pstats
import sys
from time import perf_counter

from django.db import connection

from tests.bench.measure import Pair, timed

LONGEST = 40


def show(name: str, pair: Pair) -> None:
    """Print the costliest functions of a subject, and every query of it and of its floor with its time."""
    timed(pair.value, pair.before_value)
    pair.before_value()
    with cProfile.Profile() as profile:
        pair.value()
    print(f"== {name}")
    for order in ("cumulative", "tottime"):
        pstats.Stats(profile, stream=sys.stdout).sort_stats(order).print_stats(LONGEST)
    for side, run, before in (("value", pair.value, pair.before_value), ("floor", pair.floor, pair.before_floor)):
        before()
        queries = []

        def watch(execute, sql, params, many, context, queries=queries):
            start = perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                queries.append(((perf_counter() - start) * 1000, sql))

        with connection.execute_wrapper(watch):
            whole = timed(run, lambda: None)
        spent = sum(ms for ms, _ in queries)
        print(f"-- {side}: {whole:.1f} ms, {len(queries)} queries {spent:.1f} ms (without fetching)")
        for ms, sql in queries:
            print(f"{ms:8.2f} ms  {sql[:400]}")
