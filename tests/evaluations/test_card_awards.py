"""Does the card of a month list what somebody was awarded in its days, and only what counts?"""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from activities.models import AwardLevel
from activities.services.awards import decide_award, propose_award
from evaluations.queries.self_reviews import card_of
from members.roles import Role
from tests.evaluations.ranking_material import NOVEMBER, make_month
from tests.factories import make_branch_tree, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)


def test_confirmed_awards_of_the_days_stand_on_the_card():
    tree = make_branch_tree()
    secretary, member = make_user(Role.SECRETARY, tree.b1), make_user(Role.MEMBER, tree.b1)
    make_month(tree.b1, NOVEMBER)
    for title, day, confirms in (
        ("计入", date(2026, 11, 2), True),
        ("未确认", date(2026, 11, 3), False),
        ("太早", date(2026, 9, 1), True),
    ):
        values = {"title": title, "level": AwardLevel.objects.first(), "awarded_on": day, "body": "校团委", "link": ""}
        award = propose_award(member=member.member, entry=uuid4(), values=values, upload=None, by=member, now=NOW)
        if confirms:
            decide_award(award=award, version=1, confirms=True, reason="", by=secretary, now=NOW)
    card = card_of(member.member, NOVEMBER, NOW)
    assert ([award.title for award in card.awards], card.record_count) == (["计入"], 1)
