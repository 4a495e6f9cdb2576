"""What happens by itself, and when: nothing is stored ahead, moments follow from the data as they stand.

plan.py what a planned moment is; reminders.py, papers.py, agreements.py, pilots.py, alarms.py, promised.py
and digests.py the kinds; kinds.py all of them; telling.py whom they tell and how; working.py fires what is
due, once each.
"""
