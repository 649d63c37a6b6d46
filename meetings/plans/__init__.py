"""What can be done with meetings: schedule, change and cancel them, invite people, take their answers.

Each is one transaction, its letters included. Whether somebody may do it is asked before, by the pages.
"""
