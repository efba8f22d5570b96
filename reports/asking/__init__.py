"""Asking: a question of indicators, places and months, its address, its table, and what a figure is made of."""
