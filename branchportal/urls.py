"""Which app answers which address?"""

from django.urls import include, path

from branchportal import views

handler400 = "branchportal.views.bad_request"
handler500 = "branchportal.views.server_error"
urlpatterns = [
    path("", include("evaluations.urls")),
    path("", include("members.urls")),
    path("", include("activities.urls")),
    path("help/", include("branchportal.help.urls")),
    path("language/", views.SetLanguageView.as_view(), name="set_language"),
    path("health/", views.HealthView.as_view(), name="health"),
]
