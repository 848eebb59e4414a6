"""Does an award count only when somebody else has confirmed it, and is its evidence kept once and handed out safely?"""

from datetime import date
from uuid import UUID

import pytest
from django.core.files.storage import FileSystemStorage
from django.urls import reverse
from django.utils import timezone

from activities.models import Award, AwardLevel, Evidence
from activities.queries.awards import confirmed_between, confirmed_by_member
from activities.queries.todo import of_awards
from activities.services.awards import (
    AwardRefused,
    StaleAward,
    Upload,
    decide_award,
    edit_award,
    propose_award,
    withdraw_award,
)
from branchportal.models import AccessRecord, AuditEntry
from branchportal.todo import in_one_line_each
from members.roles import Role
from tests.activities.evidence import JPEG, PDF, PNG, sent
from tests.activities.examples import ENTRY, PAYLOAD
from tests.factories import make_member, make_user, sign_in

pytestmark = pytest.mark.django_db
ADD = "/my-hours/awards/add/"


@pytest.fixture
def member(tree):
    return make_user(Role.MEMBER, tree.b1, name="孙知夏")


def level(code="province"):
    return AwardLevel.objects.get(code=code)


def values(**changed):
    return {
        "title": "程序设计竞赛二等奖", "level": level(), "awarded_on": date(2026, 10, 20), "body": "省计算机学会",
        "link": "", **changed,
    }  # fmt: skip


def typed(**changed):
    return {**values(), "level": level().pk, "awarded_on": "2026-10-20", "entry": str(ENTRY), **changed}


def make_award(member, *, number=1, upload=None, **changed):
    return propose_award(
        member=member, entry=UUID(int=number), values=values(**changed), upload=upload, by=member.user,
        now=timezone.now(),
    )  # fmt: skip


def decide(award, by, *, confirms=True, reason="", version=None):
    return decide_award(
        award=award, version=version or award.version, confirms=confirms, reason=reason, by=by, now=timezone.now()
    )


# --- Proposing


def test_an_award_is_proposed_with_its_file_once(client, member):
    sign_in(client, member)
    for _time in range(2):
        assert client.post(ADD, typed(file=sent())).status_code == 302
    award, evidence = Award.objects.get(), Evidence.objects.get()
    assert (award.member, award.title, award.state, award.evidence) == (
        member.member, "程序设计竞赛二等奖", "proposed", evidence,
    )  # fmt: skip
    assert (evidence.content_type, evidence.file_name, evidence.size) == ("application/pdf", "奖状.pdf", len(PDF))
    assert evidence.file.read() == PDF
    assert [entry.action for entry in AuditEntry.objects.all()] == ["award.proposed"]


@pytest.mark.parametrize(
    ("content", "name", "kept"),
    [(JPEG, "a.png", "a.jpg"), (PNG, "../../etc/passwd", "passwd.png"), (PDF, "x.pdf.exe", "x.pdf.pdf")],
)
def test_the_name_of_a_file_ends_like_its_content(client, member, content, name, kept):
    sign_in(client, member).post(ADD, typed(file=sent(content, name)))
    assert Evidence.objects.get().file_name == kept


@pytest.mark.parametrize(
    "file", [sent(b"<script>", "a.pdf", "application/pdf"), sent(PDF + b" " * 5 * 1024 * 1024 + b"%%EOF", "big.pdf")]
)
def test_other_and_large_files_are_refused_and_the_words_stay(client, member, file):
    file.seek(0)
    page = sign_in(client, member).post(ADD, typed(file=file))
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["file"])
    assert page.context["form"]["title"].value() == "程序设计竞赛二等奖"
    assert not Award.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", " \u200b "), ("awarded_on", "2126-01-01"), ("awarded_on", "0026-01-01"), ("level", "0"),
     ("link", "javascript:alert(1)"), ("body", "")],
)  # fmt: skip
def test_wrong_values_are_named(client, member, field, value):
    page = sign_in(client, member).post(ADD, typed(**{field: value}))
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])


def test_the_same_file_is_stored_once_and_pointed_out(client, tree, member, secretary):
    other = make_user(Role.MEMBER, tree.b1)
    sign_in(client, member)
    client.post(ADD, typed(file=sent()))
    page = client.post(ADD, typed(file=sent(), entry=str(UUID(int=7)), title="同一张"), follow=True)
    assert "程序设计竞赛二等奖" in [str(message) for message in page.context["messages"]][-1]
    team = make_award(other.member, number=8, upload=Upload("b.pdf", PDF, "application/pdf"))
    assert (Award.objects.count(), Evidence.objects.count()) == (3, 1)
    page = sign_in(client, secretary).get(reverse("activities:award", args=[team.pk]))
    assert {award.member for award in page.context["same_file"]} == {member.member}


def test_a_refused_award_is_mended_and_proposed_again(client, member, secretary):
    award = decide(make_award(member.member), secretary, confirms=False, reason="请写全称")
    address = reverse("activities:award_edit", args=[award.pk])
    sign_in(client, member)
    assert client.post(address, typed(title="全称", version=1)).status_code == 409
    assert client.post(address, typed(title="全称", version=2, file=sent(PNG, "b.png"))).status_code == 302
    award.refresh_from_db()
    assert (award.state, award.title, award.decision, award.decided_by) == ("proposed", "全称", "", None)
    assert Evidence.objects.get().content_type == "image/png"


def test_an_award_is_taken_back_with_its_file(client, member, django_capture_on_commit_callbacks):
    upload = Upload("a.pdf", PDF, "application/pdf")
    award, other = make_award(member.member, upload=upload), make_award(member.member, number=2, upload=upload)
    storage, name = award.evidence.file.storage, award.evidence.file.name
    sign_in(client, member)
    for one, left in ((award, True), (other, False)):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("activities:award_withdraw", args=[one.pk]), {"version": 1})
        assert (Evidence.objects.exists(), storage.exists(name)) == (left, left)
    assert not Award.objects.exists()


def test_the_same_edit_twice_is_done_once(client, member):
    award = make_award(member.member)
    sign_in(client, member)
    for _time in range(2):
        form = typed(title="一等奖", version=1, file=sent(PNG, "b.png"))
        assert client.post(reverse("activities:award_edit", args=[award.pk]), form).status_code == 302
    award.refresh_from_db()
    assert (award.title, award.version) == ("一等奖", 2)
    assert AuditEntry.objects.filter(action="award.edited").count() == 1


def test_what_was_taken_back_meanwhile_is_not_there_to_change_or_decide(member, secretary):
    award = make_award(member.member)
    for _time in range(2):
        withdraw_award(award=award, version=1, by=member)
    with pytest.raises(AwardRefused):
        edit_award(award=award, version=1, values={"title": "一等奖"}, upload=None, by=member, now=timezone.now())
    with pytest.raises(AwardRefused):
        decide(award, secretary)
    assert AuditEntry.objects.filter(action="award.withdrawn").count() == 1


def test_confirmed_ones_are_neither_changed_nor_taken_back(client, member, secretary):
    award = decide(make_award(member.member), secretary)
    sign_in(client, member)
    client.post(reverse("activities:award_edit", args=[award.pk]), typed(title="国家级", version=2))
    client.post(reverse("activities:award_withdraw", args=[award.pk]), {"version": 2})
    assert (Award.objects.get().title, Award.objects.get().state) == ("程序设计竞赛二等奖", "confirmed")


# --- Deciding


def test_only_confirmed_ones_count_from_their_day(tree, member, secretary):
    for number, day in enumerate((date(2026, 10, 15), date(2026, 10, 16), date(2026, 11, 15), date(2026, 11, 16))):
        decide(make_award(member.member, number=number + 1, awarded_on=day), secretary)
    make_award(member.member, number=9, awarded_on=date(2026, 11, 1))
    rejected = make_award(member.member, number=10, awarded_on=date(2026, 11, 2))
    decide(rejected, secretary, confirms=False, reason="无证明")
    days = (date(2026, 10, 16), date(2026, 11, 15))
    found = confirmed_between(member.member, *days)
    assert [award.awarded_on for award in found] == [date(2026, 11, 15), date(2026, 10, 16)]
    assert confirmed_by_member([member.member, make_member(tree.b1)], *days) == {member.member.pk: 2}


def test_nobody_decides_about_himself_and_no_refusal_is_without_a_reason(client, tree, secretary):
    deputy = make_user(Role.MEMBER, tree.b1)
    deputy.role_assignments.create(branch=tree.b1, role=Role.DEPUTY_SECRETARY, starts_on=date(2024, 9, 1))
    award = make_award(deputy.member)
    with pytest.raises(AwardRefused):
        decide(award, deputy)
    sign_in(client, deputy).post(reverse("activities:award", args=[award.pk]), {"confirms": "yes", "version": 1})
    with pytest.raises(AwardRefused):
        decide(award, secretary, confirms=False)
    with pytest.raises(StaleAward):
        decide(award, secretary, version=2)
    assert Award.objects.get().state == "proposed"
    now = timezone.now()
    waiting = [[todo.url for todo in in_one_line_each(of_awards(user, now))] for user in (deputy, secretary)]
    assert waiting == [[], ["/awards/?state=proposed"]]


def test_an_award_waits_for_the_officers_of_its_own_branch(tree, member, secretary):
    make_award(member.member)
    now, elsewhere = timezone.now(), make_user(Role.SECRETARY, tree.b2)
    waiting = [[todo.url for todo in in_one_line_each(of_awards(user, now))] for user in (secretary, elsewhere)]
    assert waiting == [["/awards/?state=proposed"], []]


def test_the_person_is_told_once(client, member, secretary):
    award = make_award(member.member)
    address = reverse("activities:award", args=[award.pk])
    sign_in(client, secretary)
    assert client.post(address, {"confirms": "no", "version": 1}).status_code == 422
    for _time in range(2):
        client.post(address, {"confirms": "no", "reason": "看不清", "version": 1})
    assert [(one.kind, one.context["reason"]) for one in member.notifications.all()] == [("award_rejected", "看不清")]


# --- Reading


def test_evidence_is_a_download_for_the_person_and_the_officers_of_the_branch(client, tree, member, secretary):
    award = make_award(member.member, upload=Upload("奖状.pdf", PDF, "application/pdf"))
    address, own = (reverse(f"activities:{name}", args=[award.pk]) for name in ("evidence", "own_evidence"))
    answer = sign_in(client, member).get(own)
    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        PDF, "application/pdf", "nosniff",
    )  # fmt: skip
    assert answer["Content-Disposition"].startswith("attachment")
    assert not AccessRecord.objects.exists()
    assert sign_in(client, secretary).get(address).status_code == 200
    assert [(one.action, one.user) for one in AccessRecord.objects.all()] == [("evidence.downloaded", secretary)]
    others = [
        make_user(Role.MEMBER, tree.b1),
        make_user(Role.SECRETARY, tree.b2),
        make_user(Role.CLASS_CONTACT, tree.b1),
        make_user(Role.ADMINISTRATOR, tree.root),
    ]
    assert [sign_in(client, user).get(address).status_code for user in others] == [403, 404, 403, 403]
    assert [sign_in(client, user).get(own).status_code for user in others] == [404, 403, 403, 403]


def test_files_lie_on_the_disk_under_their_digest_and_are_no_static_files(settings, tmp_path, member, client):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
    award = make_award(member.member, upload=Upload("a.pdf", PDF, "application/pdf"))
    file = award.evidence.file
    assert isinstance(file.storage._wrapped, FileSystemStorage)
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in stored] == [f"{award.evidence.sha256}.pdf"]
    assert (stored[0].stat().st_mode & 0o777, stored[0].parent.stat().st_mode & 0o777) == (0o600, 0o700)
    sign_in(client, member)
    assert client.get(f"/{file.name}").status_code == client.get(f"/static/{file.name}").status_code == 404


def test_others_awards_do_not_exist(client, tree, member, secretary):
    award = make_award(member.member)
    pages = [reverse(f"activities:{name}", args=[award.pk]) for name in ("award_edit", "award_withdraw")]
    sign_in(client, make_user(Role.MEMBER, tree.b1))
    assert [client.get(page).status_code for page in pages] == [404, 404]
    sign_in(client, make_user(Role.SECRETARY, tree.b2))
    assert client.get(reverse("activities:award", args=[award.pk])).status_code == 404
    assert award.title not in client.get(reverse("activities:awards")).content.decode()


def test_filters_narrow_the_register(client, tree, member, secretary):
    first = make_award(member.member, title="甲奖", level=level("school"))
    second = decide(make_award(make_user(Role.MEMBER, tree.b1).member, number=2, title="乙奖"), secretary)
    sign_in(client, secretary)

    def shown(**filters):
        return list(client.get(reverse("activities:awards"), filters).context["awards"])

    assert shown(state="proposed") == [first]
    assert shown(level=second.level_id) == [second]
    assert shown(q="孙知夏") == [first]
    assert shown(q="丙") == []
    assert set(shown(state="nonsense", page="99")) == {first, second}


@pytest.mark.parametrize("count", [1, 30])
def test_the_register_asks_the_same_queries_for_one_and_for_thirty(
    client, tree, secretary, django_assert_num_queries, count
):
    for number in range(count):
        make_award(make_user(Role.MEMBER, tree.b1).member, number=number + 1, title=PAYLOAD)
    sign_in(client, secretary)
    with django_assert_num_queries(7):
        page = client.get(reverse("activities:awards"))
    assert (len(page.context["awards"]), PAYLOAD in page.content.decode()) == (count, False)
