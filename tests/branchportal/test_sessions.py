"""Is a session stored when it has to be, and under a key that no stranger has chosen?"""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session

from branchportal.sessions import SessionStore

pytestmark = pytest.mark.django_db


def kept(key: str) -> dict:
    return dict(SessionStore(key).items())


def test_a_new_session_is_stored_by_one_statement(django_assert_num_queries):
    session = SessionStore()
    session.cycle_key()
    session["number"] = "1"
    with django_assert_num_queries(1):
        session.save()
    assert (len(session.session_key), kept(session.session_key)) == (32, {"number": "1"})


def test_what_is_stored_is_not_stored_again_until_it_changes(django_assert_num_queries):
    session = SessionStore()
    session["numbers"] = ["1"]
    session.save()
    with django_assert_num_queries(0):
        session.save()
    session["numbers"].append("2")
    session.save()
    assert kept(session.session_key) == {"numbers": ["1", "2"]}


def test_a_session_that_was_read_is_stored_whenever_asked():
    first = SessionStore()
    first["number"] = "1"
    first.save()
    second = SessionStore(first.session_key)
    second["number"] = "2"
    second.save()
    assert kept(first.session_key) == {"number": "2"}


def test_a_log_in_moves_what_was_kept_to_a_new_key():
    session = SessionStore()
    session["words"] = "a"
    session.save()
    old = session.session_key
    session.cycle_key()
    session["number"] = "1"
    session.save()
    assert kept(session.session_key) == {"words": "a", "number": "1"}
    assert list(Session.objects.values_list("session_key", flat=True)) == [session.session_key]
    assert session.session_key != old


def test_a_key_that_a_stranger_chose_is_never_used():
    session = SessionStore("k" * 32)
    assert session.get("number") is None
    session.cycle_key()
    session["number"] = "1"
    session.save()
    assert Session.objects.exclude(session_key="k" * 32).count() == Session.objects.count() == 1


def test_a_session_that_ended_meanwhile_does_not_come_back():
    session = SessionStore()
    session["number"] = "1"
    session.save()
    other = SessionStore(session.session_key)
    other["number"] = "2"
    session.delete()
    with pytest.raises(UpdateError):
        other.save()
    assert Session.objects.count() == 0
