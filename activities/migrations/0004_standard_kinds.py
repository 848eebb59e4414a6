from django.db import migrations

# code, group, platform, hours count, needs minutes
STANDARD_KINDS = [
    ("general_meeting", "meetings", "thought", True, True),
    ("committee_meeting", "meetings", "thought", True, True),
    ("group_meeting", "meetings", "thought", True, True),
    ("party_lecture", "meetings", "thought", True, True),
    ("theme_day", "theme_day", "thought", True, True),
    ("study", "study", "thought", True, False),
    ("seminar", "study", "thought", True, False),
    ("reading", "study", "thought", True, False),
    ("film", "study", "thought", True, False),
    ("visit", "study", "practice", True, False),
    ("committee_training", "training", "thought", True, False),
    ("service", "service", "practice", True, False),
    ("duty", "service", "practice", True, False),
    ("other", "other", "", True, False),
]
OF_PARTY_MEMBERS = ["general_meeting", "committee_meeting", "group_meeting"]


def give_every_activity_its_kind(apps, schema_editor):
    """Write the standard kinds; activities so far point at theirs. Only the meetings were for Party members alone."""
    kinds, activities = apps.get_model("activities", "ActivityKind"), apps.get_model("activities", "Activity")
    for position, (code, group, platform, counts_hours, needs_minutes) in enumerate(STANDARD_KINDS, start=1):
        kind = kinds.objects.create(
            code=code, group=group, platform=platform, counts_hours=counts_hours, needs_minutes=needs_minutes,
            position=position,
        )
        audience = "inside" if code in OF_PARTY_MEMBERS else "open"
        activities.objects.filter(kind=code).update(kind_row=kind, audience=audience)


def forget(apps, schema_editor):
    activities = apps.get_model("activities", "Activity")
    for code in activities.objects.order_by().values_list("kind_row__code", flat=True).distinct():
        activities.objects.filter(kind_row__code=code).update(kind=code[:20])
    activities.objects.update(kind_row=None)
    apps.get_model("activities", "ActivityKind").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [("activities", "0003_kinds_and_sign_ups")]

    operations = [migrations.RunPython(give_every_activity_its_kind, forget)]
