"""Does guessing open an account, or keep honest people out?

`GUESSES=10000 bin/test --sqlite intruders/test_guessing.py -n0 -s` is the long run: so many guesses from 500 addresses
within a quarter of an hour, while 100 people behind one address sign in. The suite itself makes a short one.
"""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from members.models import LoginFailure, Member, User
from members.pinyin import spell
from members.roles import Role
from members.services.slips import make_member_slip
from tests.access.world import NOW
from tests.factories import JOINED_ON, make_branch_tree, make_user
from tests.intruders.conftest import SEED
from tests.rounds import rounds

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.long]

GUESSES = rounds("GUESSES", 120)
ADDRESSES = max(GUESSES // 20, 2)  # 500 in the long run
HONEST = max(GUESSES // 100, 2)  # 100 in the long run
PEOPLE = GUESSES // 5  # accounts that exist: 2 000 in the long run
CAMPUS = "10.20.30.40"
PASSWORD = "zhi-bu-men-hu-2026"
PASSWORDS = ("12345678", "password1", "zhibu2026!", "dangyuan1949", "qwer1234!!")


@pytest.fixture
def people(clock):
    """Log-ins with one and the same password, which is hashed once."""
    branch, hashed = make_branch_tree().b1, make_password(PASSWORD)
    pinyin, initials = spell("甲")
    numbers = [f"2026{order:06d}" for order in range(PEOPLE)]
    users = User.objects.bulk_create(
        [User(number=number, name="甲", password=hashed, notice_version=99) for number in numbers]
    )
    Member.objects.bulk_create(
        [
            Member(
                branch=branch, user=user, number=user.number, name="甲", pinyin=pinyin, initials=initials,
                stage="applicant", joined_on=JOINED_ON, applied_on=JOINED_ON,
            )
            for user in users
        ]
    )  # fmt: skip
    return users


class Attack:
    """Guesses that come from many addresses, one after the other, within a quarter of an hour."""

    def __init__(self, victims: list[str], time_machine) -> None:
        self.dice, self.victims, self.clock = random.Random(SEED), victims, time_machine
        self.made = self.opened = self.refused_untried = 0

    def guess(self) -> None:
        """One guess at one of the victims."""
        self.clock.move_to(NOW + timedelta(minutes=15) * self.made / GUESSES, tick=False)
        number = self.victims[self.made % len(self.victims)]
        before = LoginFailure.objects.count()
        answer = sign_in(
            Client(), number, self.dice.choice(PASSWORDS), f"10.99.{self.made % ADDRESSES // 250}.{self.made % 250}"
        )
        self.made += 1
        self.opened += answer.status_code == 302
        self.refused_untried += LoginFailure.objects.count() == before


def sign_in(client, number: str, password: str, address: str):
    form = {"number": number, "password": password}
    return client.post(reverse("members:login"), form, REMOTE_ADDR=address, headers={"x-forwarded-for": address})


def enter(clients, people, attack) -> int:
    """Each of the honest mistypes once and gets it right then, spread over the attack; how many are in."""
    inside = 0
    for order, (client, user) in enumerate(zip(clients, people, strict=True)):
        while attack.made < GUESSES * (order + 1) // len(people):
            attack.guess()
        sign_in(client, user.number, PASSWORD + "?", CAMPUS)
        inside += sign_in(client, user.number, PASSWORD, CAMPUS).status_code == 302
    return inside


def test_guesses_at_everybody_keep_nobody_out(people, time_machine):
    """Five guesses at each account, some of them the honest ones': they sign in with browsers never used before."""
    attack = Attack([user.number for user in people], time_machine)
    inside = enter([Client() for _ in range(HONEST)], people[:HONEST], attack)
    report("at every account", attack, inside)
    assert (attack.made, attack.opened, inside) == (GUESSES, 0, HONEST)


def test_guesses_at_the_honest_keep_none_out_of_a_browser_that_he_used_before(people, time_machine):
    """All guesses at the very people who want in: fifty of them an hour are tried at each, then none."""
    honest = people[:HONEST]
    clients = [Client() for _ in honest]
    for client, user in zip(clients, honest, strict=True):
        assert sign_in(client, user.number, PASSWORD, CAMPUS).status_code == 302
        client.post(reverse("members:logout"))
    attack = Attack([user.number for user in honest], time_machine)
    inside = enter(clients, honest, attack)
    strangers = sum(sign_in(Client(), user.number, PASSWORD, CAMPUS).status_code == 302 for user in honest)
    report("at the honest alone", attack, inside, f", {strangers} in a browser never used before")
    assert (attack.made, attack.opened, inside) == (GUESSES, 0, HONEST)
    assert attack.made - attack.refused_untried <= 50 * HONEST


def test_a_slip_opens_an_account_that_is_being_guessed_at(people, time_machine):
    """Whoever is kept out of a new browser goes to the secretary, and is in at once."""
    member = people[0].member
    secretary = make_user(Role.SECRETARY, member.branch)
    attack = Attack([member.number], time_machine)
    for _guess in range(60):
        attack.guess()
    slip = make_member_slip(member=member, by=secretary, now=NOW, as_of=NOW)
    form = {"number": slip.number, "code": slip.code, "password": "xin-de-mi-ma-2026", "repeated": "xin-de-mi-ma-2026"}
    answer = Client().post(reverse("members:activate"), form, REMOTE_ADDR=CAMPUS, headers={"x-forwarded-for": CAMPUS})
    assert (answer.status_code, attack.opened) == (302, 0)


def report(where: str, attack: Attack, inside: int, more: str = "") -> None:
    print(
        f"\n{attack.made} guesses {where} from {ADDRESSES} addresses: {attack.opened} opened, "
        f"{attack.refused_untried} refused untried; {inside} of {HONEST} honest people behind one address are in{more}"
    )
