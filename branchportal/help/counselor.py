"""What does a counselor need to know?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branchportal.help.parts import Guide, Link, Section

COUNSELOR = Guide(
    slug="counselor",
    title=_("For counselors"),
    summary=_("All your branches at a glance, and their figures in one workbook."),
    sections=(
        Section(
            "overview",
            _("All branches in one month"),
            (
                _(
                    "The home page and the page of the months show for each branch in your scope how many "
                    "self-reviews are filed, how many people are rated and whether the ranking is compiled. Choose "
                    "another month or a part of the name; the choice stays in the address, so you can keep it as a "
                    "bookmark or send it to a colleague."
                ),
            ),
            (Link(_("Months"), "evaluations:months"),),
        ),
        Section(
            "late-branches",
            _("A branch that is late"),
            (
                _(
                    "Open the branch to see who has not filed and who has no rating yet. Reminding and rating are the "
                    "secretary's work: call him. If the office is vacant, the page of the roster is kept by whoever "
                    "acts as secretary; the committee reviewer can appoint a new one."
                ),
            ),
        ),
        Section(
            "workbooks",
            _("Everything in one workbook"),
            (
                _(
                    "On the page of the months the button “Excel of all branches” gives one row for each person. On "
                    "the page of the rankings “All in one workbook” gives one sheet for each ranking, with the "
                    "figures, the reasons of those who are not ranked, and a page that names scheme, period and "
                    "fingerprint. Both follow the filters that you have chosen."
                ),
            ),
            (Link(_("Rankings"), "evaluations:rankings"),),
        ),
        Section(
            "explaining",
            _("How a figure was made"),
            (
                _(
                    "Open a ranking and click a name: every component, its months, its weight and the scheme stand on "
                    "one page. Where people have equal totals they share the place. A ranking is for the branch "
                    "committee's consideration and decides nothing by itself."
                ),
            ),
            (Link(_("Scoring schemes"), "evaluations:schemes"),),
        ),
        Section(
            "people",
            _("Finding a person"),
            (
                _(
                    "The search box on every page finds people of your branches by name, number, pinyin or initials; "
                    "press / to reach it. The roster can be filtered by branch, stage, grade and class and downloaded "
                    "as Excel."
                ),
            ),
            (Link(_("Roster"), "members:roster"), Link(_("Search"), "members:search")),
        ),
        Section(
            "limits",
            _("What you can't do, and what is recorded"),
            (
                _(
                    "Counselors read and export; they change nothing. Every record that you open and every list that "
                    "you download is noted, and the person concerned can see it. Files are for the work of the branch "
                    "only: delete them when they are no longer needed."
                ),
            ),
            (Link(_("What I may do here"), "members:account"),),
        ),
    ),
)
