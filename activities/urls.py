"""Which address leads to which page of activities?"""

from django.urls import path

from activities import views

app_name = "activities"

urlpatterns = [
    path("activities/", views.ActivitiesView.as_view(), name="activities"),
    path("activities/add/", views.AddView.as_view(), name="add"),
    path("activities/<int:pk>/", views.ActivityView.as_view(), name="activity"),
    path("activities/<int:pk>/edit/", views.EditView.as_view(), name="edit"),
    path("activities/<int:pk>/attendance/", views.AttendanceView.as_view(), name="attendance"),
]
