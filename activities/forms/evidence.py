"""Is an uploaded file one that can show something: small enough, and of a known kind by its content?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from activities.file_kinds import SUFFIXES, kind_of
from activities.services.evidence import Upload
from branchportal.spreadsheets.values import text_of

MOST_MB = 5
LONGEST_NAME = 120


def upload_of(sent: Any, *, of_another_kind: str) -> Upload:
    """The checked file. Raises ValidationError: too large, or `of_another_kind` for what is no PDF, JPG or PNG."""
    if sent.size > MOST_MB * 1024 * 1024:
        raise forms.ValidationError(_("The file is larger than 5 MB. Save it smaller, or scan it at 150 dpi."))
    content = sent.read()
    kind = kind_of(content)
    if kind is None:
        raise forms.ValidationError(of_another_kind)
    return Upload(_file_name(sent.name, kind), content, kind)


def _file_name(name: str, kind: str) -> str:
    """The sender's name with the ending of what the file really is."""
    stem = text_of(name).rsplit(".", 1)[0][: LONGEST_NAME - 8] or "award"
    return f"{stem}{SUFFIXES[kind]}"
