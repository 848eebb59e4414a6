"""Which name does the app of people and branches carry?"""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
