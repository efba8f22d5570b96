"""Beside the lists of the register: counts, kinds, filters that are taken off one by one; a line on a telephone."""

import re

import pytest

from tests import factories as f

GROUPS = "/register/groups/"


@pytest.fixture
def groups(cast):
    f.group(cast.chi_dam, hamlet=cast.khu[0], name="Liên gia 1")
    f.group(cast.chi_dam, hamlet=cast.khu[1], name="Liên gia 2")
    f.group(cast.chi_dam, "security_board", hamlet=cast.khu[0], name="Ban Khu 1")
    f.group(cast.tay_coc, name="Liên gia 1")
    return cast


def get(client, user, address):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(address)


def chips(answer):
    return [(chip.words, chip.url) for chip in answer.context["list"].chips]


def test_the_lists_stand_in_families_with_how_many_rows_each_has(client, groups):
    answer = get(client, groups.lan, GROUPS)
    assert answer.context["counts"]["groups"] == 3 and answer.context["counts"]["hamlets"] == len(groups.khu)
    page = answer.content.decode()
    assert page.index("Địa bàn") < page.index("Lực lượng") < page.index("Phong trào") < page.index("Theo dõi")
    assert re.search(r'aria-current="page">Tổ tự quản\s*<span class="rows">3</span>', page)
    assert get(client, groups.hoa, GROUPS).context["counts"]["groups"] == 4
    assert "members" not in get(client, groups.hoa, GROUPS).context["counts"], "people are seen in the commune alone"
    assert 'class="rows"' not in get(client, groups.lan, f"{GROUPS}new/").content.decode()


def test_kinds_are_counted_as_if_none_were_chosen_and_lead_to_their_rows(client, groups):
    answer = get(client, groups.lan, f"{GROUPS}?kind=security_board&q=ban")
    kinds = answer.context["list"].kinds
    assert [(one.count, one.chosen) for one in kinds] == [(1, True)], "the search holds"
    kinds = get(client, groups.lan, f"{GROUPS}?kind=security_board&page=2").context["list"].kinds
    assert [(one.count, one.share, one.chosen) for one in kinds] == [(2, 100, False), (1, 50, True)]
    assert get(client, groups.lan, GROUPS + kinds[0].url).context["page"].paginator.count == 2
    assert not get(client, groups.lan, "/register/awards/").context["list"].kinds


def test_every_filter_is_a_chip_that_takes_it_off(client, groups):
    answer = get(client, groups.lan, f"{GROUPS}?q=lien+gia&kind=household_cluster&hamlet={groups.khu[0].pk}")
    words = dict(chips(answer))
    assert set(words) == {"“lien gia”", "Đang hoạt động", "Tổ (nhóm) liên gia tự quản", groups.khu[0].name}
    assert answer.context["page"].paginator.count == 1
    without = get(client, groups.lan, GROUPS + words[groups.khu[0].name])
    assert without.context["page"].paginator.count == 2 and len(chips(without)) == 3
    everything = get(client, groups.lan, GROUPS + words["Đang hoạt động"])
    assert "Đang hoạt động" not in dict(chips(everything)), "the usual state is taken off too"


@pytest.mark.parametrize("query", ["?kind=khong_co", "?state=x", "?hamlet=x", "?q=%25", "?kind=a&kind=b&page=x"])
def test_a_filter_that_makes_no_sense_shows_no_chip_and_never_fails(client, groups, query):
    assert get(client, groups.lan, GROUPS + query).status_code == 200


def test_nothing_at_all_is_said_and_leads_to_the_first_row(client, cast):
    page = get(client, cast.lan, GROUPS).content.decode()
    assert "Không có tổ tự quản nào" in page and 'class="kinds' not in page and "Thêm tổ tự quản" in page


def test_on_a_telephone_the_other_columns_stand_in_a_line_under_the_name(client, groups):
    page = get(client, groups.lan, GROUPS).content.decode()
    row = page[page.index("Ban Khu 1") :].split("</th>")[0]
    assert "<span\n                >Khu 1</span>" in row
    assert re.search(r'<td class="n">\d*', page), "numbers stay columns"
    assert 'class="\n                aside"' in page


@pytest.mark.parametrize("page", ["end", "delete", "history"])
def test_the_lists_stand_beside_an_act_on_one_row_too(client, groups, page):
    group = groups.chi_dam.selfmanagementgroup_set.first()
    text = get(client, groups.lan, f"{GROUPS}{group.pk}/{page}/").content.decode()
    assert 'class="tabs register-lists"' in text and '/register/hamlets/"' in text
    if page == "history":
        kept = get(client, groups.quan, f"{GROUPS}{group.pk}/{page}/").content.decode()
        assert "register-lists" not in kept, "an administrator restores, and sees no register"
