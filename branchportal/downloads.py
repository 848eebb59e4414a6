"""How is a file handed to the browser: named in any language, never shown inside the page?"""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from branchportal.spreadsheets.writing import CONTENT_TYPE as XLSX


def attachment(content: bytes, filename: str, content_type: str = XLSX) -> HttpResponse:
    """The file as a download; characters that no file name may have become "_"."""
    safe = "".join("_" if character in '\\/:*?"<>|' or ord(character) < 32 else character for character in filename)
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": content_disposition_header(as_attachment=True, filename=safe)},
    )
