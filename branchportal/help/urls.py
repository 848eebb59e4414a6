"""Which address leads to which page of the help?"""

from django.urls import path

from branchportal.help import views
from branchportal.help.guides import GUIDES

urlpatterns = [
    path("", views.HelpView.as_view(), name="help"),
    path("glossary/", views.GlossaryView.as_view(), name="glossary"),
    *(path(f"{guide.slug}/", views.GuideView.as_view(guide=guide), name=guide.url_name) for guide in GUIDES),
]
