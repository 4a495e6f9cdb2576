"""Read models of coaching: a coach's home and dossier, the coordinator's overview, hours, reports."""
