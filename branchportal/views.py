"""Which pages belong to the whole portal and to no app?"""

import errno
import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.views import View, defaults
from django.views.i18n import set_language

from branchportal import kept_words, mail

RETRY_SECONDS = 30


@method_decorator(login_not_required, name="dispatch")
class SetLanguageView(View):
    """Switch between 中文 and English; kept in a cookie, and for the e-mails of whoever is signed in."""

    def post(self, request: HttpRequest) -> HttpResponse:
        response = set_language(request)
        chosen = request.POST.get("language", "")
        if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
            mail.remember_language(user=request.user, language=chosen)
        return response


@method_decorator(login_not_required, name="dispatch")
class HealthView(View):
    """Tell a load balancer that web and database answer (200), or not (503); nothing about anybody."""

    def get(self, request: HttpRequest) -> JsonResponse:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Error:
            return JsonResponse({"status": "unavailable"}, status=503)
        return JsonResponse({"status": "ok"})


def server_error(request: HttpRequest) -> HttpResponse:
    """A database that is away or a full disk is no fault of the page: 503, and what was sent waits on the page."""
    if not _is_out_of_order(sys.exception()):
        return defaults.server_error(request)
    context = {"kept": _kept(request), "was_sent": request.method == "POST", "csrf_token": get_token(request)}
    page = render_to_string("503.html", context)  # without the request: nobody's name and rights are asked for
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"})


def _is_out_of_order(error: BaseException | None) -> bool:
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return isinstance(error, OperationalError | InterfaceError)


def _kept(request: HttpRequest) -> kept_words.Kept | None:
    """The form, to be sent once more from the page; none that held a password, which is never kept."""
    try:
        if request.method != "POST" or not kept_words.came_from_here(request):
            return None
        return None if kept_words.holds_secrets(request) else kept_words.kept(request)
    except Exception:  # a form that a full disk broke off can't be read again: the page must appear all the same
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A form that is too large says so (413); anything else that makes no sense is told plainly (400)."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What a page of ours sent under an old token comes back to be sent once more; a foreign page's form does not."""
    form = kept_words.kept(request) if kept_words.came_from_here(request) else None
    return render(request, "branchportal/csrf_failure.html", {"kept": form}, status=403)
