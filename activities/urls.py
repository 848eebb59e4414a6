"""Which address leads to which page of activities?"""

from django.urls import path

from activities.views import activities, activity, attendance, editing

app_name = "activities"

urlpatterns = [
    path("activities/", activities.ActivitiesView.as_view(), name="activities"),
    path("activities/add/", editing.AddView.as_view(), name="add"),
    path("activities/<int:pk>/", activity.ActivityView.as_view(), name="activity"),
    path("activities/<int:pk>/edit/", editing.EditView.as_view(), name="edit"),
    path("activities/<int:pk>/attendance/", attendance.AttendanceView.as_view(), name="attendance"),
]
