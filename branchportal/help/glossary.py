"""What do the portal's words mean, and where do they appear? In groups, each in the order of the work."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branchportal.help.parts import Link, Term, Text

_CARD = Link(_("Self-review"), "evaluations:review_card")
_MONTHS = Link(_("Months"), "evaluations:months")
_RANKINGS = Link(_("Rankings"), "evaluations:rankings")
_RESULTS = Link(_("My results"), "evaluations:own_rankings")
_SCHEMES = Link(_("Scoring schemes"), "evaluations:schemes")
_ROSTER = Link(_("Roster"), "members:roster")
_OFFICES = Link(_("Offices"), "members:roles")
_ACCOUNTS = Link(_("Accounts"), "members:accounts")
_ACTIVITIES = Link(_("Activities"), "activities:activities")

GLOSSARY: tuple[tuple[Text, tuple[Term, ...]], ...] = (
    (
        _("Organisation and offices"),
        (
            Term(
                "branch",
                _("Branch, general branch, committee"),
                _(
                    "A branch has members. A general branch holds several branches together. A committee stands above "
                    "both and alone approves."
                ),
                (_OFFICES,),
            ),
            Term(
                "branch-committee",
                _("Branch committee"),
                _("The officers of one branch who meet and decide together. Not the superior committee."),
            ),
            Term(
                "secretary",
                _("Secretary, deputy, commissioners"),
                _(
                    "The officers of a branch: secretary, deputy secretary, and the commissioners for organisation, "
                    "publicity and discipline."
                ),
                (_OFFICES,),
            ),
            Term(
                "acting",
                _("Acting secretary"),
                _(
                    "Where a branch has no secretary, the first officer who is appointed has the secretary's rights: "
                    "deputy, then organisation, publicity, discipline."
                ),
                (_OFFICES,),
            ),
            Term(
                "counselor",
                _("Counselor"),
                _("Teacher who looks after the students of several branches. Reads and exports, changes nothing."),
                (_MONTHS,),
            ),
            Term(
                "reviewer",
                _("Committee reviewer"),
                _("Person of the committee who sets months, publishes schemes and appoints officers."),
            ),
            Term(
                "class-contact",
                _("Class contact"),
                _("Person who keeps in touch with one class for the branch."),
                (_ACTIVITIES,),
            ),
            Term(
                "activation-slip",
                _("Activation slip"),
                _(
                    "A printed one-time code with which somebody chooses the own password. It works once and for two "
                    "weeks; a newer one replaces it."
                ),
                (_ACCOUNTS,),
            ),
        ),
    ),
    (
        _("The path to membership"),
        (
            Term(
                "stage",
                _("Stage"),
                _(
                    "How far somebody is: applicant, activist, development candidate, probationary member, full "
                    "member. Who has not applied is counted among the masses."
                ),
                (_ROSTER,),
            ),
            Term(
                "activist",
                _("Activist"),
                _("Applicant whom the branch has chosen to be cultivated and observed, for at least a year."),
            ),
            Term(
                "candidate",
                _("Development candidate"),
                _("Activist of a year or more whom the branch intends to admit."),
            ),
            Term(
                "probation",
                _("Probation and conversion"),
                _("The year after admission as a probationary member; at its end the conversion to full member."),
            ),
            Term(
                "cultivation-contact",
                _("Cultivation contact"),
                _("One or two full members who accompany an activist."),
            ),
            Term(
                "roster",
                _("Roster"),
                _("The list of all people of a branch with number, class, stage and dates."),
                (_ROSTER,),
            ),
            Term(
                "transfer",
                _("Transfer"),
                _("Somebody moves to another branch; the record moves along, earlier months stay with the old branch."),
                (_ROSTER,),
            ),
        ),
    ),
    (
        _("The month"),
        (
            Term(
                "self-review",
                _("Monthly self-review, card"),
                _("What a member says about the own month: five dimensions, one grade each, a line if needed."),
                (_CARD,),
            ),
            Term(
                "dimension",
                _("Dimension"),
                _("Thought, study, life, work and conduct: the five sides that every card and every rating looks at."),
                (_CARD,),
            ),
            Term(
                "grade",
                pgettext_lazy("glossary", "Grade"),
                _("Excellent 95 points, good 85, fair 75, passable 65, to improve 55."),
                (_CARD,),
            ),
            Term(
                "branch-rating",
                _("Branch rating"),
                _("The same five dimensions as the branch committee sees them. Nobody rates himself."),
                (_MONTHS,),
            ),
            Term(
                "due",
                _("Due"),
                _("Who belonged to the branch on the month's first day, at a stage that files, is expected to file."),
                (_MONTHS,),
            ),
            Term(
                "draft",
                _("Draft"),
                _("What is saved while somebody types. It is nobody else's business and does not count."),
                (_CARD,),
            ),
            Term(
                "closed-month",
                _("Closed month"),
                _("After the last day of the branch ratings nothing in it changes, and the ranking is compiled."),
                (_MONTHS,),
            ),
        ),
    ),
    (
        _("Scheme and ranking"),
        (
            Term(
                "scheme",
                _("Scoring scheme"),
                _("The published rule by which a ranking is computed. The first figure or ranking seals it."),
                (_SCHEMES,),
            ),
            Term(
                "component",
                _("Component"),
                _("One part of a scheme with its weight, such as the self-reviews or the branch ratings of a period."),
                (_SCHEMES,),
            ),
            Term(
                "gate",
                _("Condition"),
                _("What somebody must fulfil to be ranked at all. Who does not is listed with the reason."),
                (_SCHEMES,),
            ),
            Term(
                "ranking",
                _("Ranking"),
                _(
                    "The people of a branch ordered by their total for one purpose and period, for the branch "
                    "committee's consideration only."
                ),
                (_RANKINGS, _RESULTS),
            ),
            Term(
                "tie",
                _("Tie"),
                _("Equal totals that the scheme does not separate share the place; the next place is left free."),
                (_RANKINGS,),
            ),
            Term(
                "band",
                _("Band"),
                _("A word for a range of totals, such as excellent or qualified, if the scheme has any."),
                (_RANKINGS,),
            ),
            Term(
                "run",
                pgettext_lazy("glossary", "Run"),
                _("One compilation. Compiling again makes the next run; the earlier one stays as it was."),
                (_RANKINGS,),
            ),
            Term(
                "frozen",
                pgettext_lazy("glossary", "Frozen"),
                _(
                    "Proposed by the branch and confirmed by a reviewer of the superior committee: these figures never "
                    "change, and the ranking is not compiled again."
                ),
                (_RANKINGS, _RESULTS),
            ),
            Term(
                "decision",
                _("Decision of the branch committee"),
                _(
                    "What the branch committee says of each person of a frozen ranking: selected, not selected or "
                    "postponed, with a reason where it departs from the order. It holds once the superior committee "
                    "has consented."
                ),
                (Link(_("Decisions"), "evaluations:decisions"), _RESULTS),
            ),
            Term(
                "fingerprint",
                _("Fingerprint, sealed bundle"),
                _(
                    "The bundle holds scheme and inputs of a run; the fingerprint is a number computed from it that "
                    "changes with every change, so that anybody can check it."
                ),
                (_RANKINGS,),
            ),
        ),
    ),
    (
        _("Activities and records"),
        (
            Term(
                "three-meetings",
                _("Three meetings and one lecture"),
                _(
                    "General meeting, branch committee meeting, Party group meeting, and the Party lecture: the "
                    "regular meetings of a branch."
                ),
                (_ACTIVITIES,),
            ),
            Term(
                "theme-day",
                _("Theme Party day"),
                _("A day each month on which the branch meets for one subject."),
                (_ACTIVITIES,),
            ),
            Term(
                "attendance",
                _("Attendance"),
                _("Present, excused or absent. Hours count for those who were present."),
                (_ACTIVITIES,),
            ),
            Term(
                "audit-trail",
                _("Audit trail"),
                _("Every change: who, when, what, before and after. Its lines are never changed or removed."),
                (Link(_("Audit trail"), "members:audit"),),
            ),
            Term(
                "access-log",
                _("Who looked at it"),
                _("On the own record: who opened it or took away a list that the person stands in."),
                (Link(_("My record"), "members:own_record"),),
            ),
        ),
    ),
)
