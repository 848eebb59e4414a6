"""What does the portal keep about me, and who has looked at it?"""

from __future__ import annotations

from django.utils import timezone
from django.views.generic import TemplateView

from members.access import PortalView
from members.queries.looks import in_words, looks
from members.queries.people import facts, steps
from members.roles import Permission
from members.views.people import advice

SHOWN_LOOKS = 10  # of all that stand on their own page


class OwnRecordView(PortalView, TemplateView):
    """The own record as it is kept; the permission follows from belonging to a branch."""

    permission = Permission.VIEW_OWN_RECORD
    template_name = "members/own_record.html"

    def get_context_data(self, **context) -> dict:
        person = self.request.user.member
        return super().get_context_data(
            person=person,
            steps=steps(person, timezone.localdate()),
            advice=advice(person),
            facts=facts(person),
            former_memberships=person.former_memberships.select_related("branch"),
            former_numbers=person.former_numbers.all(),
            looks=in_words(looks(self.request.user)[:SHOWN_LOOKS]),
            **context,
        )
