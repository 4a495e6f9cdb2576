"""What a group sees of its own applications; nothing here shows more than the applicant was told.

own.py loads one for a member of its group; home.py lists them; status.py is the page of one; next.py says
what comes next and by whom; scores.py is what the jury gave, once the decision was told; writing.py is the
form of a draft or a report.
"""
