"""In which words is a password refused that is too short? Django's own sentence has no Chinese in this release."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LengthValidator(MinimumLengthValidator):
    """Django's rule in the portal's words; `min_length` characters at least."""

    def get_error_message(self) -> str:
        return _("The password is too short. Choose one of %(number)d characters or more.") % {
            "number": self.min_length
        }
