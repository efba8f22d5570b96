"""The years that standards and ratings are of."""

FIRST, LAST = 2000, 2100
OUTSIDE = f"Tiêu chuẩn, xếp loại theo năm được ghi từ năm {FIRST} đến năm {LAST}."
"""What is said of another year: the database holds none (constraints of the models)."""
