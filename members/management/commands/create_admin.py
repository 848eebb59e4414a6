"""How does the first person come into an empty portal? `manage.py create_admin A1 张三` prints a one-time code."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from members.models import Branch
from members.numbers import typed_number
from members.roles import Role
from members.services.accounts import account_by_number
from members.services.roles import appoint
from members.services.slips import make_slip


class Command(BaseCommand):
    help = "Make somebody system administrator and print the code of an activation slip, which is shown only once."

    def add_arguments(self, parser):
        parser.add_argument("number", metavar="NUMBER", help="student or staff number")
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--branch", metavar="CODE", help="the committee, where there are several")

    def handle(self, *args, **options):
        committee, number = self._committee(options["branch"]), typed_number(options["number"])
        if not number or len(number) > 32 or not 0 < len(options["name"].strip()) <= 80:
            raise CommandError("Give a number of 1 to 32 characters and a name of 1 to 80.")
        now = timezone.now()
        try:
            with transaction.atomic():
                user = account_by_number(number=number, name=options["name"])
                if not user.role_assignments.on(timezone.localdate()).filter(
                    role=Role.ADMINISTRATOR, branch=committee
                ).exists():  # fmt: skip
                    appoint(user=user, role=Role.ADMINISTRATOR, branch=committee, starts_on=timezone.localdate(),
                            by=None, now=now)  # fmt: skip
                slip = make_slip(user=user, by=None, now=now, as_of=now)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        until = date_format(timezone.localtime(slip.expires_at), "Y-m-d H:i")
        self.stdout.write(f"{user.name} ({user.number}) is system administrator of {committee.name}.")
        self.stdout.write(f"Open {reverse('members:activate')} and enter the code {slip.code} (once, until {until}).")

    def _committee(self, code):
        committees = Branch.objects.filter(kind=Branch.Kind.COMMITTEE, closed_on=None)
        if code is not None:
            committee = committees.filter(code=code).first()
            if committee is None:
                raise CommandError(f"There is no committee with the code {code}.")
            return committee
        tops = list(committees.filter(parent=None)[:2])
        if not tops:
            raise CommandError("Create the committee first: manage.py create_branch CODE NAME --kind committee")
        if len(tops) > 1:
            raise CommandError("There are several committees. Say which one: --branch CODE")
        return tops[0]
