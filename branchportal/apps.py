"""Which name does the shell carry among Django's apps, and what must hold before it starts?"""

from django.apps import AppConfig


class BranchPortalConfig(AppConfig):
    name = "branchportal"
    verbose_name = "Branch Portal"
