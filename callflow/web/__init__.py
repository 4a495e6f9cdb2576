"""HTTP only: one package per audience, and what they share (pages, forms, labels, headers)."""

from flask import Flask

from callflow.web import account, applicant, coach, coordinator, jury, partner, public


def install(app: Flask) -> None:
    """Register the blueprints of every audience."""
    for audience in (public, account, applicant, partner, coach, jury, coordinator):
        audience.install(app)
