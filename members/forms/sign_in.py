"""What does somebody type to sign in, or to use an activation slip?"""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.models import User
from members.numbers import typed_number

PASSWORD_RULES = _("At least 10 characters, not only digits, no common password, nothing like your number or name.")


class NumberField(forms.CharField):
    """A student or staff number; full-width digits and spaces don't matter."""

    def __init__(self, **kwargs):
        attributes = {"autocomplete": "username", "autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}
        kwargs.setdefault("label", _("Student or staff number"))
        super().__init__(max_length=100, widget=forms.TextInput(attrs=attributes), **kwargs)

    def clean(self, value):
        number = typed_number(super().clean(value))
        if len(number) > 32:
            raise ValidationError(_("A number has 32 characters at most."))
        if self.required and not number:
            raise ValidationError(self.error_messages["required"], code="required")
        return number


def password_field(label, *, autocomplete: str = "new-password", help_text: str = "") -> forms.CharField:
    """A password as it is typed: spaces count."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, help_text=help_text)


class SignInForm(forms.Form):
    """Number and password."""

    number = NumberField()
    password = password_field(_("Password"), autocomplete="current-password")


class NewPasswordForm(forms.Form):
    """A new password, typed twice; the rules are Django's validators."""

    password = password_field(_("New password"), help_text=PASSWORD_RULES)
    repeated = password_field(_("New password once more"))

    def person(self) -> User:
        """Whose number and name the password must not resemble."""
        raise NotImplementedError

    def clean(self):
        cleaned = super().clean()
        password, repeated = cleaned.get("password"), cleaned.get("repeated")
        if password and repeated and password != repeated:
            self.add_error("repeated", _("The two passwords differ. Type the new password twice."))
        if password:
            try:
                validate_password(password, self.person())
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class ActivationForm(NewPasswordForm):
    """What stands on the slip, and the password of the person's choice."""

    number = NumberField()
    code = forms.CharField(
        label=_("Code on the slip"),
        max_length=60,
        help_text=_("16 letters and digits; small letters are fine, hyphens may be left out."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "autocorrect": "off",
                "spellcheck": "false",
                "placeholder": "XXXX-XXXX-XXXX-XXXX",
            }
        ),
    )
    field_order = ("number", "code", "password", "repeated")

    def person(self) -> User:
        return User(number=self.cleaned_data.get("number", ""))
