"""Wrong passwords slow an account and a network down; they lock out nobody who is at home.

Beside the lock of one account from one address (django-axes):

- an account that many passwords were tried for, from wherever, answers ever more slowly, at most ``MOST`` apart;
- a network from which many names were tried is not listened to for a while; of a name that has since signed in rightly
  from there what failed before is forgotten, and of no other name;
- neither holds for an account on a network it has signed in from within ``HOME``: a stranger locks out no owner, and a
  province's offices behind one address go on working.

Everything is read from the trail. A password that an administrator gives begins anew.
"""

from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from communes.models import TrailEntry, User
from communes.trail.recording import Act, Outcome, caller, record

FREE = 10  # wrong passwords in a row before an account is slowed
MOST = timedelta(minutes=5)
MEMORY = timedelta(days=1)
NAMES = 20  # names that failed from one network: a series of 25 meets a refusal within itself
PAUSE = timedelta(minutes=15)
HOME = timedelta(days=30)
RESET = "Cấp lại mật khẩu"
WRONG = "Mật khẩu hiện nay chưa đúng."
WAIT = "Vừa có nhiều lần nhập sai mật khẩu; hãy thử lại sau {:%H:%M:%S}."


def unknown(name: str) -> str:
    """Return what is written of a name that is no account's (it may be a password): enough to tell it from another."""
    return f"Tên không có tài khoản ({salted_hmac('communes.accounts.slowing', name).hexdigest()[:10]})"


def waits_until(name: str, account: User | None, *, now: datetime) -> datetime | None:
    """Return until when no password is looked at for this name from this network; the same without an account."""
    network = caller.get().network
    if account and _is_at_home(account, network, now):
        return None
    until = max(_name_waits(name, account, now), _network_waits(network, now))
    return until if until > now else None


def ask_password(request: HttpRequest, user: User, given: str) -> str:
    """Check the password of someone signed in, once more; returns why it is refused, or "". Wrong ones count."""
    if until := waits_until(user.username, user, now=timezone.now()):
        return WAIT.format(timezone.localtime(until))
    if authenticate(request, username=user.username, password=given) == user:
        return ""
    record(Act.PASSWORD, "Nhập lại mật khẩu", by=user, outcome=Outcome.FAILED)
    return WRONG


def _is_at_home(account: User, network: str, now: datetime) -> bool:
    """Whether the account has signed in from here before."""
    before = TrailEntry.objects.filter(act=Act.SIGN_IN, by=account, at__gte=now - HOME)
    return before.filter(outcome=Outcome.DONE, network=network).exists()


def _name_waits(name: str, account: User | None, now: datetime) -> datetime:
    """The wrong passwords since the last right one, or since one was given: each doubles the time to the next."""
    of = TrailEntry.objects.filter(at__gte=now - MEMORY)
    wrong = of.filter(act__in=(Act.SIGN_IN, Act.PASSWORD), outcome=Outcome.FAILED, by=account)
    if account:
        right = of.filter(by=account, act=Act.SIGN_IN, outcome=Outcome.DONE).aggregate(at=Max("at"))["at"]
        given = of.filter(about=account, act=Act.ADMIN, what__startswith=RESET).aggregate(at=Max("at"))["at"]
        wrong = wrong.filter(at__gt=max(moment for moment in (right, given, now - MEMORY) if moment))
    else:
        wrong = wrong.filter(what=unknown(name))
    count, last = wrong.count(), wrong.aggregate(at=Max("at"))["at"]
    if count < FREE or last is None:
        return now
    return last + min(timedelta(seconds=2 ** min(count - FREE, 20)), MOST)


def _network_waits(network: str, now: datetime) -> datetime:
    """From when on a network is listened to again, where too many names were tried."""
    of = TrailEntry.objects.filter(act=Act.SIGN_IN, network=network, at__gte=now - PAUSE)
    right = dict(of.filter(outcome=Outcome.DONE).values_list("by").annotate(last=Max("at")))
    names = of.filter(outcome=Outcome.FAILED).values_list("by", "what").annotate(last=Max("at")).order_by("-last")
    standing = [last for account, _, last in names if account not in right or right[account] < last]
    return standing[NAMES - 1] + PAUSE if len(standing) >= NAMES else now
