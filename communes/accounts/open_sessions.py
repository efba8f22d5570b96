"""The sessions of one account: seen by their owner, and ended by her from anywhere (OWASP ASVS 5.0, 7.5.2)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from communes.models import OpenSession, User
from communes.sessions import STEP
from communes.trail.recording import Act, caller, record

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
UNKNOWN = "Trình duyệt khác"


def begin(request: HttpRequest, user: User, *, now: datetime) -> None:
    """Note in a new session where it comes from, and forget those of the account that are over."""
    request.session["address"] = caller.get().address
    request.session["browser"] = browser_of(request.headers.get("User-Agent", ""))
    request.session["began"] = request.session["seen"] = int(now.timestamp())
    OpenSession.objects.filter(user=user, expire_date__lt=now).delete()


def browser_of(agent: str) -> str:
    """Name a browser and its system as their owner knows them; the whole string tells more than anyone needs."""
    found = [next((name for sign, name in kinds if sign in agent), "") for kinds in (BROWSERS, SYSTEMS)]
    return " trên ".join(name for name in found if name) or UNKNOWN


def open_sessions(user: User, *, now: datetime) -> list[OpenSession]:
    """Those that still open something, the last used first."""
    used_since = now - timedelta(minutes=settings.SESSION_IDLE_MINUTES, seconds=STEP)
    living = user.sessions.filter(expire_date__gt=now, seen_at__gte=used_since)
    return list(living.order_by("-seen_at"))


def sign_of(session_key: str, *, kept: str) -> str:
    """Return what a page calls a session by, for its key would open it; "" for the one the page itself is in."""
    if session_key == kept:
        return ""
    return salted_hmac("communes.accounts.open_sessions", session_key, algorithm="sha256").hexdigest()[:16]


def end(user: User, signs: Collection[str], *, kept: str, now: datetime) -> int:
    """End those of the account's sessions that are named, but for the one she sits at; returns how many."""
    keys = [one.session_key for one in open_sessions(user, now=now)]
    chosen = [key for key in keys if sign_of(key, kept=kept) in set(signs) - {""}]
    OpenSession.objects.filter(user=user, session_key__in=chosen).delete()
    if chosen:
        record(Act.SIGN_OUT, f"Kết thúc {len(chosen)} phiên khác của mình", by=user, rows=len(chosen))
    return len(chosen)
