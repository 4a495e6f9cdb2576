"""Tests of project agreements."""
