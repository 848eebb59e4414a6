"""What does a reviewer of the committee need to know?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branchportal.help.parts import Guide, Link, Section

REVIEWER = Guide(
    slug="reviewer",
    title=_("For committee reviewers"),
    summary=_("Setting the months, publishing schemes, appointing officers, examining rankings."),
    sections=(
        Section(
            "calendar",
            _("Setting the months"),
            (
                _(
                    "Months appear by themselves, two ahead. For each you decide whether it is evaluated, until which "
                    "day self-reviews and branch ratings run, and whether grades or points are given. February, July "
                    "and August start switched off. A general branch can have days of its own."
                ),
                _(
                    "As soon as reviews have been submitted the scale stays and the month can't be switched off; a "
                    "month that has closed is not changed any more. Change a later month instead."
                ),
            ),
            (Link(_("Calendar of the months"), "evaluations:calendar"),),
        ),
        Section(
            "schemes",
            _("Publishing a scheme"),
            (
                _(
                    "A scheme says how a ranking is computed: its components, weights, conditions and how ties are "
                    "broken. Begin a new one with a template, copy one as a new version, or import a file; the portal "
                    "checks it and tells it in plain words. The committee reads the draft, and somebody who did not "
                    "write it approves it; then it is published, and everybody in your branches can read it."
                ),
                _(
                    "The first figure or ranking of its months seals a scheme. A later change is a new version that "
                    "starts with a later month. National limits, such as twelve months as an activist, can only be "
                    "tightened."
                ),
            ),
            (
                Link(_("Scoring schemes"), "evaluations:schemes"),
                Link(_("New scheme"), "evaluations:scheme_add"),
                Link(_("Import a scheme"), "evaluations:scheme_import"),
            ),
        ),
        Section(
            "offices",
            _("Appointing officers"),
            (
                _(
                    "You appoint secretaries, branch officers, class contacts and counselors below your committee, "
                    "each from a day and, if you like, until a day. Nobody appoints or dismisses himself. The person "
                    "is told, and the appointment stands in the audit trail."
                ),
            ),
            (Link(_("Offices"), "members:roles"),),
        ),
        Section(
            "rankings",
            _("Examining a ranking"),
            (
                _(
                    "Why is this person third? Open the ranking, click the name: components, months, weights and "
                    "rounding stand on one page. “Who moved” compares with the run before. The sealed bundle holds "
                    "all inputs and the scheme, so that anybody can compute the ranking again."
                ),
                _(
                    "What a branch has proposed for freezing stands on your home page. Look through it, then confirm "
                    "with your password or send it back with a reason. Nobody confirms what he proposed himself, or "
                    "what was proposed by somebody for whom he stands in."
                ),
                _(
                    "A decision of a branch committee waits for you until you consent or send it back with a reason. "
                    "Where it departs from the order of the ranking the sheet says so, with the committee's reason. "
                    "With your consent it holds, and everybody on the list reads what was decided about him."
                ),
                _(
                    "The line through a ranking is drawn by you on the page, and a tie at the line is pointed out. "
                    "The portal decides nothing: the branch committee does, with a reason."
                ),
            ),
            (Link(_("Rankings"), "evaluations:rankings"), Link(_("Decisions"), "evaluations:decisions")),
        ),
        Section(
            "objections",
            _("Objections to public notices"),
            (
                _(
                    "Objections come to the committee's reviewers alone; whoever belongs to the branch or stands on "
                    "the notice doesn't see them, even as a reviewer. Write down each step, then decide with the "
                    "reply, once. The list shows how many days are left until the promised day and what is late."
                ),
                _(
                    "The reply is read with the number on the receipt. Tell nobody of the branch who objected. When "
                    "the days of a notice are over and no objection is open, record its outcome. Where an objection is "
                    "upheld, send the decision back: the notice ends with it."
                ),
            ),
            (Link(_("Objections"), "evaluations:objections"), Link(_("Public notices"), "evaluations:public_notices")),
        ),
        Section(
            "appeals",
            _("Answering an appeal"),
            (
                _(
                    "A member can appeal against one figure of his own row, within seven days after a ranking was "
                    "compiled and again after it was frozen. Only reviewers see who did. You find the figure with "
                    "everything that made it on the page of the appeal; answer within seven days, with a reason. "
                    "Nobody answers an appeal about himself or from his own branch."
                ),
                _(
                    "Where the member is right, you enter the points of a month yourself; any other figure is "
                    "corrected where it stands by whoever enters it, and you have the ranking compiled again. The new "
                    "run replaces the old one, also a frozen one, and has to be proposed and confirmed anew. The old "
                    "one stays as it was; “Who moved” shows what changed, and whoever moved gets a message."
                ),
            ),
            (Link(_("Appeals"), "evaluations:appeals"),),
        ),
        Section(
            "overview",
            _("How far the branches are"),
            (
                _(
                    "The page of the months shows all branches of a month in one table; one click gives it as Excel. "
                    "Counselors see the same for the branches in their scope."
                ),
            ),
            (Link(_("Months"), "evaluations:months"), Link(_("Roster"), "members:roster")),
        ),
        Section(
            "audit",
            _("Who changed what"),
            (
                _(
                    "Every change below your committee stands in the audit trail with time, person and the values "
                    "before and after. Lines are never changed or removed, also not by administrators."
                ),
            ),
            (Link(_("Audit trail"), "members:audit"),),
        ),
    ),
)
