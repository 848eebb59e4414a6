"""How does somebody come in, leave, and use an activation slip?"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from branchportal.kept_words import Kept, unpack
from members.forms.sign_in import ActivationForm, SignInForm
from members.models import User
from members.services import sign_in, slips, throttle
from members.views.browser import client_address, trust, trusted_device


def _too_many() -> str:
    return _(
        "There were too many failed attempts for this number, so the portal did not try again. Wait 15 minutes. "
        "If you don't remember the password, ask your branch secretary for a new activation slip."
    )


@method_decorator([login_not_required, sensitive_post_parameters()], name="dispatch")
class SignInView(FormView):
    """Number and password; the same answer for a wrong password and for a number that nobody has."""

    template_name = "members/sign_in.html"
    form_class = SignInForm

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:  # in another window, perhaps, while words wait in this one
            return _go_on(request, self.next_url(), unpack(request.POST.get("words", "")))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        number, password = form.cleaned_data["number"], form.cleaned_data["password"]
        try:
            user = sign_in.sign_in(
                number=number, password=password, address=client_address(self.request),
                device=trusted_device(self.request, number), now=timezone.now(),
                open_session=lambda user: _open_session(self.request, user),
            )  # fmt: skip
        except throttle.TooManyFailures:
            return self._refused(form, _too_many())
        except sign_in.SignInRefused:
            return self._refused(
                form,
                _(
                    "Number and password don't belong together. Check both, and capital letters. If you have never "
                    "signed in, use your activation slip first."
                ),
            )
        return _enter(self.request, user, self.next_url(), unpack(self.request.POST.get("words", "")))

    def next_url(self) -> str:
        """Return where the person wanted to go, if that is a page of this portal."""
        wanted = self.request.POST.get("next", self.request.GET.get("next", ""))
        allowed = url_has_allowed_host_and_scheme(
            wanted, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )
        return wanted if allowed else resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_context_data(self, **kwargs):
        wanted = self.request.POST.get("next", self.request.GET.get("next", ""))
        return super().get_context_data(**kwargs, next=wanted, words=self.request.POST.get("words", ""))

    def _refused(self, form, message: str) -> HttpResponse:
        form.add_error(None, message)
        return self.form_invalid(form)


@method_decorator(login_not_required, name="dispatch")
class SignOutView(View):
    """Leave; only by POST, so that no link signs anybody out."""

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        messages.success(request, _("You have logged out."))
        return redirect("members:login")


@method_decorator([login_not_required, sensitive_post_parameters()], name="dispatch")
class ActivateView(FormView):
    """Spend a slip. Looking at the page spends nothing: chat programs fetch every link that they carry."""

    template_name = "members/activate.html"
    form_class = ActivationForm

    def form_valid(self, form):
        try:
            user = slips.activate(
                number=form.cleaned_data["number"],
                code=form.cleaned_data["code"],
                password=form.cleaned_data["password"],
                address=client_address(self.request),
                now=timezone.now(),
            )
        except throttle.TooManyFailures:
            form.add_error(None, _too_many())
        except slips.SlipRefused:
            form.add_error(
                None,
                _(
                    "This number and this code open nothing. Check both against the slip. A slip works once and for "
                    "two weeks, and a newer one replaces it; your branch secretary can print another."
                ),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                self.request, _("Your account is ready. From now on log in with your number and password.")
            )
            _open_session(self.request, user)
            return _enter(self.request, user, resolve_url(settings.LOGIN_REDIRECT_URL))
        return self.form_invalid(form)


def _open_session(request: HttpRequest, user: User) -> None:
    """Store a session under a new key."""
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()


def _enter(request: HttpRequest, user: User, url: str, words: Kept | None = None) -> HttpResponse:
    """Let somebody in whose session stands, and remember the browser."""
    response = _go_on(request, url, words)
    trust(request, response, user.number)
    return response


def _go_on(request: HttpRequest, url: str, words: Kept | None) -> HttpResponse:
    """Lead to where the person wanted to go; words that waited for the log-in are shown first."""
    return render(request, "members/send_again.html", {"kept": words}) if words else HttpResponseRedirect(url)
