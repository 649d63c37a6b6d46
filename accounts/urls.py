from django.urls import path

from accounts import views

app_name = "account"
urlpatterns = [
    path("settings/", views.edit_settings, name="settings"),
]
