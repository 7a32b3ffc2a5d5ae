from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, AttachedFileSpec, Dictionary, Encryption, Name, Permissions, String

from pilotportal.documents.inspection import Fault, PdfError, inspect_pdf
from tests.documents.conftest import Render

Change = Callable[[pikepdf.Pdf], object]


def _pdf(change: Change = lambda pdf: None, *, pages: int = 2, size: tuple[float, float] = (595, 842), **options: object) -> BytesIO:
    target = BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=size)
        change(pdf)
        pdf.save(target, **options)
    target.seek(0)
    return target


def _refusal(stream: BytesIO, max_pages: int = 10) -> Fault:
    with pytest.raises(PdfError) as refused:
        inspect_pdf(stream, max_pages=max_pages)
    assert stream.tell() == 0
    return refused.value.fault


def test_a_plain_pdf_is_accepted_and_described() -> None:
    stream = _pdf()
    stream.seek(5)

    facts = inspect_pdf(stream, max_pages=2)

    assert (facts.pages, facts.all_a4, facts.signed, facts.repaired) == (2, True, False, False)
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("size", "expected"),
    [((595, 842), True), ((842, 595), True), ((590, 850), True), ((612, 792), False), ((842, 1191), False)],
)
def test_paper_size(size: tuple[float, float], expected: bool) -> None:
    assert inspect_pdf(_pdf(size=size), max_pages=2).all_a4 is expected


def test_our_own_documents_are_accepted(render: Render) -> None:
    assert inspect_pdf(BytesIO(render()), max_pages=1).all_a4


@pytest.mark.parametrize("content", [b"", b"%PDF", b"PK\x03\x04 not a pdf", b"<html>%PDF-1.7</html>", b"GIF89a;%PDF-1.7"])
def test_what_is_no_pdf_is_refused(content: bytes) -> None:
    assert _refusal(BytesIO(content)) is Fault.NOT_A_PDF


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\x00" * 4096, b"%PDF-1.7\ntrailer << /Root 1 0 R >>\n%%EOF"])
def test_what_cannot_be_read_is_refused(content: bytes) -> None:
    assert _refusal(BytesIO(content)) in {Fault.BROKEN, Fault.EMPTY}


def test_every_truncation_is_refused_or_reported() -> None:
    whole = _pdf().getvalue()

    outcomes = {_outcome(BytesIO(whole[:length])) for length in range(8, len(whole) - 8, 37)}

    assert outcomes <= {Fault.BROKEN, Fault.EMPTY, "repaired"}


def _outcome(stream: BytesIO) -> str:
    try:
        return "repaired" if inspect_pdf(stream, max_pages=2).repaired else "accepted"
    except PdfError as error:
        return error.fault


@pytest.mark.parametrize("password", ["secret", ""], ids=["to open", "restrictions only"])
def test_an_encrypted_pdf_is_refused(password: str) -> None:
    lock = Encryption(owner="owner", user=password, allow=Permissions(print_highres=False))

    assert _refusal(_pdf(encryption=lock)) is Fault.ENCRYPTED


def _script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _open_action(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = _script()


def _named_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), pdf.make_indirect(_script())])))


def _page_action(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.AA = Dictionary(O=_script())


def _chained_action(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=Array([_script()]))


def _launch(pdf: pikepdf.Pdf) -> None:
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(S=Name.Launch, F=String("calc.exe")))
    pdf.pages[0].obj.Annots = Array([link])


def _form_architecture(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))


def _script_in_a_stream(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"app.alert(1)"))


@pytest.mark.parametrize(
    "change", [_open_action, _named_script, _page_action, _chained_action, _launch, _form_architecture, _script_in_a_stream]
)
@pytest.mark.parametrize("packed", [False, True])
def test_scripts_and_launches_are_refused_wherever_they_lie(change: Change, packed: bool) -> None:
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable

    assert _refusal(_pdf(change, object_stream_mode=mode)) is Fault.SCRIPTED


def _attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["a.exe"] = AttachedFileSpec(pdf, b"MZ", filename="a.exe")


def _attached_to_a_page(pdf: pikepdf.Pdf) -> None:
    file = pdf.make_indirect(Dictionary(Type=Name.Filespec, F=String("a"), EF=Dictionary(F=pdf.make_stream(b"MZ"))))
    pdf.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=file)])


@pytest.mark.parametrize("change", [_attached, _attached_to_a_page])
def test_embedded_files_are_refused(change: Change) -> None:
    assert _refusal(_pdf(change)) is Fault.EMBEDDED


def _harmless_links(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(S=Name.URI, URI=String("https://example.cn")))
    pdf.pages[0].obj.Annots = Array([link])


def test_links_and_a_first_view_are_accepted() -> None:
    assert inspect_pdf(_pdf(_harmless_links), max_pages=2).pages == 2


def _signature(pdf: pikepdf.Pdf) -> None:
    signature = pdf.make_indirect(Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), ByteRange=[0, 1, 2, 3], Contents=b"\x00"))
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("s"), V=signature))]), SigFlags=3)


def test_a_signature_is_noticed() -> None:
    assert inspect_pdf(_pdf(_signature), max_pages=2).signed


def test_pages_are_counted() -> None:
    assert inspect_pdf(_pdf(pages=3), max_pages=3).pages == 3
    assert _refusal(_pdf(pages=4), max_pages=3) is Fault.TOO_LONG
    assert _refusal(_pdf(pages=0)) is Fault.EMPTY


def test_too_many_objects_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert inspect_pdf(_pdf(), max_pages=2)
    monkeypatch.setattr("pilotportal.documents.inspection.MOST_OBJECTS", 3)

    assert _refusal(_pdf()) is Fault.TOO_COMPLEX
