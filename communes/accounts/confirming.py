"""The second administrator, who confirms what reaches furthest before it holds, where there is one.

That is: making an administrator, giving an account above communes, resetting both password and device of one account.
Until then the account is shut. What was reset is told to the owner at the next sign-in.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from communes.accounts.slowing import RESET
from communes.models import Confirmation, TrailEntry, User
from communes.refusals import Forbidden, Objection, Refused
from communes.scope import ADMINISTERS
from communes.templatetags.vietnamese import moment
from communes.trail.recording import Act, Outcome, record

DEVICE = "Gỡ thiết bị xác thực"
BOTH = "Cấp lại cả mật khẩu và thiết bị xác thực"
HELD = "Tài khoản {} đang khóa, chờ một quản trị khác xác nhận: {}."
SHOWN = timedelta(days=7)  # how long a reset is told of, even to one who signed in meanwhile


def hold(account: User, why: str, *, by: User, now: datetime) -> bool:
    """Shut an account until a second administrator confirms; False where there is no second one."""
    others = User.objects.filter(ADMINISTERS, is_active=True).exclude(pk__in=(by.pk, account.pk))
    if not others.exists():
        return False
    with transaction.atomic():
        User.objects.filter(pk=account.pk).update(is_active=False)
        waiting = {"why": why, "asked_by": by, "asked_at": now}
        Confirmation.objects.update_or_create(account=account, decided_at=None, defaults=waiting)
        record(Act.ADMIN, f"Chờ xác nhận: {why}", by=by, about=account)
    account.is_active = False
    return True


def is_held(account: User) -> bool:
    """Whether the account waits for a confirmation."""
    return Confirmation.objects.filter(account=account, decided_at=None).exists()


def decide(confirmation: Confirmation, *, granted: bool, by: User, now: datetime) -> None:
    """Confirm, and the account opens; or refuse, and it stays shut. Raises :class:`Refused`."""
    if by.pk in (confirmation.asked_by_id, confirmation.account_id):
        raise Refused(Forbidden("Người đã làm việc này hoặc chủ tài khoản không tự xác nhận; cần một quản trị khác."))
    with transaction.atomic():
        waiting = Confirmation.objects.filter(pk=confirmation.pk, decided_at=None)
        if not waiting.update(decided_by=by, decided_at=now, granted=granted):
            raise Refused(Objection("Việc này đã được xác nhận hoặc từ chối."))
        if granted:
            User.objects.filter(pk=confirmation.account_id).update(is_active=True)
        word = "Xác nhận" if granted else "Không đồng ý"
        record(Act.ADMIN, f"{word}: {confirmation.why}", by=by, about=confirmation.account)


def reset_since_owner(account: User, what: str) -> bool:
    """Whether administrators reset that (``RESET``, ``DEVICE``) and the owner proved no second factor since."""
    resets = TrailEntry.objects.filter(about=account, act=Act.ADMIN, what__startswith=what)
    proved = TrailEntry.objects.filter(by=account, act=Act.SECOND_FACTOR, outcome=Outcome.DONE)
    last = proved.aggregate(at=Max("at"))["at"]
    return (resets.filter(at__gt=last) if last else resets).exists()


def notices(account: User, *, since: datetime | None, now: datetime) -> list[str]:
    """Tell the owner who reset what, and when: since the last sign-in, and of the last week in any case."""
    rows = TrailEntry.objects.filter(about=account, act=Act.ADMIN, at__gt=min(since or now, now - SHOWN))
    said = []
    for row in rows.select_related("by").order_by("at"):
        for kind in (RESET, DEVICE):
            if row.what.startswith(kind):
                said.append(f"{kind}: {row.by or 'quản trị máy chủ'} làm lúc {moment(row.at)}.")
    return said
