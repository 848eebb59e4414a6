"""Where is a session read from and stored? The database, as Django's own does, with fewer and cheaper statements."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string

from branchportal.prepared import prepared

KEY_LENGTH = 32


class SessionStore(db.SessionStore):
    """A new session is stored once, when all is known of it, and nothing is stored twice in one request.

    Django's own asks whether a new key is taken (165 random bits are not), stores the empty session under it, and the
    full one at the end of the request.
    """

    _stored: bytes | None = None

    def cycle_key(self) -> None:
        if self.session_key is not None:  # otherwise `save` gives a new one
            super().cycle_key()

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create_model_instance(self._get_session(no_load=True)).save(force_insert=True)
        elif must_create or self._stored != self._content():
            super().save(must_create)
        self._stored = self._content()

    def _content(self) -> bytes:
        return self.serializer().dumps(self._get_session())

    def _get_new_session_key(self) -> str:
        return get_random_string(KEY_LENGTH, VALID_KEY_CHARS)

    def _get_session_from_db(self) -> Session | None:
        found = _running(key=self.session_key, now=timezone.now())
        if not found:
            self._session_key = None
        return found[0] if found else None


@prepared(key=models.CharField(), now=models.DateTimeField())
def _running(key, now):
    return Session.objects.filter(session_key=key, expire_date__gt=now)
