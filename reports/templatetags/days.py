"""How far a last day is, in the words of every page: "còn 17 ngày", "hôm nay là hạn", "quá hạn 3 ngày"."""

from django import template

from reports.models.deadlines import days_late, time_left

register = template.Library()
register.filter("days_late", days_late)
register.filter("time_left", time_left)
