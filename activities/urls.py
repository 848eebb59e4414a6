"""Which address leads to which page of activities?"""

app_name = "activities"

urlpatterns = []
