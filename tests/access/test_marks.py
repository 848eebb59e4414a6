"""Would the matrix see what belongs to another branch? Whoever looks after the marked branch sees the marks."""

import io
import zipfile

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import Client

from members.models import RoleAssignment
from members.roles import Role
from tests.access.marks import FOREIGN, SIBLING, shown
from tests.access.queries import visit
from tests.access.test_matrix import MATRIX, address
from tests.access.world import NOW, make_world
from tests.factories import sign_in

LISTS_AND_FILES = (
    "members:roster", "members:roster_download", "activities:activities", "activities:calendar", "activities:awards",
    "activities:hours_download", "evaluations:ranking", "evaluations:ranking_workbook",
)  # fmt: skip


@pytest.mark.long
@pytest.mark.django_db
def test_the_marks_are_seen_in_lists_and_files_by_whoever_may(time_machine):
    time_machine.move_to(NOW, tick=False)
    world = make_world("secretary")
    beside = RoleAssignment.objects.get(branch__code="B002", role=Role.SECRETARY).user
    client = sign_in(Client(), beside)
    answers = {page: visit(client, address(MATRIX[page], world.sibling))[0] for page in LISTS_AND_FILES}
    assert [(page, shown(answer, [FOREIGN, SIBLING])) for page, answer in answers.items()] == [
        (page, [SIBLING]) for page in LISTS_AND_FILES
    ]


def test_marks_are_found_in_every_form():
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as workbook:
        workbook.writestr("sheet1.xml", "<t>&#22806;&#20826;&#22996;&#30340;王芳</t>")
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("a.xlsx", inner.getvalue())
    answers = [HttpResponse("外党委的王芳"), JsonResponse({"name": "外党委的王芳"}), HttpResponse(outer.getvalue())]
    assert [shown(answer, [FOREIGN, SIBLING]) for answer in answers] == [[FOREIGN]] * 3
    assert shown(HttpResponse("王芳"), [FOREIGN, SIBLING]) == []
