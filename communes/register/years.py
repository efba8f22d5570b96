"""The years of standards and ratings, and the one a page was asked for."""

from django.contrib import messages
from django.http import HttpRequest

from communes.models import Commune
from communes.years import FIRST, LAST, OUTSIDE


def year_asked(text: str, usual: int) -> int:
    """Read a year that has standards and ratings; anything else is the usual one."""
    if len(text) == 4 and text.isascii() and text.isdecimal() and FIRST <= int(text) <= LAST:
        return int(text)
    return usual


def year_shown(request: HttpRequest, usual: int) -> int:
    """Return the year that an address asks for; of one that there is not it is said which there are."""
    text = request.GET.get("year", "").strip()
    year = year_asked(text, usual)
    if text and text != str(year):
        messages.warning(request, f"{OUTSIDE} Đang xem năm {year}.")
    return year


def before_its_time(commune: Commune, year: int) -> str:
    """Say that a commune did not exist in a year, and who rated then; or nothing."""
    since = commune.started_on
    if since is None or since.year <= year:
        return ""
    return f"{commune} có từ ngày {since:%d/%m/%Y}: năm {year} do đơn vị cũ xếp loại bằng văn bản, không ghi lại ở đây."
