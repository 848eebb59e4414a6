"""Where does a web server enter the portal?"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "branchportal.settings")

application = get_wsgi_application()
