"""Mail as it goes over the line: a real SMTP server, real worker processes, and what is left when one
dies.
"""
