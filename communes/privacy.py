"""What must never be stored: the system counts, it keeps no files on people.

Law 91/2025/QH15 on personal data; Law 117/2025/QH15 on state secrets.
"""

import re

from django.core.exceptions import ValidationError

_AMOUNTS = re.compile(r"(?<![\d.])[1-9]\d{0,2}(?:\.\d{3})+(?![\d.])")  # 1.250.000.000
_NUMBERS = re.compile(r"(?<!\d)(?<!\d[.,])\+?\d(?:[ .-]?\d){8,13}(?!\d)")
NOTE = "Không ghi nội dung mật, họ tên đối tượng, người cung cấp tin, số điện thoại hay số căn cước."


def refuse_personal_numbers(text: str) -> None:
    """Raise ``ValidationError`` where free text holds what looks like a phone or identity number."""
    found = _NUMBERS.search(_AMOUNTS.sub(" ", text))
    if found:
        raise ValidationError(
            "“%(found)s” giống số điện thoại hoặc số căn cước. Hệ thống không lưu thông tin cá nhân "
            "trong phần ghi chú; hãy bỏ số này rồi gửi lại.",
            code="personal_number",
            params={"found": found.group().strip()},
        )
