"""Which address leads to which page of members?"""

from django.urls import path

from members.views import (
    account,
    accounts,
    audit,
    branches,
    memberships,
    messages,
    own_record,
    people,
    roles,
    roster,
    roster_import,
    search,
    sign_in,
)

app_name = "members"

urlpatterns = [
    path("login/", sign_in.SignInView.as_view(), name="login"),
    path("logout/", sign_in.SignOutView.as_view(), name="logout"),
    path("activate/", sign_in.ActivateView.as_view(), name="activate"),
    path("account/", account.AccountView.as_view(), name="account"),
    path("account/email/", account.EmailView.as_view(), name="email"),
    path("account/password/", account.ChangePasswordView.as_view(), name="password"),
    path("account/messages/", messages.MailSettingsView.as_view(), name="mail_settings"),
    path("messages/", messages.MessageListView.as_view(), name="messages"),
    path("messages/read/", messages.ReadAllMessagesView.as_view(), name="read_messages"),
    path("messages/<int:pk>/", messages.OpenMessageView.as_view(), name="open_message"),
    path("accounts/", accounts.AccountListView.as_view(), name="accounts"),
    path("accounts/slips/", accounts.MemberSlipsView.as_view(), name="member_slips"),
    path("accounts/members/<int:pk>/slip/", accounts.MemberSlipView.as_view(), name="member_slip"),
    path("accounts/staff/<int:pk>/slip/", accounts.StaffSlipView.as_view(), name="staff_slip"),
    path("offices/", roles.RoleListView.as_view(), name="roles"),
    path("offices/branches/<int:pk>/", roles.AppointView.as_view(), name="appoint"),
    path("offices/<int:pk>/end/", roles.EndOfficeView.as_view(), name="end_office"),
    path("branches/", branches.BranchListView.as_view(), name="branches"),
    path("branches/add/", branches.AddBranchView.as_view(), name="add_branch"),
    path("branches/<int:pk>/name/", branches.RenameBranchView.as_view(), name="rename_branch"),
    path("branches/<int:pk>/closing/", branches.CloseBranchView.as_view(), name="close_branch"),
    path("audit/", audit.AuditView.as_view(), name="audit"),
    path("audit/technical/", audit.TechnicalAuditView.as_view(), name="technical_audit"),
    path("people/", roster.RosterView.as_view(), name="roster"),
    path("people/download/", roster.RosterDownloadView.as_view(), name="roster_download"),
    path("people/import/", roster_import.RosterImportView.as_view(), name="roster_import"),
    path("people/import/template/", roster_import.RosterTemplateView.as_view(), name="roster_template"),
    path("people/import/<int:pk>/", roster_import.RosterImportResultView.as_view(), name="roster_import_result"),
    path("people/import/<int:pk>/writing/", roster_import.WriteRosterImportView.as_view(), name="roster_import_write"),
    path("people/import/<int:pk>/marked/", roster_import.RosterImportMarkedView.as_view(), name="roster_import_marked"),
    path(
        "people/import/<int:pk>/failing/", roster_import.RosterImportFailingView.as_view(), name="roster_import_failing"
    ),
    path("people/add/", people.AddPersonView.as_view(), name="person_add"),
    path("people/<int:pk>/", people.PersonView.as_view(), name="person"),
    path("people/<int:pk>/edit/", people.EditPersonView.as_view(), name="person_edit"),
    path("people/<int:pk>/end/", memberships.EndMembershipView.as_view(), name="person_end"),
    path("people/<int:pk>/resumption/", memberships.ResumeMembershipView.as_view(), name="person_resume"),
    path("people/<int:pk>/transfer/", memberships.TransferMemberView.as_view(), name="person_transfer"),
    path("search/", search.SearchView.as_view(), name="search"),
    path("my-record/", own_record.OwnRecordView.as_view(), name="own_record"),
]
