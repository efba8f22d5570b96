"""Vietnamese names: folding, searching, sorting."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes.models import Hamlet
from communes.names import clean, fold, search_words, sort_key
from tests import factories as f

LETTERS = list("aăâbcdđeêghiklmnoôơpqrstuưvxy")
VOWELS = set("aăâeêioôơuưy")
TONE_MARKS = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")  # ngang huyền hỏi ngã sắc nặng


def in_order(names):
    return sorted(names, key=sort_key)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Bản Heo Trại", "ban heo trai"),
        ("ĐÔNG SƠN", "dong son"),
        ("Tổ dân phố số 3", "to dan pho so 3"),
        ("Khu 5 (cũ) – Đồi Cọ", "khu 5 cu doi co"),
        ("  nhiều   khoảng\ttrắng ", "nhieu khoang trang"),
        ("Ưu Ước Ơ Ỡ", "uu uoc o o"),
        ("", ""),
    ],
)
def test_folding_takes_away_case_accents_and_punctuation(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(("old", "new"), [("hoà", "hòa"), ("thuỷ", "thủy"), ("Khoẻ", "khỏe"), ("Uỷ ban", "Ủy ban")])
def test_old_and_new_spellings_fold_to_the_same_word(old, new):
    assert fold(old) == fold(new)


@given(st.text())
def test_folding_gives_only_plain_words_and_is_done_once(text):
    folded = fold(text)
    assert folded.replace(" ", "").isalnum() or folded == ""
    assert folded.isascii()
    assert fold(folded) == folded


@given(st.text(alphabet="ăâđêôơưàảãáạếềợữĐẮỰ abc1"))
def test_composed_and_decomposed_letters_fold_and_sort_alike(text):
    apart = unicodedata.normalize("NFD", text)
    assert fold(apart) == fold(text)
    assert sort_key(apart) == sort_key(text)
    assert clean(apart) == clean(text)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("TDP 3", ["to", "dan", "pho", "3"]),
        ("KDC Đồi", ["khu", "dan", "cu", "doi"]),
        ("heo trại", ["heo", "trai"]),
        ("  ", []),
    ],
)
def test_short_forms_are_spelled_out_in_searches(query, words):
    assert search_words(query) == words


@pytest.mark.parametrize(
    ("stored", "query"),
    [
        ("Bản Heo Trại", "heo trai"),
        ("Đông Sơn", "dong son"),
        ("Đông Sơn", "ĐÔNG"),
        ("Tổ dân phố số 3", "TDP 3"),
        ("Thôn Hòa Bình", "hoà bình"),
        ("TDP số 4", "TDP 4"),
        ("TDP số 4", "tổ dân phố 4"),
    ],
)
def test_search_finds_a_hamlet_however_it_is_written(cast, stored, query):
    hamlet = f.hamlet(cast.chi_dam, stored)
    assert list(Hamlet.objects.search(query)) == [hamlet]


@pytest.mark.parametrize("query", ["heo trai xa", "khu 99", "son la"])
def test_search_wants_every_word(cast, query):
    f.hamlet(cast.chi_dam, "Bản Heo Trại")
    assert not Hamlet.objects.search(query).exists()


def test_a_name_is_kept_in_one_spelling(cast):
    hamlet = f.hamlet(cast.chi_dam, unicodedata.normalize("NFD", "  Xóm   Đồng  Mái "))
    hamlet.refresh_from_db()
    assert hamlet.name == unicodedata.normalize("NFC", "Xóm Đồng Mái")


def test_search_column_follows_a_renaming(cast):
    hamlet = cast.khu[0]
    hamlet.name = "Khu Đồi Cọ"
    hamlet.save()
    assert list(Hamlet.objects.search("doi co")) == [hamlet]


def test_rows_written_in_bulk_are_found_too(cast):
    Hamlet.objects.bulk_create([Hamlet(commune=cast.chi_dam, name="Thôn Mỹ Đức")])
    assert Hamlet.objects.search("my duc").count() == 1


@pytest.mark.parametrize(
    "names",
    [
        ["Khu 1", "Khu 2", "Khu 9", "Khu 10", "Khu 11", "Khu 100"],
        ["Da", "Dương", "Đa", "Đông", "E"],
        ["Y", "Ý", "Yên"],
        ["ma", "mà", "mả", "mã", "má", "mạ", "man"],
        ["Cam", "Căm", "Câm", "Dam"],
        ["on", "ôn", "ơn"],
        ["tu", "tư", "vu"],
        ["An", "An Bình", "Anh"],
        ["TDP số 2", "TDP số 10"],
        ["Khu 2", "Khu 2A", "Khu 2B", "Khu 3"],
        ["Khu 03", "Khu 4"],
    ],
)
def test_names_stand_in_the_order_of_a_vietnamese_dictionary(names):
    assert in_order(reversed(names)) == names


def test_case_does_not_matter_for_order():
    assert sort_key("KHU ĐÔNG") == sort_key("khu đông")


def test_lists_come_out_of_the_database_in_vietnamese_order(cast):
    for name in ("Đông", "Yên", "Dương", "Ấp 3", "Ân"):
        f.hamlet(cast.tay_coc, name)
    names = list(Hamlet.objects.filter(commune=cast.tay_coc).values_list("name", flat=True))
    assert names == ["Ân", "Ấp 3", "Dương", "Đông", "Yên"]


letters = st.integers(0, len(LETTERS) - 1)
words = st.lists(st.tuples(letters, st.integers(0, 5)), min_size=1, max_size=6)


def spell(word):
    marked = (LETTERS[at] + (TONE_MARKS[tone] if LETTERS[at] in VOWELS else "") for at, tone in word)
    return unicodedata.normalize("NFC", "".join(marked))


def place_in_dictionary(word):
    return [at for at, _ in word], [tone if LETTERS[at] in VOWELS else 0 for at, tone in word]


@given(words, words)
def test_any_two_words_sort_by_letters_first_and_tones_after(one, other):
    by_key = sort_key(spell(one)) < sort_key(spell(other))
    assert by_key == (place_in_dictionary(one) < place_in_dictionary(other))


@given(words, st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_inside_names_sort_as_numbers(word, one, other):
    by_key = sort_key(f"{spell(word)} {one}") < sort_key(f"{spell(word)} {other}")
    assert by_key == (one < other)


@given(st.text())
def test_a_sort_key_is_made_of_plain_digits_whatever_the_name(text):
    key = sort_key(text)
    assert key.isascii()
    assert key.isdigit()
