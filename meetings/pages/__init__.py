"""The pages about meetings, and what stands on them.

A view reads the request, calls what the folders below offer, and chooses a template.
"""
