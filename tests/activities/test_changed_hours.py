"""Is a change of what counts for all at an activity made only with a reason, kept, and shown to whom it concerns?"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from activities.models import Attendance, HoursCorrection
from activities.queries.hours_corrections import of_member
from activities.services.activities import edit_activity
from activities.services.series import edit_following
from branchportal.messages import text_of
from branchportal.models import AuditEntry
from members.roles import Role
from tests.activities.examples import ABSENT, form_values, make_activity, mark
from tests.factories import activity_kind, make_member, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(tree):
    return make_user(Role.MEMBER, tree.b1)


@pytest.fixture
def activity(tree, member):
    """Over, and one was there."""
    activity = make_activity(tree.b1)
    mark(activity, member.member)
    return activity


def edit(activity, by, reason="", **values):
    version = type(activity).objects.get(pk=activity.pk).version
    return edit_activity(activity=activity, version=version, values=values, by=by, now=timezone.now(), reason=reason)


def hours():
    return list(Attendance.objects.order_by("pk").values_list("hours", flat=True))


def test_hours_change_only_with_a_reason_and_old_and_new_are_kept(activity, secretary):
    with pytest.raises(ValidationError) as refused:
        edit(activity, secretary, hours=Decimal("1.5"))
    assert list(refused.value.message_dict) == ["reason"]
    assert (hours(), HoursCorrection.objects.count(), AuditEntry.objects.count()) == ([Decimal(2)], 0, 0)
    edit(activity, secretary, "签到表写错", hours=Decimal("1.5"))
    assert hours() == [Decimal("1.5")]
    kept = HoursCorrection.objects.get()
    assert (kept.old_hours, kept.new_hours, kept.reason, kept.by) == (2, Decimal("1.5"), "签到表写错", secretary)
    line = AuditEntry.objects.get()
    assert (line.action, line.reason, line.before, line.after) == (
        "activity.edited", "签到表写错", {"hours": "2.0"}, {"hours": "1.5"},
    )  # fmt: skip


def test_another_time_audience_or_kind_counts_too_and_a_title_does_not(activity, secretary):
    moved = {"starts_at": activity.starts_at - timedelta(days=60), "ends_at": activity.ends_at - timedelta(days=60)}
    uncounted = activity_kind("general_meeting")
    type(uncounted).objects.filter(pk=uncounted.pk).update(counts_hours=False)
    uncounted.refresh_from_db()
    for values in (moved, {"audience": "inside"}, {"kind": uncounted}):
        with pytest.raises(ValidationError):
            edit(activity, secretary, **values)
        edit(activity, secretary, "补记", **values)
    edit(activity, secretary, title="别的", place="体育馆")
    kept = HoursCorrection.objects.order_by("pk")
    assert [(one.old_hours, one.new_hours, one.old_audience, one.new_audience) for one in kept] == [
        (2, 2, "open", "open"), (2, 2, "open", "inside"), (2, 0, "inside", "inside"),
    ]  # fmt: skip
    assert kept[0].old_starts_at - kept[0].new_starts_at == timedelta(days=60)


def test_what_has_attendance_is_not_moved_into_the_future(tree, activity, secretary):
    later = {"starts_at": timezone.now() + timedelta(days=1), "ends_at": timezone.now() + timedelta(days=1, hours=2)}
    with pytest.raises(ValidationError):
        edit(activity, secretary, "改期", **later)
    assert (type(activity).objects.get().starts_at, HoursCorrection.objects.count()) == (activity.starts_at, 0)
    unmarked = make_activity(tree.b1)
    edit(unmarked, secretary, **later)
    assert type(activity).objects.get(pk=unmarked.pk).starts_at == later["starts_at"]


def test_where_nobody_is_marked_nothing_is_asked(tree, secretary):
    edit(make_activity(tree.b1), secretary, hours=Decimal(1))
    assert not HoursCorrection.objects.exists()


def test_own_hours_with_a_reason_of_their_own_stay(tree, activity, secretary):
    Attendance.objects.create(
        activity=activity, member=make_member(tree.b1), state="present", hours=Decimal(1), reason="早退"
    )
    edit(activity, secretary, "签到表写错", hours=Decimal("1.5"))
    assert hours() == [Decimal("1.5"), Decimal(1)]


def test_those_who_were_there_are_told_and_see_it_beside_their_hours(client, tree, activity, member, secretary):
    absent, stranger = make_user(Role.MEMBER, tree.b1), make_user(Role.MEMBER, tree.b1)
    mark(activity, absent.member, ABSENT)
    edit(activity, secretary, "签到表写错", hours=Decimal("1.5"))
    assert [one.notifications.count() for one in (member, absent, stranger, secretary)] == [1, 0, 0, 0]
    with translation.override("en"):
        assert text_of(member.notifications.get()) == (
            f"{secretary.name} has corrected the hours counted at “共读一本书”, where you were present: 1.5 instead of "
            "2. Reason: 签到表写错"
        )
    assert [of_member(one.member).count() for one in (member, absent, stranger)] == [1, 0, 0]
    activity_page, own_hours = reverse("activities:activity", args=[activity.pk]), reverse("activities:my_hours")
    for user, seen in ((member, True), (stranger, False)):
        sign_in(client, user)
        pages = [client.get(address).content.decode() for address in (activity_page, own_hours)]
        assert ["签到表写错" in page for page in pages] == [seen, seen]
    assert "签到表写错" in sign_in(client, secretary).get(activity_page).content.decode()


def test_the_same_change_sent_twice_is_kept_once(activity, secretary):
    for _time in range(2):
        edit_activity(
            activity=activity, version=1, values={"hours": Decimal(1)}, by=secretary, now=timezone.now(), reason="错"
        )
    assert HoursCorrection.objects.count() == 1


def test_the_form_asks_for_the_reason_and_keeps_what_was_typed(client, tree, activity, secretary):
    owner = make_member(tree.b1)
    address = reverse("activities:edit", args=[activity.pk])
    typed = form_values(owner, kind="study", audience="open", title=activity.title, hours="1.5", version=1)
    page = sign_in(client, secretary).get(address)
    assert page.context["asks_reason"]
    page = client.post(address, typed)
    assert (list(page.context["form"].errors), page.context["form"]["hours"].value()) == (["reason"], "1.5")
    assert client.post(address, typed | {"reason": "签到表写错"}).status_code == 302
    assert HoursCorrection.objects.get().reason == "签到表写错"
    untouched = make_activity(tree.b1, owner=owner)
    assert not client.get(reverse("activities:edit", args=[untouched.pk])).context["asks_reason"]


def test_a_series_asks_for_the_occurrence_that_is_over(tree, activity, secretary):
    later = make_activity(tree.b1, starts_at=timezone.now() + timedelta(days=5))
    type(activity).objects.update(series=activity.entry)
    activity.refresh_from_db()
    wanted = {
        "activity": activity, "version": 1, "values": {"hours": Decimal(1)}, "by": secretary, "now": timezone.now(),
    }  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        edit_following(**wanted)
    assert list(refused.value.message_dict) == ["reason"]
    edit_following(**wanted, reason="错")
    later.refresh_from_db()
    assert (later.hours, HoursCorrection.objects.count()) == (1, 1)
