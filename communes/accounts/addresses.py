"""The address a request really comes from.

Behind a proxy every connection comes from the proxy; what the client's address was stands in ``X-Forwarded-For``, which
anybody may send along. Each trusted proxy appends the address it was called from, so with ``TRUSTED_PROXIES`` of them
the entry that many places from the right is true, whatever the client wrote before it.
"""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the client's address, or the connection's own where the trusted proxies say nothing that can be read."""
    connected = _readable(request.META.get("REMOTE_ADDR", "")) or "0.0.0.0"
    count = settings.TRUSTED_PROXIES
    if count < 1:
        return connected
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return (len(told) >= count and _readable(told[-count])) or connected


def neighbourhood(address: str) -> str:
    """Return what one household or office holds of addresses: an IPv4 address, or a /64 of IPv6."""
    if isinstance(ip_address(address), IPv6Address):
        return str(ip_network(f"{address}/64", strict=False))
    return address


def guessed_from(request: HttpRequest) -> str:
    """Return the first address of the client's neighbourhood: whoever holds a /64 has a new address for every guess."""
    return neighbourhood(client_address(request)).partition("/")[0]


def _readable(text: str) -> str:
    """Return one address in its usual form, IPv4 inside IPv6 as IPv4; nothing for what is none."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address)))  # the zone after % is the proxy's own business
    return str(address)
