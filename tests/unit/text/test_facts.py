"""The facts of a sentence, and whether another one holds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.facts import facts_of, missing_fact, telling_words, told_of_another
from tests.at_once import AT_ONCE_S, timed


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("in May 2025", "on May 5, 2025"),
        ("on 5 May", "on 2025-05-05"),
        ("up to 5 days", "3 to 5 days"),
        ("at least 3 days", "3 to 5 days"),
        ("10-20%", "10 to 20 percent"),
        ("$2 million", "2 million dollars"),
        ("two forms", "two different forms"),
        ("Section 14", "see section 14."),
        ("thirty-one days", "31 days"),
        ("at minus 18 °C", "at -18 °C"),
        ("at least 48 hours", "no less than 48 hours"),
        ("at most 48 hours", "not more than 48 hours"),
        ("The fee is 40 Canadian dollars.", "The fee is CA$40. The deposit is A$100."),
        ("CAD $40", "$40 CAD"),
        ("40 US dollars", "US$40"),
        ("$40", "40 USD"),
        ("$40", "40 dollars"),
        ("40 dollars", "$40"),
        ("US$40", "$40"),
        ("40 US dollars", "$40"),
        ("USD 40", "40 dollars"),
        ("US$40 a month", "$40 per month"),
        ("US$40", "We charge US dollars. It is $40."),
        ("US$40", "The cadence of the audit is monthly. It is $40."),
        ("US$40", "All prices are in U.S. dollars. The fee is $40, in Canada CA$50."),
        ("$40", "It is $40, in Canada CA$50."),
        ("CA$40", "The fee is $40. All prices are in Canadian dollars."),
        ("$40", "The fee is $40. All prices are in Canadian dollars."),
        ("$40", "$40 (CAD)"),
        ("40 dollars", "40 Canadian dollars"),
        ("CA$12 a month", "$12/month CAD"),
        ("$12 CAD a month", "$12/month CAD"),
        ("forty CAD", "CA$40"),
        ("CA$20 to CA$25", "between $20 and $25 CAD"),
        ("$20 to $25 CAD", "between $20 and $25 CAD"),
        ("between CA$20 and CA$25", "$20 to $25 CAD"),
        ("between $20 and $25", "$20 to $25"),
        ("from 2 to 8 °C", "at 2–8 °C"),
        ("two times a year", "2 times a year"),
        ("once a year", "once per year"),
        ("half the price", "50 % of the price"),
        ("until 31 March 2026", "valid until 2026-03-31"),
        ("on 13 March 2026", "on 13/03/2026"),
        ("due 05/03/2026", "due on 05/03/2026."),
        ("2 % a month", "2 % per month"),
        ("€1500", "€1.500"),
        ("€1,500", "€1.500"),
        ("€1200.50", "1.200,50 €"),
        ("over €50", "above €50"),
        ("orders of €50 or more", "orders of at least €50"),
        ("$5 million", "$5m"),
        ("at 90 degrees Celsius", "at 90 °C"),
        ("at 90°", "at 90 °F"),
        ("2°C to 8°C", "2–8 degrees centigrade"),
        ("500 millilitres", "500 ml"),
        ("2 liters", "2 L"),
        ("5 pounds of flour", "5 lb of flour"),
        ("50 kilowatt-hours", "50 kWh"),
        ("2 kW", "2kW"),
        ("25 Mbit/s", "25Mbps"),
        ("50 m²", "50 sq m"),
        ("60 x 40 x 30 cm", "60 cm × 40 cm × 30 cm"),
        ("60 cm wide", "60 x 40 cm"),
        ("30 inches", '30" wide'),
        ("2 hours", "2 h"),
        ("30 kph", "30 kilometres per hour"),
        ("10 GB", "10 GB per month"),
        ("10 GB per month", "10 GB of traffic, anew every month"),
        ("20 kW", "Power (kW): 20"),
        ("charged every month", "charged monthly"),
        ("charged once a month", "charged monthly"),
        ("yearly", "annually"),
        ("every year", "the annual fee"),
        ("every other week", "fortnightly"),
        ("every second month", "every other month"),
        ("a monthly fee", "$8 per user and month"),
        ("daily", "seven days a week"),
        ("daily", "Monday to Sunday"),
        ("on weekdays", "Monday to Friday"),
        ("Monday to Friday", "on weekdays"),
        ("Mon-Fri", "from Monday through Friday"),
        ("on Tuesday", "Monday to Friday"),
        ("on Mondays", "every Monday"),
        ("Mondays", "Monday: closed"),
        ("weekly", "every Monday"),
        ("at weekends", "on Saturday and Sunday"),
        ("on Saturdays and Sundays", "at the weekend"),
        ("Monday to Wednesday", "Monday, Tuesday and Wednesday"),
        ("Sun, sand and sea", "sun, sand and sea"),
        ("on the 3rd day", "on the third day"),
        ("the third working day", "the 3rd business day"),
        ("the second quarter", "Q2"),
        ("on the 1st of each month", "on the first day of the month"),
        ("the initial payment", "the first payment"),
        ("your first name", "your given name"),
        ("First, open the app", "Open the app"),
        ("a third party", "others"),
        ("once a quarter in arrears", "every quarter in arrears"),
        ("a third attempt", "the third attempt"),
        ("two-thirds of it", "two thirds of it"),
        ("a quarter of the price", "25 % of the price"),
        ("by the end of each month", "at the end of the month"),
        ("by month-end", "by the end of the month"),
        ("at the beginning of the month", "at the start of every month"),
        ("on the following business day", "on the next working day"),
        ("same-day delivery", "on the same day"),
        ("in the morning", "mornings"),
        ("in the morning", "at 9:30 am"),
        ("5 weekdays", "5 working days"),
        ("within a month", "within a month"),
        ("Model X", "the new Model X. It is red"),
        ("Plan B", "plan B"),
        ("Form A", "Forms A and B"),
        ("Zone B", "Zones A to C"),
        ("Class B", "classes A, B"),
        ("Vitamin C", "vitamins C and D"),
        ("Group A costs 5", "Help. A: Daily rate: 5"),
        ("Yes, I can", "you can"),
        ("When I call", "when you call"),
        ("Get A Refund", "get a refund"),
        ("Ask Malcolm J. Smith", "ask Malcolm Smith"),
    ],
)
def test_a_fact_is_held_in_another_spelling(claim: str, source: str) -> None:
    assert missing_fact(facts_of(claim), facts_of(source)) is None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("at most 48 hours", "no less than 48 hours"),
        ("The late fee is A$40.", "The late fee is CA$40. The deposit is A$100."),
        ("40 US dollars", "CA$40"),
        ("40 US dollars", "The late fee is $40. All prices are in Canadian dollars."),
        ("US$40", "Prices (CAD)\nThe late fee is $40."),
        ("US$10", "Shipping in Canada is $10. Shipping to the United States is US$15."),
        ("CA$10", "Shipping in Canada is $10. Shipping to the United States is US$15."),
        ("CA$40", "The late fee is $40."),
        ("CA$40", "The late fee is $40. Prices are not in Canadian dollars."),
        ("CA$40", "The late fee is $40. We take Canadian dollars."),
        ("$40", "The fee is CA$40. The deposit is A$100."),
        ("US$12 a month", "$12/month CAD"),
        ("US$20", "between $20 and $25 CAD"),
        ("$40 a month", "$40"),
        ("$40", "€40"),
        ("€40", "$40"),
        ("€40", "40 dollars"),
        ("on May 5, 2025", "in May 2025"),
        ("on May 5, 2025", "on May 5"),
        ("on May 5", "take 5 forms in 2025"),
        ("on May 5", "take 505 forms in May"),
        ("14 days", "Section 14"),
        ("14 days", "14 euros"),
        ("Section 14", "14 days"),
        ("5 days", "5 working days"),
        ("at 18 °C", "at -18 °C"),
        ("at -18 °C", "at 18 °C"),
        ("twice a year", "once a year"),
        ("once a year", "twice a year"),
        ("double the price", "the price"),
        ("from 31 March 2026", "until 31 March 2026"),
        ("as of 31 March 2026", "until 31 March 2026"),
        ("on May 3, 2026", "on 05/03/2026"),
        ("on 5 March 2026", "on 05/03/2026"),
        ("2 % per year", "2 % per month"),
        ("2 %", "2 % per month"),
        ("€1.50", "€1.500"),
        ("orders of €50", "orders above €50"),
        ("orders of €50 or less", "orders of €50 or more"),
        ("5 working days", "5 days"),
        ("$10 a month", "$10"),
        ("at most 5 days", "at least 5 days"),
        ("3 days", "3 to 5 days"),
        ("18 years old", "18 forms"),
        ("4.9 days", "€4.90 and some days"),
        ("model AB-12", "model AB-13 and 12"),
        ("at 90 °F", "at 90 °C"),
        ("at 90 degrees Fahrenheit", "at 90 °C"),
        ("at 90", "at 90 °C"),
        ("from 60 to 90 °F", "60–90 °C"),
        ("20 kg", "20 lb"),
        ("500 cl", "500 ml"),
        ("30 in wide", "30 cm wide"),
        ("25 Gbps", "25 Mbps"),
        ("25 MB/s", "25 Mbit/s"),
        ("25 GiB", "25 MiB"),
        ("2 kWh", "2 kW"),
        ("2 W", "2kW"),
        ("500 Ah", "500 mAh"),
        ("230 A", "230 V"),
        ("30 km", "30 km/h"),
        ("50 sq ft", "50 m²"),
        ("50 m", "50 square metres"),
        ("2.5 psi", "2.5 bar"),
        ("3 MHz", "3 GHz"),
        ("5 mcg", "5 mg"),
        ("300 ppi", "300 dpi"),
        ("5 tablespoons", "5 teaspoons"),
        ("3", "3 dozen"),
        ("3 boxes", "3 kg"),
        ("5 percentage points", "5 %"),
        ("10 GB per day", "10 GB per month"),
        ("at least 30 kg", "up to 30 kg"),
        ("20 kW", "Weight (kg): 20"),
        *((often, "monthly") for often in ("yearly", "weekly", "daily", "quarterly", "annually", "every week")),
        ("every other month", "every month"),
        ("every month", "every other month"),
        ("once a month", "twice a month"),
        ("on Tuesday", "on Monday"),
        ("on weekends", "on Monday"),
        ("Monday to Saturday", "Monday to Friday"),
        ("Monday to Saturday", "Mon–Fri 9–5, Sat 10–2"),
        ("Monday and Friday", "Monday to Friday"),
        ("on weekdays", "on Monday"),
        ("the last Monday", "the last Friday"),
        ("every Friday", "the last Friday of the month"),
        ("the second day", "the third day"),
        ("the fifth day", "the third day"),
        ("the last day", "the first day"),
        ("the 1st of the month", "the 15th of the month"),
        ("third quarter", "second quarter"),
        ("the first floor", "the second floor"),
        ("the first day of every year", "the first day of every month"),
        ("a third of the price", "two thirds of the price"),
        ("a quarter of the price", "two thirds of the price"),
        ("cut by a third by us", "cut by two thirds by us"),
        ("cut by a quarter in May", "cut by two thirds in May"),
        ("end of the week", "end of the month"),
        ("end of the year", "end of the month"),
        ("beginning of the month", "end of the month"),
        ("the same day", "the next working day"),
        ("the next day", "the next working day"),
        ("next week", "the next working day"),
        ("in the afternoon", "in the morning"),
        ("Model Y", "Model X"),
        ("the Model S", "the Model X"),
        ("Form B", "Form A"),
        ("plan C", "plan B"),
        ("Type I", "Type O"),
        ("Vitamin D", "Vitamin C"),
        ("Use Form B. It is blue.", "Use Form A. It is blue."),
        ("USB-A", "USB-C"),
        ("Group A", "Group B"),
    ],
)
def test_a_fact_of_another_kind_is_missing(claim: str, source: str) -> None:
    assert missing_fact(facts_of(claim), facts_of(source)) is not None


def test_a_figure_belongs_to_the_words_of_its_clause() -> None:
    source = "Members pay $5 and guests pay $10."
    assert told_of_another("Guests pay $10.", source) is None
    assert told_of_another("Guests pay $5.", source) == "$5"


def test_an_amount_in_other_dollars_is_told_of_something_else() -> None:
    source = "Shipping in Canada is $10. Shipping to the United States is US$10."
    assert told_of_another("Shipping in Canada is US$10.", source) == "US$10"
    assert told_of_another("Shipping to the United States is US$10.", source) is None
    assert told_of_another("Shipping in Canada is $10.", source) is None


def test_words_of_figures_and_of_denial_are_no_words() -> None:
    assert telling_words("You can't return it within 30 days for €5.") == telling_words("return")
    assert telling_words("How do I return it, step by step?") == telling_words("return")


@pytest.mark.parametrize("verb", ["cover", "deliver", "order", "offer", "enter", "refer", "transfer"])
def test_the_forms_of_a_verb_are_one_word(verb: str) -> None:
    twice = f"{verb}r" if verb.endswith("fer") and verb != "offer" else verb
    assert len({telling_words(form) for form in (verb, f"{verb}s", f"{twice}ed", f"{twice}ing")}) == 1


@pytest.mark.parametrize(("place", "other"), [("nursery", "nurse"), ("stationery", "station"), ("battery", "bat")])
def test_a_noun_that_looks_like_a_verb_is_another_word(place: str, other: str) -> None:
    assert telling_words(place) != telling_words(other)


def test_what_one_gets_for_nothing_is_not_what_another_pays() -> None:
    source = "Guests pay $5 for shipping, members pay nothing."
    assert told_of_another("Members pay $5 for shipping.", source) == "$5"
    assert told_of_another("Guests pay $5 for shipping.", source) is None


WHEN = (
    "Monday Fridays Sat–Sun weekdays weekend to and between on every each other second third 1st last next same of the "
    "a month day weekly monthly annually quarter two thirds morning end half once twice times 3 $5 GB per working , ."
).split()


@given(st.lists(st.sampled_from(WHEN), max_size=12).map(" ".join))
def test_what_a_text_tells_in_words_is_held_by_itself(text: str) -> None:
    facts = facts_of(text)
    assert facts.worded <= facts.implied


@pytest.mark.parametrize(
    "sentence",
    [
        ", ".join(f"sort{one % 7} lasts for {one} days" for one in range(2, 100)),
        " ".join(f"sort part lasting {one} days" for one in range(2, 100)),
        "; ".join(f"sort costs £{one}, part £{one + 1}" for one in range(2, 70)),
    ],
    ids=["with commas", "without", "prices"],
)
def test_a_sentence_of_many_figures_is_read_in_a_time_that_grows_as_it_does(sentence: str) -> None:
    with timed() as took:
        told_of_another("A sort lasts for 7 days and costs £7, a part 9 days and £9.", sentence)
    assert took.seconds < AT_ONCE_S
