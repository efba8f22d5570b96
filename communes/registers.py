"""The registers of places, of the yearly standard and of the priority lists."""

from communes.filters import HamletFilterSet, InstitutionFilterSet, ListingFilterSet, SafetyFilterSet
from communes.forms import DelistForm, HamletForm, InstitutionForm, ListingForm, SafetyForm
from communes.models import Hamlet, Institution, PriorityListing, SafetyRecord, User
from communes.register import REGISTERS, ListColumn, Register


def commune_column() -> ListColumn:
    """The commune a row belongs to; a commune's own lists need none."""
    return ListColumn(
        "commune", "Xã, phường", lambda row: str(row.commune), order=("commune__sort_key",), for_commune=False
    )


STARTED = ListColumn("started_on", "Từ ngày", lambda row: row.started_on, order=("started_on",), default=False)
ENDED = ListColumn("ended_on", "Đến hết ngày", lambda row: row.ended_on, order=("ended_on",), default=False)


def name_column(heading: str = "Tên") -> ListColumn:
    """The name, sorted as the Vietnamese alphabet has it."""
    return ListColumn("name", heading, str, order=("sort_key",))


def hamlet_past(hamlet: Hamlet, user: User) -> list[tuple[str, str]]:
    """Where a hamlet came from and what became of it."""
    came = hamlet.inheritances.select_related("predecessor", "change")
    went = hamlet.successions.select_related("successor", "change")
    found = [("Hình thành từ", ", ".join(str(one.predecessor) for one in came))] if came else []
    found += [("Nay thuộc", ", ".join(str(one.successor) for one in went))] if went else []
    by = next((one.change for one in (*came, *went)), None)
    return [*found, ("Theo", f"{by.decision}, từ {by.day:%d/%m/%Y}")] if by else found


HAMLET_CHANGES = "/register/hamlets/change/"  # pages of the app above, which knows the groups
HAMLET_ROUND = "/register/hamlets/round/"


def hamlet_tools(user: User) -> list[tuple[str, str]]:
    """What a commune does with a few of its hamlets, and what it or its province does by a list."""
    few = [("Sáp nhập, chia tách, đổi tên, giải thể", HAMLET_CHANGES)] if user.is_commune else []
    return [*few, ("Sáp nhập theo danh sách", HAMLET_ROUND)] if user.is_commune or user.is_reviewer else few


HAMLETS = Register(
    slug="hamlets",
    family="Địa bàn",
    counted=True,
    moves=True,
    title="Khu dân cư",
    one="khu dân cư",
    model=Hamlet,
    form=HamletForm,
    filterset=HamletFilterSet,
    queryset=lambda day: Hamlet.objects.select_related("commune"),
    bulk=("covenant_on",),
    details=hamlet_past,
    reads=True,
    imported=True,
    tools=hamlet_tools,
    columns=(
        name_column(),
        commune_column(),
        ListColumn("households", "Số hộ", lambda row: row.households, numeric=True, order=("households",)),
        ListColumn("population", "Nhân khẩu", lambda row: row.population, numeric=True, order=("population",)),
        ListColumn(
            "covenant_on",
            "Quy ước ANTT",
            lambda row: row.covenant_on,
            order=("covenant_on",),
            shown=lambda row: f"{row.covenant_on:%d/%m/%Y}" if row.covenant_on else "chưa có",
        ),
        STARTED,
        ENDED,
    ),
)
INSTITUTIONS = Register(
    slug="institutions",
    family="Địa bàn",
    counted=True,
    title="Cơ quan, doanh nghiệp, trường học",
    one="đơn vị",
    model=Institution,
    form=InstitutionForm,
    filterset=InstitutionFilterSet,
    queryset=lambda day: Institution.objects.select_related("commune"),
    bulk=("kind",),
    imported=True,
    columns=(
        name_column(),
        commune_column(),
        ListColumn("kind", "Loại", lambda row: row.get_kind_display(), order=("kind",)),
        STARTED,
        ENDED,
    ),
)
SAFETY = Register(
    slug="safety",
    family="Phong trào",
    title="“An toàn về ANTT”",
    one="đăng ký “An toàn về ANTT”",
    model=SafetyRecord,
    form=SafetyForm,
    filterset=SafetyFilterSet,
    queryset=lambda day: SafetyRecord.objects.select_related("commune", "hamlet", "institution"),
    ends=None,
    imported=True,
    tools=lambda user: [("Đánh dấu cả xã trên một trang", "/register/safety/year/")],
    columns=(
        ListColumn("unit", "Đơn vị đăng ký", lambda row: str(row.unit)),
        commune_column(),
        ListColumn("year", "Năm", lambda row: row.year, order=("year",), shown=lambda row: str(row.year)),
        ListColumn("registered_on", "Đăng ký", lambda row: row.registered_on, order=("registered_on",)),
        ListColumn(
            "recognised_on",
            "Công nhận đạt",
            lambda row: row.recognised_on,
            order=("recognised_on",),
            shown=lambda row: f"{row.recognised_on:%d/%m/%Y}" if row.recognised_on else "chưa",
        ),
    ),
)


def listing_tools(user: User) -> list[tuple[str, str]]:
    """The list as of any day, for those who watch over it."""
    return [] if user.is_commune else [("Danh sách đến một ngày", "/register/priority/on/")]


PRIORITY = Register(
    slug="priority",
    family="Theo dõi",
    title="Xã trọng điểm",
    one="địa bàn trọng điểm",
    model=PriorityListing,
    form=ListingForm,
    filterset=ListingFilterSet,
    queryset=lambda day: PriorityListing.objects.select_related("commune", "hamlet"),
    ends="Đưa ra khỏi danh sách",
    end_form=DelistForm,
    by_province=True,
    imported=True,
    tools=listing_tools,
    columns=(
        ListColumn("place", "Địa bàn", str, order=("commune__sort_key",)),
        ListColumn("level", "Danh sách", lambda row: row.get_level_display(), order=("level",)),
        ListColumn("decision", "Quyết định đưa vào", lambda row: row.decision),
        ListColumn("started_on", "Từ ngày", lambda row: row.started_on, order=("started_on",)),
        ListColumn("department", "Phòng phụ trách", lambda row: row.department, order=("department",)),
        ListColumn("ended_on", "Đến hết ngày", lambda row: row.ended_on, order=("ended_on",)),
        ListColumn("delisting_decision", "Quyết định đưa ra", lambda row: row.delisting_decision, default=False),
    ),
)
REGISTERS += [HAMLETS, INSTITUTIONS]
