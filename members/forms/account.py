"""What may a person change about the own account?"""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from branchportal.messages import groups
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
        error_messages = {"email": {"invalid": _("Write an e-mail address like name@example.org.")}}
        help_texts = {"email": _("Optional. Messages go there too; you choose which.")}
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email"})}


class MailForm(forms.Form):
    """Which groups of messages come by e-mail; those that always come are not asked for."""

    wanted = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    language = forms.ChoiceField(
        label=_("Language of the e-mails"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.groups = [group for group in groups() if not group.always]
        self.fields["wanted"].choices = [(group.code, group.label) for group in self.groups]

    def rows(self) -> list[tuple]:
        """Each group with the box that stands for it."""
        return list(zip(self.groups, self["wanted"].subwidgets, strict=True))

    def silenced(self) -> list[str]:
        return [group.code for group in self.groups if group.code not in self.cleaned_data["wanted"]]
