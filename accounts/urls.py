from django.urls import path

from accounts import views

app_name = "account"
urlpatterns = [
    path("settings/", views.edit_settings, name="settings"),
    path("first/<str:token>/", views.make_first_administrator, name="first"),
]
