"""Make the drawn borders anew from a folder of TopoJSON files, one a province and one of the country."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from communes.boundaries import FOLDER, prepare

WITHOUT_SHAPE = {"03091"}  # Chiềng Ken: the public source repeats its neighbours' polygon under its code


class Command(BaseCommand):
    """``prepare_boundaries FOLDER``: writes communes/data/boundaries."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path, help="thư mục có 25.topojson, country.topojson …")

    def handle(self, *, folder: Path, **options: Any) -> None:
        """Write a sheet for each file."""
        FOLDER.mkdir(exist_ok=True)
        for path in sorted(folder.glob("*.topojson")):
            sheet = prepare(json.loads(path.read_text(encoding="utf-8")), WITHOUT_SHAPE)
            (FOLDER / f"{path.stem}.json").write_text(sheet.text(), encoding="utf-8")
            self.stdout.write(f"{path.stem}: {len(sheet.shapes)} hình, {sheet.width}×{sheet.height}")
