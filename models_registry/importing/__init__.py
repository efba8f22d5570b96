"""Workbooks read into the register: what is in them, what is wrong with them, what they would change."""
