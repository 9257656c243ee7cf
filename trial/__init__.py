"""The cohort of the trial: progress and counts, computed from plain records."""
