"""By what can the list and the calendar of activities be narrowed?"""

from __future__ import annotations

from datetime import datetime

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, Attendance, SignUp
from activities.queries.kinds import kind_choices
from members.models import Branch, Member

PARTS = [("coming", _("To come")), ("past", _("Over")), ("all", _("All"))]
MINE = [("1", _("Only me"))]


class CalendarFilter(django_filters.FilterSet):
    """Every filter stands in the address; unknown values are ignored. `own` is the reader on the roster."""

    branch = django_filters.ChoiceFilter(field_name="branch__code", label=_("Branch"), empty_label=_("All"))
    kind = django_filters.ChoiceFilter(field_name="kind__code", label=_("Kind"), empty_label=_("All"))
    mine = django_filters.ChoiceFilter(
        label=_("Concerns"), choices=MINE, empty_label=_("Everybody"), method="only_mine"
    )

    class Meta:
        model = Activity
        fields = ["branch", "kind", "mine"]

    def __init__(self, data, queryset: QuerySet[Activity], *, branches: list[Branch], own: Member | None) -> None:
        super().__init__(data, queryset)
        self.own = own
        self.filters["branch"].extra["choices"] = [(branch.code, branch.name) for branch in branches]
        self.filters["kind"].extra["choices"] = kind_choices(branches)
        if len(branches) < 2:
            del self.filters["branch"]
        if own is None:
            del self.filters["mine"]
        for field in self.form.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    @property
    def narrowed(self) -> bool:
        """Does the address ask for less than everything?"""
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else True

    def only_mine(self, queryset: QuerySet[Activity], name: str, value: str) -> QuerySet[Activity]:
        """What the reader signed up for, attended or is responsible for."""
        here = {"activity": OuterRef("pk"), "member": self.own}
        return queryset.filter(
            Q(owner=self.own) | Exists(SignUp.objects.filter(**here)) | Exists(Attendance.objects.filter(**here))
        )


class ActivityFilter(CalendarFilter):
    """The list has a search, and parts what is to come from what is over. `now` is the moment between."""

    q = django_filters.CharFilter(
        method="search",
        label=_("Title or location"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    day = django_filters.DateFilter(field_name="starts_at", lookup_expr="date", widget=forms.HiddenInput)

    class Meta:
        model = Activity
        fields = ["q", "branch", "kind", "mine", "day"]

    def __init__(self, data, queryset: QuerySet[Activity], *, now: datetime, **options) -> None:
        super().__init__(data, queryset, **options)
        self.now = now

    @property
    def when(self) -> str:
        """Which part of the list: what is to come unless the address says something else."""
        asked = self.data.get("when") if self.data else ""
        if asked in dict(PARTS):
            return asked
        return "all" if self.data and self.data.get("day") else "coming"

    @property
    def qs(self) -> QuerySet[Activity]:
        if self.when == "all":
            return super().qs.order_by("-starts_at", "-pk")
        if self.when == "past":
            return super().qs.filter(ends_at__lt=self.now).order_by("-starts_at", "-pk")
        return super().qs.filter(ends_at__gte=self.now).order_by("starts_at", "pk")

    def search(self, queryset: QuerySet[Activity], name: str, value: str) -> QuerySet[Activity]:
        return queryset.filter(Q(title__icontains=value) | Q(place__icontains=value))
