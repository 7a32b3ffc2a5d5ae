"""The platform under the rooms of the portal; it knows nothing of the domain."""

from pilotportal.celery import app as celery_app

__all__ = ["celery_app"]
