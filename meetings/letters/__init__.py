"""All that is mailed: what each letter says, the calendar part that it carries, what its reader knows.

Whoever changes a meeting calls `notifications`; the worker of the outbox renders a letter when it goes out.
"""
