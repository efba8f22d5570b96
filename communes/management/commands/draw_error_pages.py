"""``manage.py draw_error_pages``: what nginx answers by itself, as pages and as JSON, in the words of the house.

The pages stand alone: where the application is away nothing of it can be fetched, so their few rules stand in them,
with the colours of static/css/tokens.css.
"""

import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from communes.bare import BY_NGINX, Said

TARGET = Path(settings.BASE_DIR) / "deploy" / "nginx" / "errors"
COLOURS = ("ink", "ink-3", "paper", "back", "line", "green", "green-line", "on-green", "blue")
PAGE = """<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – ANTQ</title>
<style>
:root {{ color-scheme: light dark; {light} }}
@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}
body {{ margin: 0; font: 1rem/1.5 "Segoe UI", system-ui, -apple-system, Roboto, "Noto Sans", sans-serif;
  color: var(--ink); background: var(--back); }}
header {{ padding: .6rem 1.25rem; font-weight: 700; letter-spacing: .06em; background: var(--paper);
  border-top: 3px solid var(--green-line); border-bottom: 1px solid var(--line); }}
svg {{ width: 1.75rem; height: 1.75rem; vertical-align: middle; }}
main {{ max-width: 43.5rem; padding: .5rem 1.25rem; }}
h1 {{ font-size: 1.625rem; line-height: 1.2; }}
a {{ display: inline-block; padding: .5rem .95rem; font-weight: 600; text-decoration: none; border-radius: 6px;
  color: var(--on-green); background: var(--green); }}
a:focus-visible {{ outline: 3px solid var(--blue); outline-offset: 2px; }}
small {{ color: var(--ink-3); font-size: .875rem; }}
</style>
</head>
<body>
<header>{icon} ANTQ</header>
<main>
<h1>{title}</h1>
<p>{text}</p>
<p><a href="/">Về trang đầu</a></p>
<p><small>Mã: {status}</small></p>
</main>
</body>
</html>
"""


def drawn() -> dict[str, str]:
    """Return the files by their names."""
    return {name: text for said in BY_NGINX for name, text in _files(said)}


def _files(said: Said) -> list[tuple[str, str]]:
    static = Path(settings.BASE_DIR) / "static"
    tokens = (static / "css" / "tokens.css").read_text(encoding="utf-8")
    light, dark = tokens.split("prefers-color-scheme: dark")
    icon = (
        (static / "img" / "icon.svg").read_text(encoding="utf-8").strip().replace("<svg ", '<svg aria-hidden="true" ')
    )
    page = PAGE.format(**said._asdict(), icon=icon, light=_colours(light), dark=_colours(dark.split("@media")[0]))
    body = json.dumps({"detail": f"{said.title}. {said.text}"}, ensure_ascii=False) + "\n"
    return [(f"{said.status}.html", page), (f"{said.status}.json", body)]


def _colours(look: str) -> str:
    given = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", look))
    return " ".join(f"--{name}: {given[name]};" for name in COLOURS if name in given)


class Command(BaseCommand):
    """Write deploy/nginx/errors."""

    help = "Draw what nginx answers by itself into deploy/nginx/errors."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files."""
        for name, text in drawn().items():
            (TARGET / name).write_text(text, encoding="utf-8")
