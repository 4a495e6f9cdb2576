"""Messages between a group, its coordinators and its coach about one dossier.

files.py what goes with a message; marks.py who has read what and who was told; telling.py the mails that say
that there is a message.
"""
