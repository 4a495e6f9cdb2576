"""People, how they sign in, the roles they hold, and the groups they form.

signing.py lets somebody in who is nobody yet: links in mails, passwords, and how often one may try;
passwords.py turns passwords into what is stored of them.
"""
