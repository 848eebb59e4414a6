"""Which tables hold branches, people and their log-ins?"""

from members.models.absences import Absence
from members.models.accounts import ActivationSlip, LoginFailure, RoleAssignment, User
from members.models.branches import Branch
from members.models.corrections import CorrectionRequest
from members.models.imports import ImportBatch
from members.models.people import FormerMembership, FormerNumber, Member
from members.models.transfers import Transfer

__all__ = [
    "Absence",
    "ActivationSlip",
    "Branch",
    "CorrectionRequest",
    "FormerMembership",
    "FormerNumber",
    "ImportBatch",
    "LoginFailure",
    "Member",
    "RoleAssignment",
    "Transfer",
    "User",
]
