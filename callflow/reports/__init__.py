"""Reports of selected projects, halfway and at the end: a form each, sent by the group, approved by staff."""
