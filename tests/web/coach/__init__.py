"""Tests of callflow.web.coach."""
