"""Who sends what again and again while things break, and does what is stored agree with what was acknowledged?

A sender has `people`. `send(place, number)` sends the form of round `number` and returns whether it was acknowledged;
`problems(number, acknowledged)` compares with the database: lost, half-written, or without its line in the trail.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from uuid import uuid4

from tests.faults.stage import Stage

GRADES = {"excellent": 95, "good": 85, "fair": 75, "passable": 65, "weak": 55}
DIMENSIONS = ("thought", "study", "life", "work", "conduct")
PEOPLE_IN_A_FILE = 20


class SelfReviews:
    """Members submit new words every round."""

    def __init__(self, stage: Stage, count: int, seed: int = 2026) -> None:
        self.stage, self.dice, self.tag = stage, random.Random(seed), uuid4().hex[:6]
        self.people = stage.members()[:count]
        self.words: dict[int, dict[str, dict]] = defaultdict(dict)
        self.stored, self.lines_before = Counter(), self.lines()

    def send(self, place: int, number: int) -> bool:
        form = {**self._new_words(place, number), "version": self.version(place), "page": f"p{number}", "step": 1}
        return self.stage.visitor(self.people[place]).post(f"/review/{self.stage.month}/", form).status == 302

    def problems(self, number: int, acknowledged: dict[int, bool]) -> list[str]:
        found, rows, lines = [], self.rows(), self.lines()
        for place, person in enumerate(self.people):
            _version, points, note = rows.get(person["pk"], (0, None, None))
            self.stored[place] += note == self._note(number)
            told = f"{number} {person['number']}"
            if acknowledged.get(place) and note != self._note(number):
                found.append(f"{told}: lost, {note} is stored")
            if note in self.words[place] and points != self.words[place][note]:
                found.append(f"{told}: half, {points} is stored of {self.words[place][note]}")
            if lines[person["pk"]] - self.lines_before[person["pk"]] != self.stored[place]:
                found.append(f"{told}: {lines[person['pk']]} lines in the trail")
        return found

    def _note(self, number: int) -> str:
        return f"{self.tag} 第{number}轮"

    def _new_words(self, place: int, number: int) -> dict[str, str]:
        grades = {name: self.dice.choice(list(GRADES)) for name in DIMENSIONS}
        self.words[place][self._note(number)] = tuple(GRADES[grade] for grade in grades.values())
        return {**grades, "thought_note": self._note(number)}

    def version(self, place: int) -> int:
        return self.rows().get(self.people[place]["pk"], (0,))[0]

    def rows(self) -> dict[int, tuple]:
        found = self.stage.rows(
            f"SELECT member_id, version, notes->>'thought', {', '.join(DIMENSIONS)} FROM evaluations_selfreview"
            " WHERE cycle_id = (SELECT id FROM evaluations_cycle WHERE month = %s)", f"{self.stage.month}-01",
        )  # fmt: skip
        return {member: (version, tuple(points), note) for member, version, note, *points in found}

    def lines(self) -> Counter:
        """{member: how many lines of the trail tell of his submissions in this month}."""
        return Counter(dict(self.stage.rows(
            "SELECT member_id, count(*) FROM branchportal_auditentry line JOIN evaluations_selfreview review"
            " ON line.subject_type = 'evaluations.selfreview' AND line.subject_id = review.id::text"
            " AND line.action = 'self_review.submitted'"
            " WHERE cycle_id = (SELECT id FROM evaluations_cycle WHERE month = %s) GROUP BY member_id",
            f"{self.stage.month}-01",
        )))  # fmt: skip


class Ratings:
    """Officers rate everybody in their branch anew every round: all of them count, or none."""

    def __init__(self, stage: Stage, seed: int = 2026) -> None:
        self.stage, self.dice, self.tag = stage, random.Random(seed), uuid4().hex[:6]
        self.people = stage.officers()
        self.given: dict[int, Counter] = defaultdict(Counter)
        self.lines_before = self.lines()
        self.points: dict[tuple[int, int], tuple] = {}

    def send(self, place: int, number: int) -> bool:
        officer, form = self.people[place], {"give": "1"}
        for member, version in self._rated(officer):
            points = tuple(self.dice.choice(list(GRADES.values())) for _dimension in DIMENSIONS)
            self.points[member, number] = points
            form |= {f"{name}-{member}": value for name, value in zip(DIMENSIONS, points, strict=True)}
            form |= {f"version-{member}": version, f"comment-{member}": self._note(number)}
        path = f"/branches/{officer['branch']}/months/{self.stage.month}/ratings/"
        return self.stage.visitor(officer).post(path, form).status == 302

    def problems(self, number: int, acknowledged: dict[int, bool]) -> list[str]:
        found, rows, lines = [], self.rows(), self.lines()
        for place, officer in enumerate(self.people):
            told, whole = f"{number} {officer['branch']}", Counter()
            for member, _version in self._rated(officer):
                review, note, points = rows.get(member, (None, None, None))
                whole[note == self._note(number)] += 1
                self.given[place][review] += note == self._note(number)
                if note == self._note(number) and points != self.points[member, number]:
                    found.append(f"{told}: half, {points} of {member}")
                if review and lines[review] - self.lines_before[review] != self.given[place][review]:
                    found.append(f"{told}: {lines[review]} lines in the trail of {member}")
            if whole[True] and whole[False]:
                found.append(f"{told}: half, {dict(whole)} count")
            if acknowledged.get(place) and whole[False]:
                found.append(f"{told}: lost")
        return found

    def _note(self, number: int) -> str:
        return f"{self.tag} 第{number}轮"

    def _rated(self, officer: dict) -> list[tuple[int, int]]:
        """(member, version of his row) of everybody whom the officer rates."""
        return self.stage.rows(
            "SELECT due.member_id, coalesce(review.version, 0) FROM evaluations_due due"
            " JOIN evaluations_cycle cycle ON cycle.id = due.cycle_id AND cycle.month = %s"
            " JOIN members_branch branch ON branch.id = due.branch_id AND branch.code = %s"
            " JOIN members_member member ON member.id = due.member_id AND member.user_id IS DISTINCT FROM %s"
            " LEFT JOIN evaluations_branchreview review"
            " ON review.cycle_id = due.cycle_id AND review.member_id = due.member_id ORDER BY 1",
            f"{self.stage.month}-01", officer["branch"], officer["user"],
        )  # fmt: skip

    def rows(self) -> dict[int, tuple]:
        found = self.stage.rows(
            f"SELECT member_id, id, notes->>'card', {', '.join(DIMENSIONS)} FROM evaluations_branchreview"
            " WHERE cycle_id = (SELECT id FROM evaluations_cycle WHERE month = %s)", f"{self.stage.month}-01",
        )  # fmt: skip
        return {member: (review, note, tuple(points)) for member, review, note, *points in found}

    def lines(self) -> Counter:
        return Counter({int(review): count for review, count in self.stage.rows(
            "SELECT subject_id, count(*) FROM branchportal_auditentry WHERE action = 'branch_rating.given'"
            " GROUP BY subject_id"
        )})  # fmt: skip


class Rosters:
    """Officers import a file of the same twenty people with another class every round: all are changed, or none."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.people, self.tag = stage, stage.officers(), uuid4().hex[:6]
        self.uploaded: dict[tuple[int, int], int] = {}

    def send(self, place: int, number: int) -> bool:
        visitor = self.stage.visitor(self.people[place])
        form = {"branch": self.people[place]["branch"], "joined_on": f"{self.stage.month}-01"}
        kept = visitor.post("/people/import/", form, file=(self._file(place, number), self._content(place, number)))
        if kept.status != 302:
            return False
        self.uploaded[place, number] = batch = int(kept.location.strip("/").rpartition("/")[2])
        return visitor.post(f"/people/import/{batch}/writing/", {}).status == 302

    def problems(self, number: int, acknowledged: dict[int, bool]) -> list[str]:
        found = []
        for place in range(len(self.people)):
            told, file = f"{number} {self._file(place, number)}", self._file(place, number)
            states = self.stage.rows("SELECT id, state FROM members_importbatch WHERE file_name = %s", file)
            if (place, number) in self.uploaded and [row[0] for row in states] != [self.uploaded[place, number]]:
                found.append(f"{told}: the upload is lost")
            is_written = bool(states) and states[0][1] == "written"
            whole = [len(self._numbers(place)) if is_written else 0] * 2 + [int(is_written)]
            met = [self._changed(place, number), *self.lines(file)]
            if met != whole:
                found.append(f"{told}: half, people, lines and imports are {met} instead of {whole}")
            if acknowledged.get(place) and not is_written:
                found.append(f"{told}: lost")
        return found

    def _class(self, number: int) -> str:
        return f"{self.tag} {number}班"

    def _file(self, place: int, number: int) -> str:
        return f"{self.tag}-{place}-{number}.csv"

    def _numbers(self, place: int) -> list[str]:
        return [f"88{place:02d}{person:04d}" for person in range(PEOPLE_IN_A_FILE)]

    def _content(self, place: int, number: int) -> bytes:
        rows = [f"{one},导入甲,{self._class(number)}" for one in self._numbers(place)]
        return "\n".join(["学号,姓名,班级", *rows, ""]).encode()

    def _changed(self, place: int, number: int) -> int:
        return self.stage.rows(
            "SELECT count(*) FROM members_member WHERE number = ANY(%s) AND class_name = %s",
            self._numbers(place), self._class(number),
        )[0][0]  # fmt: skip

    def lines(self, file: str) -> list[int]:
        counts = dict(self.stage.rows(
            "SELECT action, count(*) FROM branchportal_auditentry WHERE reason = %s GROUP BY action", file
        ))  # fmt: skip
        return [counts.get("member.added", 0) + counts.get("member.edited", 0), counts.get("roster.imported", 0)]
