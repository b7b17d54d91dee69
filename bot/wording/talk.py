"""Small talk, and what is said where people are called."""

from __future__ import annotations

from bot.intents import Intent
from bot.wording import Words

REPLIES: dict[Intent, Words] = {
    Intent.GREETING: Words(
        en="Hello! Ask me about our policies, and I will answer from our documents and name the page.",
        de="Hallo! Fragen Sie mich zu unseren Regeln; ich antworte aus unseren Dokumenten und nenne die Seite.",
        fr="Bonjour ! Posez-moi une question : je réponds d'après nos documents et j'indique la page.",
        es="¡Hola! Hágame una pregunta: respondo según nuestros documentos e indico la página.",
        it="Ciao! Mi faccia una domanda: rispondo in base ai nostri documenti e indico la pagina.",
        pt="Olá! Faça-me uma pergunta: respondo com base nos nossos documentos e indico a página.",
        nl="Hallo! Stel me een vraag: ik antwoord uit onze documenten en noem de pagina.",
    ),
    Intent.HOW_ARE_YOU: Words(
        en="All is well, thank you; I am a bot. What would you like to know?",
        de="Danke, gut; ich bin ein Bot. Was möchten Sie wissen?",
        fr="Tout va bien, merci ; je suis un robot. Que souhaitez-vous savoir ?",
        es="Todo bien, gracias; soy un bot. ¿Qué le gustaría saber?",
        it="Tutto bene, grazie; sono un bot. Che cosa vuole sapere?",
        pt="Tudo bem, obrigado; sou um bot. O que gostaria de saber?",
        nl="Alles goed, dank u; ik ben een bot. Wat wilt u weten?",
    ),
    Intent.THANKS: Words(
        en="You're welcome! Ask me any time.",
        de="Gern geschehen! Fragen Sie jederzeit wieder.",
        fr="Je vous en prie ! N'hésitez pas à revenir.",
        es="¡De nada! Pregúnteme cuando quiera.",
        it="Prego! Mi chieda quando vuole.",
        pt="De nada! Pergunte quando quiser.",
        nl="Graag gedaan! Vraag het gerust weer.",
    ),
    Intent.GOODBYE: Words(
        en="Goodbye! Ask me any time.",
        de="Auf Wiedersehen! Fragen Sie jederzeit wieder.",
        fr="Au revoir et à bientôt !",
        es="¡Hasta luego!",
        it="Arrivederci!",
        pt="Até logo!",
        nl="Tot ziens!",
    ),
    Intent.ACKNOWLEDGEMENT: Words(
        en="All right. Ask me any time.",
        de="In Ordnung. Fragen Sie jederzeit wieder.",
        fr="Très bien. N'hésitez pas à revenir.",
        es="De acuerdo. Pregúnteme cuando quiera.",
        it="Va bene. Mi chieda quando vuole.",
        pt="Certo. Pergunte quando quiser.",
        nl="Prima. Vraag het gerust weer.",
    ),
    Intent.ABOUT: Words(
        en="I am a bot. Ask me in your own words: I answer from our documents and name the page that each answer "
        "comes from. If they have no answer, I say so, and you can ask {contact}.",
        de="Ich bin ein Bot. Fragen Sie mich in Ihren Worten: Ich antworte aus unseren "
        "Dokumenten und nenne die Seite. "
        "Wo sie nichts sagen, sage ich das; dann hilft {contact}.",
        fr="Je suis un robot. Posez votre question avec vos mots : je réponds d'après nos documents et j'indique la "
        "page. S'ils ne répondent pas, je le dis ; adressez-vous alors à {contact}.",
        es="Soy un bot. Pregunte con sus palabras: respondo según nuestros documentos e indico la página. Si no lo "
        "dicen, se lo digo; entonces puede dirigirse a {contact}.",
        it="Sono un bot. Chieda con parole sue: rispondo in base ai nostri documenti e indico la pagina. Se non lo "
        "dicono, glielo dico; allora può rivolgersi a {contact}.",
        pt="Sou um bot. Pergunte com as suas palavras: respondo com base nos nossos documentos e "
        "indico a página. Se "
        "eles não responderem, eu digo; então fale com {contact}.",
        nl="Ik ben een bot. Vraag het in uw eigen woorden: ik antwoord uit onze documenten en "
        "noem de pagina. Als het "
        "er niet in staat, zeg ik dat; dan kunt u terecht bij {contact}.",
    ),
    Intent.COMPLAINT: Words(
        en="I am sorry. Please ask me once more in other words, or contact {contact}. "
        "“Not helpful” below an answer helps us to do better.",
        de="Das tut mir leid. Fragen Sie mich bitte noch einmal mit anderen Worten, oder wenden Sie sich an {contact}.",
        fr="Je suis désolé. Reformulez votre question, s'il vous plaît, ou adressez-vous à {contact}.",
        es="Lo siento. Pregúnteme de nuevo con otras palabras o diríjase a {contact}.",
        it="Mi dispiace. Lo chieda di nuovo con altre parole oppure si rivolga a {contact}.",
        pt="Lamento. Pergunte de novo com outras palavras ou fale com {contact}.",
        nl="Dat spijt me. Vraag het nog eens in andere woorden, of ga naar {contact}.",
    ),
    Intent.PERSON: Words(
        en="Of course.",
        de="Natürlich.",
        fr="Bien sûr.",
        es="Por supuesto.",
        it="Certo.",
        pt="Claro.",
        nl="Natuurlijk.",
    ),
    Intent.ANGER: Words(
        en="I am sorry for the trouble. A person can do more here than I can.",
        de="Es tut mir leid. Ein Mensch kann hier mehr tun als ich.",
        fr="Je suis désolé. Une personne pourra faire plus que moi.",
        es="Lo siento. Una persona puede hacer más que yo.",
        it="Mi dispiace. Una persona può fare più di me.",
        pt="Lamento. Uma pessoa pode fazer mais do que eu.",
        nl="Het spijt me. Een mens kan hier meer doen dan ik.",
    ),
}
NO_TRANSLATION = Words(
    en="I do not translate: I answer in the words of our documents. Ask me in {language}; where a page in "
    "{language} answers, I answer from it.",
    de="Ich übersetze nicht: Ich antworte in den Worten unserer Dokumente. Fragen Sie mich auf Deutsch; wo eine "
    "deutsche Seite Auskunft gibt, antworte ich aus ihr.",
    fr="Je ne traduis pas : je réponds avec les mots de nos documents. Posez votre question en français ; si une "
    "page en français y répond, je réponds d'après elle.",
    es="No traduzco: respondo con las palabras de nuestros documentos. Pregúnteme en español; si una página en "
    "español lo dice, respondo con ella.",
    it="Non traduco: rispondo con le parole dei nostri documenti. Mi chieda in italiano; se una pagina in italiano "
    "lo dice, rispondo da quella.",
    pt="Não traduzo: respondo com as palavras dos nossos documentos. Pergunte em português; se uma página em "
    "português o disser, respondo a partir dela.",
    nl="Ik vertaal niet: ik antwoord in de woorden van onze documenten. Vraag het in het Nederlands; als een "
    "Nederlandse pagina het zegt, antwoord ik daaruit.",
)
NOT_IN_LANGUAGE = Words(
    en="I found no page in {language} that answers your question, so my answer stays as it is.",
    de="Ich habe keine deutsche Seite gefunden, die Ihre Frage beantwortet; meine Antwort bleibt, wie sie ist.",
    fr="Je n'ai pas trouvé de page en français qui réponde à votre question ; ma réponse reste telle quelle.",
    es="No he encontrado ninguna página en español que responda a su pregunta; mi respuesta queda como está.",
    it="Non ho trovato una pagina in italiano che risponda alla sua domanda; la mia risposta resta com'è.",
    pt="Não encontrei uma página em português que responda à sua pergunta; a minha resposta fica como está.",
    nl="Ik vond geen Nederlandse pagina die uw vraag beantwoordt; mijn antwoord blijft zoals het is.",
)
REPLIES[Intent.NOTHING] = REPLIES[Intent.GREETING]
PLEASE_ASK = Words(
    en="Please ask {contact}.",
    de="Bitte wenden Sie sich an {contact}.",
    fr="Adressez-vous à {contact}.",
    es="Diríjase a {contact}.",
    it="Si rivolga a {contact}.",
    pt="Fale com {contact}.",
    nl="Ga naar {contact}.",
)
SUPPORT = Words(
    en="a member of the support team",
    de="unser Support-Team",
    fr="notre équipe d'assistance",
    es="nuestro equipo de soporte",
    it="una persona del nostro team di assistenza",
    pt="a nossa equipa de apoio",
    nl="ons supportteam",
)
"""Whom to ask where the settings name nobody."""
ANSWERED_HERE = Words(
    en="I have told the team, and somebody will answer here.",
    de="Ich habe dem Team Bescheid gesagt; jemand antwortet Ihnen hier.",
    fr="J'ai prévenu l'équipe ; quelqu'un vous répondra ici.",
    es="Ya he avisado al equipo; alguien le responderá aquí.",
    it="Ho avvisato il team: qualcuno le risponderà qui.",
    pt="Já avisei a equipa; alguém vai responder aqui.",
    nl="Ik heb het team ingelicht; iemand antwoordt u hier.",
)
WRITTEN_TO = Words(
    en="I have told the team, and somebody will write to you.",
    de="Ich habe dem Team Bescheid gesagt; jemand schreibt Ihnen.",
    fr="J'ai prévenu l'équipe ; quelqu'un vous écrira.",
    es="Ya he avisado al equipo; alguien le escribirá.",
    it="Ho avvisato il team: qualcuno le scriverà.",
    pt="Já avisei a equipa; alguém vai escrever-lhe.",
    nl="Ik heb het team ingelicht; iemand schrijft u.",
)
QUIET = Words(
    en="I stay quiet in this thread until you mention me.",
    de="Ich bin in diesem Thread still, bis Sie mich erwähnen.",
    fr="Je me tais dans ce fil jusqu'à ce que vous me mentionniez.",
    es="No digo nada más en este hilo hasta que me mencione.",
    it="Non scrivo più in questo thread finché non mi menziona.",
    pt="Fico em silêncio nesta conversa até que me mencione.",
    nl="Ik blijf stil in deze draad tot u mij noemt.",
)
OFFER = Words(
    en="If this cannot wait, say that you want to talk to a person, or press the button below.",
    de="Wenn das nicht warten kann, schreiben Sie, dass Sie mit einem Menschen sprechen möchten, oder drücken Sie "
    "den Knopf darunter.",
    fr="Si cela ne peut pas attendre, dites que vous voulez parler à une personne, ou appuyez sur le bouton "
    "ci-dessous.",
    es="Si no puede esperar, diga que quiere hablar con una persona o pulse el botón de abajo.",
    it="Se non può aspettare, dica che vuole parlare con una persona, o prema il pulsante qui sotto.",
    pt="Se não puder esperar, diga que quer falar com uma pessoa ou toque no botão abaixo.",
    nl="Als dit niet kan wachten, zeg dan dat u een medewerker wilt spreken, of druk op de knop hieronder.",
)
