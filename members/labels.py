"""How are roles and stages called on a page? The only place; words from the glossary."""

from django.utils.translation import gettext_lazy as _

from members.roles import Role
from members.stages import Stage

STAGE_LABELS = {
    Stage.MASSES: _("Masses"),
    Stage.APPLICANT: _("Applicant"),
    Stage.ACTIVIST: _("Activist"),
    Stage.CANDIDATE: _("Development candidate"),
    Stage.PROBATIONARY: _("Probationary member"),
    Stage.FULL: _("Full member"),
}

ROLE_LABELS = {
    Role.MEMBER: _("Member"),
    Role.SECRETARY: _("Secretary"),
    Role.DEPUTY_SECRETARY: _("Deputy secretary"),
    Role.ORGANISATION_COMMISSIONER: _("Organisation commissioner"),
    Role.PUBLICITY_COMMISSIONER: _("Publicity commissioner"),
    Role.DISCIPLINE_COMMISSIONER: _("Discipline commissioner"),
    Role.COUNSELOR: _("Counselor"),
    Role.REVIEWER: _("Committee reviewer"),
    Role.CLASS_CONTACT: _("Class contact"),
    Role.ADMINISTRATOR: _("System administrator"),
}

ROLE_SENTENCES = {
    Role.MEMBER: _("Files the own monthly self-review and sees the own record, score and how it was made."),
    Role.SECRETARY: _("Keeps the roster, rates the members, compiles and exports the ranking of the branch."),
    Role.DEPUTY_SECRETARY: _("Rates members, reads reviews and rankings; acts as secretary where there is none."),
    Role.ORGANISATION_COMMISSIONER: _(
        "Keeps the roster, imports paper cards, rates members; acts where both above are missing."
    ),
    Role.PUBLICITY_COMMISSIONER: _("Records activities and rates members; acts where no officer above is appointed."),
    Role.DISCIPLINE_COMMISSIONER: _(
        "Reads reviews and rankings, rates members; acts where no officer above is appointed."
    ),
    Role.COUNSELOR: _("Reads and exports rosters, months and rankings of all branches in scope; changes nothing."),
    Role.REVIEWER: _("Sets the months, publishes schemes, appoints officers and reviews rankings below the committee."),
    Role.CLASS_CONTACT: _("Is the contact of one class; sees activities and the published schemes."),
    Role.ADMINISTRATOR: _(
        "Creates branches and accounts and watches the system; can't read reviews, scores or rankings."
    ),
}
