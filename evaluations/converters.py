"""How does a month stand in an address? As 2026-10."""

from datetime import date

from django.urls import register_converter

from evaluations.deadlines import parse_month


class MonthConverter:
    """ "2026-10" ↔ the first day of that month; anything else is no such page."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> date:
        return parse_month(value)

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


register_converter(MonthConverter, "month")
