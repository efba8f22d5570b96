"""The second administrator, who confirms what reaches furthest before it holds, where there is one.

That is: making an administrator, giving an account above communes, resetting both password and device of one account,
or the password of one above communes that owes a device and has none.
Until then the account is shut. What was reset is told to the owner at the next sign-in.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from communes.accounts.second_factor import required_of
from communes.accounts.slowing import RESET
from communes.models import Confirmation, TrailEntry, User
from communes.refusals import Forbidden, Objection, Refused, require
from communes.scope import ADMINISTERS
from communes.templatetags.vietnamese import moment
from communes.trail.recording import ADDED, Act, Outcome, record

DEVICE = "Gỡ thiết bị xác thực"
BOTH = "Cấp lại cả mật khẩu và thiết bị xác thực"
BARE = "Cấp lại mật khẩu khi chưa cài xác thực hai bước"
FIRST = "Mật khẩu cấp khi lập tài khoản đang dùng, chưa cài xác thực hai bước"
WHOLE = (BOTH, BARE, FIRST)  # each is all of an account
MADE = ADDED.format(User._meta.verbose_name)  # how the trail tells that an account was made, with a password
HELD = "Tài khoản {} đang khóa, chờ một quản trị khác xác nhận: {}."
UNSEATED = "Thôi quyền quản trị"
ALONE = (
    " Quản trị kia bị khóa, đổi vai trò hoặc cấp lại tài khoản nên không còn ai xác nhận; "
    "cần một quản trị mới lập trên máy chủ (createsuperuser)."
)
ANOTHERS = "Tài khoản {} đang chờ xác nhận việc của {} ({}); hãy xác nhận hoặc từ chối việc ấy trước."
NO_MORE = "Người đề nghị không còn là quản trị đang hoạt động. Hãy từ chối, rồi làm lại việc này nếu vẫn cần."
DECIDED = Objection("Việc này đã được xác nhận, từ chối hoặc vừa thêm điều khác; hãy xem lại danh sách.")
HALVES = " Quản trị khác cấp mật khẩu, bạn gỡ thiết bị: không còn ai khác thì bạn hỏi lại chủ tài khoản rồi xác nhận."
HALF = Forbidden(
    "Bạn đã cấp lại mật khẩu hoặc gỡ thiết bị của tài khoản này nên không xác nhận việc kia; "
    "cần quản trị không làm cả hai việc."
)
NOT_YOU = Forbidden("Tài khoản của bạn không còn là quản trị đang hoạt động nên việc này chưa được làm.")
MORE, BETWEEN = "…", "; "
LONGEST = 280  # of what waits: it stands whole in the trail too, behind what was done with it
SHOWN = timedelta(days=7)  # how long a reset is told of, even to one who signed in meanwhile


def seats(by: User) -> None:
    """Hold every administrator's row until the transaction ends, so that no two of them shut each other out at once.

    Raises :class:`Refused` where ``by`` is none any more.
    """
    held = User.objects.select_for_update(of=("self",)).filter(ADMINISTERS, is_active=True).order_by("pk")
    if by.pk not in set(held.values_list("pk", flat=True)):
        raise Refused(NOT_YOU)


def unseat(account: User, *, by: User) -> None:
    """Write down that an administrator is none any more by another's doing."""
    record(Act.ADMIN, f"{UNSEATED}: {account.username}", by=by, about=account)


def objection(account: User, by: User) -> Objection | None:
    """Say why ``by`` may not widen, open or reset the account now: what another did waits to be confirmed."""
    others = Confirmation.objects.filter(account=account, decided_at=None).exclude(asked_by=by)
    for one in others.select_related("asked_by"):
        return Objection(ANOTHERS.format(account.username, one.asked_by, one.why))
    return None


def hold(account: User, why: str, *, by: User, now: datetime) -> str:
    """Shut an account until a second administrator confirms, and say so; "" where there is no second one.

    Who took the second one's seat away within a week does not act alone for that, nor for having reset that one's
    account whole: its seat is taken too, if she ever sat there. Raises :class:`Refused` where what another did to the
    account waits: two acts are not confirmed as one, each by who did the other. ``BOTH`` is asked in the name of
    whoever gave the password: with it alone somebody signs in.
    """
    require(objection(account, by))
    others = User.objects.filter(ADMINISTERS, is_active=True).exclude(pk__in=(by.pk, account.pk))
    alone, seated = not others.exists(), why in WHOLE and account.is_staff and _sat(account)
    if alone and not seated and not _unseated(by, now).exists():
        return ""
    with transaction.atomic():
        if seated:
            unseat(account, by=by)
        User.objects.filter(pk=account.pk).move(is_active=False)
        waiting = Confirmation.objects.filter(account=account, decided_at=None).first()
        asker = _who_gave_the_password(account) if why == BOTH and not waiting else by
        before = waiting.why if waiting else ""
        # whoever confirms reads that somebody else knows it; of a device that was taken away BOTH says so
        known = "" if BOTH in (why, *before.split(BETWEEN)) else _known(account)
        why = _with(_with(before, known) if known else before, why)
        if before != why:
            if waiting:  # a request of its own: who confirms has read all of it, or is told that there is more
                Confirmation.objects.filter(pk=waiting.pk).update(decided_at=now)
            Confirmation.objects.create(account=account, why=why, asked_by=asker or by, asked_at=now)
        record(Act.ADMIN, f"Chờ xác nhận: {why}", by=by, about=account)
    account.is_active = False
    return HELD.format(account.username, why) + (ALONE if alone else HALVES if asker not in (None, by) else "")


def _with(waits: str, why: str) -> str:
    """What waits already, and one thing more, last.

    Where that is too long the oldest goes first: of places and roles only the last one holds. A reset stays.
    """
    reasons = [*(one for one in waits.split(BETWEEN) if one not in ("", why, MORE)), why]
    cut = [MORE] if waits.startswith(MORE) else []
    while len(BETWEEN.join(cut + reasons)) > LONGEST:
        oldest = next((one for one in reasons if one not in (*WHOLE, why)), None)
        if oldest is None:
            break
        reasons.remove(oldest)
        cut = [MORE]
    return BETWEEN.join(cut + reasons)


def _unseated(by: User, now: datetime) -> "QuerySet[TrailEntry]":
    """Whose seats an administrator took away within a week."""
    return TrailEntry.objects.filter(by=by, act=Act.ADMIN, what__startswith=UNSEATED, at__gt=now - SHOWN)


def is_bare(account: User) -> bool:
    """Whether the password alone is all of an account above communes: it owes a second factor and has none yet."""
    return account.reaches_beyond_a_commune and required_of(account) and account.second_factor_since is None


def _sat(account: User) -> bool:
    """Whether its owner has come in: by the password alone she only half has where she owes a second factor."""
    return _proofs(account).exists() if required_of(account) else account.last_login is not None


def _proofs(account: User) -> "QuerySet[TrailEntry]":
    """When its owner proved a second factor."""
    return TrailEntry.objects.filter(by=account, act=Act.SECOND_FACTOR, outcome=Outcome.DONE)


def _known(account: User) -> str:
    """Say that an administrator gave the password that is all of the account, and how; "" where none did."""
    gave = _gave_the_password(account) if is_bare(account) and account.given_until else None
    return (FIRST if gave.what.startswith(MADE) else BARE) if gave else ""


def is_held(account: User) -> bool:
    """Whether the account waits for a confirmation."""
    return Confirmation.objects.filter(account=account, decided_at=None).exists()


def waiting_for(by: User) -> "QuerySet[Confirmation]":
    """What another administrator did and ``by`` may confirm or refuse, longest waiting first."""
    waiting = Confirmation.objects.filter(decided_at=None).exclude(asked_by=by).exclude(account=by)
    halves = [one.pk for one in waiting.select_related("account") if _did_a_half(one, by)]
    return waiting.exclude(pk__in=halves).select_related("account", "asked_by").order_by("asked_at", "pk")


def asked_by(by: User) -> "QuerySet[Confirmation]":
    """What an administrator did and another must confirm, longest waiting first."""
    waiting = Confirmation.objects.filter(decided_at=None, asked_by=by)
    return waiting.select_related("account").order_by("asked_at", "pk")


def decide(confirmation: Confirmation, *, granted: bool, by: User, now: datetime) -> None:
    """Confirm, and the account opens; or refuse, and it stays shut: a password that others know ends with it.

    Raises :class:`Refused`.
    """
    if by.pk in (confirmation.asked_by_id, confirmation.account_id):
        raise Refused(Forbidden("Người đã làm việc này hoặc chủ tài khoản không tự xác nhận; cần một quản trị khác."))
    with transaction.atomic():
        seats(by)
        if granted and _did_a_half(confirmation, by):
            raise Refused(HALF)
        if granted and not User.objects.filter(ADMINISTERS, is_active=True, pk=confirmation.asked_by_id).exists():
            raise Refused(Objection(NO_MORE))
        waiting = Confirmation.objects.filter(pk=confirmation.pk, decided_at=None)
        if not waiting.update(decided_by=by, decided_at=now, granted=granted):
            raise Refused(DECIDED)
        account = User.objects.get(pk=confirmation.account_id)
        if granted:
            User.objects.filter(pk=account.pk).move(is_active=True)
        elif account.given_until:
            account.set_unusable_password()
            account.save(update_fields=["password"])
        word = "Xác nhận" if granted else "Không đồng ý"
        record(Act.ADMIN, f"{word}: {confirmation.why}", by=by, about=account)


def reset_since_owner(account: User, what: str) -> bool:
    """Whether administrators reset that (``RESET``, ``DEVICE``) and nothing of the owner's own took its place since."""
    return _resets(account, what).exists()


def _resets(account: User, what: str) -> "QuerySet[TrailEntry]":
    """Who reset that since the owner last proved a second factor, the first first.

    Whoever gave the password that holds knows it, whatever the owner proved beside it: the one that the account was
    made with, where none was given since.
    """
    acts = TrailEntry.objects.filter(about=account, act=Act.ADMIN).order_by("at", "pk")
    resets = acts.filter(what__startswith=what)
    if what == RESET and account.given_until and not resets.exists():
        resets = acts.filter(what__startswith=MADE)
    last = _proofs(account).aggregate(at=Max("at"))["at"]
    if last is None:
        return resets
    holds = resets.last() if what == RESET and account.given_until else None
    return resets.filter(Q(at__gt=last) | Q(pk=holds.pk if holds else None))


def _gave_the_password(account: User) -> TrailEntry | None:
    """By which act the password that holds was given, where an administrator gave it who is one still."""
    last = _resets(account, RESET).select_related("by").last()
    return last if last and last.by and last.by.is_staff else None


def _who_gave_the_password(account: User) -> User | None:
    gave = _gave_the_password(account)
    return gave.by if gave else None


def _is_whole(confirmation: Confirmation) -> bool:
    """Whether what waits is all of an account."""
    return any(one in WHOLE for one in confirmation.why.split(BETWEEN))


def _did_a_half(confirmation: Confirmation, by: User) -> bool:
    """Whether ``by`` reset the password or the device that wait together, and may therefore not let them hold.

    Who gave the password never does. Who took the device away knows none, and is the second person where nobody is left
    who did neither.
    """
    account = confirmation.account
    if not _is_whole(confirmation):
        return False
    resets = [row.by_id for what in (RESET, DEVICE) for row in _resets(account, what)]
    did = {pk for pk in (*resets, confirmation.asked_by_id) if pk}
    left = User.objects.filter(ADMINISTERS, is_active=True).exclude(pk__in=did | {account.pk})
    return by.pk in did and (by == _who_gave_the_password(account) or left.exists())


def notices(account: User, *, since: datetime | None, now: datetime) -> list[str]:
    """Tell the owner who reset what, and when: since the last sign-in, and of the last week in any case."""
    rows = TrailEntry.objects.filter(about=account, act=Act.ADMIN, at__gt=min(since or now, now - SHOWN))
    ordered = rows.select_related("by").order_by("at")
    return [_who_reset(kind, row) for row in ordered for kind in (RESET, DEVICE) if row.what.startswith(kind)]


def _who_reset(kind: str, row: TrailEntry) -> str:
    done = "Cấp mật khẩu khi lập tài khoản" if row.what.startswith(MADE) else kind
    return f"{done}: {row.by or 'quản trị máy chủ'} làm lúc {moment(row.at)}."


def who_did_what(confirmation: Confirmation) -> list[str]:
    """Tell whoever decides who reset what, where both were: it may have been two people's doing."""
    if confirmation.decided_at or not _is_whole(confirmation):
        return []
    rows = [
        (row.at, _who_reset(kind, row))
        for kind in (RESET, DEVICE)
        for row in _resets(confirmation.account, kind).select_related("by")
    ]
    return [said for _, said in sorted(rows)]
