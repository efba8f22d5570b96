"""Places that change above and below: communes that merge, divide, take another name or another province.

``lines`` reads a list, ``planning`` understands it, ``carrying`` lets the register go on in the new places, ``verbs``
tries it, carries it out and takes it back as one act.
"""
