"""How is it kept that somebody has read the privacy notice?"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from branchportal import audit
from members import notice
from members.models import User
from members.queries.accounts import branch_of


def acknowledge(*, user: User, version: int, now: datetime) -> bool:
    """Keep that the person has read this version; False if it is not the one that holds. Twice counts once."""
    if version != notice.VERSION:
        return False
    with transaction.atomic():
        unread = User.objects.filter(pk=user.pk, notice_version__lt=version)
        if unread.update(notice_version=version, notice_at=now):
            audit.record(
                "account.notice_read", by=user, subject=user, branch=branch_of(user), after={"version": version}
            )
    return True
