"""What a message wants: small talk is never a question, and a question never small talk."""

import pytest

from bot import replies
from bot.intents import HAND_OVER, SMALL_TALK, Intent, QuestionKind, Wanted, asks, asks_in_general, kind_of, read
from bot.messages import Turn
from bot.settings import Settings

HERE = {"told": True, "threaded": True}
ANSWERED = (Turn("user", "Can I return it?"), Turn("assistant", "Yes, within 30 days. [1]"))

TALK = {
    Intent.NOTHING: ["", "   ", "?!", "...", "🤔", "\u200b"],
    Intent.GREETING: [
        "hi",
        "Hello!",
        "hey there",
        "Good morning!",
        "👋",
        "Hi team :)",
        "hello, hi!",
        "Hallo",
        "¡Hola!",
        "bonjour à tous",
        "Ciao",
        "Olá!",
        "Hoi",
        "Grüß Gott",
        "привет",
        "こんにちは",
        "merhaba",
        "HELLO",
        "hi @frontdesk",
    ],
    Intent.HOW_ARE_YOU: ["how are you?", "Hi! How are you doing today", "hey, what's up?", "Wie geht's?", "ça va ?"],
    Intent.THANKS: [
        "thanks",
        "Thank you!",
        "ok great, thanks a lot",
        "thanks for your help",
        "cheers",
        "ty",
        "🙏",
        "Perfect, thank you so much!",
        "no thanks",
        "Danke schön!",
        "merci beaucoup",
        "¡Muchas gracias por la ayuda!",
        "grazie mille",
        "obrigado",
        "dank je wel",
        "ありがとうございます",
        "got it, thanks!!",
        "That helped a lot, thank you",
        "thankss",
        "thank youu :)",
        "thanks!!! you're a star",
    ],
    Intent.GOODBYE: ["bye", "Goodbye!", "ok, bye", "See you later", "Tschüss", "au revoir", "that's all"],
    Intent.ACKNOWLEDGEMENT: [
        *("ok", "Great!", "👍", "got it", "makes sense", "alles klar", "d'accord", "never mind", "oops, sorry")
    ],
    Intent.ABOUT: [
        "who are you?",
        "are you a bot or a human?",
        "hi can u help me",
        "What can you do?",
        "hi, are you a bot?",
        "help",
        "Can you help me?",
        "Wer bist du?",
        "¿Quién eres?",
        "Qui êtes-vous ?",
        "chi sei",
        "quem é você?",
        "wat kun je?",
        "I have a question",
        "what's this?",
    ],
    Intent.COMPLAINT: [
        "that's wrong",
        "That didn't help.",
        "wrong answer!",
        "are you sure?",
        "Das stimmt nicht",
        "Thanks, but that's not what I asked",
        "Thank you, that's wrong though",
        "this didn't help at all",
        "That does not help me.",
        "this is not helpful",
        "not what I asked",
        "that's not my question",
        "what a useless answer",
        "😡",
        "👎",
        "🤬🤬",
    ],
    Intent.PERSON: [
        "a human, please",
        "human",
        "Agent!",
        "human?",
        "Hi, agent please?",
        "Agent, agent, agent!",
        "hello?? operator!!",
        "No, a human!",
        "Enough. Human.",
        "My parcel is late. Human!",
        "Mitarbeiter!",
        "I want to talk to a real person",
        "can I speak to someone?",
        "hi, can I talk to a human please?",
        "Please connect me to an agent",
        "transfer me to a person",
        "get me a human",
        "I'd like to speak with a manager about my refund",
        "How do I talk to a human?",
        "I need to talk to support",
        "could you let me talk to a human being",
        "is there anyone real here? I want a human",
        "live agent please",
        "I told you: I want to talk to a human!",
        "I need someone, who can help?",
        "How long is the warranty? Actually, let me talk to a person.",
        "I don't want to talk to a bot",
        "escalate this",
        "i wanna speak 2 a human",
        "can i speak with a humna",
        "talk to a representitive",
        "Please call me back",
        "Can someone call me about my refund?",
        "I want to be called back.",
        "call me please, my number is 0123 456",
        "I'd like to speak to someone from support",
        "Can I talk to someone from your team?",
        "I need to speak to a person in billing",
        "Can I chat with an agent in your returns department about my refund?",
        "Could I talk to one of your colleagues?",
        "let me speak to a colleague of yours",
        "support agent please",
        "It's been two weeks. Customer support please!",
        "I need customer service",
        "live chat",
        "Hi, live chat please",
        "I want a live chat",
        "Can a human help me?",
        "could a real person please help me with my order",
        "I want to escalate this",
        "Can you escalate my case?",
        "Ich möchte mit einem Menschen sprechen",
        "Kann ich bitte mit einem Mitarbeiter sprechen?",
        "einen Menschen bitte",
        "je voudrais parler à un conseiller",
        "puis-je parler à un humain s'il vous plaît",
        "quiero hablar con una persona",
        "No, quiero hablar con una persona",
        "posso parlare con un operatore?",
        "quero falar com um atendente",
        "ik wil met een medewerker spreken",
        "Is there a human?",
        "Thanks! And is there a human?",
        "So is there a human I can talk to?",
        "Are there any real humans here?",
        "I want to talk to a human not a bot",
        "I want to speak to a person and not to a robot please",
        "I need to speak with a human being urgently",
        "transfer to human",
        "Transfer to agent please",
        "escalate to a human",
        "Can you escalate to a manager?",
        "I need human help",
        "I need human support please",
        "human support please",
        "can I talk to someone else?",
        "I want to talk to a different agent",
        "I would like to be put through to someone",
        "can someone from your team contact me?",
        "please have someone contact me about my order",
        "I'd rather deal with a human",
        'I want to talk to a "real person"',
        "Where is a human?",
        "How can I talk to an agent about my refund?",
        "Je veux un humain",
        "J'ai besoin d'un conseiller s'il vous plaît",
        "Passez-moi un responsable",
        "quiero un humano",
        "Pásame con un agente por favor",
        "vorrei un operatore",
        "quero um humano",
        "Preciso de um atendente",
        "ik wil een mens spreken",
        "ik wil iemand spreken",
        "Doorverbinden met een medewerker",
        "Ich möchte mit jemandem vom Support sprechen",
        "Verbinden Sie mich mit dem Kundenservice",
        "Kann mich bitte jemand anrufen?",
        "un conseiller",
        "agente!",
        "Ciao, operatore",
        "atendente",
        "medewerker",
    ],
    Intent.ANGER: [
        "this is ridiculous!",
        "You are useless",
        "This is absolutely unacceptable.",
        "stupid bot",
        "fuck you",
        "I'm so angry, where's my refund?!",
        "I am fed up with this",
        "I'm furious with my order",
        "I'm angry at you",
        "The stupid machine is useless. You are useless!",
        "Useless machine!",
        "This stupid bot doesn't understand",
        "worst service ever",
        "WTF",
        "What a terrible service!",
        "I'm sick of waiting",
        "I will sue you",
        "Where is my refund? This is a scam!",
        "They told me: 5 days. It has been ten. This is unacceptable!",
        "Dear customer service: this is ridiculous!",
        "> 5 days\n\nThis is ridiculous!",
        "It's broken, isn't it? You're useless!",
        "Why does your stupid bot not help me?",
        "What a useless bot",
        "useless bot",
        "You are a stupid machine",
        "I'm disgusted by your service",
        "I am so disgusted!",
        "Das ist eine Frechheit!",
        "ich bin echt sauer",
        "c'est vraiment inacceptable",
        "je suis furieux",
        "esto es ridículo",
        "estoy muy enojada",
        "questo è inaccettabile",
        "isso é um absurdo",
        "dit is echt belachelijk",
        "you suck",
        "Screw you!",
        "oh screw this",
        "Well, screw that.",
        "screw you and your bot",
        "My parcel is lost. Screw you guys!",
        "fuck this",
        "My lawyer will be in touch.",
        "my lawyer will contact you about this",
        "My lawyer will hear about this!",
        "I'm fed up",
        "I'm so fed up with your delays",
        "I am fed up with this company and want my money back",
        "I'm sick and tired of waiting",
        "I'm sick of being ignored",
        "I'm sick of it",
        "I'm fed up of talking to a bot",
        "I am sick of this, where is my parcel?",
        "I'm disgusted with the treatment I got",
        "Es reicht!",
        "Jetzt reicht es mir aber.",
        "Mir reicht's!",
        "Mir reicht es, ich will mein Geld zurück",
        "So, jetzt reicht's",
        "J'en ai marre de votre service",
        "j'en ai marre",
        "estoy harto de esperar",
        "estoy harta",
        "sono stufo di aspettare",
        "estou farta de vocês",
    ],
}

QUESTIONS = [
    "hi, how do I return a bike?",
    "thanks, and what about refunds?",
    "Thanks! How long does it take?",
    "hello, is the store open today?",
    "good morning, I want to cancel",
    "returns",
    "¿cómo?",
    "Danke, und wie lange dauert die Erstattung?",
    "merci, et pour la livraison ?",
    "no",
    "yes",
    "both",
    "EU",
    "UK please",
    "and in Germany?",
    "30 days?",
    "ok, but what if it is damaged?",
    "hi returns",
    "thank you letter template",
    "Do you say thanks for referrals with a voucher?",
    "great deals this week?",
    "What can you do about a broken kettle?",
    "Can you help me return a kettle?",
    "help with shipping",
    "who are you shipping with?",
    "are you a bot-friendly company?",
    "that's wrong size, can I swap it?",
    "Is the answer useless though?",
    "sorry, how long is the warranty?",
    "that does not help me with the return",
    "that's not my question, how long is the warranty?",
    "the wrong item arrived",
    # People, but not wanted now.
    "How do I contact support?",
    "How can I reach customer service?",
    "What are the hours of the support team?",
    "Can I transfer my gift card to another person?",
    "I want a person to pick up the parcel",
    "I need someone to sign for the parcel",
    "Can an agent return goods on my behalf?",
    "Does a human review my claim?",
    "Can someone else return the item?",
    "When should I transfer a customer to a supervisor?",
    "When can agents talk to a manager?",
    "Is a person under 18 allowed to order?",
    "Who do I talk to about a refund?",
    "Can I speak to the seller of the item?",
    "What does a human resources manager earn?",
    "Kann ein Mitarbeiter das Paket annehmen?",
    "No quiero hablar con una persona",
    "Não quero falar com um atendente, só quero saber o prazo",
    "I don't want to talk to a human",
    "no human please",
    "Ich will nicht mit einem Menschen sprechen",
    "Can someone call me a liar for returning it late?",
    "When will the courier call me?",
    "Will someone call me before the delivery?",
    "Will somebody call me?",
    "Call me Ishmael. How long is the warranty?",
    "Can I talk to someone from another department about my transfer?",
    "Can I talk to colleagues about my salary?",
    "Who can I talk to about parental leave?",
    "How do I escalate a complaint?",
    "I want to escalate a complaint to the ombudsman",
    "How do I escalate this ticket?",
    "What are the live chat hours?",
    "Is there live chat support at weekends?",
    "Where do you answer faster: phone, email, live chat?",
    "Do you have a live chat?",
    "customer support hours please",
    "I need support regarding my return",
    "Can a human eat this?",
    "Can a person return an item without a receipt?",
    "Can someone help me with my return?",
    "Can someone from support see my password?",
    "I have to talk to people about pricing",
    "How can I talk to someone about a bulk order?",
    "How do I talk to people who ordered?",
    "Where is the operator?",
    "Where is the manager?",
    "Can I transfer to someone?",
    "Can I forward my parcel to someone else?",
    "Can someone else contact me?",
    "Can someone contact me when my parcel arrives?",
    "Can people contact me?",
    "Can you contact me?",
    "Is there a manager discount?",
    "Is there a person at the pickup point?",
    "Is there human support on weekends?",
    "Which plan has human support?",
    "I have to deal with someone who lost my parcel",
    "I need human hair brushes",
    "Je veux un agent nettoyant",
    "Quiero un agente de viajes",
    "Ik wil geen mens spreken",
    "Kan iemand mijn pakket ontvangen?",
    "Ich möchte kein Gespräch mit jemandem vom Support",
    "Kann mich jemand vertreten?",
    'What does "human" mean in your terms?',
    'What is an "agent"?',
    # People who are named, not wished for.
    "I need the manager, Bob's, phone number",
    "How long is the warranty on kettles?\n\nBest regards\nJane Doe\nManager\nACME Ltd",
    "How long is the warranty on kettles?\n\nJane D.\nManager",
    "How long is the warranty on kettles?\n\nBest regards, Jane D.\nManager",
    "What can these roles do: owner, manager, agent?",
    "Which seat do I need (agent, viewer)?",
    "Which role may invite people? Agent?",
    "Name: Bob\nRole: Agent\nHow do I reset my password?",
    "Contact channels: email, phone, human. Which is fastest?",
    "Welche Rollen gibt es: Kunde, Mitarbeiter, Leiter?",
    # Anger that is somebody else's, or none.
    "I'm not angry",
    "What do I do when a customer says this is unacceptable?",
    "What if a guest is furious?",
    'A customer wrote "this is ridiculous", what now?',
    "My kettle is useless without a lid, can I return it?",
    "what is unacceptable behaviour under your policy?",
    "Is a scam covered by the guarantee?",
    "I am sick and want to cancel my booking",
    "What the hell is a restocking fee?",
    "Is it ridiculous to ask for a refund after a year?",
    "How do I handle angry customers?",
    "> This is unacceptable. I want a refund.\n\nHow should I answer this customer?",
    "> I want to talk to a human\n\nHow should I answer this customer?",
    "```\nthis is bullshit\n```\nWhat does this log mean?",
    "'I am furious' is what the client wrote, how do we respond?",
    "‘This isn’t right. This is ridiculous’ is what I read, what now?",
    "A customer wrote: this is ridiculous. What do I tell them?",
    "A customer wrote me this yesterday:\n\nThis is ridiculous.\nI am furious.\n\nWhat do I tell them?",
    "A customer says: I want to speak to a manager. What do I do?",
    "A customer says, this is ridiculous, what do I do?",
    "I got this from a customer: you are useless. How do I answer?",
    "Customer: I want to talk to a human\nAgent: Why?\nHow to respond?",
    "He wrote: you are useless. Do I have to answer that?",
    "Ein Kunde schreibt: das ist eine Frechheit. Was antworte ich?",
    "I need someone, who can sign the form, can it be a neighbour?",
    "I'm disgusted by the smell, is that normal for a new kettle?",
    "How do I reset a stupid robot?",
    "What is the worst case for delivery?",
    "Do you sell garbage bags?",
    "What happens to stupid mistakes in an order?",
    "Was ist eine Katastrophe im Sinne der Versicherung?",
    "My kettle broke and I'm so angry at myself, is it covered?",
    "I'm furious with my neighbour, who took my parcel. What can I do?",
    "The stupid machine broke. Is it covered?",
    "This damn machine leaks, how do I get it repaired?",
    "How do I know this is a scam?",
    "I got a mail that asks for my password and I think this is a scam, what should I do?",
    "How do you screw this on?",
    "Where do I screw that in?",
    "Should I screw this in or glue it?",
    "screw off the lid how",
    "Do you screw off the lid first?",
    "First I screw this, but which way?",
    "Screw this in first?",
    "Where does the screw you sent go?",
    "screw you sent is too short",
    "Did I fuck this up by plugging it in first?",
    "My lawyer will need the invoice. How do I get a copy?",
    "My lawyer will write the letter, where do I send it?",
    "Mir reicht es, wenn das Paket am Freitag kommt. Geht das?",
    "Es reicht mir eine Kopie der Rechnung. Wie bekomme ich die?",
    "Es reicht mir, die Rechnung als PDF zu bekommen. Geht das?",
    "Es reicht mir ein Ersatzteil",
    "Reicht es, wenn ich den Karton aufhebe?",
    "I'm so fed up with limescale, how often do I descale?",
    "I'm fed up with my old machine and want a new one, what do you recommend?",
    "I am sick of this old kettle, can I trade it in?",
    "I'm sick and tired of descaling, is there a filter?",
    "I'm disgusted by this smell, is that normal?",
    "J'en ai marre du calcaire, que faire ?",
    "Estoy harta de la cal, ¿cada cuánto la limpio?",
    "Sono stufa del calcare, ogni quanto lo tolgo?",
    "Estou farta do calcário, o que faço?",
    # Other words, where there is nothing to say again.
    "make it friendlier",
    "shorter please",
]


@pytest.mark.parametrize(
    ("intent", "text"), [(intent, text) for intent, texts in TALK.items() for text in texts], ids=str
)
def test_what_is_no_question_is_recognised(intent: Intent, text: str) -> None:
    assert read(text).intent is intent


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_stays_one(text: str) -> None:
    assert read(text).intent is Intent.QUESTION


@pytest.mark.parametrize(
    "text",
    [
        "make it friendlier",
        "shorter please",
        "Can you explain that in simple words?",
        "Rephrase it",
        "summarise this",
        "Could you say that again?",
        "as bullet points",
        "in other words",
        "make it more formal please",
        "TL;DR",
    ],
)
def test_other_words_are_wanted_for_an_answer(text: str) -> None:
    assert read(text, ANSWERED).intent is Intent.STYLE


@pytest.mark.parametrize(
    "text",
    [
        "Can you explain the return policy again?",
        "make it work",
        "repeat the order",
        "a shorter warranty?",
        "Is there a simpler form?",
        "make a list of all products",
        "Can I write a review in simple words?",
        "What is the list price?",
        "in short supply?",
        "Make it friendlier and tell me who pays for shipping",
    ],
)
def test_a_question_after_an_answer_is_no_wish_for_other_words(text: str) -> None:
    assert read(text, ANSWERED).intent is Intent.QUESTION


@pytest.mark.parametrize("text", ["How does this work?", "What is this?", "what's this"])
def test_this_is_the_answer_right_behind_one_and_else_the_bot(text: str) -> None:
    assert read(text, ANSWERED).intent is Intent.QUESTION
    greeted = (Turn("user", "Hello!"), Turn("assistant", "Hello! Ask me about returns."))
    assert read(text, greeted).intent is Intent.ABOUT
    assert read(text, (*ANSWERED, *greeted)).intent is Intent.ABOUT
    assert read("who are you?", ANSWERED).intent is Intent.ABOUT


def test_small_talk_is_never_said_in_other_words() -> None:
    assert read("shorter please", (Turn("user", "hi"), Turn("assistant", "Hello!"))).intent is Intent.QUESTION


def test_a_long_message_is_a_question_whatever_it_holds() -> None:
    assert read("You are useless. " + "My order has not come. " * 60).intent is Intent.QUESTION


@pytest.mark.parametrize(
    "word", ["i want to ", "please ", "more ", "a ", "about ", "so ", "human ", "ich mochte ", "not a bot "]
)
def test_no_message_keeps_the_bot_busy(word: str) -> None:
    # A pattern that tries every way to split this would not come back within the lifetime of the test run.
    assert read(word * (1_000 // len(word)) + "x").intent is Intent.QUESTION
    assert read(word * (190 // len(word)) + "x").intent is Intent.QUESTION


def test_everything_but_a_question_has_a_reply_in_its_language_that_may_name_the_contact() -> None:
    for intent in SMALL_TALK | HAND_OVER:
        for text in TALK[intent]:
            wanted = read(text)
            said = replies.reply(wanted, "#leads {x}")
            assert said and "{contact}" not in said
            assert ("#leads {x}" in said) == (intent in HAND_OVER | {Intent.ABOUT, Intent.COMPLAINT})
    assert replies.reply(read("Danke!"), "x").startswith("Gern")
    assert replies.reply(read("спасибо"), "x").startswith("You're welcome")


@pytest.mark.parametrize("language", ["de", "fr", "es", "it", "pt", "nl"])
@pytest.mark.parametrize("intent", [Intent.ABOUT, Intent.COMPLAINT, Intent.PERSON, Intent.ANGER])
def test_whom_to_ask_is_told_in_the_language_of_the_reply_unless_the_settings_name_somebody(
    intent: Intent, language: str
) -> None:
    wanted, unnamed = Wanted(intent, language), Settings().answering.contact
    said = replies.reply(wanted, unnamed)
    assert unnamed not in said and "{" not in said
    assert "#leads" in replies.reply(wanted, "#leads")
    assert unnamed in replies.reply(Wanted(intent), unnamed)
    told = replies.handed_over(replies.reply(Wanted(Intent.PERSON, language), unnamed), language, unnamed, **HERE)
    assert told == replies.handed_over(
        replies.reply(Wanted(Intent.PERSON, language), "#leads"), language, "#leads", **HERE
    ), "nobody is sent to anybody else"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How long is the warranty?", QuestionKind.FACT),
        ("How do I return a kettle?", QuestionKind.PROCEDURE),
        ("What should I do if it breaks?", QuestionKind.PROCEDURE),
        ("How to cancel", QuestionKind.PROCEDURE),
        ("What is the difference between the plans?", QuestionKind.COMPARISON),
        ("Is express faster than standard?", QuestionKind.COMPARISON),
        ("Basic vs. Pro", QuestionKind.COMPARISON),
        ("How much does shipping cost?", QuestionKind.FACT),
    ],
)
def test_the_kind_of_a_question_is_told_from_its_words(text: str, kind: QuestionKind) -> None:
    assert kind_of(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "How long do refunds take?",
        "how long do refunds take",
        "Hi team, does anyone know where the form is",
        "My parcel is late. What should I do?",
        "I was wondering if you ship to Norway",
        "Customer wants a refund - how do I do that",
        "what documents do I need for a return?",
        "Do you deliver on *Sundays*?",
        "Wie lange dauert die Rückerstattung?",
        "wie lange habe ich zeit",
        "¿Cuánto tarda un reembolso?",
        "返品できますか？",
        "> 5 days\n\nHow long do refunds take?",
        "```\nE42\n```\nWhat does this error mean?",
        "hoe lang duurt het",
        "waar is mijn pakket",
        "kan ik een jas ruilen",
        "Hallo, wanneer krijg ik mijn geld terug",
        "hoeveel dagen heb ik",
        "leveren jullie naar Duitsland",
        "come posso pagare",
        "quanto costa la spedizione",
        "dove trovo la fattura",
        "si può restituire un regalo",
        "quali sono i tempi di consegna",
        "quanto tempo demora",
        "como posso devolver um casaco",
        "posso trocar um casaco",
        "onde está a minha encomenda",
        "qual o prazo de entrega",
        "puedo devolver un abrigo",
        "need help with a return",
        "Hi, I need some help with my order",
        "question about refunds",
        "I have a question about gift cards",
        "I have a question about how refunds are paid",
        "questions about what happens if my parcel was lost",
        "kan je ook met iDEAL betalen",
        "mag ik mijn geld terug",
        "heb ik recht op garantie",
        "heb ik te veel betaald",
        "heb je mijn bestelling ontvangen",
        "is er een minimumbedrag",
        "quando arriva il mio ordine",
        "quando arrivano i soldi",
        "come sono calcolate le spese",
        "come è fatta la consegna",
        "cosa sono i punti",
        "qualcuno sa come fare un reso",
        "alguém sabe se enviam para Portugal",
        "alguém sabe do meu pedido",
    ],
)
def test_a_question_to_nobody_in_particular_is_recognised(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Good morning everyone",
        "How are you?",
        "Really?",
        "??",
        "",
        "lol what a day",
        "When I get back I will fix it",
        "I shipped it yesterday.",
        "The customer asked how long it takes",
        "do the dishes please",
        "see https://example.com/?q=1 for the list",
        "ik heb het pakket gisteren verzonden",
        "waar ik woon is het koud",
        "wat een dag vandaag",
        "come detto ieri, tutto bene",
        "quando finisco ti scrivo",
        "devo andare adesso",
        "como combinado, envio amanhã",
        "quando eu chegar eu aviso",
        "porque não tenho tempo hoje",
        "come on over to the office",
        "the question about refunds is answered",
        "they need help in the warehouse",
        "Questions about the new logo were answered yesterday.",
        "Questions about billing go to Anna.",
        "we need help with the dishes lol",
        "kan je mee lunchen",
        "mag ik een ijsje",
        "heb ik gezien",
        "heb ik gisteren al verzonden",
        "heb ik al gedaan",
        "quando arriva Paolo",
        "come sono contento",
        "come è bello oggi",
        "qualcuno sa di Paolo",
        "alguém sabe do Pedro",
        "```\nwhat is this?\n``` is the log",
        "> how long does it take?\nas she wrote, 5 days",
        "?" * 40_000,
        "what " * 20_000,
    ],
)
def test_what_asks_nothing_is_left_alone(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("In German please", "de"),
        ("in german?", "de"),
        ("German please", "de"),
        ("Can you answer that in French, please?", "fr"),
        ("Please translate your answer to Spanish", "es"),
        ("Do you speak Turkish?", "tr"),
        ("auf Deutsch bitte", "de"),
        ("Kannst du das bitte auf Deutsch schreiben?", "de"),
        ("Sprichst du Deutsch?", "de"),
        ("En français, s'il vous plaît", "fr"),
        ("en español por favor", "es"),
        ("in italiano per favore", "it"),
        ("em português por favor", "pt"),
        ("in het Nederlands graag", "nl"),
        ("Sorry, in English please", "en"),
        ("en italien, s'il vous plaît", "it"),
        ("Do you speak Catalan?", "ca"),
        ("Please answer in Catalan", "ca"),
    ],
)
@pytest.mark.parametrize("turns", [(), ANSWERED], ids=["at once", "after an answer"])
def test_a_wish_for_a_language_is_no_question(text: str, language: str, turns: tuple[Turn, ...]) -> None:
    assert read(text, turns) == Wanted(Intent.LANGUAGE, language)


@pytest.mark.parametrize(
    "text",
    [
        "Do you have the manual in German?",
        "In Germany please",
        "In blue please",
        "How do I switch the app to German?",
        "Is the hotline in French?",
        "refund please",
        "in it please",
        "And in Delaware?",
        "Delaware please",
        "in Creek",
        "Nauru please",
        "Do you ship there? In Java?",
        "in Italien bitte",
        "and in Italien?",
        "Do you speak to the courier?",
    ],
)
def test_a_question_that_names_a_language_stays_one(text: str) -> None:
    assert read(text, ANSWERED).intent is not Intent.LANGUAGE


@pytest.mark.parametrize(
    ("text", "general"),
    [
        ("Hello, I need some information on retirement benefits", True),
        ("I’d like to know more about the refill plan", True),
        ("Can someone please help me with a claim?", True),
        ("Tell me about Kettle Club", True),
        ("How long do refunds take?", False),
        ("Do I need a receipt?", False),
        ("Who do I write to about a broken lid?", False),
        ("Can you help?", True),
    ],
)
def test_who_asks_in_general_is_told_from_who_asks_for_one_thing(text: str, general: bool) -> None:
    assert asks_in_general(text) is general
