"""How a test's administrator gives a password."""

import re

from django.urls import reverse


def new_password(client, user):
    """Have the server make one; returns it as the page shows it."""
    page = client.post(reverse("admin:auth_user_password_change", args=[user.pk])).content.decode()
    return shown_in(page)


def shown_in(page):
    return re.search(r'<code class="secret">([^<]+)</code>', page)[1]
