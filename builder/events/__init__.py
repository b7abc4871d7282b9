"""What the integration would do with one delivery of a webhook. Nothing is written to Port."""

from builder.events.report import ChangeReport, EventReport, KindReport, Verification
from builder.events.trial import EventTrial

__all__ = ["ChangeReport", "EventReport", "EventTrial", "KindReport", "Verification"]
