"""How does everything that is done with one public notice wait for the step before it?"""

from __future__ import annotations

from evaluations.models import PublicNotice


def hold(notice: PublicNotice) -> PublicNotice:
    """The notice as it stands, kept so until the caller's transaction ends.

    Whoever objects while it is taken down has either objected before, or is told that it is down.
    """
    rows = PublicNotice.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("meeting__run__branch", "meeting__run__superseded_by").get(pk=notice.pk)
