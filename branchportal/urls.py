"""Which app answers which address?"""

from django.urls import include, path

from branchportal import views

handler500 = "branchportal.views.server_error"
urlpatterns = [
    path("", include("evaluations.urls")),
    path("", include("members.urls")),
    path("", include("activities.urls")),
    path("language/", views.SetLanguageView.as_view(), name="set_language"),
    path("health/", views.HealthView.as_view(), name="health"),
]
