"""Which name does the app of how well people do carry?"""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "evaluations"
