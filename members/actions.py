"""What is each line of the audit trail about people, accounts and branches called?"""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "member.added": _("Added to the roster"),
    "member.edited": _("Record changed"),
    "member.ended": _("Membership ended"),
    "member.resumed": _("Membership resumed"),
    "member.transferred": _("Transferred to another branch"),
    "member.viewed": _("Record opened"),
    "roster.downloaded": _("Roster downloaded"),
    "roster.imported": _("Roster imported"),
    "roster_import.downloaded": _("Uploaded roster downloaded"),
    "account.activated": _("Account activated"),
    "account.slip_made": _("Activation slip made"),
    "account.reset": _("Account reset"),
    "account.password_changed": _("Password changed"),
    "account.email_changed": _("E-mail changed"),
    "role.given": _("Office given"),
    "role.ended": _("Office ended"),
    "role.withdrawn": _("Office withdrawn before it began"),
    "branch.added": _("Branch added"),
    "branch.renamed": _("Branch renamed"),
    "branch.closed": _("Branch closed"),
}
