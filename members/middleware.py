"""What happens to a session whose person holds no office and belongs to no branch any more?"""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from members.access import access_of


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
