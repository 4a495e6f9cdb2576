"""What an application adds to a dossier: answers, frozen versions, files.

answers.py turns what a person typed into values and says what is wrong with it.
"""
