"""Why may a review or a rating not be saved?"""


class ReviewRefusedError(Exception):
    """The rules don't allow it now; the message names the rule and the remedy. The words are kept where that helps."""


class StaleReviewError(Exception):
    """Somebody (or another window) saved in between; `current` is what stands now."""

    def __init__(self, current):
        super().__init__("stale")
        self.current = current
