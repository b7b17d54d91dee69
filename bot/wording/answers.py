"""What stands in an answer besides the words of documents and model: refusals, questions back, limits, queues."""

from __future__ import annotations

from bot.wording import Counted, Words

SOURCES = Words(en="Sources", de="Quellen", fr="Sources", es="Fuentes", it="Fonti", pt="Fontes", nl="Bronnen")

# Refusals
REFUSAL = Words(
    en="I could not find an answer to that in our documents.",
    de="Dazu habe ich in unseren Dokumenten keine Antwort gefunden.",
    fr="Je n'ai pas trouvé de réponse à cette question dans nos documents.",
    es="No he encontrado respuesta a esa pregunta en nuestros documentos.",
    it="Non ho trovato una risposta a questa domanda nei nostri documenti.",
    pt="Não encontrei resposta a essa pergunta nos nossos documentos.",
    nl="Ik heb daarop geen antwoord gevonden in onze documenten.",
)
SEARCHED = Words(
    en="I searched {documents}{where}.",
    de="Durchsucht habe ich {documents}{where}.",
    fr="J'ai cherché dans {documents}{where}.",
    es="He buscado en {documents}{where}.",
    it="Ho cercato in {documents}{where}.",
    pt="Procurei em {documents}{where}.",
    nl="Ik heb {documents}{where} doorzocht.",
)
DOCUMENTS = Counted(
    Words(
        en="{number} document",
        de="{number} Dokument",
        fr="{number} document",
        es="{number} documento",
        it="{number} documento",
        pt="{number} documento",
        nl="{number} document",
    ),
    Words(
        en="{number} documents",
        de="{number} Dokumente",
        fr="{number} documents",
        es="{number} documentos",
        it="{number} documenti",
        pt="{number} documentos",
        nl="{number} documenten",
    ),
)
IN_PLACES = Words(
    en=" valid for {places}",
    de=" (gültig für: {places})",
    fr=" (en vigueur pour\u00a0: {places})",
    es=" (en vigor para: {places})",
    it=" (in vigore per: {places})",
    pt=" (em vigor para: {places})",
    nl=" (geldig voor: {places})",
)
NO_ANSWER_TO = Words(
    en="I could not find an answer to your {which} question in our documents.",
    de="Auf Ihre {which} Frage habe ich in unseren Dokumenten keine Antwort gefunden.",
    fr="Je n'ai pas trouvé de réponse à votre {which} question dans nos documents.",
    es="No he encontrado respuesta a su {which} pregunta en nuestros documentos.",
    it="Non ho trovato una risposta alla sua {which} domanda nei nostri documenti.",
    pt="Não encontrei resposta à sua {which} pergunta nos nossos documentos.",
    nl="Ik heb op uw {which} vraag geen antwoord gevonden in onze documenten.",
)
WHICH_QUESTION = (
    Words(en="first", de="erste", fr="première", es="primera", it="prima", pt="primeira", nl="eerste"),
    Words(en="second", de="zweite", fr="deuxième", es="segunda", it="seconda", pt="segunda", nl="tweede"),
    Words(en="third", de="dritte", fr="troisième", es="tercera", it="terza", pt="terceira", nl="derde"),
    Words(en="fourth", de="vierte", fr="quatrième", es="cuarta", it="quarta", pt="quarta", nl="vierde"),
)
NOTHING_TO_SEARCH = Words(
    en="I have no documents{where} to answer from.",
    de="Ich habe keine Dokumente{where}, anhand derer ich antworten könnte.",
    fr="Je n'ai pas de documents{where} pour vous répondre.",
    es="No tengo documentos{where} para responderle.",
    it="Non ho documenti{where} in base ai quali rispondere.",
    pt="Não tenho documentos{where} em que basear uma resposta.",
    nl="Ik heb geen documenten{where} op basis waarvan ik kan antwoorden.",
)
NEAREST = Words(
    en="The closest topics I have are: {topics}.",
    de="Am nächsten kommt: {topics}.",
    fr="Ce que j'ai de plus proche\u00a0: {topics}.",
    es="Lo más próximo que tengo: {topics}.",
    it="Quello che ho di più vicino: {topics}.",
    pt="O mais próximo que tenho: {topics}.",
    nl="Het dichtst in de buurt komt: {topics}.",
)
TOPIC = Words(
    en="“{topic}”",
    de="„{topic}“",
    fr="«\u00a0{topic}\u00a0»",
    es="«{topic}»",
    it="«{topic}»",
    pt="«{topic}»",
    nl="“{topic}”",
)
TOO_LONG = Words(
    en="Your question is {length} characters long; I read up to {limit}. Please shorten it, or contact {contact}.",
    de="Ihre Frage ist {length} Zeichen lang; ich lese bis zu {limit}. Kürzen Sie sie bitte, oder wenden Sie sich an "
    "{contact}.",
    fr="Votre question compte {length} caractères\u202f; j'en lis jusqu'à {limit}. Raccourcissez-la, ou contactez "
    "{contact}.",
    es="Su pregunta tiene {length} caracteres; leo hasta {limit}. Acórtela o contacte con {contact}.",
    it="La sua domanda è lunga {length} caratteri; ne leggo fino a {limit}. La accorci oppure contatti {contact}.",
    pt="A sua pergunta tem {length} caracteres; leio até {limit}. Encurte-a ou contacte {contact}.",
    nl="Uw vraag is {length} tekens lang; ik lees er maximaal {limit}. Maak de vraag korter, of neem contact op met "
    "{contact}.",
)
NO_OTHER_WORDS = Words(
    en="I can't put this differently without changing what it says, so here it is again:\n\n{text}",
    de="Anders kann ich das nicht sagen, ohne den Inhalt zu verändern; deshalb noch einmal:\n\n{text}",
    fr="Je ne peux pas le dire autrement sans en changer le sens\u202f; le voici de nouveau\u00a0:\n\n{text}",
    es="No puedo decirlo de otro modo sin cambiar lo que dice; aquí lo tiene de nuevo:\n\n{text}",
    it="Non posso dirlo in altro modo senza cambiarne il senso; eccolo di nuovo:\n\n{text}",
    pt="Não consigo dizê-lo de outro modo sem mudar o sentido; aqui está de novo:\n\n{text}",
    nl="Ik kan dit niet anders zeggen zonder de inhoud te veranderen; daarom nog eens:\n\n{text}",
)

# Where an answer depends on a region or a product
WHICH = {
    "region": Words(
        en="That differs by region. Do you mean {choices}?",
        de="Das hängt von der Region ab. Welche meinen Sie: {choices}?",
        fr="Cela dépend de la région. De laquelle s'agit-il\u00a0: {choices}\u202f?",
        es="Eso depende de la región. ¿A cuál se refiere: {choices}?",
        it="Dipende dalla regione. Quale intende: {choices}?",
        pt="Isso depende da região. Qual delas: {choices}?",
        nl="Dat verschilt per regio. Welke bedoelt u: {choices}?",
    ),
    "product": Words(
        en="That differs by product. Do you mean {choices}?",
        de="Das hängt vom Produkt ab. Welches meinen Sie: {choices}?",
        fr="Cela dépend du produit. Duquel s'agit-il\u00a0: {choices}\u202f?",
        es="Eso depende del producto. ¿A cuál se refiere: {choices}?",
        it="Dipende dal prodotto. Quale intende: {choices}?",
        pt="Isso depende do produto. Qual deles: {choices}?",
        nl="Dat verschilt per product. Welk product bedoelt u: {choices}?",
    ),
}
WHY_ASKED = {
    "region": Words(
        en="Our documents say different things for different regions, so the answer depends on yours. "
        "Do you mean {choices}?",
        de="In unseren Dokumenten steht je nach Region etwas anderes; die Antwort hängt also von Ihrer ab. "
        "Welche meinen Sie: {choices}?",
        fr="Nos documents varient selon la région\u202f; la réponse dépend donc de la vôtre. "
        "De laquelle s'agit-il\u00a0: {choices}\u202f?",
        es="Nuestros documentos dicen cosas distintas según la región; la respuesta depende de la suya. "
        "¿A cuál se refiere: {choices}?",
        it="I nostri documenti dicono cose diverse secondo la regione; la risposta dipende dalla sua. "
        "Quale intende: {choices}?",
        pt="Os nossos documentos dizem coisas diferentes conforme a região; a resposta depende da sua. "
        "Qual delas: {choices}?",
        nl="In onze documenten staat per regio iets anders; het antwoord hangt dus van die van u af. "
        "Welke bedoelt u: {choices}?",
    ),
    "product": Words(
        en="Our documents say different things for different products, so the answer depends on yours. "
        "Do you mean {choices}?",
        de="In unseren Dokumenten steht je nach Produkt etwas anderes; die Antwort hängt also von Ihrem ab. "
        "Welches meinen Sie: {choices}?",
        fr="Nos documents varient selon le produit\u202f; la réponse dépend donc du vôtre. "
        "Duquel s'agit-il\u00a0: {choices}\u202f?",
        es="Nuestros documentos dicen cosas distintas según el producto; la respuesta depende del suyo. "
        "¿A cuál se refiere: {choices}?",
        it="I nostri documenti dicono cose diverse secondo il prodotto; la risposta dipende dal suo. "
        "Quale intende: {choices}?",
        pt="Os nossos documentos dizem coisas diferentes conforme o produto; a resposta depende do seu. "
        "Qual deles: {choices}?",
        nl="In onze documenten staat per product iets anders; het antwoord hangt dus van dat van u af. "
        "Welk product bedoelt u: {choices}?",
    ),
}
"""The question again, for who asks why it is asked."""
WHICH_BEFORE = {
    "region": {"fr": "Cela dépend de la région. Laquelle :", "es": "Eso depende de la región. ¿Cuál es la suya:"},
    "product": {
        "fr": "Cela dépend du produit. Lequel :",
        "es": "Eso depende del producto. ¿Cuál es el suyo:",
        "nl": "Dat verschilt per product. Welk bedoelt u:",
    },
}
"""How these questions began formerly, by language: threads in which they stand go on."""
ANOTHER = {
    "region": Words(
        en="another region",
        de="eine andere Region",
        fr="une autre région",
        es="otra región",
        it="un'altra regione",
        pt="outra região",
        nl="een andere regio",
    ),
    "product": Words(
        en="another product",
        de="ein anderes Produkt",
        fr="un autre produit",
        es="otro producto",
        it="un altro prodotto",
        pt="outro produto",
        nl="een ander product",
    ),
}
"""What is no name of a region or product."""
ASKED_FOR = {
    key: Words(
        en=f"{joint} {{label}}",
        de="({label})",
        fr="({label})",
        es="({label})",
        it="({label})",
        pt="({label})",
        nl="({label})",
    )
    for key, joint in (("region", "in"), ("product", "for"))
}
"""What follows a question that is asked for a region or product; names without an article stand in brackets."""
NOT_HERE = Words(
    en="Here I can only say what applies to {here}, not to {asked}.",
    de="Hier kann ich nur Auskunft geben für: {here} (nicht für: {asked}).",
    fr="Ici, je ne peux vous renseigner que pour\u00a0: {here} (pas pour\u00a0: {asked}).",
    es="Aquí solo puedo decirle lo que se aplica a: {here} (no a: {asked}).",
    it="Qui posso darle informazioni solo per: {here} (non per: {asked}).",
    pt="Aqui só posso dizer o que se aplica a: {here} (não a: {asked}).",
    nl="Hier kan ik alleen antwoorden voor: {here} (niet voor: {asked}).",
)
ONLY_HERE = Words(
    en="Here I can only say what applies to {here}.",
    de="Hier kann ich nur Auskunft geben für: {here}.",
    fr="Ici, je ne peux vous renseigner que pour\u00a0: {here}.",
    es="Aquí solo puedo decirle lo que se aplica a: {here}.",
    it="Qui posso darle informazioni solo per: {here}.",
    pt="Aqui só posso dizer o que se aplica a: {here}.",
    nl="Hier kan ik alleen antwoorden voor: {here}.",
)
NOTHING_THERE = Words(
    en="I found nothing for {asked}, only this:",
    de="Ich habe nichts gefunden für: {asked}. Nur das habe ich gefunden:",
    fr="Je n'ai rien trouvé pour\u00a0: {asked}. J'ai seulement trouvé ceci\u00a0:",
    es="No he encontrado nada para: {asked}. Solo he encontrado esto:",
    it="Non ho trovato nulla per: {asked}. Ho trovato solo questo:",
    pt="Não encontrei nada para: {asked}. Só encontrei isto:",
    nl="Ik heb niets gevonden voor: {asked}. Ik heb alleen dit gevonden:",
)
NOTHING_FOR = Words(
    en="I found nothing for {asked}.",
    de="Ich habe nichts gefunden für: {asked}.",
    fr="Je n'ai rien trouvé pour\u00a0: {asked}.",
    es="No he encontrado nada para: {asked}.",
    it="Non ho trovato nulla per: {asked}.",
    pt="Não encontrei nada para: {asked}.",
    nl="Ik heb niets gevonden voor: {asked}.",
)
HOLDS_FOR = Words(
    en="(This applies to {places}.)",
    de="(Gilt für: {places}.)",
    fr="(Valable pour\u00a0: {places}.)",
    es="(Se aplica a: {places}.)",
    it="(Vale per: {places}.)",
    pt="(Aplica-se a: {places}.)",
    nl="(Geldt voor: {places}.)",
)
BY_PLACE = Words(
    en="**For {place}:** {quote}",
    de="**{place}:** {quote}",
    fr="**{place}\u00a0:** {quote}",
    es="**{place}:** {quote}",
    it="**{place}:** {quote}",
    pt="**{place}:** {quote}",
    nl="**{place}:** {quote}",
)

# Where others are served first
NEXT_IN_LINE = Words(
    en="You are next in the queue …",
    de="Sie sind als Nächstes an der Reihe …",
    fr="Votre question est la prochaine…",
    es="Su pregunta es la próxima de la cola…",
    it="La prossima domanda è la sua…",
    pt="A sua pergunta é a próxima…",
    nl="U bent als volgende aan de beurt …",
)
IN_LINE = Words(
    en="You are number {place} in the queue …",
    de="Sie sind Nummer {place} in der Warteschlange …",
    fr="Vous êtes en position {place} dans la file d'attente…",
    es="Su pregunta es la número {place} de la cola…",
    it="La sua domanda è la numero {place} in coda…",
    pt="A sua pergunta é a número {place} na fila…",
    nl="U bent nummer {place} in de wachtrij …",
)
BUSY = Words(
    en="I have more questions than I can answer at the moment.",
    de="Zurzeit bekomme ich mehr Fragen, als ich beantworten kann.",
    fr="J'ai en ce moment plus de questions que je ne peux en traiter.",
    es="En este momento tengo más preguntas de las que puedo responder.",
    it="Al momento ho più domande di quante ne possa gestire.",
    pt="De momento tenho mais perguntas do que consigo responder.",
    nl="Ik heb op dit moment meer vragen dan ik kan beantwoorden.",
)
ASK_IN_A_MINUTE = Words(
    en="Please ask again in a minute.",
    de="Fragen Sie bitte in einer Minute noch einmal.",
    fr="Reposez votre question dans une minute, s'il vous plaît.",
    es="Vuelva a preguntar dentro de un minuto, por favor.",
    it="Chieda di nuovo tra un minuto, per favore.",
    pt="Pergunte de novo dentro de um minuto, por favor.",
    nl="Vraag het over een minuut nog eens.",
)

# Errors that askers are told of. In English they say themselves what happened, more closely than this.
UNAVAILABLE = Words(
    en="The language model does not answer at the moment. Please ask again in a minute.",
    de="Das Sprachmodell antwortet zurzeit nicht. Fragen Sie bitte in einer Minute noch einmal.",
    fr="Le modèle de langage ne répond pas pour le moment. Reposez votre question dans une minute, s'il vous plaît.",
    es="El modelo de lenguaje no responde en este momento. Vuelva a preguntar dentro de un minuto, por favor.",
    it="Al momento il modello linguistico non risponde. Chieda di nuovo tra un minuto, per favore.",
    pt="De momento o modelo de linguagem não responde. Pergunte de novo dentro de um minuto, por favor.",
    nl="Het taalmodel antwoordt op dit moment niet. Vraag het over een minuut nog eens.",
)
NOT_IN_TIME = Words(
    en="The answer was not finished in time. Ask again later, or ask for less.",
    de="Die Antwort wurde nicht rechtzeitig fertig. Fragen Sie später noch einmal, oder stellen Sie eine enger "
    "gefasste Frage.",
    fr="La réponse n'a pas été prête à temps. Reposez votre question plus tard, ou posez une question plus précise.",
    es="La respuesta no estuvo lista a tiempo. Vuelva a preguntar más tarde o haga una pregunta más concreta.",
    it="La risposta non era pronta in tempo. Chieda di nuovo più tardi oppure faccia una domanda più circoscritta.",
    pt="A resposta não ficou pronta a tempo. Pergunte de novo mais tarde ou faça uma pergunta mais específica.",
    nl="Het antwoord was niet op tijd klaar. Vraag het later nog eens, of stel een gerichtere vraag.",
)
TOO_LONG_FOR_MODEL = Words(
    en="Your question is too long for the model. Please ask it in fewer words.",
    de="Ihre Frage ist zu lang für das Sprachmodell. Fragen Sie bitte mit weniger Worten.",
    fr="Votre question est trop longue pour le modèle de langage. Posez-la en moins de mots, s'il vous plaît.",
    es="Su pregunta es demasiado larga para el modelo de lenguaje. Hágala con menos palabras, por favor.",
    it="La sua domanda è troppo lunga per il modello linguistico. La formuli con meno parole, per favore.",
    pt="A sua pergunta é demasiado longa para o modelo de linguagem. Faça-a com menos palavras, por favor.",
    nl="Uw vraag is te lang voor het taalmodel. Stel de vraag in minder woorden.",
)
NOT_POSTED = Words(
    en="I was not allowed to post my answer.",
    de="Ich durfte meine Antwort dort nicht veröffentlichen.",
    fr="Je n'ai pas été autorisé à publier ma réponse.",
    es="No se me ha permitido publicar mi respuesta.",
    it="Non mi è stato permesso di pubblicare la mia risposta.",
    pt="Não me foi permitido publicar a minha resposta.",
    nl="Ik mocht mijn antwoord daar niet plaatsen.",
)

# Beside an answer that people wrote
STANDARD = Words(
    en="This is a standard answer, written and approved by the team.",
    de="Das ist eine Standardantwort, vom Team verfasst und freigegeben.",
    fr="Ceci est une réponse type, rédigée et validée par l'équipe.",
    es="Esta es una respuesta estándar, redactada y aprobada por el equipo.",
    it="Questa è una risposta standard, scritta e approvata dal team.",
    pt="Esta é uma resposta padrão, escrita e aprovada pela equipa.",
    nl="Dit is een standaardantwoord, geschreven en goedgekeurd door het team.",
)
MORE = Words(
    en="More: {link}",
    de="Mehr dazu: {link}",
    fr="En savoir plus\u00a0: {link}",
    es="Más información: {link}",
    it="Per saperne di più: {link}",
    pt="Saber mais: {link}",
    nl="Meer informatie: {link}",
)
