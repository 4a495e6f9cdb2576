"""Reports of selected projects: one form, sent in by the group, approved by the coordinator."""
