"""What somebody types into the form of a meeting."""

from __future__ import annotations

FORM = {
    "title": "Autumn timetable",
    "date": "2030-11-25",
    "time": "14:00",
    "length": "45",
    "minutes": "",
    "zone": "Europe/Berlin",
    "people": "Bob Lindqvist <bob@example.org>, dave@far.example",
    "agenda": "What the passengers told us (10)",
}
