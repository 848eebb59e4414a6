"""What may a person change about the own account?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms.sign_in import NewPasswordForm, password_field
from members.models import User


class ChangePasswordForm(NewPasswordForm):
    """The old password and a new one."""

    old_password = password_field(_("Present password"), autocomplete="current-password")
    field_order = ("old_password", "password", "repeated")

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def person(self) -> User:
        return self.user


class EmailForm(forms.ModelForm):
    """Where messages also go."""

    class Meta:
        model = User
        fields = ["email"]
        help_texts = {"email": _("Optional. Messages about your account are sent there too.")}
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email"})}
