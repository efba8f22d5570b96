"""A plugin of pytest: everything is loaded and the database made once, then each line is broken in a child of that process.

A break inside a function is laid over the function as it stands in memory; one that only the loading of its module would
see is left to a process of its own (``ALONE``).
"""

import gc
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from tests.mutation.lines import ROOT, Break

SECONDS = 600  # of the processor: a line that makes a test run on for ever is found, too, and a busy machine is none
SURVIVES, NOTICED, ALONE, FAILED = range(4)


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Try the tests whole, then every line; write a number for each into the file that is asked for."""
    first, *order = session.items
    session.config.hook.pytest_runtest_protocol(item=first, nextitem=order[0])  # makes the database
    lines = [None, *(Break(*one) for one in json.loads(os.environ["BROKEN_LINES"]))]
    with Path(os.environ["BROKEN_FOUND"]).open("w", buffering=1) as found:
        for one in lines:
            found.write(f"{in_a_child(session, order, one)}\n")
    return True


def in_a_child(session: pytest.Session, order: list[pytest.Item], one: Break | None) -> int:
    """Run the tests with a line broken, until one fails."""
    child = os.fork()
    if child:
        status = os.waitpid(child, 0)[1]
        return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else NOTICED
    status = FAILED
    try:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        signal.alarm(10 * SECONDS)  # where it waits for ever
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        status = ALONE if one and not laid_over(one) else FAILED
        if status != ALONE:
            status = SURVIVES if passes(session, order) else NOTICED
    finally:
        os._exit(status)


def passes(session: pytest.Session, order: list[pytest.Item]) -> bool:
    for item, following in zip(order, [*order[1:], None], strict=True):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return False
    return True


def laid_over(one: Break) -> bool:
    """Lay a break over the functions in memory; False where it is not (only) inside functions."""
    text = (ROOT / one.module).read_bytes()
    whole, broken = compile(text, "", "exec"), compile(one.broken(text), "", "exec")
    pairs = list(paired(whole, broken))
    now = {was: to for was, to in pairs if own(was) != own(to)}
    if not now or any(not was.co_flags & 0x2 for was in now):  # code of a module or a class is not a function's
        return False
    parents = {was: to for was, to in pairs if was != to and was.co_flags & 0x2}
    try:
        for function in [one for one in gc.get_objects() if type(one) is FunctionType]:  # to ask what is lazy wakes it
            if function.__code__ in parents and function.__code__.co_filename == str(ROOT / one.module):
                function.__code__ = parents[function.__code__]
    except ValueError:  # it closes over other names now
        return False
    return True


def paired(was: CodeType, to: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Every piece of code with what became of it; nothing below one that has other pieces now."""
    yield was, to
    below = [[part for part in code.co_consts if isinstance(part, CodeType)] for code in (was, to)]
    if len(below[0]) == len(below[1]):
        for one, other in zip(*below, strict=True):
            yield from paired(one, other)


def own(code: CodeType) -> CodeType:
    """A piece of code without those below it, and without the places of its words."""
    consts = tuple(part for part in code.co_consts if not isinstance(part, CodeType))
    return code.replace(co_consts=consts, co_linetable=b"")
