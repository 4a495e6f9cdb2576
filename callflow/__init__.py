"""callflow: the workflow engine for calls for project ideas."""
