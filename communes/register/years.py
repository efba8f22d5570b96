"""The year a page was asked for."""

FIRST, LAST = 2000, 2100


def year_asked(text: str, usual: int) -> int:
    """Read a year between 2000 and 2100; anything else is the usual one."""
    if len(text) == 4 and text.isascii() and text.isdecimal() and FIRST <= int(text) <= LAST:
        return int(text)
    return usual
