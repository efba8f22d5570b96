"""Which groups and initiatives there are, who serves in them, and how they are rated."""

from models_registry.models.catalogues import CatalogueRow
from models_registry.models.groups import FormerSize, GroupKind, GroupNorm, SelfManagementGroup
from models_registry.models.imports import RegisterImport
from models_registry.models.initiatives import (
    Initiative,
    InitiativeRating,
    InitiativeSite,
    InitiativeStep,
    InitiativeType,
    WorkField,
)
from models_registry.models.occasions import Award, FestivalDay
from models_registry.models.people import Member, Person, YearlyRating

__all__ = [
    "Award",
    "CatalogueRow",
    "FestivalDay",
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
    "WorkField",
    "YearlyRating",
]
