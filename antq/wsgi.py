"""What gunicorn serves: ``gunicorn antq.wsgi``."""

import os
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    """A request that is read as UTF-8 whatever it names; :class:`antq.pages.Written` refuses what names another code.

    Django reads the address by that code while it makes the request, before anything of ours could answer.
    """

    def _set_content_type_params(self, meta: Any) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError):  # a parameter in a code that is none, or that its letters are not in
            self.content_type, self.content_params = "", {"charset": "?"}


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antq.settings")
application = get_wsgi_application()
application.request_class = Request
