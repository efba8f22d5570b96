"""Addresses of the register."""

from communes.register.urls import urls_of
from models_registry import registers

urlpatterns = [
    *(address for register in registers.OWN for address in urls_of(register)),
]
