"""What people type about meetings: the fields, what they begin with, and what is wrong with them.

Lists of people are read here, pasted or from a file. Drafts keep a form as it stands.
"""
