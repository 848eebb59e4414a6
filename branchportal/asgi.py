"""Where does an asynchronous web server enter the portal?"""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "branchportal.settings")

application = get_asgi_application()
