"""What comes before every page: the log-in, the end of a session without a role, the privacy notice."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from branchportal.kept_words import kept, pack
from members import notice
from members.access import access_of
from members.forms.sign_in import SignInForm


class SignedInMiddleware(LoginRequiredMiddleware):
    """Only who is signed in gets in; words that a form sent after its session had ended wait for the log-in."""

    def handle_no_permission(self, request: HttpRequest, view_func) -> HttpResponse:
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401)  # a piece of a page: htmx leaves the page, and what is typed there, alone
        is_page = "text/html" in request.headers.get("Accept", "")  # a script that saves reads the redirect
        words = pack(kept(request)) if request.method == "POST" and is_page else ""
        if not words:
            return super().handle_no_permission(request, view_func)
        context = {"form": SignInForm(), "next": "", "words": words}
        return render(request, "members/session_expired.html", context, status=401)


class AccessMiddleware:
    """A session dies with the last role: the person is signed out and told why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func, view_args, view_kwargs) -> HttpResponse | None:
        if not getattr(view_func, "login_required", True):
            return None
        if not request.user.is_authenticated or access_of(request.user).grants:
            return None
        logout(request)
        messages.info(
            request, _("You hold no role in any branch any more. Ask your branch secretary if this is wrong.")
        )
        return redirect("members:login")


class NoticeMiddleware:
    """Whoever has not read the privacy notice as it holds now reads it before the first page.

    Only pages that are opened are put off. What somebody sends in is always taken: no form is lost to the notice.
    """

    READ_BEFORE = frozenset({"members:notice", "members:retention"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func, view_args, view_kwargs) -> HttpResponse | None:
        if request.method != "GET" or not getattr(view_func, "login_required", True):
            return None
        if not request.user.is_authenticated or request.user.notice_version >= notice.VERSION:
            return None
        if request.resolver_match.view_name in self.READ_BEFORE or "HX-Request" in request.headers:
            return None
        return redirect(reverse("members:notice", query={"next": request.get_full_path()}))
