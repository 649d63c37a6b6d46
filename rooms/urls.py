from django.urls import path, register_converter

from rooms.codes import CodeConverter
from rooms.pages import attendance, qr, views

register_converter(CodeConverter, "room_code")

urlpatterns = [
    path("test/", views.test, name="test"),
    path("<room_code:code>/", views.room, name="room"),
    path("<room_code:code>/qr.svg", qr.code_of_link, name="room_qr"),
    path("<room_code:code>/test/", views.room_test, name="room_test"),
    path("meetings/<room_code:code>/attendance/", attendance.page, name="attendance"),
    path("meetings/<room_code:code>/attendance.csv", attendance.table, name="attendance_table"),
]
