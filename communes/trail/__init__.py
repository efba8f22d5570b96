"""The trail: what is written down of everybody's doings (``recording``), and how it is sealed (``chain``)."""
