"""What calendars know: rules and their dates, clocks and zones, iCalendar in and out, weeks as drawn.

Pure: values in, values out. Nothing here asks the database, the network or the hour.
"""
