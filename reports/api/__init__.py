"""The API of reports: cells, weapons, steps, review and totals."""
