"""A check finds what is wrong with documents and is silent about what is as it should be."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import knowledge.check
from knowledge.check import YES_OR_NO, Age, Asked, CheckJob, CheckReport, DuplicateKind, check
from knowledge.check.questions import MIN_QUESTIONS
from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.index import Index, IndexEmbedderMismatch, Version
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.sample import HANDBOOK

ON = date(2026, 11, 21)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RETURNS = (
    "# Returns\n\nSend the parcel back with the label that you print in your account.\n\n"
    "You can return unopened coffee machines within 30 days of delivery."
)
FAQ = "# Common questions\n\nHere is what people ask most about machines.\n\n{}"

Publish = Callable[[dict[str, str]], Version]
Check = Callable[..., CheckReport]


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    """Return what publishes pages and returns their version."""

    def published(pages: dict[str, str]) -> Version:
        folder = tmp_path / "pages"
        folder.mkdir(exist_ok=True)
        for name, text in pages.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        run_reindex(ReindexJob(str(tmp_path / "index"), ({"name": "pages", "kind": "folder", "path": str(folder)},)))
        return Index(str(tmp_path / "index")).published()

    return published


@pytest.fixture
def checked(publish: Publish, embedder: Embedder) -> Check:
    """Return what publishes pages and checks them."""

    def report(pages: dict[str, str], asked: Sequence[Asked] = (), **options: int) -> CheckReport:
        return check(publish(pages), embedder, asked, ON, **options)

    return report


def scoped(page: str, **scope: str) -> str:
    lines = "".join(f"{key}: {value}\n" for key, value in scope.items())
    return f"---\n{lines}---\n{page}"


def asked(text: str, *passages: str, answered: bool = True, days_ago: int = 0) -> Asked:
    return Asked(text, Scope(), answered, passages, NOON - timedelta(days=days_ago))


# ------------------------------------------------------------------ contradictions


@pytest.mark.parametrize(
    ("sentence", "kind", "values"),
    [
        ("You can return unopened coffee machines within 14 days of delivery.", "duration", {"30 days", "14 days"}),
        (
            "Unopened coffee machines can be returned within two weeks of delivery.",
            "duration",
            {"30 days", "two weeks"},
        ),
        ("You cannot return unopened coffee machines within 30 days of delivery.", YES_OR_NO, {"yes", "no"}),
    ],
)
def test_two_pages_that_contradict_each_other_are_named(
    checked: Check, sentence: str, kind: str, values: set[str]
) -> None:
    report = checked({"returns.md": RETURNS, "faq.md": FAQ.format(sentence)})
    (found,) = report.contradictions
    assert found.kind == kind
    assert {found.first.value, found.second.value} == values
    assert {found.first.place.document_id, found.second.place.document_id} == {"returns.md", "faq.md"}
    assert sentence in {found.first.quote, found.second.quote}


@pytest.mark.parametrize(
    "sentence",
    [
        "You can return unopened coffee machines within thirty (30) days of delivery.",
        "You can return opened grinders within 14 days of delivery.",
        "You can return unopened coffee machines free of charge.",
        "Once 14 days have passed, unopened coffee machines in a parcel get a label.",
    ],
)
def test_what_can_both_be_true_is_no_contradiction(checked: Check, sentence: str) -> None:
    assert checked({"returns.md": RETURNS, "faq.md": FAQ.format(sentence)}).contradictions == ()


@pytest.mark.parametrize(
    ("one", "other", "contradicting"),
    [
        ({"region": "eu"}, {"region": "us"}, False),
        ({"region": "eu"}, {"region": "eu, us"}, True),
        ({"region": "eu"}, {}, True),
        ({"product": "a"}, {"product": "b"}, False),
        ({"effective_until": "2026-12-31"}, {"effective_from": "2027-01-01"}, False),
        ({"effective_until": "2026-12-31"}, {"effective_from": "2026-12-01"}, True),
        ({"effective_until": "2026-10-31"}, {}, False),
    ],
)
def test_pages_that_nobody_is_told_together_may_differ(
    checked: Check, one: dict[str, str], other: dict[str, str], contradicting: bool
) -> None:
    faq = FAQ.format("You can return unopened coffee machines within 14 days of delivery.")
    report = checked({"returns.md": scoped(RETURNS, **one), "faq.md": scoped(faq, **other)})
    assert bool(report.contradictions) == contradicting


def test_pages_of_one_template_may_each_have_their_own_figure(checked: Check) -> None:
    pages = {
        f"{name}.md": f"# {name}\n\nThis page tells what the {name} office does for you.\n\n"
        f"The waiting list of the office is {days} days long at present."
        for name, days in (("Ghent", 3), ("Lyon", 9), ("Bologna", 12), ("Leeds", 20))
    }
    assert checked(pages).contradictions == ()


def test_each_page_has_its_own_date_of_change(checked: Check) -> None:
    pages = {
        f"{name}.md": f"# {name}\n\nThis page tells of {name}.\n\nLast updated by the support desk: {day} 2026."
        for name, day in (("Delivery", "3 May"), ("Returns", "8 June"))
    }
    assert checked(pages).contradictions == ()


def test_the_sample_handbook_contradicts_itself_only_where_somebody_planted_it(checked: Check) -> None:
    pages = {path.name: path.read_text() for path in HANDBOOK.glob("*.md")}
    clean = checked(pages)
    assert clean.contradictions == ()
    assert clean.duplicates == ()
    assert [(one.age, one.place.document_id) for one in clean.dated] == [(Age.EXPIRED, "winter-offer-2025.md")]
    pages["answers.md"] = (
        "# Answers for agents\n\nIt is good to know this.\n\nPoints expire 12 months after they were collected."
    )
    (found,) = checked(pages).contradictions
    assert {found.first.place.document_id, found.second.place.document_id} == {"answers.md", "kettle-club.md"}
    assert {found.first.value, found.second.value} == {"12 months", "24 months"}


# ------------------------------------------------------------------ duplicates

LONG = (
    "# {}\n\nOrders confirmed before noon on a working day leave our warehouse in Ghent the same day. A tracking link "
    "arrives by email as soon as the parcel is scanned, usually in the evening.\n\n## Nobody at home\n\nThe carrier "
    "tries again on the next working day. After that the parcel waits at a pick-up point for a week and then returns "
    "to us."
)


def test_two_pages_with_one_text_are_told_once(checked: Check) -> None:
    report = checked({"a.md": LONG.format("Delivery"), "b.md": LONG.format("Delivery")})
    (found,) = report.duplicates
    assert found.kind is DuplicateKind.IDENTICAL
    assert [one.document_id for one in found.places] == ["a.md", "b.md"]


def test_the_same_text_for_two_regions_is_as_it_should_be(checked: Check) -> None:
    page = LONG.format("Delivery")
    report = checked({"a.md": scoped(page, region="eu"), "b.md": scoped(page, region="us")})
    assert report.duplicates == ()
    assert report.repeated_across_scopes > 0


def test_an_older_version_of_a_page_is_recognised_by_its_title(checked: Check) -> None:
    older = LONG.format("Delivery 2025").replace("for a week and then returns to us", "until somebody fetches it there")
    (found,) = checked({"new.md": LONG.format("Delivery"), "old.md": older}).duplicates
    assert found.kind is DuplicateKind.VERSIONS


def test_a_passage_that_another_page_repeats_is_told_with_both_places(checked: Check) -> None:
    section = LONG.partition("## Nobody")[2]
    page = f"# Gift cards\n\nA gift card can be used in every store and never runs out of time.\n\n## Nobody{section}"
    (found,) = checked({"a.md": LONG.format("Delivery"), "gifts.md": page}).duplicates
    assert found.kind is DuplicateKind.PASSAGE
    assert [one.passage_id for one in found.places] == ["a.md#1", "gifts.md#1"]


# ------------------------------------------------------------------ dates


def test_pages_are_told_by_their_dates_and_those_without_are_left_alone(checked: Check) -> None:
    pages = {
        "ended.md": {"effective_until": "2026-11-20"},
        "ending.md": {"effective_until": "2026-11-21"},
        "soon.md": {"effective_until": "2026-12-21"},
        "later.md": {"effective_until": "2026-12-22"},
        "coming.md": {"effective_from": "2026-11-22"},
        "undated.md": {"region": "eu"},
    }
    report = checked(
        {name: scoped(f"# {name}\n\nSome words on {name} here.", **dates) for name, dates in pages.items()}
    )
    assert [(one.place.document_id, one.age, one.days) for one in report.dated] == [
        ("ending.md", Age.EXPIRING, 0),
        ("soon.md", Age.EXPIRING, 30),
        ("ended.md", Age.EXPIRED, -1),
        ("coming.md", Age.UPCOMING, 1),
    ]


# ------------------------------------------------------------------ questions

PAGES = {"returns.md": RETURNS, "old.md": "# Fax\n\nOrders can be sent by fax to our office in Ghent."}


def test_orphans_are_told_once_there_were_enough_questions(checked: Check) -> None:
    many = [asked(f"May I return machine {n}?", "returns.md#0", days_ago=n % 9) for n in range(MIN_QUESTIONS)]
    report = checked(PAGES, many)
    assert [one.document_id for one in report.orphans or ()] == ["old.md"]
    assert report.since == date(2026, 11, 12)
    assert checked(PAGES, many[:-1]).orphans is None


def test_questions_without_an_answer_are_grouped_by_what_they_are_about(checked: Check) -> None:
    report = checked(
        PAGES,
        [
            asked("Can I pay with Bitcoin?", answered=False, days_ago=5),
            asked("Do you accept bitcoin as payment?", answered=False, days_ago=4),
            asked("Is payment in Bitcoin possible?", answered=False, days_ago=3),
            asked("Do you have a shop in Tokyo?", answered=False, days_ago=1),
            asked("How do I return a machine?", "returns.md#0"),
        ],
    )
    assert [(one.count, one.last.day) for one in report.unanswered] == [(1, 19), (3, 17)]
    assert "bitcoin" in report.unanswered[1].keywords
    assert report.unanswered_questions == 4


def test_personal_data_in_questions_is_masked(checked: Check) -> None:
    text = (
        "I am ann.lee@example.com, +32 9 555 01 77, card 4111 1111 1111 1111: refund of order 2026-11-20 over 30 days?"
    )
    (group,) = checked(PAGES, [asked(text, answered=False)]).unanswered
    assert group.name == "I am [email], [phone], card [card number]: refund of order 2026-11-20 over 30 days?"
    assert "ann" not in str(group)


def test_each_question_counts_for_one_subject(checked: Check) -> None:
    questions = [
        asked("How do I return a machine?", "returns.md#0"),
        asked("Can I order by fax?", answered=False),
    ]
    subjects = {one.name: one for one in checked(PAGES, questions).subjects}
    assert sum(one.questions for one in subjects.values()) == 2
    assert sum(one.answered for one in subjects.values()) == 1
    assert sum(one.passages for one in subjects.values()) == 2


# ------------------------------------------------------------------ trouble


def test_one_part_that_fails_is_told_and_the_others_go_on(checked: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no memory")

    monkeypatch.setattr(knowledge.check, "duplicates", broken)
    faq = FAQ.format("You can return unopened coffee machines within 14 days of delivery.")
    report = checked({"returns.md": RETURNS, "faq.md": faq})
    assert report.troubles == ("The check of duplicates failed: no memory",)
    assert len(report.contradictions) == 1


def test_what_pages_were_read_without_is_told(publish: Publish, tmp_path: Path) -> None:
    letter = "Subject: Prices\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nThe label costs 5 euros.\n--x\n"
    attached = "Content-Disposition: attachment; filename=notes.txt\n\nNothing.\n--x--\n"
    publish({"returns.md": RETURNS, "prices.eml": letter + attached})
    (found,) = CheckJob(str(tmp_path / "index"), (), ON)().unread
    assert found.place.document_id == "prices.eml"
    assert "notes.txt" in found.what


def test_what_was_read_only_in_part_is_told_of_pages_as_a_whole_and_of_none_that_are_gone(
    publish: Publish, embedder: Embedder
) -> None:
    lacking = {"gone.pdf": "One page is a picture.", "returns.md": "One table is a picture."}
    (found,) = check(publish({"returns.md": RETURNS}), embedder, (), ON, unread=lacking).unread
    assert (found.place.document_id, found.place.heading) == ("returns.md", "")
    assert found.what == "One table is a picture."


def test_pages_and_questions_of_any_text_are_checked(checked: Check) -> None:
    odd = "# \u202e\u0000 ﷽\n\n" + "9" * 5_000 + " days. " + "|" * 500 + "\n\n" + "\U0001f600 " * 400
    asked_oddly = [asked("\ud800 \x00", answered=False), asked("   "), asked("?" * 9_000, answered=False)]
    report = checked({"odd.md": odd.replace("\x00", ""), "returns.md": RETURNS}, asked_oddly)
    assert report.troubles == ()
    assert report.questions == 2


def test_an_index_of_another_embedder_is_refused(publish: Publish, embedder: Embedder) -> None:
    version = publish(PAGES)
    version.identity = replace(version.identity, embedder=replace(version.identity.embedder, weights="0"))
    with pytest.raises(IndexEmbedderMismatch, match="frontdesk reindex"):
        check(version, embedder, (), ON)
