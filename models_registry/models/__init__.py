"""Which groups and initiatives there are, who serves in them, and how they are rated."""

from models_registry.models.catalogues import Catalogue
from models_registry.models.groups import FormerSize, GroupKind, GroupNorm, SelfManagementGroup
from models_registry.models.imports import RegisterImport
from models_registry.models.initiatives import (
    Field,
    Initiative,
    InitiativeRating,
    InitiativeSite,
    InitiativeStep,
    InitiativeType,
)
from models_registry.models.occasions import Award, FestivalDay
from models_registry.models.people import Member, Person, YearlyRating

__all__ = [
    "Award",
    "Catalogue",
    "FestivalDay",
    "Field",
    "FormerSize",
    "GroupKind",
    "GroupNorm",
    "Initiative",
    "InitiativeRating",
    "InitiativeSite",
    "InitiativeStep",
    "InitiativeType",
    "Member",
    "Person",
    "RegisterImport",
    "SelfManagementGroup",
    "YearlyRating",
]
