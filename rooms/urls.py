from django.urls import path, register_converter

from rooms import views
from rooms.codes import CodeConverter

register_converter(CodeConverter, "room_code")

urlpatterns = [path("<room_code:code>/", views.room, name="room")]
