"""Every file of four real policy collections is read, or named with its reason."""

from pathlib import Path

import pytest

from knowledge.parsing import SUFFIXES, Parsed, UnreadableDocument, parse

CORPORA = Path(__file__).resolve().parents[4] / "shared" / "corpora"


@pytest.fixture(scope="module")
def results() -> dict[str, Parsed | str]:
    if not CORPORA.is_dir():
        pytest.skip(f"the policy collections are not here ({CORPORA.name})")
    found: dict[str, Parsed | str] = {}
    for path in sorted(CORPORA.rglob("*")):
        if path.is_file():
            try:
                found[path.relative_to(CORPORA).as_posix()] = parse(path.read_bytes(), path.name)
            except UnreadableDocument as error:
                found[path.relative_to(CORPORA).as_posix()] = str(error)
    return found


def test_each_file_is_read_or_named(results: dict[str, Parsed | str]) -> None:
    refused = {id: reason for id, reason in results.items() if isinstance(reason, str)}
    unknown = [id for id in refused if Path(id).suffix.lower() not in SUFFIXES]
    redirects = [id for id, reason in refused.items() if "redirects" in reason]
    assert len(results) >= 418
    assert len(unknown) == 7  # data files and a licence
    assert len(redirects) == 10
    others = sorted(set(refused) - set(unknown) - set(redirects))
    assert others == ["18f-handbook/pages/404.html", "basecamp-policies/security/37signals-security-overview.pdf"]
    assert all(reason.endswith(".") for reason in refused.values())


def test_no_template_tag_or_comment_is_left_outside_code(results: dict[str, Parsed | str]) -> None:
    for id, parsed in results.items():
        # The pages on how the handbook is written show tags as code.
        if isinstance(parsed, Parsed) and "updating-the-handbook" not in id and "README" not in id:
            for tag in ("{%", "%}", "{{", "<!--", "{: "):
                assert tag not in parsed.text, (id, tag)


def test_the_text_of_the_pages_is_not_lost(results: dict[str, Parsed | str]) -> None:
    for id, parsed in results.items():
        if isinstance(parsed, Parsed) and id.endswith(".md"):
            written = (CORPORA / id).read_text(encoding="utf-8").count(" the ")
            assert parsed.text.count(" the ") >= 0.9 * written - 2, id


def test_office_files_and_pdfs_read_like_pages(results: dict[str, Parsed | str]) -> None:
    charter = results["18f-handbook/downloads/TEMPLATE_Team_charter.docx"]
    addendum = results["basecamp-policies/privacy/regulations/dpa/Data_Processing_Addendum_current.pdf"]
    tracker = results["18f-handbook/downloads/TEMPLATE_Risk_tracker.xlsx"]
    assert isinstance(charter, Parsed) and isinstance(addendum, Parsed) and isinstance(tracker, Parsed)
    assert "# Our team\n" in charter.text and "## Core working hours\n\n- What are" in charter.text
    assert addendum.title == "37SIGNALS DATA PROCESSING ADDENDUM"
    assert "\n## 1. DEFINITIONS\n\n“Affiliate” means any entity that directly or indirectly controls" in addendum.text
    assert "## Risks\n" in tracker.text and "Mitigation" in tracker.text
