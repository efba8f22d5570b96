"""The register's pages: one list, one form, one history for every kind of row.

A :class:`Register` says what is particular to a kind; ``lists``, ``rows`` and ``bulk`` do the rest. Apps
further up declare their own registers (``models_registry/views``) and add their addresses.
"""

from communes.register.kinds import REGISTERS, ListColumn, Register, objection

__all__ = ["REGISTERS", "ListColumn", "Register", "objection"]
