"""Hạn gửi, nhắc gửi, đúng hạn: a province's deadlines, its reminders, and who kept them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from communes.days import parse_day
from communes.meeting import ASKED, Meeting, Value, plain
from communes.models import Province
from communes.refusals import Refused, require
from communes.requests import AuthenticatedHttpRequest
from communes.saving import hold
from reports.forms import ExtensionForm
from reports.models import Deadline
from reports.months import Month, Span
from reports.review import deadlines as rules
from reports.review.queue import queue_of
from reports.review.reminders import owing, remind, words_to, words_to_all
from reports.views.review import choose, month_asked, months_beside, province_asked

PARTIES = (Deadline.Party.COMMUNES, Deadline.Party.OFFICE)


def year_context(request: AuthenticatedHttpRequest, province: Province) -> dict[str, Any]:
    """What the pages of a year show: the year, its neighbours, the month that the tabs lead back to."""
    now = timezone.now()
    span = rules.year_of(province, request.GET.get("year", ""), now)
    year = int(span.name)
    context = months_beside(request, province, month_asked(request, province))
    return context | {"span": span, "year": year, "year_before": year - 1, "year_after": year + 1}


def calendar(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the province's people; set by its reviewers. The year's deadlines and the extensions."""
    province = province_asked(request)
    if province is None:
        return choose(request)
    refusal = rules.deadline_objection(province, request.user)
    context = year_context(request, province)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        require(refusal)
        with transaction.atomic():
            hold(Province, province.pk)
            meeting = _meeting(request, province, context["span"])
            errors = {name: [ASKED] for name in meeting.clashing}
            if not errors:
                try:
                    count = _set(request, province, context["span"], meeting)
                except ValidationError as error:
                    errors = error.message_dict
                else:
                    said = f"Đã lưu {count} hạn gửi." if count else "Không có hạn nào thay đổi."
                    messages.success(request, f"{said} {meeting.told(_labels(context['span']))}".strip())
                    return redirect(f"{reverse('deadlines')}?year={context['year']}")
    else:
        meeting = _meeting(request, province, context["span"])
    context |= {
        "meeting": meeting,
        "rows": calendar_rows(province, context["span"], meeting, errors),
        "errors": errors,
        "refusal": refusal,
        "form": ExtensionForm(province=province),
        "extensions": extensions(province, context["span"]),
    }
    status = 409 if meeting.clashing else 422 if errors else 200
    return render(request, "review/deadlines.html", context, status=status)


def _labels(span: Span) -> dict[str, str]:
    """Name of a box → what it is for."""
    return {f"{month}.{party}": f"{party.label}, {month.title}" for month in span for party in PARTIES}


def _stored(province: Province, span: Span) -> dict[str, Value]:
    """Name of a box → the day that stands in it."""
    return {
        f"{month}.{party}": plain(known.get(party) or usual[party])
        for month, _, usual, known in rules.calendar_of(province, span)
        for party in PARTIES
    }


def _meeting(request: AuthenticatedHttpRequest, province: Province, span: Span) -> Meeting:
    """The days that stand, and where a form came, the days of the form put together with them."""
    stored = _stored(province, span)
    if request.method != "POST":
        return Meeting(stored)
    given: dict[str, Value] = {name: request.POST.get(name, "").strip() for name in stored}
    meeting = Meeting(stored, given, request.POST)
    if meeting.clashing:
        last = Deadline.objects.filter(province=province, commune=None, month__range=(span.first, span.last))
        row = last.select_related("by").order_by("-at", "-pk").first()
        meeting.tell(_labels(span), (row.by, row.at) if row else None, request.user)
    return meeting


def _set(request: AuthenticatedHttpRequest, province: Province, span: Span, meeting: Meeting) -> int:
    """Write the days; raises ``ValidationError`` by box."""
    days = read_days({name: str(value) for name, value in meeting.values.items()}, span)
    return rules.set_deadlines(province, days, by=request.user, now=timezone.now())


def extensions(province: Province, span: Span) -> Any:
    """The extensions of a year, newest month first."""
    rows = Deadline.objects.filter(province=province, commune__isnull=False, month__range=(span.first, span.last))
    return rows.select_related("commune", "by")


def read_days(texts: Mapping[str, str], span: Span) -> dict[tuple[Month, Deadline.Party], date | None]:
    """Read the posted days; raises ``ValidationError`` by field for what is no date."""
    days, errors = {}, {}
    for month in span:
        for party in PARTIES:
            name = f"{month}.{party}"
            text = texts.get(name, "")
            try:
                days[month, party] = parse_day(text)
            except ValueError as error:
                errors[name] = str(error)
    if errors:
        raise ValidationError(errors)
    return days


def calendar_rows(province: Province, span: Span, meeting: Meeting, errors: dict[str, list[str]]) -> list[dict]:
    """One row a month: its window's end, and for each party its day, the usual day, what is wrong."""
    rows = []
    for month, cutoff, usual, known in rules.calendar_of(province, span):
        cells = []
        for party in PARTIES:
            name = f"{month}.{party}"
            shown = meeting.values[name]
            said = " ".join(errors.get(name, []))
            cells.append((name, shown, known.get(party) or usual[party], party in known, said, party.label))
        rows.append({"month": month, "cutoff": cutoff, "cells": cells})
    return rows


@require_POST
def extend(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the province's reviewers. Give one commune more time for one month, with a reason."""
    province = province_asked(request)
    if province is None:
        raise Refused(rules.REVIEWERS_SET)
    require(rules.deadline_objection(province, request.user))
    form = ExtensionForm(request.POST, province=province)
    standing = None
    if form.is_valid():
        try:
            row = _extended(form.cleaned_data, request)
            return redirect(f"{reverse('deadlines')}?year={row.month.year}#extensions")
        except ValidationError as error:
            if getattr(error, "code", "") == rules.STANDING and error.params:
                standing = error.params["pk"]
                form.add_error(None, error)
                form.data = request.POST.copy()
                form.data["replaces"] = str(standing)
            else:
                for field, said in error.message_dict.items():
                    form.add_error(field if field in form.fields else None, said)
    context = year_context(request, province)
    meeting = Meeting(_stored(province, context["span"]))
    context |= {
        "meeting": meeting,
        "rows": calendar_rows(province, context["span"], meeting, {}),
        "errors": {},
        "refusal": None,
        "form": form,
        "extensions": extensions(province, context["span"]),
        "standing": standing,
    }
    return render(request, "review/deadlines.html", context, status=409 if standing else 422)


def _extended(data: Mapping[str, Any], request: AuthenticatedHttpRequest) -> Deadline:
    """Give more time and say so, with what it takes the place of."""
    row = rules.extend(
        data["commune"],
        data["month"],
        data["due_on"],
        reason=data["reason"],
        by=request.user,
        now=timezone.now(),
        seen=data["replaces"] or 0,
    )
    instead = f", thay hạn {row.replaced.due_on:%d/%m/%Y} đã đặt trước" if row.replaced else ""
    messages.success(request, f"Đã gia hạn {row.month.title} cho {row.commune} đến hết {row.due_on:%d/%m/%Y}{instead}.")
    return row


@require_POST
def withdraw(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Seen by: the province's reviewers. Take an extension back."""
    rows = Deadline.objects.visible_to(request.user).filter(commune__isnull=False)
    extension = get_object_or_404(rows.select_related("province", "commune"), pk=pk)
    rules.withdraw(extension, by=request.user)
    messages.success(request, f"Đã bỏ gia hạn {extension.month.title} của {extension.commune}.")
    return redirect(f"{reverse('deadlines')}?year={extension.month.year}#extensions")


def timeliness(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the province's people. How each commune kept the year's deadlines."""
    province = province_asked(request)
    if province is None:
        return choose(request)
    context = year_context(request, province)
    rows = rules.timeliness(province, context["span"], timezone.now())
    if request.GET.get("sort") == "late":
        rows.sort(key=lambda row: (-row.count("overdue"), -row.count("late"), -row.days_late))
    due = sum(row.due for row in rows)
    context |= {
        "rows": [
            (
                row,
                [(month, *_mark(kept)) for month, kept in zip(context["span"], row.months, strict=False)],
                row.count("on_time"),
            )
            for row in rows
        ],
        "months": list(context["span"])[: len(rows[0].months) if rows else 0],
        "due": due,
        "on_time": sum(row.count("on_time") for row in rows),
        "late": sum(row.count("late") for row in rows),
        "overdue": sum(row.count("overdue") for row in rows),
        "sort": request.GET.get("sort", ""),
    }
    return render(request, "review/timeliness.html", context)


def _mark(kept: rules.Kept) -> tuple[str, str, str]:
    """A month of the year's table: its style, its sign, and what it says to those who listen."""
    extended = " (được gia hạn)" if kept.extended else ""
    return {
        "on_time": ("approved", "✓", f"đúng hạn{extended}"),
        "late": ("draft", f"+{kept.days}", f"muộn {kept.days} ngày{extended}"),
        "overdue": ("none", "✗", f"quá hạn {kept.days} ngày, chưa gửi{extended}"),
        "open": ("", "·", f"chưa đến hạn{extended}"),
        "none": ("", "", "không phải báo cáo"),
    }[kept.kind]


def reminders(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Seen by: the province's people; sent by its reviewers. Who has not sent, and words to remind them with."""
    province = province_asked(request)
    if province is None:
        return choose(request)
    month, now = month_asked(request, province), timezone.now()
    rows = owing(queue_of(province, month, now))
    if request.method == "POST":
        try:
            count = remind(rows, province, month, by=request.user, now=now)
        except OSError:
            messages.error(request, "Máy chủ thư không trả lời nên chưa gửi hết; hãy thử lại sau, hoặc chép lời nhắc.")
        else:
            without = sum(not one.addresses for one in rows)
            said = f"Đã gửi thư nhắc {count} xã." if count else "Không có xã nào cần gửi thêm thư hôm nay."
            messages.success(request, said)
            if without:
                messages.warning(
                    request, f"{without} xã chưa có địa chỉ thư nên chưa được nhắc; hãy chép lời nhắc gửi họ."
                )
        return redirect(f"{reverse('reminders')}?month={month}")
    context = months_beside(request, province, month) | {
        "rows": [(one, words_to(one, province, month)) for one in rows],
        "message": words_to_all(rows, province, month),
        "to_write": sum(bool(one.addresses) and not one.reminded_on(now) for one in rows),
        "without_address": sum(not one.addresses for one in rows),
        "ended": now >= month.closes(province.cutoff),
    }
    return render(request, "review/reminders.html", context)
