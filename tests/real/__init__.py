"""Tests on whole files and whole calls: selection, import, rehearsal, verify, demo."""
