"""Adding up: which reports count, their sums over a place and span, ratios, and the parts of a place."""
