from django.db import migrations, models


def keep_as_drawn(apps, schema_editor):
    """Who had spoken already: number and name as the audit line of the draw has them, else as they are now."""
    sessions = apps.get_model("evaluations", "DefenceSession")
    speakers = apps.get_model("evaluations", "DefenceSpeaker")
    lines = apps.get_model("branchportal", "AuditEntry").objects.filter(
        action="defence.opened", subject_type="evaluations.defencesession"
    )
    for session in sessions.objects.exclude(state="preparing").order_by("pk"):
        line = lines.filter(subject_id=str(session.pk)).order_by("pk").last()
        order = line.after.get("order", []) if line else []
        drawn = dict(enumerate((text.rsplit(" ", 1) for text in order), start=1))
        rows = speakers.objects.filter(session=session, position__isnull=False).select_related("member", "branch")
        for speaker in rows.order_by("pk"):
            now = speaker.member or speaker.branch
            number = speaker.member.number if speaker.member else speaker.branch.code
            speaker.drawn_name, speaker.drawn_number = drawn.get(speaker.position, [now.name, number])
            speaker.save(update_fields=["drawn_name", "drawn_number"])


class Migration(migrations.Migration):
    dependencies = [
        ("branchportal", "0004_ledger_and_pulse"),
        ("evaluations", "0013_approval_of_schemes"),
    ]

    operations = [
        migrations.AddField(
            model_name="defencespeaker",
            name="drawn_name",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="defencespeaker",
            name="drawn_number",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.RunPython(keep_as_drawn, migrations.RunPython.noop),
    ]
