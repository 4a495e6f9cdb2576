"""Groups, their members and invitations."""
