"""Reports of selected projects: halfway and at the end, each a form, sent by the group, approved by the staff."""
