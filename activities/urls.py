"""Which address leads to which page of activities?"""

from django.urls import path

from activities.views import (
    activities,
    activity,
    attendance,
    calendar,
    calendar_address,
    cancelling,
    editing,
    kinds,
    sign_ups,
)

app_name = "activities"

urlpatterns = [
    path("activities/", activities.ActivitiesView.as_view(), name="activities"),
    path("activities/add/", editing.AddView.as_view(), name="add"),
    path("activities/<int:pk>/", activity.ActivityView.as_view(), name="activity"),
    path("activities/<int:pk>/edit/", editing.EditView.as_view(), name="edit"),
    path("activities/<int:pk>/attendance/", attendance.AttendanceView.as_view(), name="attendance"),
    path("activities/<int:pk>/sign-up/", sign_ups.SignUpView.as_view(), name="sign_up"),
    path("activities/<int:pk>/cancel/", cancelling.CancelView.as_view(), name="cancel"),
    path("activities/kinds/", kinds.KindsView.as_view(), name="kinds"),
    path("activities/kinds/<str:committee>/add/", kinds.AddKindView.as_view(), name="add_kind"),
    path("activities/kinds/<str:committee>/<str:code>/", kinds.EditKindView.as_view(), name="edit_kind"),
    path("activities/kinds/<str:committee>/<str:code>/offer/", kinds.RetireKindView.as_view(), name="retire_kind"),
    path("calendar/", calendar.CalendarView.as_view(), name="calendar"),
    path("calendar/address/", calendar_address.CalendarAddressView.as_view(), name="calendar_address"),
    path("calendar/<str:token>.ics", calendar_address.CalendarFileView.as_view(), name="calendar_file"),
]
