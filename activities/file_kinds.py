"""Which kind of file is this, going by its content and not by its name?"""

from __future__ import annotations

SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff"
PDF = b"%PDF-"
PDF_TAIL = 2048  # bytes in which its end mark stands


def kind_of(content: bytes) -> str | None:
    """Return the content type of a PDF, JPEG or PNG file, None for anything else."""
    if content.startswith(PDF) and b"%%EOF" in content[-PDF_TAIL:]:
        return "application/pdf"
    if content.startswith(JPEG):
        return "image/jpeg"
    return "image/png" if content.startswith(PNG) else None
