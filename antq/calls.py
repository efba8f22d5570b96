"""What every call of the API does, in the words of those who write clients; docstrings are for who reads our code."""

LISTED = "Danh sách {}, theo trang; tham số để lọc và tìm."
FOUND = "Một {}, theo {}."
STANDARD = {
    "list": LISTED,
    "retrieve": FOUND,
    "create": "Thêm một {} của xã. Ai sửa được danh bạ trên trang thì thêm được ở đây, với cùng quy tắc.",
    "partial_update": "Sửa một {}: chỉ gửi những trường cần sửa.",
    "destroy": "Xóa một {} ghi nhầm; còn dữ liệu khác dùng đến thì trả 409 kèm câu giải thích.",
}
THINGS = {
    "communes": "xã, phường, đặc khu",
    "group-kinds": "loại hình tổ tự quản",
    "groups": "tổ tự quản",
    "hamlets": "khu dân cư",
    "indicators": "chỉ tiêu",
    "initiative-types": "loại mô hình",
    "initiatives": "mô hình",
    "institutions": "cơ quan, doanh nghiệp, trường học",
    "members": "thành viên",
    "provinces": "tỉnh, thành phố",
    "reports": "báo cáo tháng",
    "weapon-kinds": "loại vũ khí",
}
SEEN = "Việc đọc số điện thoại được ghi lại."
OWN = {
    "GET communes/": "Danh sách xã, phường, đặc khu đang có, theo trang; former=true: các đơn vị đã kết thúc.",
    "GET provinces/": "Danh sách tỉnh, thành phố đang có, theo trang; former=true: các đơn vị đã kết thúc.",
    "GET deadlines/": "Hạn gửi khác ngày thường: của cả tỉnh, và gia hạn từng xã. Cấp xã chỉ thấy gia hạn của mình.",
    "POST deadlines/": "Gia hạn một tháng cho một xã, có lý do; thay cho gia hạn trước của tháng đó, nếu có.",
    "DELETE deadlines/{id}/": "Bỏ một gia hạn: xã trở về hạn chung của tỉnh.",
    "GET members/": f"Danh sách thành viên, theo trang; chỉ người của xã. {SEEN}",
    "GET members/{id}/": f"Một thành viên, theo số của dòng; chỉ người của xã. {SEEN}",
    "POST members/": "Thêm một thành viên vào một tổ của xã; “person” là người đã ở một tổ khác.",
    "PATCH members/{id}/": f"Sửa một thành viên: chỉ gửi những trường cần sửa. {SEEN}",
    "GET initiatives/{id}/steps/": "Các bước trong đời của một mô hình: thí điểm, công nhận, nhân rộng, thanh loại…",
    "POST initiatives/{id}/steps/": "Ghi bước tiếp theo của một mô hình, với cùng quy tắc như trên trang.",
    "PATCH handovers/{id}/": "Sửa một dòng giao nộp vũ khí: chỉ gửi những trường cần sửa.",
    "DELETE handovers/{id}/": "Xóa một dòng giao nộp vũ khí ghi nhầm.",
    "GET published/": "Số liệu đã công bố được xem, kỳ mới nhất trước, mỗi số bên cạnh tổng các tháng.",
    "POST published/": "Ghi những số một nguồn đã công bố của một kỳ, cả hoặc không; trả lại mọi số đang giữ của kỳ.",
    "GET queue/": "Tình trạng báo cáo một tháng của mọi xã; trong phần chờ duyệt, báo cáo lạ nhất đứng trước.",
    "GET timeliness/": "Mỗi xã đã giữ hạn gửi ra sao trong một năm.",
    "GET summary/": "Tổng hợp một nơi trong một kỳ: số liệu, so với kỳ trước và cùng kỳ, báo cáo đủ hay thiếu.",
    "POST reports/": "Mở báo cáo của một tháng (201), hoặc trả lại báo cáo đang có (200).",
    "GET reports/{id}/": "Một báo cáo tháng: trạng thái, hạn, tổng, điểm cần xem lại và việc tài khoản này làm được.",
    "GET reports/{id}/figures/": "Các ô đã có số của báo cáo, theo trang.",
    "PUT reports/{id}/figures/": (
        "Ghi ô: “was” là số đã thấy trước khi sửa, “value” null là xóa. Trả lại ô đã lưu, xung đột, lỗi và các tổng; "
        "207 nếu có ô chưa ghi được."
    ),
    "GET reports/{id}/changes/": "Mọi số mà các ô đã nhận, mới nhất trước: ai, lúc nào, từ số nào sang số nào.",
    "GET reports/{id}/comments/": "Ý kiến trên các ô của báo cáo, theo trang.",
    "POST reports/{id}/comments/": "Ghi ý kiến vào một ô.",
    "GET reports/{id}/handovers/": "Các dòng giao nộp vũ khí của báo cáo, theo trang.",
    "POST reports/{id}/handovers/": "Thêm một dòng giao nộp vũ khí.",
    "PUT reports/{id}/notes/": "Ghi phần ghi chú; phần người khác vừa sửa trả về là xung đột (409).",
    "POST reports/{id}/present/": "Trình chỉ huy báo cáo đang nhập, kèm lời giải thích các điểm cần hỏi lại.",
    "POST reports/{id}/withdraw/": "Rút lại việc trình chỉ huy.",
    "POST reports/{id}/ask_return/": "Xã đề nghị tỉnh trả lại báo cáo đã gửi, có lý do.",
    "POST reports/{id}/submit/": "Gửi báo cáo lên tỉnh. Còn lỗi hoặc điểm chưa giải thích thì trả 409 kèm từng điểm.",
    "POST reports/{id}/return/": "Tỉnh trả lại báo cáo, có lý do, chỉ ra được từng ô và ngày phải trả lời.",
    "POST reports/{id}/approve/": "Tỉnh duyệt báo cáo.",
    "POST reports/{id}/reopen/": "Tỉnh mở lại báo cáo đã duyệt, có lý do; số đã duyệt được giữ để đối chiếu.",
    "POST reports/{id}/undo/": "Hoàn tác việc duyệt hoặc trả lại trong ngày.",
}
PLACES = {
    "id": "Số của dòng, như trong danh sách.",
    "code": "Mã, như trong danh sách; của đơn vị đã kết thúc: mã và năm kết thúc, ví dụ 07999-2025.",
}
"""The parts of an address."""
BY = {"id": "số của dòng", "code": "mã"}


def said_of(method: str, path: str, action: str) -> str:
    """Say what a call does; raises ``KeyError`` for one that nobody has described."""
    path = path.removeprefix("/api/v1/")
    if own := OWN.get(f"{method} {path}"):
        return own
    thing, _, rest = path.partition("/")
    return STANDARD[action].format(THINGS[thing], BY.get(rest.strip("{}/"), ""))
