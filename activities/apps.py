"""Which name does the app of what people do carry?"""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "activities"
