"""Small talk, and what is said where people are called."""

from __future__ import annotations

from bot.understanding.intents import Intent
from bot.wording import Words

REPLIES: dict[Intent, Words] = {
    Intent.GREETING: Words(
        en="Hello! Ask me about our policies, and I will answer from our documents and name the page.",
        de="Hallo! Fragen Sie mich zu unseren Richtlinien; ich antworte anhand unserer Dokumente und nenne die Seite.",
        fr="Bonjour\u202f! Posez-moi une question\u00a0: je réponds d'après nos documents et j'indique la page.",
        es="¡Hola! Hágame una pregunta: respondo según nuestros documentos e indico la página.",
        it="Buongiorno! Mi faccia una domanda: rispondo in base ai nostri documenti e indico la pagina.",
        pt="Olá! Faça-me uma pergunta: respondo com base nos nossos documentos e indico a página.",
        nl="Hallo! Stel me een vraag: ik antwoord op basis van onze documenten en noem de pagina.",
    ),
    Intent.HOW_ARE_YOU: Words(
        en="All is well, thank you; I am a bot. What would you like to know?",
        de="Danke, gut; ich bin ein Bot. Was möchten Sie wissen?",
        fr="Tout va bien, merci\u202f; je suis un bot. Que souhaitez-vous savoir\u202f?",
        es="Todo bien, gracias; soy un bot. ¿Qué le gustaría saber?",
        it="Tutto bene, grazie; sono un bot. Che cosa vuole sapere?",
        pt="Tudo bem, obrigado; sou um bot. O que gostaria de saber?",
        nl="Alles goed, dank u; ik ben een bot. Wat wilt u weten?",
    ),
    Intent.THANKS: Words(
        en="You're welcome! Ask me any time.",
        de="Gern geschehen! Fragen Sie jederzeit wieder.",
        fr="Je vous en prie\u202f! N'hésitez pas à revenir.",
        es="¡De nada! Pregúnteme cuando quiera.",
        it="Prego! Mi chieda pure quando vuole.",
        pt="De nada! Pergunte quando quiser.",
        nl="Graag gedaan! Stel gerust nog een vraag.",
    ),
    Intent.GOODBYE: Words(
        en="Goodbye! Ask me any time.",
        de="Auf Wiedersehen! Fragen Sie jederzeit wieder.",
        fr="Au revoir et à bientôt\u202f!",
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
        it="Va bene. Mi chieda pure quando vuole.",
        pt="Certo. Pergunte quando quiser.",
        nl="Prima. Stel gerust nog een vraag.",
    ),
    Intent.ABOUT: Words(
        en="I am a bot. Ask me in your own words: I answer from our documents and name the page that each answer "
        "comes from. If they have no answer, I say so, and you can ask {contact}.",
        de="Ich bin ein Bot. Fragen Sie mich in Ihren eigenen Worten: Ich antworte anhand unserer Dokumente und nenne "
        "die Seite. Finde ich dort keine Antwort, sage ich es Ihnen; wenden Sie sich dann bitte an {contact}.",
        fr="Je suis un bot. Posez votre question avec vos mots\u00a0: je réponds d'après nos documents et j'indique "
        "la page. Si je n'y trouve pas de réponse, je vous le dis\u202f; contactez alors {contact}.",
        es="Soy un bot. Pregunte con sus propias palabras: respondo según nuestros documentos e indico la página. Si "
        "no encuentro la respuesta, se lo digo; entonces puede contactar con {contact}.",
        it="Sono un bot. Formuli la domanda con parole sue: rispondo in base ai nostri documenti e indico la pagina. "
        "Se non trovo la risposta, glielo dico; allora può contattare {contact}.",
        pt="Sou um bot. Pergunte por palavras suas: respondo com base nos nossos documentos e indico a página. Se não "
        "encontrar lá a resposta, aviso; nesse caso, contacte {contact}.",
        nl="Ik ben een bot. Vraag het in uw eigen woorden: ik antwoord op basis van onze documenten en noem de "
        "pagina. Als het antwoord er niet in staat, laat ik u dat weten; neem dan contact op met {contact}.",
    ),
    Intent.COMPLAINT: Words(
        en="I am sorry. Please ask me once more in other words, or contact {contact}. "
        "“Not helpful” below an answer helps us to do better.",
        de="Das tut mir leid. Fragen Sie mich bitte noch einmal mit anderen Worten, oder wenden Sie sich an "
        "{contact}. Mit „Nicht hilfreich“ unter einer Antwort helfen Sie uns, besser zu werden.",
        fr="Je suis désolé. Reformulez votre question, s'il vous plaît, ou contactez {contact}. Le bouton «\u00a0Pas "
        "utile\u00a0» sous une réponse nous aide à nous améliorer.",
        es="Lo siento. Pregúnteme de nuevo con otras palabras o contacte con {contact}. El botón «No útil» debajo de "
        "una respuesta nos ayuda a mejorar.",
        it="Mi dispiace. Lo chieda di nuovo con altre parole oppure contatti {contact}. Il pulsante «Non utile» sotto "
        "una risposta ci aiuta a migliorare.",
        pt="Lamento. Pergunte de novo por outras palavras ou contacte {contact}. O botão «Não útil» abaixo de uma "
        "resposta ajuda-nos a melhorar.",
        nl="Dat spijt me. Vraag het nog eens in andere woorden, of neem contact op met {contact}. Met “Niet nuttig” "
        "onder een antwoord helpt u ons het beter te doen.",
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
        nl="Het spijt me. Een medewerker kan hier meer doen dan ik.",
    ),
}
NO_TRANSLATION = Words(
    en="I do not translate: I answer in the words of our documents. Ask me in {language}; where a page in "
    "{language} answers, I answer from it.",
    de="Ich übersetze nicht: Ich antworte in den Worten unserer Dokumente. Fragen Sie mich auf Deutsch; gibt es dazu "
    "eine deutschsprachige Seite, stütze ich mich auf sie.",
    fr="Je ne traduis pas\u00a0: je réponds avec les mots de nos documents. Posez votre question en français\u202f; "
    "si une page en français y répond, je réponds d'après elle.",
    es="No traduzco: respondo con las palabras de nuestros documentos. Pregúnteme en español; si una página en "
    "español contiene la respuesta, me baso en ella.",
    it="Non traduco: rispondo con le parole dei nostri documenti. Mi faccia la domanda in italiano; se una pagina in "
    "italiano contiene la risposta, uso quella.",
    pt="Não traduzo: respondo com as palavras dos nossos documentos. Pergunte em português; se uma página em "
    "português tiver a resposta, respondo com base nela.",
    nl="Ik vertaal niet: ik antwoord in de woorden van onze documenten. Vraag het in het Nederlands; als een "
    "Nederlandstalige pagina het antwoord bevat, gebruik ik die.",
)
NOT_IN_LANGUAGE = Words(
    en="I found no page in {language} that answers your question, so my answer stays as it is.",
    de="Ich habe keine deutschsprachige Seite gefunden, die Ihre Frage beantwortet; meine Antwort bleibt, wie sie ist.",
    fr="Je n'ai pas trouvé de page en français qui réponde à votre question\u202f; ma réponse reste telle quelle.",
    es="No he encontrado ninguna página en español que responda a su pregunta; mi respuesta queda como está.",
    it="Non ho trovato una pagina in italiano che risponda alla sua domanda; la mia risposta resta com'è.",
    pt="Não encontrei uma página em português que responda à sua pergunta; a minha resposta fica como está.",
    nl="Ik heb geen Nederlandstalige pagina gevonden die uw vraag beantwoordt; mijn antwoord blijft zoals het is.",
)
REPLIES[Intent.NOTHING] = REPLIES[Intent.GREETING]
PLEASE_ASK = Words(
    en="Please ask {contact}.",
    de="Bitte wenden Sie sich an {contact}.",
    fr="Contactez {contact}.",
    es="Contacte con {contact}.",
    it="Può contattare {contact}.",
    pt="Contacte {contact}.",
    nl="Neem contact op met {contact}.",
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
    fr="J'ai prévenu l'équipe\u202f; quelqu'un vous répondra ici.",
    es="Ya he avisado al equipo; alguien le responderá aquí.",
    it="Ho avvisato il team: qualcuno le risponderà qui.",
    pt="Já avisei a equipa; alguém vai responder aqui.",
    nl="Ik heb het team ingelicht; iemand antwoordt u hier.",
)
WRITTEN_TO = Words(
    en="I have told the team, and somebody will write to you.",
    de="Ich habe dem Team Bescheid gesagt; jemand schreibt Ihnen.",
    fr="J'ai prévenu l'équipe\u202f; quelqu'un vous écrira.",
    es="Ya he avisado al equipo; alguien le escribirá.",
    it="Ho avvisato il team: qualcuno le scriverà.",
    pt="Já avisei a equipa; alguém vai escrever-lhe.",
    nl="Ik heb het team ingelicht; iemand schrijft u.",
)
QUIET = Words(
    en="I stay quiet in this thread until you mention me.",
    de="Ich bin in diesem Thread still, bis Sie mich erwähnen.",
    fr="Je n'interviens plus dans ce fil tant que vous ne me mentionnez pas.",
    es="No digo nada más en este hilo hasta que me mencione.",
    it="Non scrivo più in questo thread finché non mi menziona.",
    pt="Fico em silêncio nesta conversa até que me mencione.",
    nl="Ik reageer niet meer in deze thread tot u mij vermeldt.",
)
OFFER = Words(
    en="If this cannot wait, say that you want to talk to a person, or press the button below.",
    de="Wenn das nicht warten kann, schreiben Sie, dass Sie mit einem Menschen sprechen möchten, oder klicken Sie "
    "unten auf den Button.",
    fr="Si cela ne peut pas attendre, dites que vous voulez parler à une personne, ou appuyez sur le bouton "
    "ci-dessous.",
    es="Si no puede esperar, diga que quiere hablar con una persona o pulse el botón de abajo.",
    it="Se non può aspettare, dica che vuole parlare con una persona, o prema il pulsante qui sotto.",
    pt="Se não puder esperar, diga que quer falar com uma pessoa ou clique no botão abaixo.",
    nl="Als dit niet kan wachten, zeg dan dat u een medewerker wilt spreken, of druk op de knop hieronder.",
)
