"""Entering a month: the grid and its cells, the totals kept with each save, its checks, the steps of a report."""
