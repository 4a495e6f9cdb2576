"""Tests of the pages for groups."""
