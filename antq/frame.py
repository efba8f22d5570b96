"""What the frame of every page shows beside the page itself."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from reports.review.duties import duty_count, returned_to


def duties(request: HttpRequest) -> dict[str, Any]:
    """How much waits for the reader; counted only where a page shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "duties": SimpleLazyObject(lambda: duty_count(user, timezone.now())),
        "returned_months": SimpleLazyObject(lambda: returned_to(user)),
    }
