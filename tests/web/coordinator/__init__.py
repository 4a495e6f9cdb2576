"""Tests of callflow.web.coordinator."""
