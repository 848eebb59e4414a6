"""What do public notices and objections hold about one person? An objection against him is never among it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from branchportal.own_data import Field, Section
from branchportal.spreadsheets.writing import DATE, MOMENT
from evaluations.models import NoticePerson, Objection
from evaluations.queries.public_notices import title
from members.models import User


def _named(user: User) -> QuerySet[NoticePerson]:
    found = NoticePerson.objects.filter(member__user=user, notice__published_at__isnull=False)
    return found.select_related("notice__meeting__run__branch").order_by("-notice__published_at", "-pk")


def _notices(user: User, now: datetime) -> Iterator[tuple]:
    for one in _named(user):
        notice = one.notice
        dates = " · ".join(one.dates.values())
        yield (
            title(notice), notice.branch.name, one.class_name, dates, notice.first_on, notice.last_on,
            notice.get_state_display(),
        )  # fmt: skip


def _filed(user: User) -> QuerySet[Objection]:
    return Objection.objects.filter(user=user).select_related("notice__meeting__run__branch", "about")


def _objections(user: User, now: datetime) -> Iterator[tuple]:
    for one in _filed(user).order_by("-filed_at", "-pk"):
        about = one.about.name if one.about else ""
        yield (
            one.filed_at, one.notice.branch.name, about, one.text, one.contact, one.due_on,
            one.get_decision_display(), one.reply,
        )  # fmt: skip


SECTIONS = (
    Section(
        "public_notices",
        gettext_lazy("Public notices with my name"),
        gettext_lazy("What stood on each: name, class and dates, and nothing else."),
        (
            Field("title", gettext_lazy("Notice")),
            Field("branch", gettext_lazy("Branch")),
            Field("class", gettext_lazy("Class")),
            Field("dates", gettext_lazy("Dates")),
            Field("first", gettext_lazy("First working day"), DATE),
            Field("last", gettext_lazy("Last day of the notice"), DATE),
            Field("state", gettext_lazy("State")),
        ),
        _notices,
        ("evaluations.NoticePerson.member",),
        lambda user, now: [_named(user)],
    ),
    Section(
        "objections",
        gettext_lazy("My objections"),
        gettext_lazy("What you filed while you were signed in. Only reviewers of the superior committee see it."),
        (
            Field("at", gettext_lazy("When"), MOMENT),
            Field("branch", gettext_lazy("Branch")),
            Field("about", gettext_lazy("About whom")),
            Field("text", gettext_lazy("Text")),
            Field("contact", gettext_lazy("Contact")),
            Field("due", gettext_lazy("Reply promised by"), DATE),
            Field("decision", gettext_lazy("Conclusion")),
            Field("reply", gettext_lazy("Reply")),
        ),
        _objections,
        ("evaluations.Objection.user",),
        lambda user, now: [_filed(user)],
    ),
)
