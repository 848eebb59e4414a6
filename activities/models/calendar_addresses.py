"""With which secret does somebody's calendar programme fetch his calendar?"""

from django.db import models


class CalendarAddress(models.Model):
    """One secret address of one person; only the hash of its token is kept.

    It lives as long as a session that was opened with it would: `seal` is the session hash of that day, so a changed
    password and everything else that ends all sessions end the address too.
    """

    user = models.OneToOneField("members.User", on_delete=models.CASCADE, related_name="calendar_address")
    token_hash = models.CharField(max_length=64, unique=True)
    seal = models.CharField(max_length=120)
    language = models.CharField(max_length=10)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar of {self.user}"
