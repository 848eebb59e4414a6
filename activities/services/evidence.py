"""How is an uploaded file kept once, and dropped when it shows nothing any more?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from activities.file_kinds import SUFFIXES
from activities.models import Evidence
from members.models import Branch, User


@dataclass(frozen=True)
class Upload:
    """A file that was checked: its name as sent, its content and the content type found in it."""

    name: str
    content: bytes
    content_type: str


def digest_of(upload: Upload) -> str:
    """The fingerprint under which a content is kept once."""
    return hashlib.sha256(upload.content).hexdigest()


def keep(upload: Upload, branch: Branch, by: User, now: datetime) -> Evidence:
    """The file of this content: the one that the branch has already, or a new one."""
    digest = digest_of(upload)
    standing = Evidence.objects.filter(branch=branch, sha256=digest).first()
    if standing:
        return standing
    evidence = Evidence(
        branch=branch, sha256=digest, file_name=upload.name, content_type=upload.content_type,
        size=len(upload.content), uploaded_by=by, uploaded_at=now,
    )  # fmt: skip
    evidence.file.save(f"{digest}{SUFFIXES[upload.content_type]}", ContentFile(upload.content), save=False)
    try:
        with transaction.atomic():
            evidence.save()
    except IntegrityError:
        evidence.file.delete(save=False)
        return Evidence.objects.get(branch=branch, sha256=digest)
    return evidence


def drop_unused(evidence: Evidence) -> None:
    """Remove a file that shows nothing any more, in whatever app; the disk follows once the database has agreed."""
    if any(getattr(evidence, link.get_accessor_name()).exists() for link in evidence._meta.related_objects):
        return
    file = evidence.file
    evidence.delete()
    transaction.on_commit(lambda: file.storage.delete(file.name))
