"""Which student or staff number does somebody mean who typed it on a phone?"""

from branchportal.spreadsheets.values import half_width, text_of


def typed_number(text: str) -> str:
    """Return the number without spaces and invisible characters, full-width digits and letters as ordinary ones."""
    return "".join(half_width(text_of(text)).split())
