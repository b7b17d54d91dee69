"""Personal data in examples: what is taken out, what stays."""

import re
import string
from itertools import pairwise

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Turn
from bot.tuning.examples import Example, ExamplePassage, Origin
from bot.tuning.names import NameModels, installed_models
from bot.tuning.personal import Kind, personal_in
from bot.tuning.redaction import redacted
from tests.at_once import AT_ONCE_S, timed


def _example(question: str, answer: str = "", passage: str = "", **changes: object) -> Example:
    passages = (ExamplePassage("p", "returns.md", "Returns", "EU", passage, gold=True),) if passage else ()
    return Example("answer:1", Origin.LIKED, question, answer, passages=passages, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Hi, I'm Jane Doe and my order 4711-0815 is late", "Hi, I'm [NAME_1] and my order [NUMBER_1] is late"),
        ("my name is priya raghunathan, how long?", "my name is [NAME_1], how long?"),
        ("call +49 170 1234567 or (415) 555-2671.", "call [PHONE_1] or [PHONE_2]."),
        (
            "Meine Nummer ist 030 1234567, Bestellnummer 12345678",
            "Meine Nummer ist [PHONE_1], Bestellnummer [NUMBER_1]",
        ),
        ("my phone: 5551234567", "my phone: [PHONE_1]"),
        ("card 4111 1111 1111 1111 exp 12/29", "card [CARD_1] exp 12/29"),
        ("card 4111111111111111", "card [CARD_1]"),
        ("IBAN DE89 3704 0044 0532 0130 00 and then", "IBAN [IBAN_1] and then"),
        ("iban gb29nwbk60161331926819.", "iban [IBAN_1]."),
        ("221B Baker Street, London NW1 6XE. Do you?", "[ADDRESS_1]. Do you?"),
        ("I am at 12 main st and wait", "I am at [ADDRESS_1] and wait"),
        ("Ich wohne in der Hauptstraße 12, 10115 Berlin.", "Ich wohne in der [ADDRESS_1]."),
        ("j'habite au 12 bis rue de la Paix, 75002 Paris", "j'habite au [ADDRESS_1]"),
        ("Vivo en Calle Mayor 5, 28013 Madrid", "Vivo en [ADDRESS_1]"),
        ("abito in Via Garibaldi 7", "abito in [ADDRESS_1]"),
        ("moro na Rua Augusta, 1500", "moro na [ADDRESS_1]"),
        ("ik woon op de Keizersgracht 123", "ik woon op de [ADDRESS_1]"),
        ("Mail Jane.Doe+shop@example.co.uk!", "Mail [EMAIL_1]!"),
        ("Mail jane (at) example (dot) com", "Mail [EMAIL_1]"),
        ("Mail max@müller.de", "Mail [EMAIL_1]"),
        ("<@U02AB3CDE4> and @peter.parker said so", "[MENTION_1] and [MENTION_2] said so"),
        ("<@!123456789012345678> said so", "[MENTION_1] said so"),
        ("My password is hunter2!", "My password is [SECRET_1]"),
        ("born on 12/03/1980, SSN 123-45-6789", "born on [BIRTHDAY_1], SSN [NUMBER_1]"),
        ("geboren am 3. April 1975", "geboren am [BIRTHDAY_1]"),
        ("my wife Ann-Sophie Müller called", "my wife [NAME_1] called"),
        ("Ich heiße Jürgen Krause, wann?", "Ich heiße [NAME_1], wann?"),
        ("Sehr geehrter Herr Dr. Schmidt, wann?", "Sehr geehrter Herr Dr. [NAME_1], wann?"),
        ("Je m'appelle Amélie Dubois", "Je m'appelle [NAME_1]"),
        ("Me llamo José Álvarez", "Me llamo [NAME_1]"),
        ("Can I return it? Thanks, Maria", "Can I return it? Thanks, [NAME_1]"),
        ("Viele Grüße\nKarl-Heinz von der Linde", "Viele Grüße\n[NAME_1]"),
        ("tracking 1Z999AA10123456784", "tracking [NUMBER_1]"),
        ("invoice no. INV-2024-00123", "invoice no. [NUMBER_1]"),
        ("order #112-3456789-1234567", "order #[NUMBER_1]"),
        ("my ip is 203.0.113.7", "my ip is [NETWORK_1]"),
    ],
)
def test_personal_data_gives_way_to_what_it_is(text: str, clean: str) -> None:
    assert redacted(_example(text)).example.question == clean


@pytest.mark.parametrize(
    "text",
    [
        "Returns are accepted within 30 days. Black Friday orders until 15 January 2026.",
        "The fee is $1,234.56 or €10.000,00; 14-30 days; 9:00-17:00; 2024-11-12; 12/03/2026.",
        "Form 1040 and Section 512(c)(3) apply; up to 1000000 users; 10000000 dollars; ISO27001.",
        "Does Medicare cover hearing aids in 2024-2025? What about 24/7 support?",
        "Hi team, can I order 1000 pieces of model XPS13?",
        "I'm sorry for the delay. I am looking for the Refund Policy. Good morning!",
        "This is Important. It's Friday. Thanks, everyone",
        "You have 3 to 5 business days, i.e. 120 hours. Version 1.2.3.4 is out.",
        "Order within 24 hours; orders over 100 euros; case 5 of the table; account closed in 2023.",
        "Ich bin Student und möchte kündigen. Wie lange dauert das? Danke schön",
        "Turn left on the road. 5 miles down the road. 20 years on the street",
        "Dear customer, the policy number is on your card. The limit is 4096 tokens.",
        "My order of 2500 items; ticket price 150 EUR; tax 2023; a password must have 8 characters",
        "ok thank you. Apply Online",
        "The answer is [1] and [2]. 100-200 people; 1-2 weeks, 10:30 AM - 5:30 PM",
        "access via the API.\n2. Third parties may read",
        "[Recover Password](recover-password.md)",
        "card 4111 1111 1111 1112 is a wrong one? No: 30 days",
        "The password is case-sensitive and your token is single-use. The API key is read-only.",
        "My password is re-set every time; the token is base64-encoded, the password was e-mailed.",
        "The PIN is 4-digit, the access token is 256-bit, das Passwort ist 8-stellig.",
        "The password is wrong! The password is *required*. The PIN is 4-6 digits long. The token is $10 a month.",
        "Password: 8-16 characters. PIN: 4-digit",
        "Can I place an order 24/7? Do you offer delivery 24/7/365? Booking 24x7",
        "Delivery: 10-14 business days. Return: 100-120 working days, 100 calendar days. Lieferung: 10-14 Werktage",
        "The reimbursement cap is 500. The cap is 50000. A cap of 5000 applies, cap: 2500",
        "Attach a ZIP FILE, the zip is 500 MB. Enter your ZIP CODE HERE.",
        "Open 0900-1700, 08:00 - 18:00, 9.00-17.30 Uhr, Mon-Fri 8-12 and 13-17, 10am-6pm, 0800 – 1800",
        "What does 1920x1080 mean, and 10000mAh? Error 0x80070057 after 15000000 views",
        "Version 10.15.7, v2.11.0-rc1, Windows 10.0.19045.3803, Firmware 1.2.3.4, version 10.20.30.40",
        "Section 4.2.1.3, § 12.3.4.5, Abschnitt 10.20.30.40 and 1.2.3.4; see clause 12.10.2.1",
        "It costs 1 234,56 € or 1.234.567,00 EUR, USD 12 500 000, 1'250'000.00 CHF; 1 000 000 pieces",
        "We sold 612 345 678 pieces for EUR 612 345 678 or 612 345 678 €; 98 765 people, 700 000 000 in all",
        "Form 000.000.000-00 and 123.456.789-10; amounts 1.111.111,11 and 4111.1111",
        "Thanks!\nReturns are free.\nThank you\n\nOur answer: Yes.\nBest\nPlease write again\nThanks\nTeam\nBye",
        "Article no. 4006381333931 is sold out, model WH-1000XM5, SKU: AB-1234567, error code 80070057A",
        "Hello, I ordered on 3 March and paid 49,90 € with Visa ending 4242. When do I get my refund?",
        "Is the 14-day period valid for orders over £1,000? We need 1200 licences and 2-3 weeks' notice.",
        "Room temperature is 20-25 °C, the shelf is 180 x 80 x 40 cm and holds 25 kg; 12 x 49.90, i.e. 598.80",
        "Registration is free until 2026, registration 2026. Login: required. The login is web-based; booking 2 ROOMS",
        "We open Mon-Fri 8:30-17:00, have 35 employees in 3 offices and 24-month warranties on 5 Star service",
        "The meeting is at 2025-12-01T14:30:00Z. ## 1990s. This is the Premium Plan of ours. Click here.",
        "Hello, I'm here to learn more. Hi, We here at the shop open at 9.",
        "It costs 1 500 000 JPY, 250 000 HUF or ₹ 98765 43210; size 42 EU; sf182-employee-tool-kit",
        "Return label code QR, booking 3 nights from 14/08 to 17/08, room 412, for 2 adults and 1 child",
        "Your password must contain a symbol such as ! or #. The API key is valid for 90 days. Token: Bearer",
        "Best Practices\nWhich one is the best\nSmartphone A or\nSmartphone B",
        "order 100 000 pieces, a claim of 10 000 €, policy 12 24 months, an order 2500 times, delivery 12 15 days",
        "On 01.02.2026, 1 February 2026, 2026/02/01 14:30, 20260201; FY 2025/2026, 12 - 24 months, 365 days",
    ],
)
def test_what_a_policy_says_stays(text: str) -> None:
    assert [one for one in personal_in(text) if one.kind is not Kind.NUMBER or "4111" not in one.text] == []


def test_the_same_thing_has_the_same_word_everywhere_in_an_example() -> None:
    example = _example(
        "It's Jane Doe again: call 030 1234567, mail JANE@example.com",
        "Dear Jane, we call 030/1234567 or write to jane@example.com.",
        turns=(Turn("user", "My name is Jane Doe"), Turn("assistant", "Hello Jane!")),
        rejected="Jane, no.",
    )
    clean = redacted(example).example
    assert clean.question == "It's [NAME_1] again: call [PHONE_1], mail [EMAIL_1]"
    assert clean.answer == "Dear [NAME_1], we call [PHONE_1] or write to [EMAIL_1]."
    assert [turn.content for turn in clean.turns] == ["My name is [NAME_1]", "Hello [NAME_1]!"]
    assert clean.rejected == "[NAME_1], no."


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        # As macOS writes letters with accents: the accent by itself, behind its letter.
        (
            "Me llamo Jose\u0301 Nun\u0303ez. José waits, Nun\u0303ez too.",
            "Me llamo [NAME_1]. [NAME_1] waits, [NAME_1] too.",
        ),
        ("Mein Name ist Ju\u0308rgen Mu\u0308ller.", "Mein Name ist [NAME_1]."),
        ("mail ann\u200b@example.com or j\u00adane@exam\u00adple.com", "mail [EMAIL_1] or [EMAIL_2]"),
        ("call +49\u2060 170 12345\ufeff67", "call [PHONE_1]"),
        ("mail ann＠example.com", "mail [EMAIL_1]"),
        # Where there is nothing to take out, nothing changes.
        ("The cafe\u0301 is tax\u00adable", "The cafe\u0301 is tax\u00adable"),
        ("Is it 👩\u200d🔧 or می\u200cخواهم?", "Is it 👩\u200d🔧 or می\u200cخواهم?"),
    ],
)
def test_personal_data_is_found_whatever_characters_it_is_written_in(text: str, clean: str) -> None:
    assert redacted(_example(text)).example.question == clean


def test_a_name_of_the_documents_stays_whatever_characters_it_is_written_in() -> None:
    asked = "My name is Rene\u0301, is Café René open?"
    assert redacted(_example(asked, "", "Cafe\u0301 Rene\u0301 is open.")).example.question == asked


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("I'm Anna Schmidt, see Anna_Schmidt_invoice.pdf", "I'm [NAME_1], see [NAME_1]_invoice.pdf"),
        ("I'm Anna Schmidt, see scan-anna-schmidt.pdf", "I'm [NAME_1], see scan-[NAME_1].pdf"),
        ("I'm Anna Schmidt, see anna.schmidt.pdf", "I'm [NAME_1], see [NAME_1].pdf"),
        ("I'm Anna Schmidt, see schmidt_2024.PDF", "I'm [NAME_1], see [NAME_1]_2024.PDF"),
        ("I'm Anna Schmidt, see 2024_Schmidt", "I'm [NAME_1], see 2024_[NAME_1]"),
        (
            "I'm Anna-Lena Schmidt: https://a.example/o?m=anna%40b.example&n=Anna-Lena%20Schmidt&u=anna-lena+schmidt",
            "I'm [NAME_1]: https://a.example/o?m=[EMAIL_1]&n=[NAME_1]&u=[NAME_1]",
        ),
        # A name in small letters is a word of a program's there.
        ("I'm Max Stone. Is max_upload_size a limit?", "I'm [NAME_1]. Is max_upload_size a limit?"),
        ("I'm Max Stone, _Max_ for short", "I'm [NAME_1], _[NAME_1]_ for short"),
    ],
)
def test_a_name_is_found_in_names_of_files_and_addresses_too(text: str, clean: str) -> None:
    assert redacted(_example(text)).example.question == clean


def test_different_things_have_different_words() -> None:
    clean = redacted(_example("Mail a@example.com, then b@example.com, then a@example.com")).example
    assert clean.question == "Mail [EMAIL_1], then [EMAIL_2], then [EMAIL_1]"


def test_a_name_that_is_a_word_too_needs_its_capital() -> None:
    clean = redacted(_example("I asked Will whether he will come. My name is Will Smith")).example
    assert clean.question == "I asked [NAME_1] whether he will come. My name is [NAME_1]"


def test_a_name_in_small_letters_is_the_same_name() -> None:
    assert redacted(_example("My name is Mary", "MARY and mary")).example.answer == "[NAME_1] and [NAME_1]"


@pytest.mark.parametrize(
    ("question", "answer", "passage"),
    [
        ("Until when? Thanks, Max", "You have max 30 days.", "Returns: max 30 days after delivery, MAX 5 items."),
        ("It's Urgent, my parcel is gone", "Mark it urgent.", "Parcels can be marked urgent for a fee."),
        ("my name is max, until when?", "You have max 30 days.", "Returns: max 30 days after delivery."),
        ("Plan name: Premium, can I cancel?", "Yes, Premium and premium plus.", "Plans can be cancelled."),
        ("my name is peter with a question", "Bring it with the box.", "Return it in the box."),
        ("Viele Grüße\nKarl von der Linde", "Wende dich von dort an der Kasse.", "An der Kasse."),
    ],
)
def test_somebodys_name_does_not_change_the_words_of_documents_and_answers(
    question: str, answer: str, passage: str
) -> None:
    prompt = (Turn("system", "You help."), Turn("user", f"{passage}\n\nQuestion: {question}"))
    clean = redacted(_example(question, answer, passage, prompt=prompt)).example
    assert clean.answer == answer
    assert clean.prompt[1].content == f"{passage}\n\nQuestion: {clean.question}"


def test_a_name_whose_small_letters_are_a_word_of_the_documents_is_taken_out_with_a_capital() -> None:
    clean = redacted(_example("Until when? Thanks, Max", "Dear Max, max 30 days.", "Returns: max 30 days.")).example
    assert (clean.question, clean.answer) == ("Until when? Thanks, [NAME_1]", "Dear [NAME_1], max 30 days.")
    plain = redacted(_example("my name is max, until when?", "Dear Max, yes.", "Returns: max 30 days.")).example
    assert plain.answer == "Dear [NAME_1], yes."


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("my name is peter with a question", "my name is [NAME_1] with a question"),
        ("my name is peter calling about my parcel", "my name is [NAME_1] calling about my parcel"),
        ("my name is will smith and", "my name is [NAME_1] and"),
        ("My name is in the wrong order", "My name is in the wrong order"),
        ("My name is for some reason misspelled", "My name is for some reason misspelled"),
        ("First name: Anna, last name: Krause", "First name: [NAME_1], last name: [NAME_2]"),
        ("Product name: Kettle. File name: Scan", "Product name: Kettle. File name: Scan"),
    ],
)
def test_a_name_ends_before_the_words_of_the_sentence(text: str, clean: str) -> None:
    assert redacted(_example(text)).example.question == clean


def test_what_the_documents_tell_everybody_stays() -> None:
    passage = (
        "Call our hotline on 030 7654321, mail help@example.com, or write to 5 Market Street. Form 12345-B. "
        "Ask Mr. Miller."
    )
    question = "Is 030 7654321 or help@example.com right for form id 12345-B, or Mr. Miller at 5 Market Street?"
    assert redacted(_example(question, "Call 030/7654321.", passage)).example.question == question
    private = "Is 030 1234567 right, or me@example.com?"
    assert redacted(_example(private, "", passage)).example.question == "Is [PHONE_1] right, or [EMAIL_1]?"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("IBAN DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000, ok", "IBAN [IBAN_1], ok"),
        ("IBAN DE89.3704.0044.0532.0130.00. Ok", "IBAN [IBAN_1]. Ok"),
        ("GB29\u2013NWBK\u20136016\u20131331\u20139268\u201319 is mine", "[IBAN_1] is mine"),
        ("card 4111\u00a01111\u00a01111\u00a01111.", "card [CARD_1]."),
        ("card 4111.1111.1111.1111 or 4111\u20131111\u20131111\u20131111", "card [CARD_1] or [CARD_1]"),
        ("card 3782\u202f822463\u202f10005", "card [CARD_1]"),
        ("account number 1234 5678, thanks", "account number [NUMBER_1], thanks"),
        ("tracking JJD 0003 4000 1234 5678 is lost", "tracking [NUMBER_1] is lost"),
        ("Kundennummer: 12 34 56 78", "Kundennummer: [NUMBER_1]"),
        ("konto 1234\u00a0567\u00a0890 und RMA 123 456", "konto [NUMBER_1] und RMA [NUMBER_2]"),
        ("order 4711 30 days ago, order 10247 15 January", "order [NUMBER_1] 30 days ago, order [NUMBER_2] 15 January"),
        ("My number is 612 345 678, or 612 34 56 79", "My number is [PHONE_1], or [PHONE_2]"),
        ("98765 43210 is mine", "[PHONE_1] is mine"),
        ("ring 333 1234567 or 11 91234-5678", "ring [PHONE_1] or [PHONE_2]"),
        ("My CPF is 123.456.789-09", "My CPF is [NUMBER_1]"),
        ("meu cpf: 529.982.247-25, NINO AB 12 34 56 C", "meu cpf: [NUMBER_1], NINO [NUMBER_2]"),
        ("tracking 1Z 999 AA1 01 2345 6784 is lost", "tracking [NUMBER_1] is lost"),
    ],
)
def test_numbers_are_found_however_they_are_grouped(text: str, clean: str) -> None:
    assert redacted(_example(text)).example.question == clean


@pytest.mark.parametrize(
    ("signature", "clean"),
    [
        ("Kind regards,\nAnna Müller\nTel. +49 170 1234567", "Kind regards,\n[NAME_1]\nTel. [PHONE_1]"),
        ("Kind regards,\n\nAnna Müller\n\nSent from my iPhone", "Kind regards,\n\n[NAME_1]\n\nSent from my iPhone"),
        ("Regards,\nAnna Müller\nanna@example.com", "Regards,\n[NAME_1]\n[EMAIL_1]"),
        ("Viele Grüße aus Köln\nAnna Müller\n-- \nMüller GmbH", "Viele Grüße aus Köln\n[NAME_1]\n-- \n[NAME_1] GmbH"),
        ("Best,\nAnna Müller\nCustomer since 2019", "Best,\n[NAME_1]\nCustomer since 2019"),
        ("With kind regards,\n> Anna Müller\n> Berlin", "With kind regards,\n> [NAME_1]\n> Berlin"),
        ("Thanks,\nAnna\nACME Inc.", "Thanks,\n[NAME_1]\nACME Inc."),
        ("Many thanks in advance, Anna\n> quoted", "Many thanks in advance, [NAME_1]\n> quoted"),
        ("Mit freundlichen Grüßen\r\nDr. Anna Müller\r\nBerlin", "Mit freundlichen Grüßen\r\nDr. [NAME_1]\r\nBerlin"),
    ],
)
def test_the_name_of_a_signature_goes_whatever_stands_below(signature: str, clean: str) -> None:
    made = redacted(_example(f"Where is it?\n\n{signature}", "It is late, Anna.")).example
    assert made.question == f"Where is it?\n\n{clean}"
    assert made.answer == "It is late, [NAME_1]."


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Deliver to 14B Elm Grove, Brighton BN2 3DD.", "Deliver to [ADDRESS_1]."),
        ("Login: mike.w / Pw: Sunny!Day7", "Login: [MENTION_1] / Pw: [SECRET_1]"),
        ("account 20-45-67 / 43219876, sort code 40-47-84", "account [NUMBER_1] / [NUMBER_2], sort code [NUMBER_3]"),
        ("Kontoinhaber: Jürgen Weiß", "Kontoinhaber: [NAME_1]"),
        ("Vorname: Anna, Nachname: Krause", "Vorname: [NAME_1], Nachname: [NAME_2]"),
        ("postcode 1017 AB", "postcode [ADDRESS_1]"),
        ("customer no 12 345 678, order number is: 5512 8891 2", "customer no [NUMBER_1], order number is: [NUMBER_2]"),
        (
            "My son's name is Leo. Hi, Peter here, it is late",
            "My son's name is [NAME_1]. Hi, [NAME_2] here, it is late",
        ),
        ("I'm Anna, 34, from Leeds", "I'm [NAME_1], 34, from Leeds"),
        ("From: John Smith <j@example.com>\nAnna Krause wrote:", "From: [NAME_1] <[EMAIL_1]>\n[NAME_2] wrote:"),
        ("Danke und viele Grüße\nUwe Zöllner\nTel.: 089 123456", "Danke und viele Grüße\n[NAME_1]\nTel.: [PHONE_1]"),
        ("Gate B12 at 14:35, booking ref. X7K9QP", "Gate B12 at 14:35, booking ref. [NUMBER_1]"),
        ("License plate B-AB 1234, number plate: AB12 CDE", "License plate [NUMBER_1], number plate: [NUMBER_2]"),
        ("RR 123 456 785 DE and 1Z 999 AA1 01 2345 6784", "[NUMBER_1] and [NUMBER_2]"),
        ("Herr von der Heide und Mr de Vries", "Herr [NAME_1] und Mr [NAME_2]"),
        ("UPI raj.kumar@okaxis and PAN ABCDE1234F", "UPI [MENTION_1] and PAN [NUMBER_1]"),
        ("from accounting, extension 4417, badge 90210", "from accounting, extension [NUMBER_1], badge [NUMBER_2]"),
    ],
)
def test_what_customers_write_in_their_mails_is_found(text: str, clean: str) -> None:
    assert redacted(_example(text)).example.question == clean


def test_a_number_of_the_documents_and_a_password_for_everybody_stay() -> None:
    passage = "Locker 4711-0815-22 is free. The guest password is Welcome2026! The PIN 0000 opens the locker."
    question = "Is locker 4711-0815-22 free? My password is Welcome2026! and my PIN is 0000"
    assert redacted(_example(question, "The password is Welcome2026!", passage)).example.question == question
    private = "Is locker 4711-0815-23 free? My password is Welcome2027! and my PIN is 0001"
    clean = "Is locker [NUMBER_1] free? My password is [SECRET_1] and my PIN is [SECRET_2]"
    assert redacted(_example(private, "", passage)).example.question == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("My password is hunter2.", "My password is [SECRET_1]."),
        ("my password is p@ssword", "my password is [SECRET_1]"),
        ("password: correct-horse-battery", "password: [SECRET_1]"),
        ("The PIN is 4321", "The PIN is [SECRET_1]"),
        ("api key = ab12-cd34-ef56", "api key = [SECRET_1]"),
        ("das Passwort lautet Sommer-24", "das Passwort lautet [SECRET_1]"),
        ("My CAP is 00185, il mio cap è 00185", "My CAP is [ADDRESS_1], il mio cap è [ADDRESS_1]"),
        ("my zip code is 94103, postcode: SW1A 1AA", "my zip code is [ADDRESS_1], postcode: [ADDRESS_2]"),
        ("order 10247 takes days", "order [NUMBER_1] takes days"),
        ("order 10247 status? order 10248 thanks", "order [NUMBER_1] status? order [NUMBER_2] thanks"),
        ("612 345 678 works, or 612 345 679 thanks", "[PHONE_1] works, or [PHONE_2] thanks"),
        ("my ip is 10.20.30.40", "my ip is [NETWORK_1]"),
    ],
)
def test_what_looks_like_a_policys_words_and_is_somebodys_is_taken_out(text: str, clean: str) -> None:
    assert redacted(_example(text)).example.question == clean


def test_passages_and_the_system_message_are_left_as_they_are() -> None:
    prompt = (
        Turn("system", "You are Ada Byron's helper. Ask help@example.com."),
        Turn("user", 'Passages:\n"""\nMail help@example.com\n"""\n\nQuestion: I am me@example.com'),
    )
    clean = redacted(_example("I am me@example.com", passage="Mail help@example.com", prompt=prompt)).example
    assert clean.prompt[0] == prompt[0]
    assert clean.prompt[1].content == 'Passages:\n"""\nMail help@example.com\n"""\n\nQuestion: I am [EMAIL_1]'
    assert clean.passages[0].text == "Mail help@example.com"


def test_people_known_from_the_platform_are_found_wherever_they_stand() -> None:
    clean = redacted(_example("what did zoë say to Bo Li?"), people=["Zoë", "Bo Li"]).example
    assert clean.question == "what did [NAME_1] say to [NAME_2]?"


def test_the_preview_tells_what_stood_there_and_counts_it() -> None:
    found = redacted(_example("I'm Jane Doe, a@example.com, A@example.com", "Yes, Jane."))
    assert found.replaced["[EMAIL_1]"] == ("a@example.com", "A@example.com")
    assert set(found.replaced["[NAME_1]"]) == {"Jane Doe", "Jane"}
    assert found.counts == {"email": 1, "name": 1}


@pytest.mark.skipif(not installed_models(), reason="no model of names is installed (the extra `names`)")
def test_a_name_without_a_word_that_tells_so_is_found_by_a_model() -> None:
    names = NameModels()
    clean = redacted(_example("Can I return the laptop that John Smith bought for me?"), names=names).example
    assert clean.question == "Can I return the laptop that [NAME_1] bought for me?"
    german = redacted(_example("Wann kommt die Ware von der Firma, und wer zahlt den Versand?"), names=names).example
    assert german.question == "Wann kommt die Ware von der Firma, und wer zahlt den Versand?"


def test_without_models_names_are_found_by_form() -> None:
    assert NameModels(())("I met John Smith") == ()


# For any text -----------------------------------------------------------------------------------------------

_WORDS = st.sampled_from(
    "the please où größer niño ¿qué? заказ 注文 مرحبا 😀 30 days $5.99 2026-01-31 [1] order - , . \n".split(" ")
)
_AROUND = st.lists(_WORDS, max_size=6).map(" ".join)


def _with_check_digits(country: str, body: str) -> str:
    digits = "".join(str(int(char, 36)) for char in f"{body}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{body}"


def _card(digits: str) -> str:
    total = sum(
        (2 * int(d) - 9 if 2 * int(d) > 9 else 2 * int(d)) if place % 2 == 0 else int(d)
        for place, d in enumerate(reversed(digits))
    )
    return f"{digits}{-total % 10}"


_IBANS = st.builds(_with_check_digits, st.sampled_from(["DE", "FR", "GB", "NL"]), st.from_regex(r"\A[A-Z0-9]{18}\Z"))
_CARDS = st.from_regex(r"\A4[0-9]{14}\Z").map(_card)
_EMAILS = st.builds(
    "{}@{}.{}".format,
    st.text(string.ascii_lowercase + "äé0", min_size=1, max_size=12),
    st.text(string.ascii_lowercase, min_size=1, max_size=12),
    st.sampled_from(["com", "de", "co.uk", "museum"]),
)
_PHONES = st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)).map(
    lambda region: phonenumbers.format_number(
        phonenumbers.example_number(region), phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
)


@settings(deadline=None)
@given(_AROUND, st.one_of(_IBANS, _CARDS, _EMAILS, _PHONES), _AROUND)
def test_personal_data_does_not_survive_in_any_company(before: str, secret: str, after: str) -> None:
    clean = redacted(_example(f"{before} {secret} {after}", f"{secret}")).example
    assert secret not in clean.question
    assert secret not in clean.answer
    assert re.search(r"\[[A-Z]+_\d+\]", clean.question)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_read_and_a_second_time_changes_nothing(text: str) -> None:
    once = redacted(_example(text)).example.question
    assert redacted(_example(once)).example.question == once


@settings(deadline=None)
@given(st.text(alphabet="ab 1@.-+/(<>,:\n", max_size=2000))
def test_hostile_text_is_read_in_time(text: str) -> None:
    found = personal_in(text)
    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@pytest.mark.parametrize(
    "text", ["best" + "\n" * 2000, "Thanks," + " \n>" * 2000 + "x", "order " + "12345678 " * 400 + "x:", "Hi " * 2000]
)
def test_a_mail_with_a_long_tail_is_read_in_time(text: str) -> None:
    with timed() as took:
        personal_in(text)
    assert took.seconds < AT_ONCE_S
