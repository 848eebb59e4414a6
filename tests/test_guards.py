"""Do the suite's own guards bite? A guard that never fails guards nothing."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator, UnorderedObjectListWarning
from django.http import HttpResponse
from django.template import Context, Template
from django.urls import path

from branchportal.models import JobRun


@login_not_required
def writing(request):
    JobRun.objects.create(kind="guard", key="guard", arguments={})
    return HttpResponse("written")


@login_not_required
def remembering(request):
    request.session["seen"] = True
    return HttpResponse("seen")


@login_not_required
def forgetful(request):
    return HttpResponse(Template("{{ nobody_said_what }}").render(Context({})))


urlpatterns = [path("writing/", writing), path("remembering/", remembering), path("forgetful/", forgetful)]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_get_that_writes_fails(client):
    with pytest.raises(pytest.fail.Exception, match="A GET wrote to branchportal_jobrun"):
        client.get("/writing/")


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_post_may_write(client):
    assert client.post("/writing/").content == b"written"


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_get_may_write_its_session(client):
    assert client.get("/remembering/").content == b"seen"


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_an_undefined_template_variable_fails(client):
    with pytest.raises(pytest.fail.Exception, match="nobody_said_what"):
        client.get("/forgetful/")


@pytest.mark.django_db
def test_paging_through_an_unordered_list_fails():
    with pytest.raises(UnorderedObjectListWarning):
        Paginator(JobRun.objects.order_by(), 10).page(1)


@pytest.mark.django_db
def test_rows_of_a_query_without_an_order_are_shuffled():
    JobRun.objects.bulk_create([JobRun(kind="guard", key=str(number), arguments={}) for number in range(20)])
    orders = {tuple(JobRun.objects.order_by().values_list("key", flat=True)) for _ in range(5)}
    assert len(orders) > 1


@pytest.mark.django_db
def test_rows_of_a_query_with_an_order_keep_it():
    JobRun.objects.bulk_create([JobRun(kind="guard", key=f"{number:02}", arguments={}) for number in range(20)])
    found = list(JobRun.objects.order_by("key").values_list("key", flat=True))
    assert found == [f"{number:02}" for number in range(20)]


@pytest.mark.browser
def test_axe_fails_on_a_picture_without_words(desktop, axe):
    desktop.set_content("<html lang='zh'><title>x</title><main><h1>x</h1><img src='data:,'></main></html>")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(desktop)


@pytest.mark.browser
def test_axe_passes_a_plain_page(desktop, axe):
    desktop.set_content("<html lang='zh'><title>x</title><main><h1>x</h1></main></html>")
    axe(desktop)
