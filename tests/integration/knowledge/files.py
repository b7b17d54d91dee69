"""Small office files, PDFs and mails, made as the tests need them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def docx(
    body: str, title: str = "", modified: str = "2024-05-06T07:08:09Z", more: dict[str, bytes] | None = None
) -> bytes:
    """Return a Word file with `body` (the XML of its paragraphs and tables) and these properties."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/></w:style>' for n in (1, 2, 3)
    )
    types, relations = f"{_PACKAGE}/content-types", f"{_PACKAGE}/relationships"
    content = "application/vnd.openxmlformats-"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{types}">'
        f'<Default Extension="rels" ContentType="{content}package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{content}officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        "docProps/core.xml": '<cp:coreProperties xmlns:cp="x" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>{title}</dc:title><dcterms:modified>{modified}'
        "</dcterms:modified></cp:coreProperties>",
    }
    return archive({**parts, **(more or {})})


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def archive(parts: dict[str, str | bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return buffer.getvalue()


Text = tuple[float, float, float, bool, str]
"""Left and bottom in points, size, bold, words."""


@dataclass(frozen=True)
class Link:
    """What a reader of a PDF clicks on: a box in points, what it does, and its quads where it has several."""

    left: float
    bottom: float
    right: float
    top: float
    action: str
    quads: str = ""

    def annotation(self) -> str:
        quads = f"/QuadPoints [{self.quads}] " if self.quads else ""
        box = f"{self.left} {self.bottom} {self.right} {self.top}"
        return f"<< /Type /Annot /Subtype /Link /Rect [{box}] {quads}{self.action} >>"


def leading_to(address: str, left: float, bottom: float, right: float, top: float) -> Link:
    escaped = address.replace("(", r"\(").replace(")", r"\)")
    return Link(left, bottom, right, top, f"/A << /S /URI /URI ({escaped}) >>")


def pdf(pages: Sequence[Sequence[Text | str | Link]], info: str = "", encrypt: str = "", image: bool = False) -> bytes:
    """Return a PDF with text and links where it is said; a plain string is an operator of the page's content."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids ["
        + " ".join(f"{6 + 2 * i} 0 R" for i in range(len(pages)))
        + f"] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        "/Length 1 >>\nstream\nx\nendstream",
    ]
    for i, page in enumerate(pages):
        operators = ["q 500 0 0 700 50 50 cm /Im Do Q"] if image else []
        links = ""
        for one in page:
            if isinstance(one, str):
                operators.append(one)
            elif isinstance(one, Link):
                links += one.annotation()
            else:
                left, bottom, size, bold, words = one
                escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
                operators.append(f"BT /{'B' if bold else 'R'} {size} Tf {left} {bottom} Td ({escaped}) Tj ET")
        content = zlib.compress("\n".join(operators).encode("cp1252")).decode("latin-1")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /R 3 0 R /B 4 0 R >> "
            f"/XObject << /Im 5 0 R >> >> /Annots [{links}] /Contents {7 + 2 * i} 0 R >>"
        )
        objects.append(f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n{content}\nendstream")
    trailer = ""
    for key, value in (("Info", info), ("Encrypt", encrypt)):
        if value:
            objects.append(value)
            trailer += f" /{key} {len(objects)} 0 R"
    out, places = "%PDF-1.6\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    out += (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Size {size} /Root 1 0 R{trailer} /ID [<00><00>] >>\n"
    )
    return (out + f"startxref\n{out.index('xref' + chr(10) + '0 ')}\n%%EOF\n").encode("latin-1")


PROTECTED = f"<< /Filter /Standard /V 1 /R 2 /O <{'11' * 32}> /U <{'22' * 32}> /P -44 >>"
"""The /Encrypt of a PDF that no empty password opens."""
