"""Why may something not be done, and how is that kept so that everybody reads it in the own language?"""

from __future__ import annotations

import json
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext

from branchportal.wording import stored_sentence


class Refused(Exception):
    """What was asked breaks a rule; `text % params` names the rule and the remedy. `text` is the English message.

    It is said in the language of whoever reads it; a param that is a day is said as days are.
    """

    def __init__(self, text: str, **params: object) -> None:
        super().__init__(text, params)
        self.text = text
        self.params = params

    def __str__(self) -> str:
        return gettext(self.text) % {name: _worded(value) for name, value in self.params.items()}

    def stored(self) -> str:
        """The refusal as text that `shown` reads."""
        return json.dumps({"text": self.text, "params": self.params}, ensure_ascii=False, default=str)


class StaleReviewError(Exception):
    """No rule is broken: somebody (or another window) saved in between; `current` is what stands now."""

    def __init__(self, current):
        super().__init__("stale")
        self.current = current


def shown(stored: str) -> str:
    """A stored refusal in the reader's language; any other text as it is."""
    return stored_sentence(stored)


def _worded(value: object) -> object:
    return date_format(value, gettext("j F")) if isinstance(value, date) else value
