"""Which tables hold months, reviews, schemes, defences and rankings?"""

from evaluations.models.answers import ReviewAnswer
from evaluations.models.appeals import Appeal
from evaluations.models.columns import ColumnFigure, FigureColumn
from evaluations.models.decisions import Decision, DecisionMeeting
from evaluations.models.defences import DefenceJudge, DefenceSession, DefenceSpeaker, JudgeScore
from evaluations.models.duty_ratings import DutyRating
from evaluations.models.freezings import Freezing
from evaluations.models.months import Cycle, CycleDeadline, CycleEvent, Due, LatePolicy
from evaluations.models.objections import Objection, ObjectionEntry
from evaluations.models.points import PointsEntry
from evaluations.models.public_notices import NoticePerson, PublicNotice
from evaluations.models.rankings import RankingEntry, RankingRun
from evaluations.models.reminders import Reminder
from evaluations.models.reviews import BranchReview, SelfReview
from evaluations.models.schemes import ScoringScheme
from evaluations.models.spot_checks import SpotCheck, SpotCheckDraw

__all__ = [
    "Appeal",
    "BranchReview",
    "ColumnFigure",
    "Cycle",
    "CycleDeadline",
    "CycleEvent",
    "Decision",
    "DecisionMeeting",
    "DefenceJudge",
    "DefenceSession",
    "DefenceSpeaker",
    "Due",
    "DutyRating",
    "FigureColumn",
    "Freezing",
    "JudgeScore",
    "LatePolicy",
    "NoticePerson",
    "Objection",
    "ObjectionEntry",
    "PointsEntry",
    "PublicNotice",
    "RankingEntry",
    "RankingRun",
    "Reminder",
    "ReviewAnswer",
    "ScoringScheme",
    "SelfReview",
    "SpotCheck",
    "SpotCheckDraw",
]
