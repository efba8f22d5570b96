"""``import_groups``: the same checks from the command line, all or nothing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from models_registry.models import RegisterImport, SelfManagementGroup

GOOD = "Tên tổ,Loại hình,Khu dân cư,Số thành viên\nTổ 5,LGTQ,Khu 1,24\nTổ 6,LGTQ,Khu 2,1.024\n"
BAD = GOOD + "Tổ 7,LGTQ,Khu 77,24\n"


@pytest.fixture
def command(cast, tmp_path):
    def run(content, **options):
        path, said = tmp_path / "to.csv", StringIO()
        path.write_text(content, encoding="utf-8")
        call_command("import_groups", path, stdout=said, **{"by": "lan"} | options)
        return said.getvalue()

    return run


def test_a_good_file_is_imported_and_said(command, cast):
    assert "Đã nhập" in command(GOOD)
    groups = SelfManagementGroup.objects.filter(commune=cast.chi_dam)
    assert sorted(groups.values_list("name", "declared_members")) == [("Tổ 5", 24), ("Tổ 6", 1024)]


def test_a_dry_run_names_every_fault_with_its_cell_and_writes_nothing(command):
    said = command(BAD, dry_run=True)
    assert "C4 “Khu 77”" in said and "1 dòng có lỗi" in said
    assert not SelfManagementGroup.objects.exists() and not RegisterImport.objects.exists()


def test_a_fault_stops_the_whole_file_unless_the_good_rows_are_consented_to(command):
    with pytest.raises(CommandError, match="Còn 1 dòng có lỗi"):
        command(BAD)
    assert not SelfManagementGroup.objects.exists()
    command(BAD, only_good=True)
    assert SelfManagementGroup.objects.count() == 2


@pytest.mark.parametrize(("by", "sentence"), [("hoa", "Không có cán bộ cấp xã"), (None, "Hãy ghi --by")])
def test_it_is_done_in_the_name_of_a_communes_officer(command, by, sentence):
    with pytest.raises(CommandError, match=sentence):
        command(GOOD, by=by)
