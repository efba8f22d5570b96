"""Reviewing: the queue with what is odd, a report beside its past, deadlines and reminders."""
