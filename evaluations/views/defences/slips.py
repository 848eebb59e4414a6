"""How does a link become something that a phone's camera reads?"""

from __future__ import annotations

import io

import segno
from django.utils.safestring import SafeString, mark_safe

QUIET = 4  # white modules around it, as readers want


def qr_of(url: str) -> SafeString:
    """The QR code as an SVG drawing without styles."""
    out = io.BytesIO()
    code = segno.make(url, micro=False, error="m")
    code.save(out, kind="svg", xmldecl=False, svgns=True, border=QUIET, omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(out.getvalue().decode())  # noqa: S308 - made by segno of figures, not of typed words
