"""Which addresses has the reference?"""

from django.contrib.auth.views import LoginView
from django.urls import path

from tests.benchmarks.plain import views

urlpatterns = [
    path("login/", LoginView.as_view(template_name="login.html"), name="login"),
    path("review/", views.review),
    path("people/", views.PeopleView.as_view()),
    path("ranking/", views.RankingView.as_view()),
]
