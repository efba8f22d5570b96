"""What says that the machine takes no writing now: a full disk, or a database that is only read. Reading goes on."""

import errno

from django.db import DatabaseError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
BY_POSTGRESQL = ("25006", "53100")  # read_only_sql_transaction, disk_full
BY_SQLITE = (8, 13)  # SQLITE_READONLY, SQLITE_FULL; more is said in the bits above


def takes_no_writing(error: BaseException | None) -> bool:
    """Whether it was for that, in the database or beside it, whatever a library made of it."""
    seen: list[BaseException] = []  # causes may go in a circle
    while error is not None and error not in seen:
        if _for_that(error):
            return True
        seen.append(error)
        error = error.__cause__ or error.__context__
    return False


def _for_that(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    why = error.__cause__ if isinstance(error, DatabaseError) else None
    in_file = getattr(why, "sqlite_errorcode", 0)
    return getattr(why, "sqlstate", "") in BY_POSTGRESQL or in_file & 0xFF in BY_SQLITE
