"""Read a workbook of groups (or of another register) into a commune's register."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from communes.models import User
from communes.refusals import Refused
from communes.scope import NO_OFFICER, REVIEWS, WORKS_FOR_A_COMMUNE
from models_registry.importing.questions import take_answers
from models_registry.importing.runs import IMPORTERS, apply, plan_of, upload
from models_registry.importing.workbooks import Unreadable


class Command(BaseCommand):
    """The same checks as the page; nothing is written while a row is refused, unless that is consented to."""

    help = "Nhập danh sách tổ (hoặc danh sách khác) của một xã từ tệp Excel, LibreOffice hoặc CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """File, whose register, what kind of rows."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", help="tên đăng nhập của cán bộ xã; bỏ qua nếu chỉ có một xã có tài khoản nhập liệu")
        parser.add_argument("--kind", choices=sorted(IMPORTERS), default="groups")
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra")
        take_answers(parser)
        parser.add_argument("--only-good", action="store_true", help="nhập các dòng tốt, bỏ các dòng lỗi")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, report every fault, then write all or nothing."""
        of_province = IMPORTERS[options["kind"]].of_province
        by = self.reviewer(options["by"]) if of_province else self.officer(options["by"])
        file: Path = options["file"]
        now, today = timezone.now(), timezone.localdate()
        try:
            run = upload(options["kind"], file.name, file.read_bytes(), by=by, now=now)
        except (OSError, Unreadable) as error:
            raise CommandError(str(error)) from error
        run.answers = dict(options["answer"])
        run.save(update_fields=["answers"])
        plan = plan_of(run, today)
        for done, of in plan.work():
            self.stdout.write(f"\r{done}/{of}", ending="")
        self.stdout.write("")
        for question in plan.open_questions:
            self.stdout.write(question.as_options)
        for fault in plan.faults:
            self.stdout.write(f"{fault.sheet} {fault.cell} “{fault.value}”: {fault.sentence}")
        for outcome, word in (
            ("new", "mới"),
            ("changed", "thay đổi"),
            ("unchanged", "không đổi"),
            ("refused", "có lỗi"),
        ):
            self.stdout.write(f"{plan.count(outcome)} dòng {word}")
        if options["dry_run"]:
            run.delete()
            return
        try:
            apply(run, only_good=options["only_good"], by=by, now=now, today=today)
        except Refused as error:
            run.delete()
            raise CommandError(str(error)) from error
        self.stdout.write(f"Đã nhập: {run.change}")

    def reviewer(self, username: str | None) -> User:
        """The reviewer in whose name it is done, and so whose province."""
        found = User.objects.filter(REVIEWS, is_active=True, username=username or "").first()
        if found is None:
            raise CommandError("Danh sách này do tỉnh giữ: hãy ghi --by TÊN_ĐĂNG_NHẬP của cán bộ duyệt cấp tỉnh.")
        return found

    def officer(self, username: str | None) -> User:
        """The officer in whose name it is done, and so whose commune."""
        officers = User.objects.filter(WORKS_FOR_A_COMMUNE)
        if username:
            found = officers.filter(username=username).first()
            if found is None:
                raise CommandError(NO_OFFICER.format(username))
            return found
        if officers.values("commune").distinct().count() != 1:
            raise CommandError("Hãy ghi --by TÊN_ĐĂNG_NHẬP của cán bộ xã để biết nhập vào xã nào.")
        return officers.order_by("pk")[0]
