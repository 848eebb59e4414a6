"""Which address leads to which page of members?"""

app_name = "members"

urlpatterns = []
