"""The budgets of docs (design, section 7), measured: ``python -m tests.bench [--short] [--only NAME]``."""
