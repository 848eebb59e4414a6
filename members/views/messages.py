"""Which messages wait for a person, and which of them also come by e-mail?"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, ListView

from branchportal import mail, notifications
from branchportal.messages import groups, text_of
from branchportal.models import Notification
from branchportal.paging import NearestPage
from members.access import PortalView
from members.forms.account import MailForm
from members.roles import Permission


class MessageListView(PortalView, NearestPage, ListView):
    """Everything that the portal told this person, the newest first."""

    permission = Permission.SIGNED_IN
    template_name = "members/messages.html"
    paginate_by = 30

    def get_queryset(self):
        return self.request.user.notifications.all()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        lines = [(message, text_of(message)) for message in context["page_obj"]]
        return {**context, "lines": lines, "unread": self.request.user.unread > 0}


class OpenMessageView(PortalView, View):
    """Mark one message read and go where it leads."""

    permission = Permission.SIGNED_IN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        message = get_object_or_404(request.user.notifications, pk=pk)
        notifications.mark_read(Notification.objects.filter(pk=message.pk), now=timezone.now())
        inside = url_has_allowed_host_and_scheme(message.url, allowed_hosts=None)
        return redirect(message.url if inside else reverse("members:messages"))


class ReadAllMessagesView(PortalView, View):
    """Mark every message read."""

    permission = Permission.SIGNED_IN

    def post(self, request: HttpRequest) -> HttpResponse:
        notifications.mark_read(request.user.notifications.all(), now=timezone.now())
        return redirect("members:messages")


class MailSettingsView(PortalView, FormView):
    """Which groups of messages also come by e-mail, and in which language; in the portal everything stands anyway."""

    permission = Permission.SIGNED_IN
    template_name = "members/mail_settings.html"
    form_class = MailForm

    def get_initial(self):
        preference = mail.preference_of(self.request.user.pk)
        wanted = [group.code for group in groups() if not group.always and group.code not in preference.silenced]
        return {"wanted": wanted, "language": preference.language}

    def get_context_data(self, **kwargs):
        always = [group for group in groups() if group.always]
        return super().get_context_data(
            **kwargs, always=always, is_set_up=mail.is_set_up(), sender=settings.DEFAULT_FROM_EMAIL
        )

    def form_valid(self, form):
        mail.silence(user=self.request.user, groups=form.silenced(), language=form.cleaned_data["language"])
        messages.success(self.request, _("Saved."))
        return redirect("members:mail_settings")
