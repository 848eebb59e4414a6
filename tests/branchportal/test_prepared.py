"""Does a query that is composed once answer like the plain queryset, on every connection and after a restart?"""

from datetime import date
from threading import Thread

import psycopg2
import pytest
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat
from django.db.transaction import TransactionManagementError

from branchportal.prepared import prepared
from members.models import Branch, Member
from tests.factories import make_branch, make_member


@prepared(branch=models.BigIntegerField(), day=models.DateField())
def joined_since(branch, day):
    return Member.objects.filter(branch=branch, joined_on__gte=day).select_related("branch").order_by("number")


@prepared(path=models.CharField())
def above(path):
    return Branch.objects.alias(here=path).filter(here__startswith=models.F("path")).order_by("path")


@prepared(name=models.CharField())
def marked(name):
    fifty = Concat(Value("50 %"), name, output_field=models.CharField())
    namesake = Member.objects.filter(branch=OuterRef("pk"), name=name)
    return Branch.objects.annotate(mark=fifty, has=Exists(namesake)).order_by("path").values_list("name", "mark", "has")


@pytest.fixture
def branch(db):
    return make_branch("B001", make_branch("ROOT", None, kind=Branch.Kind.COMMITTEE))


@pytest.mark.django_db
def test_answers_with_each_runs_values(branch, django_assert_num_queries):
    early = make_member(branch, number="1", joined_on=date(2024, 9, 1))
    late = make_member(branch, number="2", joined_on=date(2025, 9, 1))
    other = make_member(make_branch("B002", branch.parent), number="3", joined_on=date(2025, 9, 1))

    assert joined_since(branch=branch.pk, day=date(2024, 9, 1)) == [early, late]
    with django_assert_num_queries(1):
        found = joined_since(branch=branch.pk, day=date(2025, 1, 1))
        assert [(member.pk, member.joined_on, member.branch.name) for member in found] == [
            (late.pk, date(2025, 9, 1), branch.name)
        ]
    assert joined_since(branch=other.branch_id, day=date(2025, 1, 1)) == [other]
    assert joined_since(branch=0, day=date(2025, 1, 1)) == []


@pytest.mark.django_db
def test_is_composed_once(branch):
    asked = []

    @prepared(number=models.CharField())
    def by_number(number):
        asked.append(number)
        return Member.objects.filter(number=number)

    member = make_member(branch, number="1")
    assert [by_number(number=number) for number in ("1", "2", "1")] == [[member], [], [member]]
    assert len(asked) == 1


@pytest.mark.django_db
def test_a_value_is_a_value_and_no_sql(branch):
    make_member(branch, name="O'Brien %s; --")

    assert [row for row in marked(name="O'Brien %s; --") if row[2]] == [(branch.name, "50 %O'Brien %s; --", True)]
    assert [row for row in marked(name="' OR 1=1 --") if row[2]] == []


@pytest.mark.django_db
def test_compares_a_value_with_a_column(branch):
    assert [found.pk for found in above(path=branch.path)] == list(
        Branch.objects.filter(path__in=branch.ancestor_paths()).order_by("path").values_list("pk", flat=True)
    )
    assert above(path="ELSEWHERE/") == []


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_plans_anew(branch):
    assert joined_since(branch=branch.pk, day=date(2024, 9, 1)) == []
    connection.close()
    assert joined_since(branch=branch.pk, day=date(2024, 9, 1)) == []


@pytest.mark.django_db(transaction=True)
def test_another_thread_has_a_connection_of_its_own(branch):
    member = make_member(branch, joined_on=date(2025, 9, 1))
    assert joined_since(branch=branch.pk, day=date(2024, 9, 1)) == [member]
    found = []

    def ask():
        found.extend(joined_since(branch=branch.pk, day=date(2024, 9, 1)))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [member]


@pytest.mark.skipif("os.environ.get('TEST_DATABASE') == 'sqlite'", reason="SQLite has no server that could go away")
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_between_two_requests_is_not_noticed(branch):
    assert joined_since(branch=branch.pk, day=date(2024, 9, 1)) == []
    _end_on_the_server(connection)
    connection.close_if_unusable_or_obsolete()  # as each request begins
    assert joined_since(branch=branch.pk, day=date(2024, 9, 1)) == []


@pytest.mark.skipif("os.environ.get('TEST_DATABASE') == 'sqlite'", reason="SQLite has no server that could go away")
@pytest.mark.django_db(transaction=True)
def test_a_line_that_breaks_while_a_query_is_planned_is_a_database_error(branch):
    @prepared(number=models.CharField())
    def not_planned_yet(number):
        return Member.objects.filter(number=number)

    connection.ensure_connection()
    connection.health_check_done = True  # as in the middle of a request
    _end_on_the_server(connection)
    with pytest.raises(DatabaseError):
        not_planned_yet(number="1")
    assert connection.errors_occurred
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_inside_a_transaction_only(branch):
    @prepared(code=models.CharField())
    def locked(code):
        return Branch.objects.select_for_update().filter(code=code)

    with transaction.atomic():
        assert locked(code="B001") == [branch]
    with pytest.raises(TransactionManagementError):
        locked(code="B001")


def _end_on_the_server(wrapper):
    with psycopg2.connect(**wrapper.get_connection_params()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [wrapper.connection.info.backend_pid])
    other.close()
