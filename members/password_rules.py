"""In which words is a password refused? Django's rules, each with what is wrong and what to do about it."""

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.utils.translation import gettext as _


class LengthValidator(MinimumLengthValidator):
    """`min_length` characters at least."""

    def get_error_message(self) -> str:
        return _("The password is too short. Choose one of %(number)d characters or more.") % {
            "number": self.min_length
        }


class LikenessValidator(UserAttributeSimilarityValidator):
    """Nothing like the own number or name. Django puts what it resembles into %(verbose_name)s."""

    def get_error_message(self) -> str:
        return _("The password is too much like this: %(verbose_name)s. Choose one that nobody can guess from it.")


class CommonnessValidator(CommonPasswordValidator):
    """None of the 20 000 that are tried first."""

    def get_error_message(self) -> str:
        return _("This password is one of those that are guessed first. Choose a rarer one, such as a short sentence.")


class DigitsValidator(NumericPasswordValidator):
    """Not only digits."""

    def get_error_message(self) -> str:
        return _("The password has only digits. Add letters or other characters.")
