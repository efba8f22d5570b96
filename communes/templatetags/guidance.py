"""Where the guide tells of a page."""

from django import template
from django.http import HttpRequest

from communes.guide import place_of
from communes.models import User

register = template.Library()


@register.filter
def guide_address(request: HttpRequest) -> str:
    """The address of the guide's place for the page that is asked for."""
    user = request.user
    return f"/guide/#{place_of(request.path, user)}" if isinstance(user, User) else "/guide/"
