"""Does every wanted message go by e-mail once, and none that is unwanted, old or answered by silence?"""

import socket
from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected
from threading import Barrier

import pytest
from django.core import mail as outgoing
from django.core.mail.backends.locmem import EmailBackend
from django.utils.module_loading import import_string

from branchportal import mail
from branchportal.messages import groups
from branchportal.models import MailPreference, Notification
from branchportal.notifications import mark_read, notify
from members.models import User
from members.roles import Role
from tests.factories import make_branch_tree, make_user, sign_in
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Away(EmailBackend):
    """A mail server that nobody can reach."""

    def open(self):
        raise ConnectionRefusedError


class Refusing(EmailBackend):
    """A mail server that takes the connection and no mail."""

    def send_messages(self, messages):
        raise SMTPServerDisconnected


def at(name: str) -> str:
    return f"{__name__}.{name}"


@pytest.fixture(autouse=True)
def _set_up(settings):
    settings.MAIL_IS_SET_UP = True
    settings.SITE_ADDRESS = "https://party.example.edu"
    settings.DEFAULT_FROM_EMAIL = "portal@party.example.edu"


@pytest.fixture
def user(db):
    return person("赵明远", "zhao@example.edu")


def person(name: str, email: str) -> User:
    user = make_user(Role.MEMBER, make_branch_tree(f"T{User.objects.count()}").b1, name=name)
    user.email = email
    user.save()
    return user


def tell(user, kind="month_closed", key="1", **more):
    context = {"branch": "第一党支部", "month": "2026-10", "rated": 3, "due": 4, "months": "10月"}
    notify([user], kind, key=key, context=context, **more)
    Notification.objects.filter(user=user, kind=kind, key=key).update(created_at=NOW)
    return Notification.objects.get(user=user, kind=kind, key=key)


def states():
    return list(Notification.objects.order_by("pk").values_list("mail", flat=True))


def sent():
    return [(one.to, one.subject) for one in outgoing.outbox]


def test_several_messages_are_one_mail_with_words_and_links(user):
    tell(user, url="/rankings/3/")
    tell(user, "password_changed")
    assert mail.deliver(now=NOW) == 1
    one = outgoing.outbox[0]
    assert (one.from_email, one.to, one.subject) == (
        "portal@party.example.edu", ["zhao@example.edu"], "支部门户：2 条新消息",
    )  # fmt: skip
    assert "赵明远" in one.body
    assert "https://party.example.edu/rankings/3/" in one.body
    assert "https://party.example.edu/account/messages/" in one.body
    assert "&" not in one.body
    assert states() == ["sent", "sent"]
    assert (mail.deliver(now=NOW), len(outgoing.outbox)) == (0, 1)


def test_everybody_gets_only_the_own_messages(user):
    other = person("钱子涵", "qian@example.edu")
    tell(user, "role_given_unknown")
    tell(other, "password_changed")
    assert mail.deliver(now=NOW) == 2
    assert {tuple(one.to): "密码" in one.body for one in outgoing.outbox} == {
        ("zhao@example.edu",): False,
        ("qian@example.edu",): True,
    }


def test_the_mail_speaks_the_language_that_was_chosen(user):
    mail.remember_language(user=user, language="en")
    tell(user)
    mail.deliver(now=NOW)
    assert outgoing.outbox[0].subject == "Branch Portal: October is closed in 第一党支部: 3 of 4 were rated."


def test_silenced_groups_are_left_out_and_account_security_never_is(user):
    mail.silence(user=user, groups=["months", "account"], language="zh-hans")
    tell(user, "month_closed")
    tell(user, "password_changed")
    tell(user, "ranking_compiled")
    mail.deliver(now=NOW)
    assert states() == ["not_sent", "sent", "sent"]


def test_what_was_read_in_the_portal_is_not_sent_but_security_is(user):
    tell(user, "month_closed")
    tell(user, "password_changed")
    mark_read(Notification.objects.all(), now=NOW)
    mail.deliver(now=NOW)
    assert states() == ["not_sent", "sent"]


def test_without_an_address_or_as_an_ended_account_nothing_goes():
    tell(person("赵明远", ""))
    ended = person("钱子涵", "qian@example.edu")
    User.objects.filter(pk=ended.pk).update(is_active=False)
    tell(ended)
    assert (mail.deliver(now=NOW), states()) == (0, ["not_sent", "not_sent"])


def test_old_news_is_not_sent_after_days_without_a_mail_server(user):
    tell(user)
    assert (mail.deliver(now=NOW + timedelta(hours=49)), states()) == (0, ["not_sent"])


def test_where_no_mail_server_is_set_nothing_is_claimed(user, settings):
    settings.MAIL_IS_SET_UP = False
    tell(user)
    assert (mail.deliver(now=NOW), states()) == (0, ["waiting"])


def test_a_mail_server_that_is_away_costs_no_try(user, settings):
    settings.EMAIL_BACKEND = at("Away")
    message = tell(user)
    assert mail.deliver(now=NOW) == 0
    message.refresh_from_db()
    assert (message.mail, message.mail_tries) == ("waiting", 0)


def test_a_mail_server_that_never_answers_holds_nobody(user, settings):
    assert settings.EMAIL_TIMEOUT == 20
    settings.EMAIL_TIMEOUT = 0.2
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        tell(user)
        assert mail.deliver(now=NOW) == 0
    assert Notification.objects.get().mail == "waiting"


def test_a_refused_mail_waits_longer_each_time_and_is_given_up_after_four(user, settings):
    settings.EMAIL_BACKEND = at("Refusing")
    message = tell(user)
    tries = []
    for minute in (0, 1, 4, 5, 34, 35, 154, 155, 400):
        mail.deliver(now=NOW + minute * MINUTE)
        message.refresh_from_db()
        tries.append((minute, message.mail_tries, message.mail))
    assert tries == [
        (0, 1, "waiting"), (1, 1, "waiting"), (4, 1, "waiting"), (5, 2, "waiting"), (34, 2, "waiting"),
        (35, 3, "waiting"), (154, 3, "waiting"), (155, 4, "failed"), (400, 4, "failed"),
    ]  # fmt: skip


def test_a_mail_of_which_nobody_knows_is_not_sent_twice(user):
    message = tell(user)
    assert [one.pk for one in mail._claim(user.pk, NOW)] == [message.pk]  # and here the worker is killed
    assert mail.deliver(now=NOW + 14 * MINUTE) == 0
    assert states() == ["sending"]
    mail.deliver(now=NOW + 16 * MINUTE)
    assert (states(), sent()) == (["unclear"], [])


def test_every_kind_belongs_to_one_group(settings):
    kinds = sorted(kind for path in settings.NOTIFICATIONS for kind in import_string(path))
    assert sorted(kind for group in groups() for kind in group.kinds) == kinds


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_claims_each_message(user):
    for key in range(20):
        tell(user, key=str(key))
    claimed = at_once([lambda: mail._claim(user.pk, NOW)] * 2)
    assert sorted(map(len, claimed)) == [0, 20]


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_claim(user):
    """The twin of the test above: both have read what waits before either claims it."""
    tell(user)
    both_have_read = Barrier(2)

    def claim():
        waiting = list(Notification.objects.filter(mail._ready(NOW), user=user))
        both_have_read.wait(timeout=30)
        mail._rows(waiting).update(mail=mail.Mail.SENDING)
        return waiting

    assert list(map(len, at_once([claim] * 2))) == [1, 1]


@pytest.fixture
def page(client, user):
    return sign_in(client, user)


def test_the_page_names_what_always_comes_and_keeps_the_choice(page, user):
    response = page.get("/account/messages/")
    assert [group.code for group in response.context["always"]] == ["account"]
    boxes = [group.code for group, _box in response.context["form"].rows()]
    assert page.post("/account/messages/", {"wanted": boxes[1:], "language": "en"})["Location"] == "/account/messages/"
    kept = MailPreference.objects.get(user=user)
    assert (kept.silenced, kept.language) == ([boxes[0]], "en")
    shown = page.get("/account/messages/").context["form"]
    assert (shown["wanted"].value(), shown["language"].value()) == (boxes[1:], "en")


@pytest.mark.parametrize("typed", [{"wanted": ["account"], "language": "en"}, {"wanted": [], "language": "fr"}])
def test_nobody_chooses_what_is_not_offered(page, typed):
    assert page.post("/account/messages/", typed).status_code == 200
    assert MailPreference.objects.count() == 0


def test_the_page_says_when_no_mail_server_is_set_or_no_address_is_known(page, user, settings):
    assert "alert-warning" not in page.get("/account/messages/").content.decode()
    User.objects.filter(pk=user.pk).update(email="")
    assert "alert-warning" in page.get("/account/messages/").content.decode()
    settings.MAIL_IS_SET_UP = False
    assert "alert-info" in page.get("/account/messages/").content.decode()


def test_choosing_the_language_of_the_pages_chooses_that_of_the_mails(page, user):
    page.post("/language/", {"language": "en"})
    assert MailPreference.objects.get(user=user).language == "en"
    page.post("/language/", {"language": "xx"})
    assert MailPreference.objects.get(user=user).language == "en"
