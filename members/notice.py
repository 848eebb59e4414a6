"""Which version of the privacy notice holds, and since when? Its words: templates/members/notice_text.html.

Whoever signs in reads a version once. Raise VERSION when something is kept, shown or deleted in another way.
"""

from datetime import date

VERSION = 1
VALID_FROM = date(2026, 11, 22)
