"""Tests of the pages for jurors."""
