"""How does anybody who sees a notice object to it, and look up with his receipt how far that is?"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from evaluations import receipts
from evaluations.forms.public_notices import ObjectionForm, ReceiptForm
from evaluations.models import PublicNotice
from evaluations.queries import objections, public_notices
from evaluations.refusals import Refused
from evaluations.services.public_notices import objecting
from evaluations.views.public_notices.reading import LinkedView, link_of, unlisted
from members.access import PortalView
from members.models import User
from members.roles import Permission
from members.services import throttle
from members.views.browser import client_address

REFERRER = "strict-origin"  # "no-referrer" would hide the form's origin too, and the form would be refused
FLOOD = 429


class Objecting:
    """The form and what it answers, whichever way somebody came."""

    request: HttpRequest
    notice: PublicNotice
    base = "branchportal/base.html"

    def get(self, request: HttpRequest, **_address: Any) -> HttpResponse:
        return self._page(ObjectionForm(people=self._people(), user=self._user()))

    def post(self, request: HttpRequest, **_address: Any) -> HttpResponse:
        now, user = timezone.now(), self._user()
        form = ObjectionForm(request.POST, people=self._people(), user=user)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            attempt = throttle.begin(
                number=f"objection {self.notice.pk}", address=client_address(request), now=now,
                device=str(user.pk) if user else "",
            )  # fmt: skip
        except throttle.TooManyFailures:
            form.add_error(None, _("Too many objections have come from here. Wait 15 minutes and send it again."))
            return self._page(form, status=FLOOD)
        try:
            objection, receipt = objecting.file(
                notice=self.notice, words=form.words, entry=form.cleaned_data["entry"], user=user, now=now
            )
        except Refused as refusal:
            throttle.forgive(attempt)
            form.add_error(None, str(refusal))
            return self._page(form, status=422)
        if objection.filed_at != now:  # sent once more: shown again, and not counted
            throttle.forgive(attempt)
        context = self._frame() | {"objection": objection, "receipt": receipt}
        return render(request, "evaluations/objection_receipt.html", context)

    def back_url(self) -> str:
        """The notice."""
        raise NotImplementedError

    def _page(self, form: ObjectionForm, status: int = 200) -> HttpResponse:
        return render(self.request, "evaluations/objection_form.html", self._frame() | {"form": form}, status=status)

    def _frame(self) -> dict[str, Any]:
        branch = self.notice.branch
        return {
            "notice": self.notice, "branch": branch, "committee": objections.committee_of(branch),
            "title": public_notices.title(self.notice), "base": self.base, "back_url": self.back_url(),
            "user_name": self._user().name if self._user() else "",
        }  # fmt: skip

    def _people(self) -> list:
        return list(self.notice.people.all())

    def _user(self) -> User | None:
        return self.request.user if self.request.user.is_authenticated else None


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ObjectView(Objecting, PortalView, View):
    """Somebody who is signed in objects."""

    permission = Permission.READ_NOTICES

    @cached_property
    def notice(self) -> PublicNotice:
        found = public_notices.readable(self.request.user, timezone.localdate())
        notice = found.filter(pk=self.kwargs["pk"]).first()
        if notice is None:
            raise Http404
        return notice

    def back_url(self) -> str:
        return reverse("evaluations:public_notice", args=[self.notice.pk])


@method_decorator(sensitive_post_parameters(), name="dispatch")
class LinkedObjectView(Objecting, LinkedView):
    """Somebody who has the link objects, with or without an account."""

    base = "branchportal/base_narrow.html"
    referrer = REFERRER

    def back_url(self) -> str:
        return link_of(self.notice)


@method_decorator([login_not_required, sensitive_post_parameters()], name="dispatch")
class ObjectionStateView(View):
    """How far an objection is, for whoever types the number on its receipt; nobody guesses eighty bits."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return unlisted(super().dispatch(request, *args, **kwargs), referrer=REFERRER)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(ReceiptForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ReceiptForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        typed = form.cleaned_data["receipt"]
        if receipts.read(typed) is None:
            form.add_error("receipt", _("This is no number of a receipt: compare it with yours, sign by sign."))
            return self._page(form, status=422)
        objection = objections.behind(typed)
        if objection is None:
            form.add_error("receipt", _("No objection has this number, or it was removed after its time."))
            return self._page(form, status=422)
        return self._page(form, objection=objection)

    def _page(self, form: ReceiptForm, status: int = 200, objection: Any = None) -> HttpResponse:
        context = {"form": form, "objection": objection, "today": timezone.localdate()}
        if objection is not None:
            context |= {"branch": objection.notice.branch, "title": public_notices.title(objection.notice)}
        return render(self.request, "evaluations/objection_state.html", context, status=status)
