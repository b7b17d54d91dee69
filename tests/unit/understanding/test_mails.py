"""Of a mail its writer's own words count: neither the mail that it answers nor its signature."""

import pytest

from bot.understanding.mails import own_words, without_signature

ASKED = "How long is the warranty?"


@pytest.mark.parametrize(
    "below",
    [
        "From: Shop <a@acme.example>\nSent: Monday, 3 March 2025 10:12\nTo: Ann\nSubject: Your order\n\nAre you happy?",
        "________________________________\nFrom: Shop\nSent: Monday\nTo: Ann\n\nAre you happy?",
        "*From:* Shop <a@acme.example>\n*Subject:* Your order\n\nAre you happy?",
        "Von: Shop <a@acme.example>\nGesendet: Montag, 3. März\nAn: Karl\nBetreff: Auftrag\n\nWaren Sie zufrieden?",
        "De : Boutique\nEnvoyé : lundi 3 novembre\nÀ : Marie\nObjet : Votre commande\n\nÊtes-vous contente ?",
        "De: Tienda\nEnviado el: lunes\nPara: María\nAsunto: Pedido\n\n¿Está contenta?",
        "Da: Negozio\nInviato: lunedì\nA: Anna\nOggetto: Ordine\n\nÈ contenta?",
        "Van: Winkel\nVerzonden: maandag\nAan: Jan\nOnderwerp: Bestelling\n\nBent u tevreden?",
        "-----Original Message-----\nAre you happy?",
        "---------- Forwarded message ---------\nAre you happy?",
        "-------- Weitergeleitete Nachricht --------\nWaren Sie zufrieden?",
        "On Mon, 3 March 2025 at 10:02, Ann <ann@acme.example> wrote:\nAre you happy?",
        "On Mon, Mar 3, 2025 at 10:02 AM Ann Example <\nann@acme.example> wrote:\n> Are you happy?",
        "Am 03.03.2025 um 10:02 schrieb Shop:\nWaren Sie zufrieden?",
        "Le lun. 3 mars 2025 à 10:02, Boutique <a@acme.example> a écrit :\n> Contente ?",
        "> Are you happy?\n> Would you like to join our club?",
        "Von: Shop\nDatum: 3. März 2025 10:02\nAn: Karl\n\nWaren Sie zufrieden?",
        "---- On Mon, 03 Mar 2025 10:02:00 +0100 Shop <a@acme.example> wrote ----\nAre you happy?",
        "2025-03-03 10:02 GMT+01:00 Shop <a@acme.example>:\nAre you happy?",
        "Shop <a@acme.example> schrieb am Mo., 3. März 2025, 10:02:\nWaren Sie zufrieden?",
        "Am 03.03.2025 um 10:02 schrieb Ihr Laden <a@acme.example>:\n> Waren Sie zufrieden?",
        "Am 03.03.2025 um 10:02 schrieb Ihr Laden\n<a@acme.example>:\nWaren Sie zufrieden?",
        "On Mon, 3 March 2025 at 10:02, My Shop <a@acme.example> wrote:\nAre you happy?",
        "Begin forwarded message:\n\nFrom: Shop <a@acme.example>\nSubject: Order\n\nHow long do refunds take?",
        "Anfang der weitergeleiteten Nachricht:\n\nVon: Shop <a@acme.example>\nBetreff: Auftrag\n\nZufrieden?",
        "Début du message réexpédié :\n\nDe: Boutique <a@acme.example>\nObjet: Commande\n\nContente ?",
        "Am Mo., 3. Nov. 2025 um 10:12 Uhr schrieb Bob Smith <\nbob@acme.example>:\nWaren Sie zufrieden?",
        "--- Bob wrote ---\nAre you happy?",
        "From: Bob <b@acme.example> Sent: Monday, 3 March 2025 10:12 To: Ann Subject: Order\nAre you happy?",
    ],
)
def test_the_mail_that_is_answered_is_not_its_writers(below: str) -> None:
    assert own_words(f"{ASKED}\n\n{below}") == ASKED
    assert own_words(own_words(f"{ASKED}\n\n{below}")) == ASKED


def test_what_is_written_below_or_between_quoted_lines_is_its_writers() -> None:
    quoted = "On 3 March 2025, Ann <ann@acme.example> wrote:\n> Can we help?"
    assert own_words(f"{quoted}\n\n{ASKED}") == ASKED
    assert own_words(f"> How long did you wait?\nThree weeks.\n> What now?\n{ASKED}") == f"Three weeks.\n\n{ASKED}"


@pytest.mark.parametrize(
    "message",
    [
        ASKED,
        "From: London\nTo: Malta\nHow much is shipping?",
        "Von: Berlin\nAn: Wien\nDatum: 3. März\nWas kostet der Versand?",
        "Am Montag habe ich bestellt, und Ihr Kollege schrieb mir:\nSie kommt am Dienstag. Wann kommt sie an?",
        "Am 3. März 2025 habe ich bestellt, und Ihr Kollege schrieb mir:\nSie kommt am Dienstag. Wann kommt sie an?",
        "On Monday your colleague wrote:\nIt comes on Tuesday. When does it come?",
        "On the box somebody wrote:\nfragile. Is it?",
        "From: London Sent: by sea To: Malta\nHow much is shipping?",
        "Begin forwarded messages with the order number?",
        "--- what Bob wrote about the kettle. How long is the warranty?",
        "Hello team,\nFrom: Ann\nSubject: Return\nHow do I return a kettle?",
        "To: whom it may concern\nHow long is the warranty?",
        "From: 12 High Street (ann@acme.example)\nTo: your warehouse\nDate: 12 March\n\nHow long do refunds take?",
        "From: ann@acme.example\nTo: bob@acme.example\nIs this correct? Can I change it?",
        "Ich möchte eine Abholung.\nVon: Wien\nAn: Graz\nGesendet: noch nicht\nWas kostet das?",
        "Name: Ann\nDate: 3 March 2025\nFrom: Acme\nData: ann@acme.example\nHow do I return it?",
        "To: Ann <ann@acme.example>\nDate: 3 March 2025 10:02\nHow long is the warranty?",
        "Write to Ann <ann@acme.example>, order of 3 March 2025:\nHow long is the warranty?",
    ],
)
def test_forms_and_stories_are_no_quoted_mails(message: str) -> None:
    assert own_words(f"Hello!\n\n{message}") == f"Hello!\n\n{message}"


@pytest.mark.parametrize(
    "message",
    [
        "> 30 days, can I still return it?",
        "From: Ann <ann@acme.example>\nSubject: Warranty\n\nHow long is the warranty?",
        "FYI\n\nFrom: Ann <ann@acme.example>\nSubject: Warranty\n\nHow long is the warranty?",
        "Please see below:\n---------- Forwarded message ---------\nHow long is the warranty?",
    ],
)
def test_what_is_passed_on_alone_stays_whole(message: str) -> None:
    assert own_words(message) == message


MAIL = "From: {} <a@acme.example>\nSent: Monday, 3 March 2025 10:12\nTo: Bob\nSubject: Order\n\n{}"


@pytest.mark.parametrize(
    "above",
    [
        "see my question below",
        "Could you please answer my mail below?",
        "I sent this yesterday:",
        "I want an answer to this.",
        "Hi team,\n\nyou have not answered this yet.\n\nThanks\nAnn",
        "Bitte beantworten Sie meine Mail unten",
        "Voir ma question ci-dessous",
        "Hello",
        "Hi team,",
        "Good morning,",
        "Hallo zusammen,",
        "Bonjour,",
        "Dear Mr Miller,",
        "Can you help?",
        "Please help",
        "Help!",
        "Können Sie mir helfen?",
        "See below\n\nBest regards,\nAnna Miller\nCustomer Care",
        "Please answer this mail.\n\nKind regards\nAnna Miller",
        "Dear all, please see below. MfG Anna",
        "please advise",
        "any idea?",
        "FYI\n\nAnna",
        "Hi,\n\nBest regards\nAnna",
        "Best regards,\nAnna Miller",
        "Sent from my iPhone",
        "Following up on the below",
        "Did you receive my email?",
        "I never got a reply",
        "could you help with the below?",
        "Question from a customer below",
        "Kannst du das beantworten?",
        "Ich habe keine Antwort erhalten",
        "Nog geen antwoord",
        "Keine Antwort bis heute!",
        "Pouvez-vous répondre à ce mail ?",
        "Pouvez-vous m'aider ?",
        "New question from our customer Ann",
        "Can you please have a look?",
        "Guten Tag,\n\nanbei eine Anfrage.\n\nMit freundlichen Grüßen\nKarl",
        "Hi Anna,\ncan you answer this?\nBest, Bob",
        "Hi all, see the mail below. Can someone help?\n\nThanks,\nAnna\n\nSent from my iPhone",
        "¿Alguien puede responder a este correo?",
        "Non ho ricevuto risposta",
        "Alguém pode responder?",
        "Kun je dit beantwoorden?",
        "Ich habe noch keine Nachricht von Ihnen bekommen",
        "Wir haben nie von Ihnen gehört",
        "Haben Sie meine Mail von gestern erhalten?",
        "Did you receive this?",
        "Haben Sie das erhalten?",
        "Aucune réponse reçue",
        "No he recibido ninguna respuesta",
        "Não recebi resposta",
        "Je n'ai jamais reçu de réponse",
        "Ik heb nog geen antwoord gekregen",
    ],
)
def test_who_points_to_a_mail_lets_it_speak(above: str) -> None:
    message = f"{above}\n\n{MAIL.format('Ann Hill', ASKED)}"
    assert own_words(message) == message
    quoted = "On Mon, 3 March 2025 at 10:02, Ann <ann@acme.example> wrote:\n"
    assert own_words(f"{above}\n\n{quoted}> {ASKED}") == f"{above}\n\n{quoted}{ASKED}"


@pytest.mark.parametrize(
    "above",
    [
        "Thank you very much for your quick reply.",
        "How do I reply to this?",
        "Can I answer this?",
        "I have to answer this.",
        "This answer is wrong.",
        "Thank you!",
        "Hi Anna,\n\nthanks for your help",
        "Hi,\nThank you!\nAnna",
        "Danke für die Hilfe!",
        "Yes, that was my question.",
        "Ja, das war meine Frage",
        "No, that is not my question",
        "ok",
        "How should we reply?",
        "How do I forward this mail?",
        "Was soll ich antworten?",
        "Do we have to answer this?",
        "Can you help me with my return?",
        "I need help with the warranty",
        "Hello, how long is the warranty?",
        "Hi team, my kettle is broken. Please help.",
        "Kannst du mir mit der Rechnung helfen?",
        "Bonjour, où est ma facture ?",
        "You helped me a lot.",
        "I have not received it yet.",
        "How do we answer this customer?",
        "Please send the answer to my new address",
        "Ich habe noch eine Frage: gilt das auch hier?",
        "Did the parcel arrive?",
        "Is this a scam?",
        "What does this mean?",
        "I agree with this answer",
        "Refund",
        "Please send me an invoice.",
        "Ich habe kein Paket bekommen",
        "Ich habe keine Erstattung bekommen",
        "Ich habe es nie erhalten.",
        "Haben Sie meine Rücksendung schon erhalten?",
        "Hast du meine Zahlung erhalten?",
        "Heeft u mijn betaling ontvangen?",
        "Hebben jullie mijn retour ontvangen?",
        "Geen pakket ontvangen",
        "Aucun colis reçu",
        "Je ne l'ai pas reçu.",
        "No lo he recibido",
        "Nenhuma encomenda recebi",
        "I never received it.",
        "Never received!",
        "Not received yet",
        "I have not received my parcel",
        "Have you received my return?",
    ],
)
def test_who_says_something_of_their_own_about_a_mail_does_not(above: str) -> None:
    assert own_words(f"{above}\n\n{MAIL.format('Shop', 'You are useless!')}") == above


def test_what_is_asked_below_a_mail_that_somebody_got_is_their_own() -> None:
    got = "What are your hours in Leeds? Also I got this today:"
    sent = f"{MAIL.format('Shop', 'Your parcel has been sent.')}\n\nBest regards\nShop"
    assert own_words(f"{got}\n\n{sent}") == got
    asked = f"{got}\n\n{ASKED}\n\nThanks\nAnn"
    assert own_words(f"{got}\n\n{sent}\n\n{ASKED}\n\nThanks\nAnn") == asked
    assert own_words(asked) == asked
    assert own_words(f"Hi, I received this mail\n\n{sent}\n\n{ASKED}") == f"Hi, I received this mail\n\n{ASKED}"
    assert own_words(f"I have not received it.\n\n{sent}\n\n{ASKED}") == "I have not received it."
    assert own_words(f"It has come.\n\n{sent}\n\n{ASKED}") == "It has come."


@pytest.mark.parametrize(
    "above",
    [
        "I got this today",
        "I received a message from your shop",
        "Ich habe diese Mail bekommen",
        "Ich habe heute eine Nachricht von euch erhalten.",
        "J'ai reçu ce mail",
        "Recibí este correo",
        "Ho ricevuto questo messaggio",
        "Recebi este e-mail",
        "No sábado recebi este e-mail",
        "Ik kreeg deze mail",
        "J'ai reçu ce mail le 3 mai",
        "I got this mail, not sure what it means.",
        "I don't know why, but I received this message",
        "J'ai reçu ça",
        "On a reçu ceci ce matin",
        "Ho ricevuto questo",
        "Recebi isto hoje",
        "Recibí esto",
        "Recibí lo siguiente",
        "Ik kreeg dit",
        "Dit heb ik ontvangen",
        "Ik heb het volgende ontvangen",
        "Das habe ich heute bekommen",
        "Habe folgendes erhalten",
        "Heute von eurem Team erhalten",
        "Recebido hoje da sua equipa",
        "I got the below",
        "received the below from a customer",
        "Received today from your team",
        "This came today",
        "Not sure why I got this mail",
        "Ich weiß nicht, warum ich das bekommen habe",
        "Je ne sais pas pourquoi j'ai reçu ce mail",
        "I never asked for this but got this mail",
        "I got this mail that my order was not paid",
    ],
)
def test_who_pastes_a_mail_that_they_got_may_ask_below_it(above: str) -> None:
    message = f"{above}\n\n{MAIL.format('Shop', 'Your parcel has been sent.')}\n\n{ASKED}"
    assert own_words(message) == f"{above}\n\n{ASKED}"


@pytest.mark.parametrize(
    "above",
    [
        "Hi Bob, thanks, got it.",
        "Got your message, thanks.",
        "i got only half",
        "No refund received",
        "ich habe nichts bekommen",
        "I got no message with the label",
        "Non ho ricevuto nulla",
        "não recebi nada",
        "Ik heb niets ontvangen",
        "je n'ai rien reçu",
        "No recibí nada",
        "I got a refund.",
        "I got my refund",
        "Ich habe das Geld bekommen",
        "Ich habe mein Paket heute bekommen",
        "Das habe ich nicht bekommen",
        "Dit heb ik niet ontvangen",
        "Ik kreeg dit niet",
        "No he recibido esto",
        "I didn't ask why I got nothing",
    ],
)
def test_a_reply_above_a_mail_asks_nothing_of_what_the_mail_asks(above: str) -> None:
    assert own_words(f"{above}\n\n{MAIL.format('Ann', 'My parcel is lost.')}\n\n{ASKED}") == above


@pytest.mark.parametrize(
    "signature",
    [
        "Kind regards,\nMargaret Hill\n12 Station Road\nLeeds LS1 4DY\nTel. 0113 555 123",
        "Best regards\nJane Doe\nManager\nACME Ltd",
        "Thanks, Bob",
        "Thank you very much in advance\nBob",
        "Mit freundlichen Grüßen\nKarl Müller\nHauptstraße 12\n10115 Berlin\nTelefon 030 123456",
        "Viele Grüße, Karl",
        "Gruß\nKarl",
        "Cordialement\nMarie Dupont\n3 rue de la Paix\n75002 Paris",
        "Un saludo\nMaría López\nCalle Mayor 5\n28013 Madrid\nTel. 91 123 45 67",
        "Cordiali saluti\nAnna Rossi",
        "Atenciosamente,\nJoão Silva",
        "Met vriendelijke groet,\nJan de Vries",
        "-- \nBob\nACME Ltd",
        "Sent from my iPhone",
        "Gesendet mit der GMX Mail App",
        "Get Outlook for iOS",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Outlook für iOS beziehen",
        "Sent from Outlook for Android",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "LG Anna",
        "VG",
        "Best regards\nAnn Hill\nPlease consider the environment before printing this email",
        "Kind regards\nAnn\nRegistered office in Leeds",
        "Thanks a lot\nAnn",
        "Mit freundlichen Grüßen\nKarl\n\nBitte denken Sie an die Umwelt, bevor Sie diese E-Mail ausdrucken.",
        "If you are not the intended recipient, please delete this email and notify the sender.",
        "This e-mail is confidential. If you have received this message in error, please delete it.",
    ],
)
def test_a_signature_is_cut_off(signature: str) -> None:
    assert without_signature(f"{ASKED}\n\n{signature}") == ASKED


@pytest.mark.parametrize(
    "below",
    [
        "Thanks, how long does a repair take?",
        "Thanks for the answer.\nPlease cancel my order.",
        "Best regards\nBob\n\nPS: Do you ship to Malta?",
        "Danke\nBitte stornieren Sie meine Bestellung.",
        "Merci de m'envoyer la facture.",
        "Danke für Rechnung 12",
        "Gesendet mit der Post",
        "Gesendet mit der Post am Montag",
        "Sent from your warehouse",
        "Get Outlook to work",
        "Enviado de Madrid",
        "Von meinem Konto wurde zweimal abgebucht.",
        "Merci\nJe voudrais aussi une facture.",
        "Thanks\nand the telephone number",
        "Thanks\nAlso Spain",
        "Merci\nDélai de livraison pour la Belgique",
        "LG Monitor price",
        "cheers\nrefund possible",
        "Thank you cards",
        "Thanks\nPlease cancel order 4711.",
        "Please delete this email from my account.",
        "I received this email in error, what now?",
        "Is printing good for the environment?",
    ],
)
def test_what_is_said_below_a_closing_is_kept(below: str) -> None:
    assert without_signature(f"{ASKED}\n{below}") == f"{ASKED}\n{below}"


def test_a_line_that_only_looks_like_a_closing_is_kept() -> None:
    for message in ("price of\nLG Monitor", "HOW LONG IS THE WARRANTY\nTHANKS\nSPARE PARTS"):
        assert without_signature(message) == message


@pytest.mark.parametrize(
    "part",
    [
        *("From: a\n", "> ", "On 2025 wrote", "On 10:02 ", "Thanks\n", "-- \n", "_____\n", "\n", "LG A\n", "print "),
        *("<a@", "2025 10:02 <a@b>", "see my mail below\nFrom: <a@b>\nSubject: a\n\n", "I got this:\n\n", "message "),
        *("From: a@b ", "--- a wrote ", "<\n", "Hi A A\n", ". Thanks A", "Sent from a "),
    ],
)
def test_no_message_keeps_the_bot_busy(part: str) -> None:
    message = part * (40_000 // len(part)) + "?"
    # A pattern that tries every way to split this would not come back within the lifetime of the test run.
    assert own_words(message) and without_signature(message)
