"""How long is what people did together kept?"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Award, DutyEntry, Evidence
from activities.services.evidence import drop_unused
from branchportal.retention import Ending, Rule


def _files_of_people_who_left(limit: datetime) -> QuerySet[Award]:
    left = Award.objects.filter(member__ended_on__lt=timezone.localdate(limit))
    return left.exclude(evidence=None, link="")


def _drop_files(rows: QuerySet) -> int:
    """Take files and links away; a file that shows somebody else's award too stays for that one."""
    evidence = list(Evidence.objects.filter(awards__in=rows).distinct().order_by("pk"))
    count = rows.update(evidence=None, link="")
    for one in evidence:
        drop_unused(one)
    return count


def _entries_of_people_who_left(limit: datetime) -> QuerySet[DutyEntry]:
    left = DutyEntry.objects.filter(duty__member__ended_on__lt=timezone.localdate(limit))
    return left.exclude(evidence=None)


def _drop_entry_files(rows: QuerySet) -> int:
    evidence = list(Evidence.objects.filter(duty_entries__in=rows).distinct().order_by("pk"))
    count = rows.update(evidence=None)
    for one in evidence:
        drop_unused(one)
    return count


def _long_refused(limit: datetime) -> QuerySet[Award]:
    return Award.objects.filter(state=Award.State.REJECTED, decided_at__lt=limit)


def _drop_refused(rows: QuerySet) -> int:
    _drop_files(rows)
    return rows.delete()[0]


RULES = (
    Rule(
        "activities",
        _("Activities with attendance and hours"),
        _("The branch has to show its meetings for years; without the name of the record the marks point at nobody."),
        ending=Ending.KEPT,
    ),
    Rule(
        "minutes",
        _("Minutes of meetings with the names of who was there"),
        _("The branch has to show what it decided; confirmed minutes stay as they were signed."),
        ending=Ending.KEPT,
    ),
    Rule(
        "evidence",
        _("Files that show an award"),
        _("The award was confirmed; its file is not needed when the person has left."),
        since=_("after the membership ended"),
        months=12,
        expired=_files_of_people_who_left,
        end=_drop_files,
    ),
    Rule(
        "duty_files",
        _("Files that show an entry in the three ones"),
        _("The entry was counted; its file is not needed when the person has left."),
        since=_("after the membership ended"),
        months=12,
        expired=_entries_of_people_who_left,
        end=_drop_entry_files,
    ),
    Rule(
        "duties",
        _("Who was there for which activists, area or class, and the entries about it"),
        _("The branch has to show its work for years; without the name of the record it points at nobody."),
        ending=Ending.KEPT,
    ),
    Rule(
        "refused_awards",
        _("Awards that were not confirmed"),
        _("They count nothing; the person had time to mend them."),
        since=_("after the answer"),
        months=12,
        expired=_long_refused,
        end=_drop_refused,
    ),
)
