"""In which words is a notification told? Each app words its own kinds (settings.NOTIFICATIONS)."""

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from branchportal.models import Notification


def text_of(notification: Notification) -> str:
    """Return the message in the present language."""
    for path in settings.NOTIFICATIONS:
        if words := import_string(path).get(notification.kind):
            return words(notification.context)
    return _("A message of a kind that this version of the portal does not know.")
