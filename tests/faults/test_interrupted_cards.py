"""Does a card that is interrupted again and again, at random moments and in every way we know, ever lose a word?

`INTERRUPTIONS=1000 bin/test faults/test_interrupted_cards.py -s` is the long run (INTERRUPTIONS_SEED repeats one);
the suite itself makes a short one. What was typed is written down by the test; after every interruption the card is
opened again and must show exactly that.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from contextlib import suppress
from copy import deepcopy

import pytest
from django.conf import settings
from playwright.sync_api import Error

from evaluations.dimensions import DIMENSIONS
from evaluations.models import SelfReview
from tests.card import Phone

pytestmark = pytest.mark.browser

COUNT = int(os.environ.get("INTERRUPTIONS", "15"))
SEED = int(os.environ.get("INTERRUPTIONS_SEED", "2026"))
GRADES = ("excellent", "good", "fair", "passable", "weak")
PHRASES = ("读了报告", "值班两次", "谈心一次", "帮助同学", "改进作风", "a < b & c", "“引号”", "第二段")
LONGEST = 60
SHOWN = """() => Object.fromEntries([...document.querySelectorAll('#card section')].map((box) => [box.id, [
  (box.querySelector('input:checked') || {}).value || '', box.querySelector('textarea').value]]))"""


class Writer:
    """The person at the phone, and the list of what he has typed."""

    def __init__(self, phone: Phone, dice: random.Random) -> None:
        self.phone, self.dice = phone, dice
        self.typed = {dimension: ["", ""] for dimension in DIMENSIONS}
        self.tab = phone.open()

    def type(self, times: int) -> None:
        """Tap a grade or write on in a line, `times` times."""
        for _time in range(times):
            dimension = self.dice.choice(DIMENSIONS)
            if self.dice.random() < 0.5:
                self.typed[dimension][0] = grade = self.dice.choice(GRADES)
                self.tab.tap(dimension, grade)
            else:
                self._write(dimension, self.dice.choice(PHRASES))

    def fill(self) -> None:
        for dimension in DIMENSIONS:
            self.typed[dimension][0] = grade = self.dice.choice(GRADES)
            self.tab.tap(dimension, grade)

    def wait_a_little(self) -> None:
        """From no time at all until well after an autosave."""
        self.tab.page.wait_for_timeout(self.dice.choice((0, 20, 150, 400, 800, 1500)))

    def open_again(self) -> None:
        self.tab = self.phone.open()
        self.settle()

    def settle(self) -> None:
        """Where the portal has other words of the same card, the person keeps what he sees."""
        if self.tab.page.locator("#conflict").is_visible():
            self.tab.page.click("#keep-mine")

    def shown(self) -> dict[str, list[str]]:
        return self.tab.page.evaluate(SHOWN)

    def _write(self, dimension: str, words: str) -> None:
        if len(self.typed[dimension][1]) > LONGEST:
            self.tab.page.locator(f"#{dimension} textarea").fill("")
            self.typed[dimension][1] = ""
        self.tab.page.locator(f"#{dimension} textarea").evaluate("(box) => box.setSelectionRange(9999, 9999)")
        self.tab.write(dimension, words)
        self.typed[dimension][1] += words


def killed(writer: Writer) -> None:
    writer.wait_a_little()
    writer.phone.kill(writer.tab)
    writer.open_again()


def crashed(writer: Writer) -> None:
    """The whole process behind the page dies."""
    writer.wait_a_little()
    with suppress(Error):
        writer.tab.page.goto("chrome://crash", timeout=3000)
    writer.phone.kill(writer.tab)
    writer.open_again()


def killed_in_flight_mode(writer: Writer) -> None:
    writer.phone.context.set_offline(True)
    writer.type(writer.dice.randint(1, 3))
    writer.wait_a_little()
    writer.phone.kill(writer.tab)
    writer.phone.context.set_offline(False)
    writer.open_again()


def flight_mode(writer: Writer) -> None:
    writer.phone.context.set_offline(True)
    writer.type(writer.dice.randint(1, 3))
    writer.wait_a_little()
    writer.phone.context.set_offline(False)
    writer.type(1)
    writer.settle()


def back_key(writer: Writer) -> None:
    writer.wait_a_little()
    writer.tab.page.goto(f"{writer.phone.url}mine/")
    writer.tab.page.go_back()
    writer.tab.page.wait_for_selector("#card")
    writer.settle()


def reloaded(writer: Writer) -> None:
    writer.wait_a_little()
    writer.tab.page.reload()
    writer.settle()


def two_taps(writer: Writer) -> None:
    """All five grades, then the button twice and a kill while the answer is on its way."""
    writer.fill()
    writer.wait_a_little()
    writer.settle()
    writer.tab.page.evaluate("for (let tap = 0; tap < 2; tap += 1) document.getElementById('submit').click()")
    writer.tab.page.wait_for_timeout(writer.dice.choice((0, 50, 300)))
    writer.phone.kill(writer.tab)
    writer.open_again()


def lost_answer(writer: Writer) -> None:
    """What was saved arrives, but its answer does not."""

    def swallow(route) -> None:
        with suppress(Error):
            route.fetch()
            route.abort()

    writer.tab.page.route("**/draft/", swallow, times=1)
    writer.type(1)
    writer.wait_a_little()
    writer.phone.kill(writer.tab)
    writer.open_again()


def busy_portal(writer: Writer) -> None:
    writer.tab.page.route("**/draft/", lambda route: route.fulfill(status=503, body="busy"), times=2)
    writer.type(2)
    writer.wait_a_little()


def ended_session(writer: Writer) -> None:
    writer.phone.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    writer.type(1)
    writer.wait_a_little()
    writer.phone.kill(writer.tab)
    writer.phone.sign_in()
    writer.open_again()


KINDS = (
    killed, crashed, killed_in_flight_mode, flight_mode, back_key, reloaded, two_taps, lost_answer, busy_portal,
    ended_session,
)  # fmt: skip


def test_no_interruption_loses_a_word(card_phone):
    writer = Writer(card_phone, random.Random(SEED))
    lost, met, began = [], Counter(), time.monotonic()
    for number in range(COUNT):
        kind = KINDS[number % len(KINDS)] if number < len(KINDS) else writer.dice.choice(KINDS)
        met[kind.__name__] += 1
        writer.type(writer.dice.randint(1, 3))
        kind(writer)
        shown = writer.shown()
        if shown != writer.typed:
            typed = writer.typed
            differs = {name: (typed[name], shown[name]) for name in DIMENSIONS if typed[name] != shown[name]}
            lost.append(f"{number} {kind.__name__}: {differs}")
            print(lost[-1])
            writer.typed = deepcopy(shown)
    print(f"\n{COUNT} interruptions in {time.monotonic() - began:.0f} s, seed {SEED}, lost {len(lost)}: {dict(met)}")
    assert lost == []

    writer.fill()
    writer.tab.submit()
    review = SelfReview.objects.get()
    assert review.notes == {name: words for name, (_grade, words) in writer.typed.items() if words}


def test_control_a_card_without_its_script_loses_words(chromium, live_portal, filer):
    """The twin: with nothing kept while typing, the very same kill loses what was typed."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    phone = Phone(context, live_portal, filer)
    tab = phone.open()
    tab.tap("thought", "good")
    phone.kill(tab)
    again = phone.open()
    assert not again.has("thought", "good")
    context.close()
