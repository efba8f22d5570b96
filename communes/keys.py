"""Keys of rows as they come in addresses and forms."""


def row_key(text: str | None) -> int | None:
    """Read a key; None for what no database holds."""
    if text and len(text) < 19 and text.isascii() and text.isdecimal():
        return int(text)
    return None
