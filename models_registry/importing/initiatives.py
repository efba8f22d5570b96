"""Initiatives, and the places where they run."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from communes.changes import Act
from communes.lifetimes import stands
from communes.models import Hamlet, Institution
from communes.names import fold, name_key
from models_registry.importing.columns import Field
from models_registry.importing.kinds import ENDED, FieldChange, Importer, RowFaults, RowPlace, hamlets_of, names_of
from models_registry.importing.values import Lookup, read_choice, read_count, read_day, read_text, text
from models_registry.models import Initiative, InitiativeSite, InitiativeType, WorkField

STATES = {label: value for value, label in Initiative.State.choices}
WORK = {label: value for value, label in WorkField.choices}
MOST_PLACES = 1000  # named in one cell
MOST_SITES = 20_000  # opened by one file


TAGGED = "có"


def read_tag(value: Any) -> Any:
    """The day of the tag, or the bare "có" of our lists, which says no day."""
    return TAGGED if fold(text(value)) in ("co", "x") else read_day(value)


class Initiatives(Importer):
    """Initiatives, meant by their names, with the places where they run."""

    kind, title = "initiatives", "Mô hình"
    watched = ((Hamlet, "commune"), (Institution, "commune"), (Initiative, "commune"))

    NAMED = Field(
        "name",
        "Tên mô hình",
        read_text(200),
        required=True,
        also=("tên", "mô hình"),
        example="Camera an ninh khu 5",
    )
    DETAILS = (
        Field(
            "state",
            "Giai đoạn",
            read_choice(STATES, "giai đoạn"),
            also=("tình trạng",),
            example="Công nhận, duy trì",
            choices=tuple(STATES),
        ),
        Field("field", "Lĩnh vực", read_choice(WORK, "lĩnh vực"), choices=tuple(WORK)),
        Field(
            "started_on",
            "Ngày xây dựng",
            read_day,
            also=("thành lập", "ngày thành lập", "từ ngày", "năm xây dựng"),
            example=date(2023, 4, 20),
        ),
        Field("decision", "Quyết định", read_text(150), also=("số quyết định",), example="20/QĐ-UBND"),
        Field("people", "Số người tham gia", read_count, also=("người tham gia", "số thành viên", "thành viên")),
        Field("cameras", "Số camera", read_count, also=("camera",), example=6),
        Field("lamps", "Số đèn", read_count, also=("đèn",)),
        Field("keyrings", "Số móc khóa, chuông, kẻng", read_count, also=("móc khóa",)),
        Field("skilful_since", "“Dân vận khéo” từ ngày", read_tag, also=("dân vận khéo",)),
    )

    def prepare(self) -> None:
        """Look up types, places, living initiatives and their sites."""
        types = list(InitiativeType.objects.order_by("-is_active", *(InitiativeType._meta.ordering or ())))
        self.hamlets = hamlets_of(self.commune)
        self.institutions = names_of(Institution.objects.filter(commune=self.commune).standing_with(self.commune))
        rows = Initiative.objects.filter(commune=self.commune).standing_with(self.commune).prefetch_related("sites")
        rows = rows.select_related("type", "continues__continues")
        self.known = Lookup(names_of(rows))
        self.namesakes: dict[str, list[Initiative]] = {}
        for row in rows:
            self.namesakes.setdefault(name_key(row.name), []).append(row)
        self.sites: list[tuple[Initiative, dict[str, Any]]] = []
        self.fields = (
            self.NAMED,
            Field(
                "type",
                "Loại mô hình",
                read_choice({t.name: t for t in types} | {t.code: t for t in types}, "loại mô hình"),
                required=True,
                also=("loại",),
                example="Camera an ninh",
                choices=tuple(t.name for t in types if t.is_active),
            ),
            *self.DETAILS,
            Field(
                "hamlets",
                "Các khu dân cư thực hiện",
                self.places_of(self.hamlets, "khu dân cư"),
                example="Khu 1; Khu 5",
                also=("khu dân cư", "nơi thực hiện", "địa bàn thực hiện"),
                help="cách nhau bằng dấu chấm phẩy; “tất cả” là mọi khu",
            ),
            Field(
                "institutions",
                "Các cơ quan, trường học thực hiện",
                self.places_of(self.institutions, "cơ quan, trường học"),
                also=("cơ quan, trường học",),
            ),
            ENDED,
        )

    def is_known(self, name: str) -> bool:
        """Whether an initiative of that name runs in the commune."""
        return self.known.get(name) is not None

    def find(self, values: dict[str, Any]) -> Initiative | None:
        """The initiative that is meant, by its name; of namesakes the one of the same type."""
        row: Initiative | None = self.known.get(values["name"])
        if row is None:
            return None
        namesakes = self.namesakes[name_key(row.name)]
        alike = [one for one in namesakes if one.type_id == values["type"].pk]
        found: Initiative | None = self.next_of(alike or namesakes)
        return found

    @staticmethod
    def places_of(rows: dict[str, Any], what: str) -> Any:
        """A reader of several places, divided by semicolons or line ends."""
        one, names = read_choice(rows, what), Lookup(rows)

        def named(part: str) -> Any:
            number = part.strip()
            found = names.by_number(number) if number.isdecimal() else None
            return one(part) if found is None else found

        def reader(value: Any) -> list[Any]:
            said = text(value)
            if fold(said) in ("tat ca", "toan bo", "toan xa"):
                return list(dict.fromkeys(rows.values()))
            whole = [part for part in str(value).replace("\n", ";").split(";") if part.strip()]
            parts = [  # names hold commas too: "Trường A, cơ sở 2"
                piece
                for part in whole
                for piece in ([part] if names.get(text(part)) is not None else part.split(","))
                if piece.strip()
            ]
            if len(parts) > MOST_PLACES:
                raise ValueError(f"Một ô ghi nhiều nhất {MOST_PLACES} nơi; ô này có {len(parts)}.")
            return list(dict.fromkeys(map(named, parts)))

        return reader

    def take(self, values: dict[str, Any], place: RowPlace) -> tuple[str, list[FieldChange]]:
        """Take one row."""
        row = self.find(values)
        self.once(row.pk if row else name_key(values["name"]), place)
        wanted = [{"hamlet": h} for h in values.pop("hamlets", [])]
        wanted += [{"institution": i} for i in values.pop("institutions", [])]
        living: set[tuple[int | None, int | None]] = set()
        if row is None:
            row = Initiative(commune=self.commune)
            if not values["type"].is_active:
                raise RowFaults(("type", f"Loại “{values['type']}” đã thôi dùng. Hãy chọn loại khác."))
        else:
            values.pop("name")
            values.pop("state", None)  # a running initiative moves on by steps
            if values.get("field") == (row.field or row.type.field):
                values.pop("field", None)  # the list shows the type's where it has none of its own
            living = {(s.hamlet_id, s.institution_id) for s in row.sites.all() if stands(s, self.commune)}
        if values.get("skilful_since") == TAGGED:
            values.pop("skilful_since")
            if not row.skilful_since:
                raise RowFaults(("skilful_since", "Hãy ghi ngày được công nhận “Dân vận khéo”, dd/mm/yyyy."))
        changes = self.assign(row, values)
        self.check(row)
        missing = [
            p
            for p in wanted
            if (getattr(p.get("hamlet"), "pk", None), getattr(p.get("institution"), "pk", None)) not in living
        ]
        if len(self.sites) + len(missing) > MOST_SITES:
            raise RowFaults(("hamlets", f"Tệp có quá {MOST_SITES} điểm thực hiện. Hãy chia thành nhiều tệp."))
        self.sites += [(row, p) for p in missing]
        outcome = self.settle(row, changes)
        if missing and row.pk:
            changes.append(("điểm thực hiện", f"{len(living)} điểm", f"thêm {len(missing)} điểm"))
            outcome = "changed"
        return outcome, changes

    def write(self, act: Act) -> Iterator[None]:
        """Write initiatives, then their new sites."""
        act.create(self.new)
        yield
        names = [name for name in self.columns() if name not in ("hamlets", "institutions")]
        act.update(self.changed, names)
        yield
        new = {id(row) for row in self.new}
        act.create(
            [
                InitiativeSite(
                    initiative=row,
                    started_on=row.started_on if id(row) in new or self.last else self.today,
                    ended_on=self.last,
                    **place,
                )
                for row, place in self.sites
            ]
        )
