"""Carry out a list of units of the whole country, which takes longer than a page may."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from communes.models import User
from communes.refusals import Refused
from models_registry.arranging.lines import lines_of, read_list
from models_registry.importing.questions import take_answers
from models_registry.importing.workbooks import Unreadable, read
from reports.review import arranging


class Command(BaseCommand):
    """The same checks, act and undoing as the page, told step by step."""

    help = "Sắp xếp đơn vị hành chính theo một danh sách (như trang Sắp xếp đơn vị), hoặc hoàn tác một lần sắp xếp."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A file, or the act to take back; by whom; whether anything is written."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("file", type=Path, nargs="?", help="tệp theo mẫu của trang Sắp xếp đơn vị")
        what.add_argument("--undo", type=int, metavar="SỐ", help="hoàn tác lần sắp xếp mang số này")
        parser.add_argument("--by", required=True, help="tên đăng nhập của cán bộ duyệt hoặc quản trị hệ thống")
        take_answers(parser)
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra và làm thử, không ghi gì")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell every fault at its row; else try the list, or carry it out as one act."""
        self.begun = monotonic()
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"Không có tài khoản “{options['by']}” đang hoạt động.")
        try:
            if options["undo"]:
                self._undo(options["undo"], by)
            else:
                self._arrange(options["file"], by, dict(options["answer"]), dry=options["dry_run"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except (OSError, Unreadable, Refused) as error:
            raise CommandError(str(error)) from error

    def _tell(self, what: str) -> None:
        self.stdout.write(f"{monotonic() - self.begun:6.0f} giây  {what}")

    def _arrange(self, file: Path, by: User, answers: dict[str, str], *, dry: bool) -> None:
        found = read_list(read(file.name, file.read_bytes()), answers)
        if found.open_questions:
            raise CommandError(" ".join(one.as_options for one in found.open_questions))
        lines = lines_of(found)
        self._tell(f"{len(lines)} dòng")
        if dry:
            tried = arranging.preview(lines, by, timezone.now(), self._tell)
            for row, words in tried.faults:
                self.stdout.write(f"Dòng {row}: {words}")
            if tried.unseen:
                self.stdout.write(tried.unseen_words)
            if tried.faults or tried.refusal:
                raise CommandError(str(tried.refusal or f"{len(tried.faults)} lỗi; chưa ghi gì."))
            counts, said = tried.counts, [f"Làm thử: {tried.title}. Chưa ghi gì."]
        else:
            done = arranging.apply(lines, by=by, now=timezone.now(), tell=self._tell)
            counts = sum((one.counts for one in done), Counter())
            said = [f"Đã ghi lần sắp xếp số {one.change.pk}: {one.change}" for one in done]
        for what, count in counts.items():
            self.stdout.write(f"{what}: {count}")
        for words in said:
            self._tell(words)

    def _undo(self, pk: int, by: User) -> None:
        change = arranging.acts_of(by).filter(pk=pk).first()
        if change is None:
            raise CommandError(f"Không có lần sắp xếp số {pk} trong địa bàn của {by.username}.")
        arranging.undo(change, by=by, now=timezone.now())
        self._tell(f"Đã hoàn tác: {change}")
