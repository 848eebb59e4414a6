"""How is an activity called off?"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView

from activities.forms.plans import CancelForm
from activities.models import Activity
from activities.services.series import cancel
from members.access import PortalView
from members.roles import Permission


class CancelView(PortalView, FormView):
    """Ask why, then cancel; a cancelled activity stays in the list."""

    permission = Permission.EDIT_ACTIVITIES
    template_name = "branchportal/confirm.html"
    form_class = CancelForm

    @cached_property
    def activity(self) -> Activity:
        activities = self.visible(Activity.objects.select_related("branch", "kind"))
        return get_object_or_404(activities, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"activity": self.activity}

    def get_context_data(self, **context) -> dict:
        when = timezone.localtime(self.activity.starts_at)
        signed_up = self.activity.sign_ups.count()
        told = ngettext(
            "%(count)s person who signed up gets a message.", "%(count)s people who signed up get a message.", signed_up
        )
        return super().get_context_data(**context) | {
            "title": _("Cancel %(title)s?") % {"title": self.activity.title},
            "text": _("It stays in the list, struck out. This can't be taken back; record a new activity instead.")
            + (" " + told % {"count": signed_up} if signed_up else ""),
            "facts": [(_("When"), f"{when:%Y-%m-%d %H:%M}"), (_("Branch"), self.activity.branch.name)],
            "label": _("Cancel the activity"),
            "back_label": _("Keep the activity"),
            "back_url": reverse("activities:activity", args=[self.activity.pk]),
            "danger": True,
        }

    def form_valid(self, form: CancelForm) -> HttpResponse:
        try:
            rows = cancel(
                activity=self.activity,
                because=form.cleaned_data["because"],
                following=form.cleaned_data.get("scope") == "following",
                by=self.request.user,
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        if len(rows) > 1:
            messages.success(self.request, _("%(count)s activities are cancelled.") % {"count": len(rows)})
        else:
            messages.success(self.request, _("The activity is cancelled."))
        return redirect("activities:activity", self.activity.pk)
