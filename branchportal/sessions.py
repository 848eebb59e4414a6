"""Where is a session read from? The database, as Django's own does, with a statement that is composed once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from branchportal.prepared import prepared


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        found = _running(key=self.session_key, now=timezone.now())
        if not found:
            self._session_key = None
        return found[0] if found else None


@prepared(key=models.CharField(), now=models.DateTimeField())
def _running(key, now):
    return Session.objects.filter(session_key=key, expire_date__gt=now)
