from django.urls import path

from outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.list_letters, name="list"),
    path("open/<str:secret>/", views.open_outbox, name="open"),
    path("<str:name>/", views.show, name="show"),
    path("<str:name>/html/", views.show_html, name="html"),
    path("<str:name>/invite-<int:number>.ics", views.download_calendar, name="calendar"),
]
