"""Read monthly figures of many communes and months from a workbook, as drafts."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from communes.models import User
from communes.refusals import Refused
from communes.scope import NO_OFFICER, WORKS_FOR_A_COMMUNE
from models_registry.importing.questions import READ, SKIP
from models_registry.importing.workbooks import Unreadable, read
from reports.entry.many_months import ManyMonths
from reports.entry.month_asked import ZERO
from reports.months import Month


class Command(BaseCommand):
    """All or nothing, unless the good cells are consented to; each report is a draft of its commune's officer."""

    help = "Nhập số liệu tháng của nhiều xã, nhiều tháng từ tệp Excel, LibreOffice hoặc CSV, thành bản nháp."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """File, and what its rows leave unsaid."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", help="tên đăng nhập của cán bộ xã; bỏ qua thì mỗi xã đứng tên cán bộ của mình")
        parser.add_argument("--commune", help="mã xã, khi tệp không có cột xã")
        parser.add_argument("--month", help="tháng (2025-06), khi tệp không có cột tháng")
        parser.add_argument("--hidden", choices=[SKIP, READ], help="trang, dòng, cột bị ẩn: bỏ qua hay đọc")
        parser.add_argument("--dash", choices=[SKIP, ZERO], help="ô ghi dấu “-”: chưa có số liệu hay số 0")
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra")
        parser.add_argument("--only-good", action="store_true", help="ghi các ô tốt, bỏ các ô lỗi")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, report every fault, then write all or nothing."""
        file: Path = options["file"]
        try:
            sheets = read(file.name, file.read_bytes())
            month = Month.parse(options["month"]) if options["month"] else None
        except (OSError, Unreadable, ValueError) as error:
            raise CommandError(str(error)) from error
        now = timezone.now()
        outside = {"commune": options["commune"], "month": month, "hidden": options["hidden"], "dash": options["dash"]}
        work = ManyMonths(sheets, self.officers(options["by"]), **outside)
        for note in work.notes:
            self.stdout.write(note)
        for at, value, sentence in work.faults:
            self.stdout.write(f"{at} “{value}”: {sentence}")
        self.stdout.write(f"{len(work.months)} báo cáo tháng, {work.cell_count} ô, {len(work.faults)} lỗi")
        if work.kept:
            self.stdout.write(f"{work.kept} ô trống trong tệp mà báo cáo đang có số: giữ nguyên số đang có.")
        if work.faults and not options["only_good"] and not options["dry_run"]:
            raise CommandError("Chưa ghi gì. Hãy sửa tệp, hoặc dùng --only-good để bỏ các ô lỗi.")
        try:
            with transaction.atomic():
                for said in work.write(file.name, now=now):
                    self.stdout.write(said)
                if work.refused and not options["only_good"] and not options["dry_run"]:
                    raise CommandError("Chưa ghi gì: có ô không nhận được.")
                transaction.set_rollback(options["dry_run"])
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Chỉ kiểm tra, chưa ghi gì." if options["dry_run"] else "Đã ghi thành bản nháp.")

    def officers(self, username: str | None) -> dict[int, User]:
        """Commune → in whose name its figures are entered."""
        found = User.objects.filter(WORKS_FOR_A_COMMUNE).order_by("-pk")
        if username:
            found = found.filter(username=username)
            if not found:
                raise CommandError(NO_OFFICER.format(username))
        return {user.commune_id: user for user in found if user.commune_id}
