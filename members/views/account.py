"""What does a person see and change about the own account?"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from members.access import PortalView, access_of
from members.forms.account import ChangePasswordForm, EmailForm
from members.labels import ROLE_LABELS, ROLE_SENTENCES
from members.models import User
from members.queries.accounts import offices_of
from members.roles import Permission, Role
from members.services import accounts, sign_in, throttle
from members.views.browser import client_address, trusted_device


class AccountView(PortalView, TemplateView):
    """Name, number, offices with what each may do, language, messages."""

    permission = Permission.SIGNED_IN
    template_name = "members/account.html"

    def get_context_data(self, **kwargs):
        user, today = self.request.user, timezone.localdate()
        acting = {(grant.role, grant.branch.pk) for grant in access_of(user).grants if grant.acting}
        offices = [_office(office, acting) for office in offices_of(user, today)]
        member = getattr(user, "member", None)
        if member is not None and member.ended_on is None:
            offices.append(_membership(member))
        return super().get_context_data(**kwargs, offices=offices, unread=user.unread, today=today)


class EmailView(PortalView, FormView):
    """The address to which messages go too."""

    permission = Permission.SIGNED_IN
    template_name = "members/email_form.html"
    form_class = EmailForm

    def get_form_kwargs(self):
        user = User.objects.get(pk=self.request.user.pk)
        return {**super().get_form_kwargs(), "instance": user}

    def form_valid(self, form):
        accounts.change_email(user=self.request.user, email=form.cleaned_data["email"], by=self.request.user)
        messages.success(self.request, _("The e-mail address is saved."))
        return redirect("members:account")


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ChangePasswordView(PortalView, FormView):
    """The present password is asked for, and guessing it is slowed down as at the log-in."""

    permission = Permission.SIGNED_IN
    template_name = "members/password_form.html"
    form_class = ChangePasswordForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form):
        number, now = self.request.user.number, timezone.now()
        try:
            user = sign_in.sign_in(
                number=number, password=form.cleaned_data["old_password"], now=now,
                address=client_address(self.request), device=trusted_device(self.request, number),
            )  # fmt: skip
            accounts.change_password(user=user, password=form.cleaned_data["password"], by=self.request.user, now=now)
        except throttle.TooManyFailures:
            form.add_error("old_password", _("Too many failed attempts. Wait 15 minutes and try again."))
            return self.form_invalid(form)
        except (sign_in.SignInRefused, accounts.PasswordOvertaken):
            form.add_error("old_password", _("This is not your present password."))
            return self.form_invalid(form)
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("The password is changed. Other devices have been logged out."))
        return redirect("members:account")


def _office(office, acting) -> dict:
    role = Role(office.role)
    return {
        "label": ROLE_LABELS[role],
        "sentence": ROLE_SENTENCES[role],
        "branch": office.branch,
        "class_name": office.class_name,
        "starts_on": office.starts_on,
        "ends_on": office.ends_on,
        "acting": (role, office.branch_id) in acting,
    }


def _membership(member) -> dict:
    return {
        "label": ROLE_LABELS[Role.MEMBER],
        "sentence": ROLE_SENTENCES[Role.MEMBER],
        "branch": member.branch,
        "class_name": member.class_name,
        "starts_on": member.joined_on,
        "ends_on": None,
        "acting": False,
    }
