"""Which guides are there, in their order?"""

from __future__ import annotations

from branchportal.help.counselor import COUNSELOR
from branchportal.help.member import MEMBER
from branchportal.help.parts import Guide
from branchportal.help.reviewer import REVIEWER
from branchportal.help.secretary import SECRETARY

GUIDES: tuple[Guide, ...] = (MEMBER, SECRETARY, COUNSELOR, REVIEWER)
