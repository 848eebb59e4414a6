"""Which address leads to which page of activities?"""

from django.urls import path

from activities.views import (
    activities,
    activity,
    attendance,
    awards,
    calendar,
    calendar_address,
    cancelling,
    editing,
    hours,
    kinds,
    ledger,
    minutes,
    own_awards,
    sign_ups,
)

app_name = "activities"

urlpatterns = [
    path("activities/", activities.ActivitiesView.as_view(), name="activities"),
    path("activities/add/", editing.AddView.as_view(), name="add"),
    path("activities/<int:pk>/", activity.ActivityView.as_view(), name="activity"),
    path("activities/<int:pk>/edit/", editing.EditView.as_view(), name="edit"),
    path("activities/<int:pk>/attendance/", attendance.AttendanceView.as_view(), name="attendance"),
    path("activities/<int:pk>/minutes/", minutes.MinutesView.as_view(), name="minutes"),
    path("activities/<int:pk>/minutes/edit/", minutes.EditMinutesView.as_view(), name="minutes_edit"),
    path("activities/<int:pk>/minutes/confirm/", minutes.ConfirmMinutesView.as_view(), name="minutes_confirm"),
    path("activities/<int:pk>/minutes/add/", minutes.AddToMinutesView.as_view(), name="minutes_add"),
    path("activities/ledger.xlsx", ledger.LedgerView.as_view(), name="ledger"),
    path("activities/<int:pk>/sign-up/", sign_ups.SignUpView.as_view(), name="sign_up"),
    path("activities/sign-ups/<int:pk>/", sign_ups.ChangeSignUpView.as_view(), name="sign_up_change"),
    path("activities/<int:pk>/cancel/", cancelling.CancelView.as_view(), name="cancel"),
    path("activities/kinds/", kinds.KindsView.as_view(), name="kinds"),
    path("activities/kinds/<str:committee>/add/", kinds.AddKindView.as_view(), name="add_kind"),
    path("activities/kinds/<str:committee>/<str:code>/", kinds.EditKindView.as_view(), name="edit_kind"),
    path("activities/kinds/<str:committee>/<str:code>/offer/", kinds.RetireKindView.as_view(), name="retire_kind"),
    path("activities/calendar/", calendar.CalendarView.as_view(), name="calendar"),
    path("activities/calendar/address/", calendar_address.CalendarAddressView.as_view(), name="calendar_address"),
    path("calendar/<str:token>.ics", calendar_address.CalendarFileView.as_view(), name="calendar_file"),
    path("hours/", hours.HoursView.as_view(), name="hours"),
    path("hours/hours.xlsx", hours.HoursDownloadView.as_view(), name="hours_download"),
    path("hours/<int:pk>/", hours.PersonHoursView.as_view(), name="person_hours"),
    path("my-hours/", hours.MyHoursView.as_view(), name="my_hours"),
    path("my-hours/awards/add/", own_awards.ProposeAwardView.as_view(), name="award_add"),
    path("my-hours/awards/<int:pk>/", own_awards.EditAwardView.as_view(), name="award_edit"),
    path("my-hours/awards/<int:pk>/take-back/", own_awards.WithdrawAwardView.as_view(), name="award_withdraw"),
    path("my-hours/awards/<int:pk>/evidence/", own_awards.OwnEvidenceView.as_view(), name="own_evidence"),
    path("awards/", awards.AwardsView.as_view(), name="awards"),
    path("awards/<int:pk>/", awards.AwardView.as_view(), name="award"),
    path("awards/<int:pk>/evidence/", awards.EvidenceView.as_view(), name="evidence"),
]
