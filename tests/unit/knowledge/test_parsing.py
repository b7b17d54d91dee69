"""What readers see becomes Markdown, whatever the text was written for; all else is refused with a reason."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.documents import Scope, ScopeError
from knowledge.parsing import MAX_DOCUMENT_BYTES, SUFFIXES, Parsed, UnreadableDocument, parse
from knowledge.parsing.html import convert
from knowledge.parsing.tables import markdown_table
from knowledge.sources import SourceOptions

OPTIONS = SourceOptions(name="s", kind="folder")


def markdown(text: str, name: str = "page.md") -> Parsed:
    return parse(text.encode(), name)


def page(main: str, head: str = "") -> str:
    return f"""<!doctype html><html><head><title>Refunds | Example Help</title>{head}</head><body>
    <a class="skip-link" href="#main">Skip to content</a>
    <header class="site-header"><nav><ul><li><a href="/">Home</a></li></ul></nav></header>
    <div id="cookie-banner" class="cookie-consent">We use cookies for you. <button>Accept</button></div>
    <div class="breadcrumb"><a href="/">Home</a> &gt; Help</div>
    {main}
    <div class="article-votes">Was this article helpful? <button>Yes</button></div>
    <footer><p>© Example Ltd. <a href="/imprint">Imprint</a></p></footer></body></html>"""


ARTICLE = """<h1>Refunds <a class="headerlink" href="#refunds">¶</a></h1>
<p>We refund <b>all</b> items within <a href="../terms">30 days</a> of purchase, if they are unused and boxed.</p>
<details><summary>Who pays the shipping?</summary><p>We pay the shipping of all items.</p></details>
<div class="accordion"><h3><button aria-expanded="false" aria-controls="a1">Can I exchange?</button></h3>
<div id="a1" hidden><p>Yes, free of charge within 60 days.</p></div></div>
<table><thead><tr><th rowspan="2">Plan</th><th colspan="2">Refund</th></tr><tr><th>EU</th><th>US</th></tr></thead>
<tr><td rowspan="2">Basic</td><td>30 days<br>no questions</td><td><ul><li>14 days</li><li>by card</li></ul></td></tr>
<tr><td>a|b</td><td></td></tr></table>
<div class="related-articles"><a href="/x">Another page</a></div>"""


# ------------------------------------------------------------------ Markdown and text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ask in {% slack_channel \"people-ops\" %}.", "Ask in #people-ops."),
        ("{% alert \"New rules from May\", \"warning\" %}\nText.\n{% endalert %}", "New rules from May\nText."),
        ("See [the guide]({% page \"/guide/\" %}) first.", "See the guide first."),
        ("Write to [us]({{ site.email }}).", "Write to us."),
        ("Before{% comment %} TODO [link] {% endcomment %} after.", "Before after."),
        ("One <!-- hidden\nnote --> two.", "One  two."),
        ("## Leave {#leave-policy}", "## Leave"),
        ("Text.\n{: .usa-table }", "Text."),
        ("{{< note >}}Mind the gap.{{< /note >}}", "Mind the gap."),
        ('[caption id="a" align="left"]A picture of it[/caption]', "A picture of it"),
        ("Pay <%= amount %> now", "Pay  now"),
        ('A<br/>b <a href="https://a.com">here</a> &amp; <b>there</b>', "A\nb [here](https://a.com) & **there**"),
        ("<div markdown=\"1\"><h2 class=\"x\">Rules</h2>\nText</div>", "## Rules\n\nText"),
        ("<summary>Who pays?</summary>\n\n- We do", "**Who pays?**\n\n- We do"),
        ("See [a][t], [Terms].\n\n[t]: https://a.com \"T\"\n[terms]: </all>", "See [a](https://a.com), [Terms](/all)."),
        ("Note[^1].\n\n[^1]: A footnote.", "Note.\n\nA footnote."),
        ("Replace <your name> and see <https://example.com>.", "Replace <your name> and see <https://example.com>."),
        ("Say <time of day>, type <code> and <address>.", "Say <time of day>, type <code> and <address>."),
        ("<p>At <time>noon</time> <li>A<section id=a>B<video controls />C<code/>", "At noon\n- A\n\nBC`"),
    ],
)  # fmt: skip
def test_markup_goes_and_words_stay(written: str, read: str) -> None:
    assert markdown(written).text.strip() == read


def test_code_stays_as_it_is() -> None:
    text = "Use `{% page %}` or:\n\n```html\n<!-- {{ site.name }} -->\n<b>{% raw %}</b>\n[t]: x\n```\n"
    assert markdown(text).text == text


def test_a_table_in_html_becomes_one_in_markdown() -> None:
    rows = "<tr><th>City</th><th>Open</th></tr><tr><td>Bonn</td><td>9–17</td></tr>"
    text = f"Offices:\n\n<table>{rows}</table>\n\nClosed on Sundays."
    assert "| City | Open |\n| --- | --- |\n| Bonn | 9–17 |" in markdown(text).text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ntitle: Billing\nredirect_to: /tock/\n---\n", "redirects to /tock/"),
        ("---\nredirect_from: [/old/]\n---\n# Old\n", "addresses that redirect"),
        ("# Leave\n\nThis page has moved to [the handbook](https://example.com/leave).", "has moved"),
        ("# Page not found\n\nThe requested page could not be found (404).", "no such page"),
        ("<!-- nothing to see -->", "no text"),
    ],
)
def test_pages_that_only_lead_elsewhere_are_named(text: str, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        markdown(text)


def test_a_policy_about_moving_is_no_redirect() -> None:
    text = (
        "# Moving\n\nIf the page of an order has moved to the archive, ask support. "
        + "Orders are kept for ten years. " * 12
    )
    assert markdown(text).text.startswith("# Moving")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: Get set up <em>before</em> May &amp; June\n---\nText", "Get set up before May & June"),
        ("# **Leave** in [Bonn](https://example.com) {#leave}\n\nText", "Leave in Bonn"),
        ("# Move <your name>\n\nText", "Move <your name>"),
        ("---\ntitle: Send <code> to <b>us</b><br>\n---\nText", "Send <code> to us"),
    ],
)
def test_titles_are_plain_words(text: str, title: str) -> None:
    assert markdown(text).title == title


@pytest.mark.parametrize("key", ["updated", "Last updated", "last_modified", "last-reviewed", "date"])
def test_front_matter_says_when_a_page_was_updated(key: str) -> None:
    assert markdown(f"---\n{key}: 2024-05-06\n---\nText").updated == date(2024, 5, 6)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_read_in_the_character_sets_that_programs_write(encoding: str) -> None:
    for text in (
        "Die Rückgabe – “ohne Gründe” – kostet 10 € je Stück.",
        "Die „Rückgabe“ ist kostenlos, wenn „neu“.",
        "Fläche (m²);Preis\n5;8\n12;9",
    ):
        assert parse(text.encode(encoding), "page.txt").text == text


def test_other_alphabets_are_told_by_their_letters() -> None:
    text = "Возврат товара возможен в течение тридцати дней после покупки, если он не использован."
    assert parse(text.encode("cp1251"), "page.txt").text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Žádost se podává do 30 dnů. Cena je 5 Kč.", "cp1250"),
        ("Zwrot jest możliwy w ciągu 14 dni od daty wysyłki.", "cp1250"),
        ("A terméket 14 napon belül küldheti vissza, űrlap nélkül is.", "cp1250"),
        ("Ürünü 14 gün içinde iade edebilirsiniz. İstanbul’da şubemiz var.", "cp1254"),
        ("Où est le très bon café? Les œufs coûtent 3 € la pièce.", "cp1252"),
        ("El niño pagó 5 € según el país.", "cp1252"),
        ("Varen sendes til København på fem dage.", "cp1252"),
        ("Die Größe der Fläche ist 5 m² – für 10 €.", "cp1252"),
        ("How do I return an item? Do I pay? You do: it costs £5 in the UK.", "cp1252"),
        ("We pay £5.", "cp1252"),
        ("Parcels up to 0.5 m³ … How do I measure? Do I add the padding?", "cp1252"),
    ],
)
def test_code_pages_of_windows_are_told_apart_by_the_languages_that_use_them(text: str, encoding: str) -> None:
    parsed = parse(text.encode(encoding), "page.txt")
    assert (parsed.text, parsed.unread) == (text, "")


@pytest.mark.parametrize("name", ["page.txt", "page.md", "page.csv", "page.html"])
def test_a_character_set_that_was_guessed_is_told(name: str) -> None:
    parsed = parse("Nome,Valore\nPiù,Caffè\n".encode("cp1252"), name)
    assert "Its character set was guessed" in parsed.unread
    assert "Save it as UTF-8" in parsed.unread


OEM_TABLES = [
    "Artikel;Gebühr;Größe\nSchürze;5,00;groß\nKörbchen;12,50;für Köln\n",
    "Größe;Höhe\nklein;5\n",
    "Gebühr;Preis\nklein;5\n",
    "LÄNGE;GRÖSSE;MAß\nFÜR;5;3\n",
    "Öffnungszeiten;Ort\nMo-Fr;Übersee\n",
    "Pièce;Délai de livraison;Prix\nThéière émaillée;à réception;«12,50»\nGarçon;Forêt;Où\n",
    "Société;Réglé\nÉcole;été\n",
    "Año;Devolución\n2024;según el país\n",
]


@pytest.mark.parametrize("table", OEM_TABLES)
@pytest.mark.parametrize("encoding", ["cp437", "cp850"])
def test_values_in_a_code_page_of_dos_keep_their_umlauts_and_accents(table: str, encoding: str) -> None:
    assert parse(table.replace("\n", "\r\n").encode(encoding), "a.csv").text == markdown(table, "a.csv").text


def test_signs_that_only_some_code_pages_of_dos_have_are_read() -> None:
    assert (
        "| Größe | 5 m² | 20 °C | § 5 | 10 € |"
        in parse("A;B;C;D;E\nGröße;5 m²;20 °C;§ 5;10 €\n".encode("cp858"), "a.csv").text
    )
    assert "| København | på øen |" in parse("By;Sted\nKøbenhavn;på øen\nÅrhus;Ærø\n".encode("cp850"), "a.csv").text


@pytest.mark.parametrize(
    "text",
    [
        *OEM_TABLES[:6],
        "It’s really… at 5–7 o’clock, Mon–Fri, word—word, ‘hello’, the “boss”s or the “crew”s, in size•color•price.",
        "The foot”long costs 5 EUR.",
        "The foot”long, the foot”wide — Maß.",
        "One—two—three—four—five…six: the foot”long, the foot”wide.",
        "Die „neue“ Regel gilt für „alle“s.",
        "The coat — 5”wide, from €uro Shop™, by Müller.",
        "Les œufs coûtent 3 € l‘un…",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252", "latin-1"])
def test_what_is_in_no_code_page_of_dos_is_not_taken_for_it(text: str, encoding: str) -> None:
    raw = text.encode(encoding, "ignore")
    assert parse(raw, "a.txt").text == raw.decode(encoding)


# ------------------------------------------------------------------ tables of values


def test_values_with_semicolons_and_lines_in_cells_become_a_table() -> None:
    text = parse(b'Plan;Price;Note\nBasic;10,00;"two\nlines"\n;;\nPro;20,00;a|b\n', "prices.csv").text
    assert (
        text
        == "| Plan | Price | Note |\n| --- | --- | --- |\n| Basic | 10,00 | two; lines |\n| Pro | 20,00 | a\\|b |\n"
    )


def test_quotes_in_a_cell_far_down_shift_no_column() -> None:
    rows = 'Plan,Note,Days\n"Pro","a, b",5\n' + '"Team","c, d",6\n' * 900 + '"Max","say ""hello"", then go",7\n'
    assert markdown(rows, "a.csv").text.endswith('| Max | say "hello", then go | 7 |\n')


@pytest.mark.parametrize("separator", [";", ",", "|", "\t", "\\t"])
def test_a_first_line_that_tells_excel_the_separator_is_no_row(separator: str) -> None:
    cells = [line.replace(";", separator.replace("\\t", "\t")) for line in ("Plan;Price", 'Pro;"1,5;|"')]
    text = parse(f"sep={separator}\r\n{cells[0]}\r\n{cells[1]}\r\n".encode("utf-8-sig"), "a.csv").text
    value = {";": "1,5;\\|", ",": "1,5,\\|", "|": "1,5\\|\\|"}.get(separator, "1,5 \\|")
    assert text == f"| Plan | Price |\n| --- | --- |\n| Pro | {value} |\n"


def test_titles_above_a_table_of_values_are_none_of_its_rows() -> None:
    text = markdown("Prices 2024\nWithout tax\n\nPlan,Price\nBasic,10\nPro,20\n", "a.csv").text
    assert text == "Prices 2024\n\nWithout tax\n\n| Plan | Price |\n| --- | --- |\n| Basic | 10 |\n| Pro | 20 |\n"
    assert markdown("Question\nDo you ship?\n", "a.csv").text == "**Question**\n\n- Do you ship?\n"


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
def test_the_names_of_columns_tell_what_parts_them_where_nothing_else_does(separator: str) -> None:
    rows = '"""Pro"" or a{0}b"{0}1,50, 2,50, 3,50 €\n30{0}"within a{0}b"\nyes{0}10,00, 20,00 5\n'
    rows = (rows.replace(",", "") if separator == "," else rows).replace("{0}", separator)
    text = markdown(f"\nQuestion{separator}Answer\n{rows}", "a.csv").text
    assert text.startswith('| Question | Answer |\n| --- | --- |\n| "Pro" or a')
    assert text.splitlines()[-1].startswith("| yes | 10")


def test_one_column_of_values_is_a_list() -> None:
    text = markdown("Question\nDo you ship?\nDo you pay?\n", "a.csv").text
    assert text == "**Question**\n\n- Do you ship?\n- Do you pay?\n"


def test_a_quote_that_never_ends_is_told() -> None:
    with pytest.raises(UnreadableDocument, match="It is no table of values: a quote in it never ends"):
        markdown('Plan,Price\nPro,"5\n' + "Max,7\n" * 30_000, "a.csv")
    parsed = markdown('Plan,Price\nPro,"5\nMax,7\n', "a.csv")
    assert parsed.text.endswith("| Pro | 5; Max,7 |\n")
    assert "A quote in it never ends" in parsed.unread


def test_a_cell_may_be_as_long_as_a_document() -> None:
    words = "word " * 40_000
    parsed = markdown(f'Plan,Note\nPro,"{words}"\nMax,none\n', "a.csv")
    assert parsed.text.endswith(f"| Pro | {words.strip()} |\n| Max | none |\n")
    assert not parsed.unread


def test_an_apostrophe_is_no_quote_of_a_cell() -> None:
    text = "Code,Label,Text\nA,'standard',\"free, if above 50\"\nB,'express',\"5 euro, always\"\n"
    parsed = markdown(text, "a.csv")
    assert parsed.text.endswith("| A | 'standard' | free, if above 50 |\n| B | 'express' | 5 euro, always |\n")
    assert not parsed.unread


def test_another_separator_is_tried_where_rows_are_of_unlike_length() -> None:
    text = "Plan, name;Price\nBasic, small;10\nPro, large, best;20\n"
    assert markdown(text, "a.csv").text.endswith("| Basic, small | 10 |\n| Pro, large, best | 20 |\n")


def test_rows_with_more_cells_than_names_are_told() -> None:
    parsed = markdown("Plan,Note,Days\nBasic,slow,5\nPro,quick, and kind,3\nMax,none,2,,\n", "a.csv")
    assert parsed.unread.startswith("One row has more cells than the first one has names")
    assert "'Pro'" in parsed.unread


def test_html_in_a_cell_of_values_is_told_in_words() -> None:
    text = markdown(
        'Item,Care\nShirt,"<p>Wash at 30<br/>or:</p><ul><li>by hand</li></ul>"\nBelt,a < b > c\n', "a.csv"
    ).text
    assert text.endswith("| Shirt | Wash at 30; or: by hand |\n| Belt | a < b > c |\n")


def test_values_with_tabs_become_a_table() -> None:
    assert parse(b"A\tB\n1\t2\n", "x.tsv").text == "| A | B |\n| --- | --- |\n| 1 | 2 |\n"


def test_a_table_loses_empty_rows_and_columns_and_gives_its_caption_away() -> None:
    rows = [["Prices of 2024", "", "", ""], ["Plan", "", "EU", "US"], ["", "", "", ""], ["Pro", "", "1", "2"]]
    assert markdown_table(rows, 2) == "Prices of 2024\n\n| Plan | EU | US |\n| --- | --- | --- |\n| Pro | 1 | 2 |"


def test_keys_and_values_become_a_list() -> None:
    assert markdown_table([["**Location**", "Bonn"], ["Opens", "9:00"]], 0) == "- **Location:** Bonn\n- **Opens:** 9:00"


# ------------------------------------------------------------------ HTML


@pytest.mark.parametrize(
    "wrapped", ["<main>{}</main>", "<article>{}</article>", "<div class='wrap'><div class='text'>{}</div></div>"]
)
def test_of_a_web_page_only_its_subject_stays(wrapped: str) -> None:
    parsed = convert(page(wrapped.format(ARTICLE)), "https://example.com/help/refunds", whole_page=True)
    assert parsed.title == "Refunds"
    assert parsed.text.startswith("# Refunds\n\nWe refund **all** items within [30 days](https://example.com/terms) of")
    for kept in ("**Who pays the shipping?**\n\nWe pay the shipping", "### Can I exchange?\n\nYes, free of charge"):
        assert kept in parsed.text
    assert (
        "| Plan | Refund – EU | Refund – US |\n| --- | --- | --- |\n"
        "| Basic | 30 days; no questions | 14 days; by card |\n| Basic | a\\|b |  |" in parsed.text
    )
    for gone in ("Skip", "Home", "cookies", "Accept", "helpful", "Imprint", "Another page", "¶"):
        assert gone not in parsed.text


def test_a_page_about_cookies_stays() -> None:
    text = (
        "<main class='cookie-policy'><h1>Cookies</h1><div class='cookies'><p>" + "We set a cookie for the cart. " * 30
    )
    assert convert(page(text + "</p></div></main>"), whole_page=True).text.count("for the cart") == 30


LEAD = f"<h1>Help</h1><p>{'This page explains how our service works. ' * 20}</p>"


@pytest.mark.parametrize("wrapped", ["<main>{}</main>", "<article>{}</article>", "<div class='text'>{}</div>"])
@pytest.mark.parametrize(
    "section",
    [
        '<section id="cookies"><h2>Cookies</h2><p>We keep cookies for 13 months.</p></section>',
        '<section id="share-an-account" class="section"><h2>Share an account <a href="#share-an-account">#</a></h2>'
        '<p>Up to 5 people may use one account, see <a href="/terms">terms</a>.</p></section>',
        '<div id="feedback" class="section feedback"><h3>Feedback</h3><p>We answer it within 2 days.</p></div>',
    ],
)
def test_a_section_named_after_its_heading_stays_whatever_it_is_about(wrapped: str, section: str) -> None:
    parsed = convert(page(wrapped.format(f"{LEAD}{section}<h2>Other</h2><p>Fine.</p>")), whole_page=True)
    said = {"cookies": "13 months", "share": "5 people", "feedback": "2 days"}
    assert next(words for name, words in said.items() if name in section) in parsed.text


def test_a_section_of_the_main_text_stays_under_any_heading() -> None:
    section = '<section id="sharing"><h2>How many may use it?</h2><p>Up to 5 people may use one account.</p></section>'
    assert "5 people" in convert(page(f"<main>{LEAD}{section}</main>"), whole_page=True).text


@pytest.mark.parametrize(
    "chrome",
    [
        '<div id="cookie-banner"><h2>Cookie banner</h2><p>XX We keep cookies for 13 months.</p></div>',
        '<div id="cookies"><h2>Cookies</h2><p>XX We keep cookies for 13 months.</p><button>Fine</button></div>',
        '<div class="cookies"><h2>Cookies</h2><p>XX We keep cookies for 13 months.</p></div>',
        '<div id="share"><h3>Share</h3><a href="https://a.example">XX one</a> <a href="https://b.example">two</a></div>',
        '<div id="related"><h2>Related</h2><ul><li><a href="/a">XX How to exchange what you bought</a></li></ul></div>',
        '<div id="related"><h2>Related</h2><p class="related-text">XX you exchange it by post.</p></div>',
        '<section id="newsletter"><h2>Newsletter</h2><p>XX Read all of our news each week.</p><form></form></section>',
        '<div id="comments"><h2>Comments</h2><div class="comment-body">XX They refunded me after a year!</div></div>',
    ],
)  # fmt: skip
def test_banners_and_bars_go_from_the_main_text_though_they_have_headings(chrome: str) -> None:
    assert "XX" not in convert(page(f"<main>{LEAD}{chrome}<p>More.</p></main>"), whole_page=True).text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p>Close it by this <a href="/close">link</a>.</p>', "Close it by this [link](https://a.example/close)."),
        ('<p>A <a href="https://b.example">Permalink</a> stays.</p>', "A [Permalink](https://b.example) stays."),
        ('<p>Up to <a href="#top">link</a> here.</p>', "Up to here."),
        ('<h2>Fees <a href="https://a.example/x#fees">link</a></h2><p>None.</p>', "## Fees\n\nNone."),
        ('<div><h2>Fees</h2><a href="/x#fees">Link</a></div><p>None.</p>', "## Fees\n\nNone."),
        ('<div><a href="/x#fees">Link</a> <h2>Fees</h2></div><p>None.</p>', "## Fees\n\nNone."),
        ('<h2>Fees</h2>Pay by <a href="/pay">link</a>.', "## Fees\n\nPay by [link](https://a.example/pay)."),
    ],
)
def test_a_link_called_link_goes_only_where_it_belongs_to_a_heading(html: str, text: str) -> None:
    assert convert(html, "https://a.example/x").text.strip() == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ol><li>A<li value=4>B<li>C</ol><p>D</p>", "1. A\n\n4. B\n5. C\n\nD"),
        ("<ol start=3><li>A<li value=4>B</ol>", "3. A\n4. B"),
        ("<ol><li value=2>A<ol><li value=7>B</ol><li>C</ol>", "2. A\n   7. B\n3. C"),
        ("<ol style='margin: 0; list-style-type: none'><li>1.1 A<li>1.2 B</ol>", "- 1.1 A\n- 1.2 B"),
        (
            "<ol><li>A<ol><li style='list-style:none'>a) B</ol><li style='list-style: none'>C</ol>",
            "1. A\n   - a) B\n\n- C",
        ),
        ("<ol><li value=x>A<li value=-1>B<li value=99999999999>C</ol>", "1. A\n2. B\n3. C"),
    ],
)
def test_items_of_a_list_have_the_numbers_that_they_say(html: str, text: str) -> None:
    assert convert(html).text.strip() == text


def test_a_fragment_is_converted_as_it_is() -> None:
    parsed = convert('<nav>Menu</nav><p>See <a href="/terms">terms</a>.</p>', "https://example.com/a")
    assert parsed.text == "Menu\n\nSee [terms](https://example.com/terms)."


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:modified_time" content="2024-05-06T10:00:00Z">',
        '<script type="application/ld+json">{"@type": "Article", "dateModified": "2024-05-06"}</script>',
        '</head><p>Last updated <time datetime="2024-05-06">May 6</time></p>',
    ],
)
def test_a_page_says_when_it_was_updated(head: str) -> None:
    assert convert(page(f"<main>{ARTICLE}</main>", head), whole_page=True).updated == date(2024, 5, 6)


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ('<head><meta http-equiv="refresh" content="0; url=https://example.com/new"></head>Go', "redirects to https://example.com/new"),
        ('<body><div id="root"></div><script>start()</script></body>', "script in the browser"),
        ("<div>" * 100_000 + "deep", "255 deep"),
        ("<p>text " * 2_000_000, "more than the 10 MB"),
        ("", "no text"),
    ],
    ids=["refresh", "script", "nested", "endless", "empty"],
)  # fmt: skip
def test_what_is_no_page_is_refused(html: str, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        convert(html, whole_page=True)


def table(*rows: str) -> str:
    return convert(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>").text.strip()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            (
                "<td>Plan</td><td colspan=2>EU</td><td colspan=2>US</td>",
                "<td></td><td>Refund</td><td>Fee</td><td>Refund</td><td>Fee</td>",
                "<td>Pro</td><td>14</td><td>5</td><td>30</td><td>0</td>",
            ),
            ("Plan | EU – Refund | EU – Fee | US – Refund | US – Fee", "Pro | 14 | 5 | 30 | 0"),
        ),
        (
            ("<td>Day</td><td colspan=2>Open</td>", "<td>Mon</td><td>9:00</td><td>17:00</td>"),
            ("Day | Open | Open", "Mon | 9:00 | 17:00"),
        ),
        (
            (
                "<th>Plan</th><th>Days</th><th>Fee</th>",
                "<td>Basic</td><td>14</td><td>5</td>",
                "<th colspan=3>Business</th>",
                "<td>Basic</td><td>30</td><td>0</td>",
                "<td><b>Pro</b></td><td colspan=2>none</td>",
                "<td colspan=3>All prices are net, and hold from May.</td>",
            ),
            (
                "Plan | Days | Fee",
                "Basic | 14 | 5",
                "Business – Basic | 30 | 0",
                "Business – **Pro** | none | none",
                "All prices are net, and hold from May. |  | ",
            ),
        ),
        (
            ("<th>Rule</th><th colspan=2>Text</th>", "<td>Returns</td><td colspan=2>Within 30 days</td>"),
            ("Rule | Text", "Returns | Within 30 days"),
        ),
    ],
)
def test_what_stands_over_several_cells_is_told_with_each_of_them(rows: tuple[str, ...], told: tuple[str, ...]) -> None:
    head, *lines = (f"| {line} |" for line in told)
    rule = "| " + " | ".join(["---"] * (told[0].count("|") + 1)) + " |"
    assert table(*rows) == "\n".join([head, rule, *lines])


def test_the_title_of_a_table_in_its_first_row_hides_no_header() -> None:
    rows = ("<td colspan=3>In EUR</td>", "<td>Plan</td><td>EU</td><td>US</td>", "<td>Pro</td><td>1</td><td>2</td>")
    assert table(*rows) == "In EUR\n\n| Plan | EU | US |\n| --- | --- | --- |\n| Pro | 1 | 2 |"


FEES = "<table><tr><th>Zone</th><th>Fee</th></tr><tr><td>EU</td><td>5</td></tr><tr><td>US</td><td>9</td></tr></table>"
LONG = "".join(f"<tr><td>Rule {i}</td><td>{'It holds. ' * 9}</td></tr>" for i in range(9))
LONG = f"<table>{LONG}</table>"
DAYS = "<table><tr><td>Days</td><td>14</td></tr><tr><td>Fee</td><td>5</td></tr></table>"
INFO = f"<table><tr><td>D</td><td>{DAYS}</td></tr><tr><td>E</td><td>F</td></tr></table>"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # in a table of values it is told in its cell
        (
            (
                "<th>Plan</th><th>Days</th><th>Shipping</th>",
                f"<td>Basic</td><td>14</td><td>See: {FEES} net</td>",
                "<td>Pro</td><td>30</td><td>free</td>",
            ),
            "| Plan | Days | Shipping |\n| --- | --- | --- |\n| Basic | 14 | See: EU: Fee: 5; US: Fee: 9; net |\n"
            "| Pro | 30 | free |",
        ),
        (
            ("<td>Plan</td><td>Terms</td>", f"<td>Pro</td><td>{DAYS}</td>"),
            "- **Plan:** Terms\n- **Pro:** **Days:** 14; **Fee:** 5",
        ),
        (
            ("<th>A</th><th>B</th>", f"<td>C</td><td>{INFO}</td>"),
            "| A | B |\n| --- | --- |\n| C | **D:** **Days:** 14; **Fee:** 5; **E:** F |",
        ),
        # what only lays out a page is none
        (
            (f"<td>{FEES}</td><td>Beside</td>",),
            "| Zone | Fee |\n| --- | --- |\n| EU | 5 |\n| US | 9 |\n\nBeside",
        ),
        (
            ("<td>Menu</td><td>Top</td>", f"<td>{DAYS}</td><td>Text</td>"),
            "Menu\n\nTop\n\n- **Days:** 14\n- **Fee:** 5\n\nText",
        ),
        (
            ("<td>A</td><td>B</td>", f"<td>C</td><td>{LONG}</td>"),
            "A\n\nB\n\nC\n\n" + "\n".join(f"- **Rule {i}:** {'It holds. ' * 9}".strip() for i in range(9)),
        ),
        ((f"<td>Beside</td><td>{DAYS}</td>",), "Beside\n\n- **Days:** 14\n- **Fee:** 5"),
        (("<td>Above</td>", f"<td>{DAYS}</td>"), "Above\n\n- **Days:** 14\n- **Fee:** 5"),
        (("<td>A</td><td>B</td>", f"<td colspan=2>{DAYS}</td>"), "A\n\nB\n\n- **Days:** 14\n- **Fee:** 5"),
    ],
)
def test_a_table_in_a_table_is_told_once_and_whole(rows: tuple[str, ...], told: str) -> None:
    html = f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    assert convert(html).text.strip() == told
    assert markdown(f"Words.\n\n{html}\n\nMore.\n").text == f"Words.\n\n{told}\n\nMore.\n"


def test_html_in_markdown_that_is_never_closed_hides_none_that_is() -> None:
    text = f"<table><tr><td><ul><li>A<table>{FEES}</table></ol>\n\n<ol><li>B<ol><li>C</li></ol></li><li>D</li></ol>\n"
    read = markdown(text).text
    assert "| EU | 5 |" in read and read.endswith("1. B\n   1. C\n2. D\n")


@pytest.mark.parametrize(
    ("sign", "told"),
    [
        ('<img src="a.png" alt="Included">', "Included"),
        ('<i class="fa fa-check"></i>', "yes"),
        ('<span class="icon icon-x-mark fa-times"></span>', "no"),
        ('<svg class="tick"><path d="M1"/></svg>', "yes"),
        ("<svg><title>Not included</title><path/></svg>", "Not included"),
        ('<span aria-label="Only for teams"></span>', "Only for teams"),
        ('<svg><use href="#icon-cross"/></svg>', "no"),
        ('<input type="checkbox" checked disabled>', "yes"),
        ('<input type="checkbox" disabled>', "no"),
        ('<i class="fa fa-check"></i> 30 days', "30 days"),
        ('<span class="spacer"></span>', ""),
    ],
)
def test_a_sign_in_a_table_is_told_in_words(sign: str, told: str) -> None:
    text = table("<th>Plan</th><th>Refund</th>", f"<td>Pro</td><td>{sign}</td>")
    assert text.endswith(f"| Pro | {told} |")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('Within 30<a href="#fn1">1</a> days.', "Within 30 days."),
        (
            'Within 30 days.<a href="#fn1">[1]</a> <b>At 5</b><a role="doc-noteref" href="/n#2">2</a> EUR.',
            "Within 30 days. **At 5** EUR.",
        ),
        ('See <a href="#s3">3</a> and section (<a href="#s4">4</a>).', "See 3 and section (4)."),
        ('Ring <a href="/n">12</a>', "Ring 12"),
    ],
)
def test_a_link_to_a_footnote_is_no_digit_of_the_number_before_it(html: str, text: str) -> None:
    assert convert(f"<p>{html}</p>").text.strip() == text


def test_spans_that_never_end_make_no_endless_table() -> None:
    text = convert("<table>" + "<tr><td rowspan=9999 colspan=9999>a</td><td>b</td></tr>" * 300).text
    assert len(text) < 1_000_000


@pytest.mark.parametrize(
    ("name", "content", "scope"),
    [
        ("Audience", "internal", Scope(audience=("internal",))),
        ("visibility", "internal", Scope(audience=("internal",))),
        ("effective until", "2020-01-31", Scope(effective_until=date(2020, 1, 31))),
        ("valid_until", "2020-01-31", Scope(effective_until=date(2020, 1, 31))),
        ("expires", "2020-01-31", Scope(effective_until=date(2020, 1, 31))),
        ("country", "uk", Scope(region=("uk",))),
        ("expires", "0", Scope()),
        ("expires", "never", Scope()),
        ("expires", "Mon, 26 Jul 1997 05:00:00 GMT", Scope()),
        ("language", "de", Scope()),
        ("languagee", "de", Scope()),
        ("county", "Kent", Scope()),
        ("og:locale", "en_US", Scope()),
        ("robots", "all", Scope()),
    ],
)
def test_a_page_says_in_its_head_for_whom_and_when_it_is(name: str, content: str, scope: Scope) -> None:
    parsed = convert(page(f"<main>{ARTICLE}</main>", f'<meta name="{name}" content="{content}">'), whole_page=True)
    assert OPTIONS.scope_of("a.html", parsed.fields) == scope


def test_a_slip_in_the_head_of_a_page_is_refused_and_no_word_of_structured_data_is_one() -> None:
    slip = convert('<meta name="Audince" content="internal"><p>Secret.</p>', whole_page=True)
    with pytest.raises(ScopeError, match="'Audince'"):
        OPTIONS.scope_of("a.html", slip.fields)
    offer = convert('<p>The sale.</p><meta itemprop="validFrom" content="2024-05-06">', whole_page=True)
    assert OPTIONS.scope_of("a.html", offer.fields) == Scope()


# ------------------------------------------------------------------ whatever comes


@given(st.binary(max_size=600), st.sampled_from([".md", ".txt", ".csv", ".tsv", ".markdown", ""]))
@settings(max_examples=150, deadline=None)
def test_bytes_become_text_or_are_refused(raw: bytes, suffix: str) -> None:
    try:
        assert parse(raw, f"file{suffix}").text.strip()
    except UnreadableDocument as error:
        assert str(error).endswith(".")


_PIECES = st.sampled_from(
    [
        "{%",
        "%}",
        "{{",
        "}}",
        "<!--",
        "-->",
        "<table>",
        "<tr><td rowspan=3>",
        "</td>",
        "</table>",
        "<details>",
        "```",
        "~~~",
        "`",
        "[a]",
        "(x)",
        "[a]: b",
        "\n",
        "\n\n",
        "# ",
        "- ",
        "| a | b |",
        "&amp;",
        "text ",
        "<ul><li>",
        "\ue000",
        "\ue0001\ue001",
        "\ud800",
        "<a href='",
        "'>",
        "{: .x}",
        "---\n",
    ]
)


@given(st.lists(_PIECES, max_size=40).map("".join), st.sampled_from([".md", "html"]))
@settings(max_examples=200, deadline=None)
def test_markup_in_any_order_becomes_text_or_is_refused(text: str, kind: str) -> None:
    try:
        parsed = convert(text, whole_page=True) if kind == "html" else parse(text.encode("utf-8", "replace"), "a.md")
        assert parsed.text.strip()
    except UnreadableDocument:
        pass


@pytest.mark.parametrize(
    "piece", ["`", "{%", "{{", "<!--", "<%", "[", "[a](", "<a ", "<table>", "<script>", "{% comment %}", " ", "[a "]
)
def test_a_page_of_openings_without_ends_is_read_like_any_other(piece: str) -> None:
    # By quadratic patterns this would run into the test's time limit.
    text = markdown("Words.\n" + piece * (400_000 // len(piece))).text
    assert text.startswith("Words.")


def test_formats_are_told_by_type_then_first_bytes_then_suffix() -> None:
    assert parse(b"# A\n\nb", "download", "text/markdown; charset=utf-8").title == "A"
    for name, reason in [("a.yaml", "“.yaml” cannot be read"), ("a.pdf", "called a PDF"), ("a.docx", "called a .docx")]:
        with pytest.raises(UnreadableDocument, match=reason):
            parse(b"key: value", name)
    with pytest.raises(UnreadableDocument, match="PNG image"):
        parse(b"\x89PNG\r\n\x1a\n", "a.txt")
    with pytest.raises(UnreadableDocument, match=r"more than the 2 MB"):
        parse(b"a" * (MAX_DOCUMENT_BYTES + 1), "a.txt")
    assert {".md", ".txt", ".html", ".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".tsv", ".eml"} <= SUFFIXES


# ------------------------------------------------------------------ superscripts


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Within 30<sup>1</sup> days.", "Within 30 days."),
        ('Within 30<sup><a href="#fn1">[1]</a></sup> days.', "Within 30 days."),
        ('It costs 50 EUR.<a href="#fn2"><sup> 2 </sup></a>', "It costs 50 EUR."),
        ("Refunds<sup>1, 2</sup> take 5<sup>3</sup> days.", "Refunds take 5 days."),
        ("Within 30¹ days.", "Within 30 days."),
        ("<sup>1</sup> Only for unused items.", "¹ Only for unused items."),
        ("A room of 20 m<sup>2</sup>, 5 cm<sup>3</sup>.", "A room of 20 m², 5 cm³."),
        ("About 4 × 10<sup>6</sup> or 10<sup>-3</sup>.", "About 4 × 10^6 or 10^-3."),
        ("From $19<sup>99</sup>, in the EU 24<sup>95</sup> €.", "From $19.99, in the EU 24.95 €."),
        ("It weighs 10<sup>3</sup> kg and serves 10<sup>6</sup> users.", "It weighs 10^3 kg and serves 10⁶ users."),
        ("You may invite up to 10² users, or 10¹² of them.", "You may invite up to 10² users, or 10¹² of them."),
        ("Up to 10³ kg, but within 10³ days.", "Up to 10^3 kg, but within 10 days."),
        ("Within 10<sup>1</sup> days, 10² hours, 10²%, for $10² off.", "Within 10 days, 10 hours, 10%, for $10 off."),
        ("From May 10² we close.", "From May 10² we close."),
        ("So 2³ = 8, and 10⁵ is more than 2³.", "So 2³ = 8, and 10⁵ is more than 2³."),
        ("The 1<sup>st</sup> of May at Example<sup>TM</sup>.", "The 1st of May at ExampleTM."),
    ],
)
def test_a_footnote_mark_is_no_digit_of_the_number_before_it(html: str, text: str) -> None:
    assert convert(f"<p>{html}</p>").text.strip() == text
    assert markdown(f"# Returns\n\n{html}\n").text.strip() == f"# Returns\n\n{text}"


def test_footnotes_of_markdown_are_paragraphs_and_leave_no_marks() -> None:
    text = "# Returns\n\nWithin 30[^1] days, `[^x]` or [^2](https://example.com).\n\n[^1]: Only unused.\n"
    assert markdown(text).text == (
        "# Returns\n\nWithin 30 days, `[^x]` or [^2](https://example.com).\n\nOnly unused.\n"
    )


def test_values_and_plain_text_lose_the_marks_of_footnotes_too() -> None:
    assert markdown("Plan,Days,Fee\nPro,30¹,5\n", "a.csv").text.endswith("| Pro | 30 | 5 |\n")
    assert markdown("Within 30¹ days.\n", "a.txt").text == "Within 30 days.\n"


# ------------------------------------------------------------------ what nobody sees


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">Margin 40 %.</div>',
        "<p hidden>Margin 40 %.</p>",
        '<span style="color: red; VISIBILITY: hidden">Margin 40 %.</span>',
    ],
)
def test_what_an_article_hides_is_not_told(hidden: str) -> None:
    assert convert(f"<p>Returns are free.</p>{hidden}<p>Send them.</p>").text == "Returns are free.\n\nSend them."
    if "isib" not in hidden.lower():
        assert markdown(f"Returns are free.\n\n{hidden}\n\nSend them.\n").text == "Returns are free.\n\nSend them.\n"


@pytest.mark.parametrize(
    "closed",
    [
        '<button aria-controls="a1">How?</button><div id="a1" hidden>By post.</div>',
        '<a href="#a1">How?</a><div id="a1" style="display: none">By post.</div>',
        '<p onclick="toggle(\'a1\')">How?</p><div id="a1" style="display:none">By post.</div>',
        '<a data-target="#a1">How?</a><div id="a1" style="display:none">By post.</div>',
        '<p>How?</p><div class="accordion-body" style="display:none">By post.</div>',
        '<p>How?</p><div hidden="until-found">By post.</div>',
        "<details><summary>How?</summary>By post.</details>",
    ],
)
def test_what_readers_can_open_is_told(closed: str) -> None:
    assert "By post." in convert(f"<p>Returns are free.</p>{closed}").text
    main = f"<main><h1>Returns</h1><p>{'Returns are free. ' * 20}</p>{closed}</main>"
    assert "By post." in convert(page(main), whole_page=True).text


@pytest.mark.parametrize(
    "struck",
    ["<del>50 EUR</del>", "<s>50 EUR</s>", "<strike>50 <b>EUR</b></strike>", "~~50 EUR~~", "~~50\nEUR~~"],
)
def test_what_is_struck_through_is_not_told(struck: str) -> None:
    assert markdown(f"It costs {struck} 40 EUR.\n").text == "It costs  40 EUR.\n"
    if "~" not in struck:
        assert convert(f"<p>It costs {struck} <ins>40 EUR</ins>.</p>").text == "It costs 40 EUR."


def test_struck_items_go_and_tildes_that_strike_nothing_stay() -> None:
    text = "- A\n- ~~B~~\n- ~~C~~ D\n\nIn ~/a or ~5 days, `~~x~~` or ~~ this.\n\n~~~\n~~code~~\n~~~\n"
    assert markdown(text).text == text.replace("- ~~B~~\n", "").replace("~~C~~ ", " ")
    style = '<p>It costs <span style="text-decoration: line-through">50</span> 40 EUR.</p>'
    assert convert(style).text == "It costs 40 EUR."


# ------------------------------------------------------------------ signs of values


@pytest.mark.parametrize(
    ("html", "read"),
    [
        ("<p>&gt; 30 kg costs 10 €</p>", "\\> 30 kg costs 10 €"),
        ("<p>&gt;=30 kg</p><p>&gt; EUR 50</p>", "\\>=30 kg\n\n\\> EUR 50"),
        ("<p>Up to 30 kg<br>&gt; 30 kg</p>", "Up to 30 kg\n\\> 30 kg"),
        ("<p><span>&gt; 30 kg</span> and &gt; 40 kg</p>", "\\> 30 kg and > 40 kg"),
        ("<ul><li>&gt; 30 kg: 10 €</li></ul>", "- \\> 30 kg: 10 €"),
        ("<p><b>&gt; 30 kg</b></p><h2>&gt; 30 kg</h2>", "**> 30 kg**\n\n## > 30 kg"),
        ("<blockquote>14 days is usual.</blockquote>", "> 14 days is usual."),
        ("<pre>&gt; 30</pre>", "```\n> 30\n```"),
        ("<p>- 5 °C</p><p>+ 49 30</p><p># 1 choice</p>", "\\- 5 °C\n\n\\+ 49 30\n\n\\# 1 choice"),
        ("<p>- 5 GB</p><p>1. Call us.</p>", "- 5 GB\n\n1. Call us."),
        ("<table><tr><td>&gt; 30 kg</td><td>10 €</td></tr></table>", "- **> 30 kg:** 10 €"),
    ],
)
def test_the_sign_of_a_value_in_html_is_no_mark(html: str, read: str) -> None:
    assert convert(html).text == read


def test_a_value_in_a_cell_keeps_its_sign_and_a_list_in_one_gets_none() -> None:
    first = "<tr><th>Where</th><th>What</th></tr>"
    values = "<tr><td>&gt; 30 kg</td><td>- 5 €</td></tr><tr><td><p>- 5 °C</p></td><td><ul><li>5 GB</li></ul></td></tr>"
    text = convert(f"<table>{first}{values}</table>").text
    assert text.split("\n")[2:] == ["| > 30 kg | - 5 € |", "| - 5 °C | 5 GB |"]
    assert markdown_table([["Weight"], ["> 30 kg"], ["- 5 °C"]]) == "**Weight**\n\n- \\> 30 kg\n- \\- 5 °C"


def test_a_backslash_in_a_cell_stays() -> None:
    cells = "<td>C:\\-x and C:\\#dir</td><td><code>a \\- b \\# c</code></td><td>a\\+ b</td>"
    text = convert(f"<table><tr><th>Path</th><th>Pattern</th><th>Rule</th></tr><tr>{cells}</tr></table>").text
    assert text.split("\n")[2:] == ["| C:\\-x and C:\\#dir | `a \\- b \\# c` | a\\+ b |"]


def test_the_sign_of_a_value_in_a_table_for_the_layout_is_no_mark() -> None:
    assert convert("<table role=presentation><tr><td>&gt; 30 kg costs 10 €</td></tr></table>").text == (
        "\\> 30 kg costs 10 €"
    )


# ------------------------------------------------------------------ front matter


@pytest.mark.parametrize(
    "front_matter",
    [
        "---\ndraft: true\n---",
        "+++\ndraft = true\n+++",
        "---\npublished: false\n---",
        "---\ntitle: New\nDraft: yes\n---",
        "---\nparams:\n  draft: true\n---",
    ],
)
def test_a_draft_is_not_told(front_matter: str) -> None:
    fields = markdown(f"{front_matter}\nReturns take 60 days.").fields
    with pytest.raises(ScopeError, match="It is a draft"):
        OPTIONS.scope_of("new.md", fields)


@pytest.mark.parametrize("line", ["draft: false", "published: true", "published: 2024-05-06", "published:", "draft:"])
def test_what_is_no_draft_is_told(line: str) -> None:
    assert OPTIONS.scope_of("new.md", markdown(f"---\ntitle: A\n{line}\n---\nText.").fields) == Scope()


def test_aliases_in_front_matter_make_no_billion_values() -> None:
    lines = ["a: &a [uk, uk, uk, uk, uk, uk, uk, uk, uk, uk]"]
    lines += [f"{x}: &{x} [{', '.join([f'*{y}'] * 10)}]" for y, x in zip("abcdefgh", "bcdefghi", strict=True)]
    with pytest.raises(UnreadableDocument, match="aliases make more than"):
        markdown("\n".join(["---", "title: A", *lines, "region: *i", "---", "Text."]))
    with pytest.raises(UnreadableDocument, match="aliases make more than"):
        markdown("---\ntitle: A\nregion: &a [*a]\n---\nText.")
    fields = markdown("---\nmarkets: &all [uk, de]\nproduct: *all\n---\nText.").fields
    assert OPTIONS.scope_of("a.md", fields) == Scope(region=("de", "uk"), product=("de", "uk"))


def test_a_long_value_is_told_in_short() -> None:
    with pytest.raises(ScopeError) as told:
        OPTIONS.scope_of("a.md", {"region": [{"a": "b"}] * 5_000})
    assert len(str(told.value)) < 400
