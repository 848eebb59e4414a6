"""Does an office get its roster in with a real browser, at the desk, on a phone and without JavaScript?"""

from pathlib import Path

import pytest

from members.models import Member
from members.roles import Role
from tests.browser import fits, signed_in
from tests.factories import make_branch_tree, make_member, make_user

SAMPLES = Path(__file__).parents[1] / "data" / "rosters"


def bring_in(page, url, axe):
    page.goto(f"{url}/people/import/")
    axe(page)
    assert fits(page)
    page.set_input_files("input[type=file]", SAMPLES / "errors_many.xlsx")
    page.get_by_role("button", name="检查文件").click()
    axe(page)
    assert fits(page)
    assert page.get_by_text("学号 20230430001 已在第 2 行出现，每人只保留一行。").count() == 2
    with page.expect_download() as marked:
        page.get_by_role("link", name="下载标出错误的原表").click()
    assert marked.value.suggested_filename == "errors_many-已标注.xlsx"
    page.get_by_role("button", name="已核对，将 18 行写入").click()
    page.get_by_text("已写入：新增 17 人，变更 1 人。").wait_for()
    axe(page)


@pytest.mark.browser
@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_a_roster_with_errors(live_portal, window, axe, request):
    tree = make_branch_tree()
    make_member(tree.b1, number="20230430001", name="韦雅", class_name="旧班")
    page = signed_in(request.getfixturevalue(window), live_portal.url, make_user(Role.SECRETARY, tree.b1))
    bring_in(page, live_portal.url, axe)
    assert Member.objects.filter(branch=tree.b1).count() == 18


@pytest.mark.browser
def test_at_320_pixels_without_javascript_and_by_whoever_keeps_several_rosters(live_portal, open_page):
    tree = make_branch_tree()
    page = signed_in(open_page(320, 640, javascript=False), live_portal.url, make_user(Role.SECRETARY, tree.first))
    page.goto(f"{live_portal.url}/people/import/")
    page.get_by_label("党支部").select_option("B002")
    page.set_input_files("input[type=file]", SAMPLES / "csv_gbk.csv")
    page.get_by_role("button", name="检查文件").click()
    page.get_by_role("button", name="已核对，将 32 行写入").click()
    page.get_by_text("已写入：新增 32 人，变更 0 人。").wait_for()
    assert Member.objects.filter(branch=tree.b2).count() == 32
