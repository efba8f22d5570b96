"""What gunicorn serves: ``gunicorn antq.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antq.settings")
application = get_wsgi_application()
