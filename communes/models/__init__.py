"""Places, the accounts of those who report on them, and what is changed in the register as one."""

from communes.models.accounts import User
from communes.models.changes import HamletSuccession, PhoneViewing, RegisterChange
from communes.models.clusters import Cluster
from communes.models.confirmations import Confirmation
from communes.models.districts import District
from communes.models.editions import Edition
from communes.models.local import Hamlet, Institution, Local
from communes.models.places import Commune, Lived, OfficialUnit, Province, UnitSuccession
from communes.models.sessions import OpenSession
from communes.models.standing import PriorityListing, SafetyRecord
from communes.models.tokens import AccessToken, TokenGrant
from communes.models.trail import AppendOnly, TrailBlock, TrailEntry
from communes.models.warrants import Warrant

__all__ = [
    "AccessToken",
    "AppendOnly",
    "Cluster",
    "Commune",
    "Confirmation",
    "District",
    "Edition",
    "Hamlet",
    "HamletSuccession",
    "Institution",
    "Lived",
    "Local",
    "OfficialUnit",
    "OpenSession",
    "PhoneViewing",
    "PriorityListing",
    "Province",
    "RegisterChange",
    "SafetyRecord",
    "TokenGrant",
    "TrailBlock",
    "TrailEntry",
    "UnitSuccession",
    "User",
    "Warrant",
]
