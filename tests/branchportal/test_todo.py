"""Does what waits longest come first, and are days counted as people count them in Shanghai?"""

from datetime import UTC, date, datetime

from branchportal.todo import Todo, oldest_first

MONDAY = datetime(2026, 11, 9, 1, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 10, 1, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 15, 16, tzinfo=UTC)  # 16 November, 0:00 in Shanghai
LATER = datetime(2026, 11, 28, 16, tzinfo=UTC)


def test_the_oldest_comes_first_and_of_two_the_one_that_ends_first():
    open_end = Todo("open", "/", MONDAY)
    late = Todo("late", "/", MONDAY, LATER)
    soon = Todo("soon", "/", MONDAY, MIDNIGHT)
    young = Todo("young", "/", TUESDAY, MIDNIGHT)
    assert oldest_first([young, open_end, late, soon]) == [soon, late, open_end, young]


def test_the_last_day_is_the_one_before_midnight():
    assert Todo("", "/", MONDAY, MIDNIGHT).last_day == date(2026, 11, 15)
    assert Todo("", "/", MONDAY).last_day is None


def test_the_last_day_itself_counts():
    todo = Todo("", "/", MONDAY, MIDNIGHT)
    assert todo.days_left(datetime(2026, 11, 15, 15, 59, tzinfo=UTC)) == 1
    assert todo.days_left(datetime(2026, 11, 12, 16, tzinfo=UTC)) == 3  # 13 November in Shanghai
    assert todo.days_left(datetime(2026, 11, 15, 16, tzinfo=UTC)) == 0
    assert Todo("", "/", MONDAY).days_left(MONDAY) is None


def test_waiting_is_counted_in_days_begun():
    todo = Todo("", "/", datetime(2026, 11, 9, 15, 59, tzinfo=UTC))
    assert [todo.days_waited(moment) for moment in (MONDAY, MIDNIGHT)] == [0, 7]
