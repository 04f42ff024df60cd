"""The chat side: questions in, cited answers or honest refusals out."""

from models.telemetry import turn_off_telemetry

turn_off_telemetry()
