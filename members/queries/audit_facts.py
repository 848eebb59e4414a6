"""What are the values called that the audit trail keeps about people, offices and branches?"""

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branchportal import retention
from branchportal.audit_facts import Fact
from members.labels import ROLE_LABELS
from members.models import Absence, Transfer


def _kind_of_record(code: str) -> str:
    return next((str(rule.label) for rule in retention.rules() if rule.code == code), code)


FACTS = {
    "role": Fact(_("Office"), ROLE_LABELS),
    "class_name": Fact(_("Class")),
    "starts_on": Fact(_("First day")),
    "ends_on": Fact(_("Last day")),
    "absence.starts_on": Fact(pgettext_lazy("absence", "First day")),
    "absence.ends_on": Fact(pgettext_lazy("absence", "Last day")),
    "expires_at": Fact(_("Slip valid until")),
    "origin": Fact(_("Comes from")),
    "destination": Fact(_("Goes to")),
    "letter_number": Fact(_("Letter number")),
    "letter_date": Fact(_("Date of the letter")),
    "transfer_reason": Fact(_("Reason"), dict(Transfer.Reason.choices)),
    "stand_in": Fact(_("Stands in")),
    "absence_kind": Fact(_("Kind"), dict(Absence.Kind.choices)),
    "people": Fact(pgettext_lazy("search", "People")),
    "version": Fact(pgettext_lazy("of a text", "Version")),
    "branch.name": Fact(_("Name of the branch")),
    "job.kind": Fact(_("Kind of record"), _kind_of_record),
    "job.count": Fact(_("Records ended")),
    "job.work": Fact(_("Job")),
    "job.key": Fact(pgettext_lazy("of a job", "About")),
    "job.file": Fact(_("File")),
    "job.bytes": Fact(_("Size"), filesizeformat),
    "job.files": Fact(_("Uploaded files")),
    "job.made_at": Fact(_("Made at")),
    "roster.rows": Fact(_("Rows in the file")),
    "roster.accepted": Fact(_("Rows without an error")),
    "roster.created": Fact(_("Added to the roster")),
    "roster.updated": Fact(_("Records changed")),
}
