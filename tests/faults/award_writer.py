"""A person's phone that proposes awards with a file without pause, takes some back, and writes down what was confirmed.

    DRILL_FOLDER=… python -m tests.faults.award_writer LEDGER NUMBER

Each line of the ledger is one JSON object: {"entry", "sha256", "at"} after the portal has confirmed it, {"withdrawn"}
before it is taken back.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path
from random import Random
from uuid import UUID

import django

django.setup()

from django.utils import timezone  # noqa: E402

from activities.models import AwardLevel  # noqa: E402
from activities.services.awards import Upload, propose_award, withdraw_award  # noqa: E402
from members.models import Member  # noqa: E402


def main(ledger: Path, number: int) -> None:
    """Until somebody ends the process."""
    dice = Random(number)
    member = Member.objects.filter(user__isnull=False).order_by("pk")[number]
    level = AwardLevel.objects.first()
    with ledger.open("a", encoding="utf-8") as file:

        def note(**words) -> None:
            file.write(json.dumps(words) + "\n")
            file.flush()

        while True:
            now, entry = timezone.now(), UUID(int=dice.getrandbits(128), version=4)
            content = b"%PDF-1.4\n" + dice.randbytes(20_000)
            award = propose_award(
                member=member, entry=entry, by=member.user, now=now,
                values={"title": f"{number}", "level": level, "awarded_on": now.date(), "body": "校团委", "link": ""},
                upload=Upload("证书.pdf", content, "application/pdf"),
            )  # fmt: skip
            note(entry=entry.hex, sha256=hashlib.sha256(content).hexdigest(), at=time.time())
            if dice.random() < 0.4:
                note(withdrawn=entry.hex)
                withdraw_award(award=award, version=award.version, by=member.user)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
