"""How does Django know the reference?"""

from django.apps import AppConfig


class PlainConfig(AppConfig):
    name = "tests.benchmarks.plain"
    label = "plain"
