"""Two lists of acts on the same places at the same moment, on PostgreSQL: one waits for the other and then sees it.

Each list stops after its first step until the other has taken one too or waits for a lock, so that whatever may cross
does; SQLite has one writer at a time.
"""

import json

import pytest

from tests.databases import empty_database, environment, manage, on_postgres

pytestmark = pytest.mark.skipif(not on_postgres(), reason="SQLite has one writer at a time")

AT_ONCE = """
import json
from datetime import UTC, datetime
from threading import Event, Thread

from django.db import connection, connections

from communes.models import Commune, Hamlet, HamletSuccession, UnitSuccession
from communes.refusals import Refused
from models_registry import rounds
from models_registry.arranging.lines import ArrangedLine
from models_registry.catalogues import load_registry_catalogues
from models_registry.importing import runs
from models_registry.models import Award
from reports.catalogue import load_catalogues
from reports.review import arranging
from tests import factories as f
from tests.conftest import cast_of_characters

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
load_registry_catalogues()
load_catalogues()
cast = cast_of_characters()
told = {}


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def crossed(name, *lists):
    begun, said = [Event() for _ in lists], [""] * len(lists)
    first = [True] * len(lists)

    def run(place, carry_out):
        def step(what):
            if not first[place]:
                return
            first[place] = False
            begun[place].set()
            while not all(one.is_set() for one in begun) and not somebody_waits():
                begun[1 - place].wait(0.02)

        try:
            carry_out(step)
            said[place] = "done"
        except Refused:
            said[place] = "refused"
        except Exception as error:
            said[place] = type(error).__name__
        finally:
            begun[place].set()
            connections.close_all()

    threads = [Thread(target=run, args=one) for one in enumerate(lists)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told[name] = sorted(said)


def listed(*rows):
    return [rounds.ListedLine(row, *one, "1/NQ", "01/03/2026") for row, one in enumerate(rows, 2)]


def round_of(by, *rows):
    return lambda tell: rounds.apply(listed(*rows), by=by, now=NOW, tell=tell)


def arranged(*rows):
    lines = [ArrangedLine(row, *one) for row, one in enumerate(rows, 2)]
    return lambda tell: arranging.apply(lines, by=cast.quan, now=NOW, tell=tell)


def filed(by):
    rows = "".join(f"Giấy khen Chủ tịch UBND xã,{n},0,0{n}/02/2026,{n}/QĐ\\n" for n in range(1, 5))
    content = f"Hình thức,Tập thể,Cá nhân,Ngày,Số quyết định\\n{rows}".encode()
    run = runs.upload("awards", "khen.csv", content, by=by, now=NOW)

    def carry_out(step):
        for done, whole in runs.applying(run, only_good=False, by=by, now=NOW, today=NOW.date()):
            if 2 * done > whole:
                step("")

    return carry_out


# The same awards by two files
crossed("files", filed(cast.lan), filed(cast.minh))
told["awarded"] = Award.objects.count()

# The same hamlet goes elsewhere by two lists
crossed(
    "hamlets",
    round_of(cast.hoa, ("07999", "Khu 1", "Khu A"), ("07999", "Khu 2", "Khu A")),
    round_of(cast.lan, ("07999", "Khu 1", "Khu B"), ("07999", "Khu 10", "Khu B")),
)
gone = HamletSuccession.objects.values_list("predecessor", flat=True)
told["went once"] = len(gone) == len(set(gone)) == 2
told["living"] = sorted(Hamlet.objects.filter(commune=cast.chi_dam).living().values_list("name", flat=True))

# Two provinces by two lists, each in the other's order
others = {}
for place, (code, province) in enumerate((("20001", cast.phu_tho), ("20002", cast.son_la)), 1):
    others[code] = f.commune(province=province, code=code, name=f"Mới {place}")


def merger(one, two, day, number):
    new = f"Xã Chung {number}"
    return [(old, two, new, f"{number}/NQ", day) for old in (one, two)]


west, east = ("07999", "20001"), (cast.chieng_pha.code, "20002")
crossed(
    "units",
    arranged(*merger(*west, "01/03/2026", 1), *merger(*east, "02/03/2026", 2)),
    arranged(*merger(*east, "01/03/2026", 3), *merger(*west, "02/03/2026", 4)),
)
ended = UnitSuccession.objects.filter(main=True)
told["merged once"] = ended.count() == 4 and Commune.objects.living().filter(code__in=(west[1], east[1])).count() == 2

# Another name for a unit that another list ends
crossed(
    "names",
    arranged(("07996", "07990", "Xã Chung 5", "5/NQ", "03/03/2026"), ("20001", "07990", "Xã Chung 5", "5/NQ", "03/03/2026")),
    arranged(("07996", "07996", "Phường Tên Mới", "6/NQ", "03/03/2026")),
)
told["same name"] = Commune.objects.get(pk=cast.tay_coc.pk).ended_on is None or cast.tay_coc.name == (
    Commune.objects.get(pk=cast.tay_coc.pk).name
)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(migrated, tmp_path_factory):
    with empty_database(tmp_path_factory.mktemp("lists"), of=migrated) as address:
        said = manage(environment(address), "shell", "--verbosity", "0", "-c", AT_ONCE)
    return json.loads(said.stdout.splitlines()[-1])


@pytest.mark.parametrize("lists", ["files", "hamlets", "units"])
def test_of_two_lists_on_the_same_places_one_is_carried_out_and_the_other_refused(told, lists):
    assert told[lists] == ["done", "refused"]


def test_nothing_is_awarded_twice(told):
    assert told["awarded"] == 4


def test_no_hamlet_goes_to_two_places(told):
    assert told["went once"]
    assert told["living"] in (["Khu 10", "Khu A"], ["Khu 2", "Khu B"])


def test_no_unit_goes_to_two_others(told):
    assert told["merged once"]


def test_a_unit_that_another_list_ended_gets_no_other_name(told):
    assert told["same name"]
    assert told["names"] in (["done", "done"], ["done", "refused"])
