"""What happens by itself, and when: nothing is stored ahead, moments follow from the data as they stand.

plan.py what a planned moment is; reminders.py and alarms.py the kinds; kinds.py all of them; working.py fires
what is due, once each.
"""
