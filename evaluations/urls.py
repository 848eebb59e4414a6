"""Which address leads to which page of evaluations?"""

app_name = "evaluations"

urlpatterns = []
