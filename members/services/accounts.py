"""How does a person get an account, and how does it change?"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from branchportal import audit
from branchportal.notifications import notify
from members.models import Member, User
from members.numbers import typed_number
from members.queries.accounts import branch_of


class PasswordOvertaken(Exception):
    """The password that was verified is no longer the present one: somebody has set another meanwhile."""


def account_of(*, member: Member) -> User:
    """Return the member's account, made without a password when there is none. Call it inside a transaction."""
    member = Member.objects.select_for_update().get(pk=member.pk)  # no join: it would be older than the lock
    if member.user_id:
        return member.user
    user, created = User.objects.get_or_create(
        number=member.number, defaults={"name": member.name, "password": make_password(None)}
    )
    if not created and (user.name != member.name or getattr(user, "member", None) is not None):
        raise ValidationError(
            _("%(number)s already signs in as somebody else. Check the number of %(name)s.")
            % {"number": member.number, "name": member.name}
        )
    Member.objects.filter(pk=member.pk).update(user=user)
    user.member = member
    return user


def account_by_number(*, number: str, name: str) -> User:
    """Return the account of the person with this number and name, made when there is none yet.

    A known number, also a former one, with another name is refused: one of the two was mistyped. Call it inside a
    transaction.
    """
    number, name = typed_number(number), name.strip()
    people = Member.objects.filter(Q(number=number) | Q(former_numbers__number=number)).select_related("user")
    member = people.order_by("ended_on", "pk").first()
    known = member or User.objects.filter(number=number).first()
    if known is not None and known.name != name:
        raise ValidationError(
            {"number": _("This number belongs to a person with another name. Check the number and the name.")}
        )
    if member is not None:
        return account_of(member=member)
    return known or User.objects.create_user(number=number, name=name)


def change_password(*, user: User, password: str, by: User, now: datetime) -> None:
    """Set a new password; every other session of the person ends with it. The same form sent twice sets it once.

    `user` is the person as the present password was verified. Raises PasswordOvertaken when another change came first.
    """
    new = make_password(password)  # here, for it takes long: nobody is to wait for the row meanwhile
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, password=user.password).update(password=new):
            user.password = new
            audit.record("account.password_changed", by=by, subject=user, branch=branch_of(user))
            notify([user], "password_changed", key=now.isoformat(), context={})
            return
    stored = User.objects.get(pk=user.pk).password
    if not check_password(password, stored):
        raise PasswordOvertaken
    user.password = stored  # for the session, which is to go on


def change_email(*, user: User, email: str, by: User) -> None:
    """Keep or remove the address for messages, twice is once; the address itself stays out of the audit trail."""
    with transaction.atomic():
        if not User.objects.filter(pk=user.pk).exclude(email=email).update(email=email):
            return
        user.email = email
        audit.record("account.email_changed", by=by, subject=user, branch=branch_of(user))


def end_sessions(*, user: User) -> None:
    """Sign the person out everywhere. Call it in the transaction that takes the rights away."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


def mark_changes_seen(*, user: User, until: datetime) -> None:
    """Remember that the changes up to that moment have been ticked off; never backwards."""
    User.objects.filter(pk=user.pk).filter(Q(changes_seen_at=None) | Q(changes_seen_at__lt=until)).update(
        changes_seen_at=until
    )
