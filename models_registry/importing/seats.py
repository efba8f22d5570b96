"""The columns of a workbook that say of which kind a group is and where it sits."""

from collections.abc import Callable, Iterable
from typing import Any

from communes.models import Hamlet, Institution
from communes.names import name_key
from models_registry.importing.columns import Field
from models_registry.importing.kinds import kind_labels
from models_registry.importing.values import read_choice, text
from models_registry.models import GroupKind


def seat_fields(
    kinds: Iterable[GroupKind], hamlets: dict[str, Any], institutions: dict[str, Any], *, kind_required: bool
) -> tuple[Field, ...]:
    """The columns that say which kind of group is meant, and where it sits."""
    also_seat = ("địa chỉ", "đ/c") if kind_required else ()  # of a group; of a member it is where she lives
    return (
        Field(
            "kind",
            "Loại hình",
            read_choice(kind_labels(kinds), "loại hình"),
            required=kind_required,
            also=("loại tổ", "loại", "mô hình tổ chức"),
            example="Tổ (nhóm) liên gia tự quản" if kind_required else "",
            choices=tuple(kind.name for kind in kinds),
        ),
        Field(
            "hamlet",
            "Khu dân cư",
            read_choice(hamlets, "khu dân cư"),
            example="Khu 5",
            also=("thôn", "tổ dân phố", "khu", "bản", "địa bàn", "thuộc khu", "khu phố"),
            choices=tuple(row.name for row in dict.fromkeys(hamlets.values())),
        ),
        Field(
            "institution",
            "Cơ quan, trường học",
            read_choice(institutions, "cơ quan, trường học"),
            also=("cơ quan", "trường học", "trường", "đơn vị"),
            choices=tuple(institutions),
        ),
        Field("seat", "Nơi đặt", read_seat(hamlets, institutions), also=also_seat, in_template=False),
    )


WHOLE_COMMUNE = "Toàn xã"
"""The seat of a group of no hamlet and no institution, as lists write it."""


def read_seat(hamlets: dict[str, Any], institutions: dict[str, Any]) -> Callable[[Any], Any]:
    """A reader of a seat as our lists write it: a hamlet, an institution, or "Toàn xã"."""
    one = read_choice(institutions | hamlets | {WHOLE_COMMUNE: WHOLE_COMMUNE}, "khu dân cư, cơ quan, trường học")
    both = {name_key(name) for name in hamlets} & {name_key(name) for name in institutions}

    def reader(value: Any) -> Any:
        if name_key(text(value)) in both:
            raise ValueError(f"“{text(value)}” vừa là khu dân cư vừa là cơ quan. Hãy ghi ở cột riêng cho khu dân cư.")
        return one(value)

    return reader


def seat_of(values: dict[str, Any]) -> None:
    """Turn what the column "Nơi đặt" says into a hamlet or an institution; columns of their own go before."""
    seat = values.pop("seat", None)
    name = "hamlet" if isinstance(seat, Hamlet) else "institution"
    if isinstance(seat, (Hamlet, Institution)) and "hamlet" not in values and "institution" not in values:
        values[name] = seat
