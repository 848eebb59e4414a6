"""Is a file known by its content?"""

import pytest

from activities.file_kinds import kind_of
from tests.activities.evidence import JPEG, PDF, PNG


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (b"", None),
        (b"%PDF-1.4 cut off", None),
        (b"<html>%PDF-1.4 %%EOF</html>", None),
        (b"MZ\x90\x00", None),
        (b"\x89PNG\r\n\x1a\n<svg onload=alert(1)>", None),
        (b"GIF89a", None),
    ],
)
def test_kind(content, kind):
    assert kind_of(content) == kind
