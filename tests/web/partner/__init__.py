"""Tests of the pages for those who carry pilots."""
