"""The boxes of a page's form, as a browser would send them back."""

import re
from html import unescape
from typing import Any


def boxes(page: str) -> dict:
    """What a page's form would send: its inputs, its choices, its texts."""
    form = next(part for part in page.split("<form")[1:] if 'name="as_read"' in part).split("</form>")[0]
    found: dict = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf' {key}="([^"]*)"', tag) for key in ("name", "value"))
        marks = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and name[1] != "csrfmiddlewaretoken" and (not marks or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "on" if marks else "")
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        found[name] = re.findall(r'<option value="([^"]*)" selected', options)
    for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.S):
        found[name] = [unescape(text)]
    return found


def opened(client: Any, url: str) -> dict:
    return boxes(client.get(url).content.decode())
