"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

from config.checks import refuse_bad_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
refuse_bad_settings()
# Imports every view now, once for all web workers: else the first request waits for seconds.
resolve("/healthz")
