"""Which activities does the quick search find?"""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from activities.models import Activity
from branchportal.search import MOST, Group, Hit, Page, pages
from members.access import access_of
from members.roles import Permission

PAGES = (
    Page(Permission.VIEW_ACTIVITIES, "activities:activities", gettext_lazy("Activities")),
    Page(Permission.EDIT_ACTIVITIES, "activities:add", gettext_lazy("Record an activity")),
    Page(Permission.VIEW_ROSTER, "activities:hours", gettext_lazy("Hours and awards")),
    Page(Permission.VIEW_OWN_RECORD, "activities:my_hours", gettext_lazy("My hours and awards")),
    Page(Permission.VIEW_MONTH, "activities:duties", gettext_lazy("Three ones")),
    Page(Permission.VIEW_OWN_RECORD, "activities:my_duties", gettext_lazy("My three ones")),
    Page(Permission.EDIT_ACTIVITY_KINDS, "activities:kinds", gettext_lazy("Kinds of activities")),
)


def find(request: HttpRequest, words: str) -> Iterator[Hit]:
    access = access_of(request.user)
    yield from pages(words, (page for page in PAGES if access.may(page.permission)))
    if not access.may(Permission.VIEW_ACTIVITIES):
        return
    visible = Activity.objects.visible_to(request.user, Permission.VIEW_ACTIVITIES)
    for activity in visible.filter(title__icontains=words).order_by("-starts_at", "-pk")[:MOST]:
        day = date_format(localtime(activity.starts_at), "DATE_FORMAT")
        yield Hit(Group.ACTIVITIES, activity.title, reverse("activities:activity", args=[activity.pk]), day)
