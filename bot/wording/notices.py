"""What is said to somebody beside an answer: that it is looked up, must wait or cannot be, and after a press."""

from __future__ import annotations

from bot.messages import Reason
from bot.wording import Counted, Words

SEARCHING = Words(
    en="Looking that up …",
    de="Ich sehe nach …",
    fr="Je cherche…",
    es="Lo estoy buscando…",
    it="Sto cercando…",
    pt="Estou a procurar…",
    nl="Ik zoek het op …",
)
STATUS = Words(
    en="is looking that up …",
    de="sieht nach …",
    fr="cherche…",
    es="lo está buscando…",
    it="sta cercando…",
    pt="está a procurar…",
    nl="zoekt het op …",
)
"""What stands after the bot's name."""
ASK_FOR_EXAMPLE = Words(
    en="Ask me in your own words, for example:",
    de="Fragen Sie mich in Ihren eigenen Worten, zum Beispiel:",
    fr="Posez votre question avec vos mots, par exemple\u00a0:",
    es="Pregunte con sus propias palabras, por ejemplo:",
    it="Formuli la domanda con parole sue, per esempio:",
    pt="Pergunte por palavras suas, por exemplo:",
    nl="Vraag het in uw eigen woorden, bijvoorbeeld:",
)
NO_WORDS = Words(
    en="This message has no words that I could answer. Ask in your own words with `/ask`.",
    de="Diese Nachricht enthält keinen Text, auf den ich antworten könnte. Fragen Sie in Ihren eigenen Worten mit "
    "`/ask`.",
    fr="Ce message ne contient pas de texte auquel je puisse répondre. Posez votre question avec `/ask`.",
    es="Este mensaje no contiene ningún texto al que pueda responder. Use `/ask` para preguntar con sus propias "
    "palabras.",
    it="Questo messaggio non contiene testo a cui possa rispondere. Usi `/ask` per fare la domanda con parole sue.",
    pt="Esta mensagem não contém texto a que eu possa responder. Use `/ask` para perguntar por palavras suas.",
    nl="Dit bericht bevat geen tekst waarop ik kan antwoorden. Vraag het in uw eigen woorden met `/ask`.",
)
ASK_USAGE = Words(
    en="Write your question after the command: `/ask QUESTION`. Only you will see the answer.",
    de="Schreiben Sie Ihre Frage hinter den Befehl: `/ask FRAGE`. Nur Sie sehen die Antwort.",
    fr="Écrivez votre question après la commande\u00a0: `/ask QUESTION`. Personne d'autre ne verra la réponse.",
    es="Escriba su pregunta después del comando: `/ask PREGUNTA`. Solo usted verá la respuesta.",
    it="Scriva la domanda dopo il comando: `/ask DOMANDA`. Solo lei vedrà la risposta.",
    pt="Escreva a pergunta depois do comando: `/ask PERGUNTA`. Mais ninguém vê a resposta.",
    nl="Schrijf uw vraag achter het commando: `/ask VRAAG`. Alleen u ziet het antwoord.",
)
FORGET_USAGE = Words(
    en="Use `/forget` for yourself or, as an admin, `/forget @somebody`.",
    de="Nehmen Sie `/forget` für sich selbst oder, als Admin, `/forget @jemand`.",
    fr="Utilisez `/forget` pour vous-même ou, en tant qu'admin, `/forget @quelqu'un`.",
    es="Use `/forget` para usted o, como administrador, `/forget @alguien`.",
    it="Usi `/forget` per sé o, da admin, `/forget @qualcuno`.",
    pt="Use `/forget` para si ou, como administrador, `/forget @alguém`.",
    nl="Gebruik `/forget` voor uzelf of, als beheerder, `/forget @iemand`.",
)
CHANNEL_NOT_SEEN = Words(
    en="I cannot see this channel. Ask me in another one.",
    de="Diesen Kanal kann ich nicht sehen. Fragen Sie mich in einem anderen.",
    fr="Je ne vois pas ce canal. Posez votre question dans un autre.",
    es="No puedo ver este canal. Pregúnteme en otro.",
    it="Non vedo questo canale. Mi chieda in un altro.",
    pt="Não consigo ver este canal. Pergunte noutro.",
    nl="Dit kanaal kan ik niet zien. Vraag het in een ander.",
)
NOT_TAKEN = Words(
    en="Sorry, I could not take your question. Please send it again in a minute.",
    de="Ich konnte Ihre Frage leider nicht annehmen. Senden Sie sie bitte in einer Minute noch einmal.",
    fr="Désolé, je n'ai pas pu prendre en compte votre question. Renvoyez-la dans une minute, s'il vous plaît.",
    es="Lo siento, no he podido recibir su pregunta. Envíela de nuevo dentro de un minuto, por favor.",
    it="Mi dispiace, non ho potuto accettare la sua domanda. La invii di nuovo tra un minuto, per favore.",
    pt="Lamento, não consegui receber a sua pergunta. Envie-a de novo dentro de um minuto, por favor.",
    nl="Sorry, ik kon uw vraag niet in behandeling nemen. Stuur de vraag over een minuut nog eens.",
)
ONLY_TEXT = Words(
    en="I can only read text, so please write what the picture or file is about.",
    de="Ich kann nur Text lesen. Schreiben Sie bitte, worum es in dem Bild oder der Datei geht.",
    fr="Je ne lis que du texte. Écrivez-moi, s'il vous plaît, de quoi il s'agit dans l'image ou le fichier.",
    es="Solo puedo leer texto. Escriba, por favor, de qué trata la imagen o el archivo.",
    it="Riesco a leggere solo testo. Scriva, per favore, che cosa riguarda l'immagine o il file.",
    pt="Só consigo ler texto. Escreva, por favor, de que trata a imagem ou o ficheiro.",
    nl="Ik kan alleen tekst lezen. Schrijf alstublieft waar de afbeelding of het bestand over gaat.",
)
DENIED_CHANNEL = Words(
    en="I am not set up to answer in this channel. Please ask me in one of my channels, or send me a direct message.",
    de="In diesem Kanal darf ich nicht antworten. Fragen Sie mich bitte in einem meiner Kanäle, oder schreiben Sie mir "
    "eine Direktnachricht.",
    fr="Je ne suis pas configuré pour répondre dans ce canal. Posez votre question dans l'un de mes canaux, ou "
    "envoyez-moi un message direct.",
    es="No estoy configurado para responder en este canal. Pregúnteme en uno de mis canales o envíeme un mensaje "
    "directo.",
    it="Non sono configurato per rispondere in questo canale. Mi faccia la domanda in uno dei miei canali oppure mi "
    "scriva un messaggio diretto.",
    pt="Não estou configurado para responder neste canal. Pergunte num dos meus canais ou envie-me uma mensagem "
    "direta.",
    nl="In dit kanaal mag ik niet antwoorden. Vraag het in een van mijn kanalen, of stuur me een privébericht.",
)
DENIED_PERSON = Words(
    en="Only some people may ask me in this channel. An admin of the channel can add you.",
    de="In diesem Kanal dürfen mich nur bestimmte Personen fragen. Ein Admin des Kanals kann Sie hinzufügen.",
    fr="Dans ce canal, seules certaines personnes peuvent m'interroger. Un admin du canal peut vous ajouter.",
    es="En este canal solo pueden preguntarme algunas personas. Un administrador del canal puede añadirle.",
    it="In questo canale possono farmi domande solo alcune persone. Un admin del canale può aggiungerla.",
    pt="Neste canal só algumas pessoas me podem fazer perguntas. Um administrador do canal pode dar-lhe acesso.",
    nl="In dit kanaal mogen alleen bepaalde mensen mij iets vragen. Een beheerder van het kanaal kan u toevoegen.",
)
NOTHING_TO_TELL = Words(
    en="I can't answer anything in this channel: it is limited to {wanted}, but only {allowed} is allowed here. An "
    "admin of the channel can change that with `/frontdesk settings`.",
    de="In diesem Kanal kann ich nichts beantworten: Er ist auf {wanted} beschränkt, die Einstellungen erlauben hier "
    "aber nur {allowed}. Ein Admin des Kanals kann das mit `/frontdesk settings` ändern.",
    fr="Je ne peux rien répondre dans ce canal\u00a0: il est limité à {wanted}, mais les réglages n'y autorisent que "
    "{allowed}. Un admin du canal peut le changer avec `/frontdesk settings`.",
    es="No puedo responder nada en este canal: está limitado a {wanted}, pero aquí la configuración solo permite "
    "{allowed}. Un administrador del canal puede cambiarlo con `/frontdesk settings`.",
    it="In questo canale non posso rispondere nulla: è limitato a {wanted}, ma qui le impostazioni consentono solo "
    "{allowed}. Un admin del canale può cambiarlo con `/frontdesk settings`.",
    pt="Não posso responder a nada neste canal: está limitado a {wanted}, mas aqui as definições só permitem "
    "{allowed}. Um administrador do canal pode mudar isso com `/frontdesk settings`.",
    nl="In dit kanaal kan ik niets beantwoorden: het is beperkt tot {wanted}, maar de instellingen staan hier alleen "
    "{allowed} toe. Een beheerder van het kanaal kan dat wijzigen met `/frontdesk settings`.",
)
TOO_MANY_OF_PERSON = Words(
    en="You have sent many questions in the last minute. Please send this one again in a minute.",
    de="Sie haben in der letzten Minute viele Fragen gesendet. Senden Sie diese bitte in einer Minute noch einmal.",
    fr="Vous avez envoyé beaucoup de questions en une minute. Renvoyez celle-ci dans une minute, s'il vous plaît.",
    es="Ha enviado muchas preguntas en el último minuto. Envíe esta de nuevo dentro de un minuto, por favor.",
    it="Ha inviato molte domande nell'ultimo minuto. Invii di nuovo questa tra un minuto, per favore.",
    pt="Enviou muitas perguntas no último minuto. Envie esta de novo dentro de um minuto, por favor.",
    nl="U hebt in de afgelopen minuut veel vragen gestuurd. Stuur deze over een minuut nog eens.",
)
TOO_MANY_IN_CHANNEL = Words(
    en="There are more questions in this channel right now than I can take. Please send yours again in a minute.",
    de="In diesem Kanal gibt es gerade mehr Fragen, als ich annehmen kann. Senden Sie Ihre bitte in einer Minute noch "
    "einmal.",
    fr="Il y a en ce moment plus de questions dans ce canal que je ne peux en traiter. Renvoyez la vôtre dans une "
    "minute, s'il vous plaît.",
    es="Ahora mismo hay en este canal más preguntas de las que puedo atender. Envíe la suya de nuevo dentro de un "
    "minuto, por favor.",
    it="In questo canale ci sono ora più domande di quante ne possa gestire. Invii di nuovo la sua tra un minuto, per "
    "favore.",
    pt="Há neste momento mais perguntas neste canal do que consigo receber. Envie a sua de novo dentro de um minuto, "
    "por favor.",
    nl="Er zijn in dit kanaal nu meer vragen dan ik kan verwerken. Stuur die van u over een minuut nog eens.",
)
MANY_BEFORE = Words(
    en="There are {ahead} questions before yours. I will answer it when its turn comes.",
    de="Vor Ihrer Frage sind noch {ahead} andere. Ich beantworte sie, sobald sie an der Reihe ist.",
    fr="Il y a {ahead} questions avant la vôtre. J'y répondrai quand son tour viendra.",
    es="Hay {ahead} preguntas antes que la suya. La responderé cuando le llegue el turno.",
    it="Ci sono {ahead} domande prima della sua. Risponderò quando sarà il suo turno.",
    pt="Há {ahead} perguntas antes da sua. Respondo quando chegar a vez dela.",
    nl="Er zijn {ahead} vragen vóór die van u. Ik beantwoord uw vraag zodra die aan de beurt is.",
)
APOLOGY = Words(
    en="Sorry, something went wrong and I could not answer. Please ask again, or contact {contact}.",
    de="Leider ist etwas schiefgegangen, und ich konnte nicht antworten. Fragen Sie bitte noch einmal, oder wenden Sie "
    "sich an {contact}.",
    fr="Désolé, un problème est survenu et je n'ai pas pu répondre. Reposez votre question, ou contactez {contact}.",
    es="Lo siento, algo ha fallado y no he podido responder. Vuelva a preguntar o contacte con {contact}.",
    it="Mi dispiace, qualcosa è andato storto e non ho potuto rispondere. Chieda di nuovo oppure contatti {contact}.",
    pt="Lamento, algo correu mal e não consegui responder. Pergunte de novo ou contacte {contact}.",
    nl="Sorry, er ging iets mis en ik kon niet antwoorden. Vraag het nog eens, of neem contact op met {contact}.",
)
NOT_THERE = Words(
    en="I could not answer where you asked:\n\n{asked}\n\n{sentence}",
    de="Dort, wo Sie gefragt haben, konnte ich nicht antworten:\n\n{asked}\n\n{sentence}",
    fr="Je n'ai pas pu répondre là où vous avez posé votre question\u00a0:\n\n{asked}\n\n{sentence}",
    es="No he podido responder donde preguntó:\n\n{asked}\n\n{sentence}",
    it="Non ho potuto rispondere dove ha fatto la domanda:\n\n{asked}\n\n{sentence}",
    pt="Não consegui responder onde perguntou:\n\n{asked}\n\n{sentence}",
    nl="Daar waar u uw vraag stelde, kon ik niet antwoorden:\n\n{asked}\n\n{sentence}",
)
NO_DIRECT_MESSAGES = Words(
    en="{person}, I answer privately in this channel, but I can't send you direct messages. Use `/ask` instead: only "
    "you will see the answer.",
    de="{person}, in diesem Kanal antworte ich privat, kann Ihnen aber keine Direktnachrichten senden. Verwenden Sie "
    "stattdessen `/ask`: Nur Sie sehen die Antwort.",
    fr="{person}, dans ce canal je réponds en privé, mais je ne peux pas vous envoyer de messages directs. Utilisez "
    "plutôt `/ask`\u00a0: personne d'autre ne verra la réponse.",
    es="{person}, en este canal respondo en privado, pero no puedo enviarle mensajes directos. Use `/ask`: solo usted "
    "verá la respuesta.",
    it="{person}, in questo canale rispondo in privato, ma non posso inviarle messaggi diretti. Usi invece `/ask`: "
    "solo lei vedrà la risposta.",
    pt="{person}, neste canal respondo em privado, mas não consigo enviar-lhe mensagens diretas. Use antes `/ask`: "
    "mais ninguém vê a resposta.",
    nl="{person}, in dit kanaal antwoord ik privé, maar ik kan u geen privéberichten sturen. Gebruik `/ask`: alleen u "
    "ziet het antwoord.",
)
YOU_ASKED = Words(
    en="You asked: {question}",
    de="Ihre Frage: {question}",
    fr="Votre question\u00a0: {question}",
    es="Su pregunta: {question}",
    it="La sua domanda: {question}",
    pt="A sua pergunta: {question}",
    nl="Uw vraag: {question}",
)
ASKS = Words(
    en="**{who}** asks:\n\n{question}",
    de="**{who}** fragt:\n\n{question}",
    fr="**{who}** demande\u00a0:\n\n{question}",
    es="**{who}** pregunta:\n\n{question}",
    it="**{who}** chiede:\n\n{question}",
    pt="**{who}** pergunta:\n\n{question}",
    nl="**{who}** vraagt:\n\n{question}",
)
SOMEBODY = Words(en="Somebody", de="Jemand", fr="Quelqu'un", es="Alguien", it="Qualcuno", pt="Alguém", nl="Iemand")
"""Who asks, where the name cannot be shown."""

# After a choice, or a wish to show an answer
NOT_YOURS = Words(
    en="Only the person who asked can choose here. Mention me with a question of your own.",
    de="Hier kann nur wählen, wer gefragt hat. Erwähnen Sie mich mit einer eigenen Frage.",
    fr="Seule la personne qui a posé la question peut choisir ici. Mentionnez-moi avec votre propre question.",
    es="Aquí solo puede elegir quien preguntó. Mencióneme con una pregunta propia.",
    it="Qui può scegliere solo chi ha fatto la domanda. Mi menzioni con una sua domanda.",
    pt="Aqui só pode escolher quem perguntou. Mencione-me com uma pergunta sua.",
    nl="Hier kan alleen kiezen wie de vraag stelde. Vermeld mij met een eigen vraag.",
)
NOT_YOURS_TO_SHOW = Words(
    en="Only the person who asked can show this answer to everyone.",
    de="Nur wer gefragt hat, kann diese Antwort allen zeigen.",
    fr="Seule la personne qui a posé la question peut montrer cette réponse à tous.",
    es="Solo quien preguntó puede mostrar esta respuesta a todos.",
    it="Solo chi ha fatto la domanda può mostrare questa risposta a tutti.",
    pt="Só quem perguntou pode mostrar esta resposta a todos.",
    nl="Alleen wie de vraag stelde, kan dit antwoord aan iedereen laten zien.",
)
NOTHING_TO_SHOW = Words(
    en="This answer does not exist any more. Please ask the question again.",
    de="Diese Antwort gibt es nicht mehr. Stellen Sie die Frage bitte noch einmal.",
    fr="Cette réponse n'existe plus. Reposez la question, s'il vous plaît.",
    es="Esta respuesta ya no existe. Vuelva a hacer la pregunta, por favor.",
    it="Questa risposta non esiste più. Faccia di nuovo la domanda, per favore.",
    pt="Esta resposta já não existe. Faça a pergunta de novo, por favor.",
    nl="Dit antwoord bestaat niet meer. Stel de vraag nog eens.",
)
SHOWN = Words(
    en="Everyone in the channel can see it now.",
    de="Alle im Kanal können sie jetzt sehen.",
    fr="Tout le monde dans le canal peut maintenant la voir.",
    es="Ahora la ven todos en el canal.",
    it="Ora la vedono tutti nel canale.",
    pt="Agora todos no canal a podem ver.",
    nl="Iedereen in het kanaal kan het nu zien.",
)
SHOWN_ALREADY = Words(
    en="Everyone in the channel can see it already.",
    de="Alle im Kanal können sie schon sehen.",
    fr="Tout le monde dans le canal peut déjà la voir.",
    es="Ya la ven todos en el canal.",
    it="La vedono già tutti nel canale.",
    pt="Todos no canal já a podem ver.",
    nl="Iedereen in het kanaal kan het al zien.",
)
SHOWN_ANEW = Words(
    en="I answer it anew for the channel: what may be told there is not the same as what may be told to you alone.",
    de="Ich beantworte Ihre Frage für den Kanal neu: Dort darf nicht dasselbe gesagt werden wie Ihnen allein.",
    fr="Je réponds de nouveau à votre question pour le canal\u00a0: on ne peut pas y dire la même chose qu'en privé.",
    es="Respondo de nuevo a su pregunta para el canal: allí no puede decirse lo mismo que a usted a solas.",
    it="Rispondo di nuovo per il canale: lì non si possono dire le stesse cose che in privato.",
    pt="Respondo de novo para o canal: ali não se pode dizer o mesmo que em privado.",
    nl="Ik beantwoord de vraag opnieuw voor het kanaal: daar mag niet hetzelfde worden gezegd als tegen u alleen.",
)
CHOSEN = Words(
    en="You chose {choice}; the answer follows.",
    de="Ihre Wahl: {choice}. Die Antwort folgt.",
    fr="Votre choix\u00a0: {choice}. La réponse suit.",
    es="Ha elegido: {choice}. A continuación, la respuesta.",
    it="Ha scelto: {choice}. Segue la risposta.",
    pt="A sua escolha: {choice}. A resposta vem a seguir.",
    nl="Uw keuze: {choice}. Het antwoord volgt.",
)
CHOSEN_ALREADY = Words(
    en="A choice was made here already; its answer is in this conversation.",
    de="Hier wurde schon gewählt; die Antwort steht in dieser Unterhaltung.",
    fr="Un choix a déjà été fait ici\u202f; la réponse se trouve dans cette conversation.",
    es="Aquí ya se ha elegido; la respuesta está en esta conversación.",
    it="Qui è già stata fatta una scelta; la risposta è in questa conversazione.",
    pt="Aqui já foi feita uma escolha; a resposta está nesta conversa.",
    nl="Hier is al gekozen; het antwoord staat in dit gesprek.",
)
NOTHING_TO_CHOOSE = Words(
    en="This choice does not exist any more. Please ask the question again.",
    de="Diese Auswahl gibt es nicht mehr. Stellen Sie die Frage bitte noch einmal.",
    fr="Ce choix n'existe plus. Reposez la question, s'il vous plaît.",
    es="Esta opción ya no existe. Vuelva a hacer la pregunta, por favor.",
    it="Questa scelta non esiste più. Faccia di nuovo la domanda, per favore.",
    pt="Esta opção já não existe. Faça a pergunta de novo, por favor.",
    nl="Deze keuze bestaat niet meer. Stel de vraag nog eens.",
)

NO_ANSWER_OF_MINE = Words(
    en="This button belongs to no answer of mine. Ask the question again.",
    de="Diese Schaltfläche gehört zu keiner Antwort von mir. Stellen Sie die Frage noch einmal.",
    fr="Ce bouton n'appartient à aucune de mes réponses. Reposez la question.",
    es="Este botón no pertenece a ninguna respuesta mía. Vuelva a hacer la pregunta.",
    it="Questo pulsante non appartiene a nessuna mia risposta. Faccia di nuovo la domanda.",
    pt="Este botão não pertence a nenhuma resposta minha. Faça a pergunta de novo.",
    nl="Deze knop hoort bij geen antwoord van mij. Stel de vraag nog eens.",
)
NO_QUESTION_OF_MINE = Words(
    en="This button belongs to no question of mine. Ask the question again.",
    de="Diese Schaltfläche gehört zu keiner Rückfrage von mir. Stellen Sie die Frage noch einmal.",
    fr="Ce bouton n'appartient à aucune question de ma part. Reposez la question.",
    es="Este botón no pertenece a ninguna pregunta mía. Vuelva a hacer la pregunta.",
    it="Questo pulsante non appartiene a nessuna mia domanda. Faccia di nuovo la domanda.",
    pt="Este botão não pertence a nenhuma pergunta minha. Faça a pergunta de novo.",
    nl="Deze knop hoort bij geen vraag van mij. Stel de vraag nog eens.",
)
NO_BUTTON_OF_MINE = Words(
    en="This button is none of mine any more. Ask the question again.",
    de="Diese Schaltfläche gilt nicht mehr. Stellen Sie die Frage noch einmal.",
    fr="Ce bouton n'est plus valable. Reposez la question.",
    es="Este botón ya no es válido. Vuelva a hacer la pregunta.",
    it="Questo pulsante non è più valido. Faccia di nuovo la domanda.",
    pt="Este botão já não é válido. Faça a pergunta de novo.",
    nl="Deze knop is niet meer geldig. Stel de vraag nog eens.",
)
UNFORESEEN = Words(
    en="Sorry, something went wrong on my side. Please try again; if it happens again, tell an admin.",
    de="Bei mir ist leider etwas schiefgegangen. Versuchen Sie es bitte noch einmal; passiert es wieder, sagen Sie es "
    "einem Admin.",
    fr="Désolé, quelque chose s'est mal passé de mon côté. Réessayez, s'il vous plaît\u202f; si cela se reproduit, "
    "prévenez un admin.",
    es="Lo siento, algo ha ido mal por mi parte. Inténtelo de nuevo, por favor; si se repite, avise a un "
    "administrador.",
    it="Mi dispiace, qualcosa è andato storto da parte mia. Riprovi, per favore; se succede di nuovo, avvisi un admin.",
    pt="Lamento, algo correu mal do meu lado. Tente de novo, por favor; se voltar a acontecer, avise um administrador.",
    nl="Sorry, er ging bij mij iets mis. Probeer het nog eens; gebeurt het weer, meld het dan aan een beheerder.",
)

# After a wish for a person
NOT_KEPT = Words(
    en="I no longer have this answer. Please ask again, then press “Talk to a person” below the new answer.",
    de="Diese Antwort habe ich nicht mehr. Fragen Sie bitte noch einmal, und klicken Sie unter der neuen Antwort auf "
    "„Mit einem Menschen sprechen“.",
    fr="Je n'ai plus cette réponse. Reposez votre question, puis appuyez sur «\u00a0Parler à une personne\u00a0» sous "
    "la nouvelle réponse.",
    es="Ya no tengo esta respuesta. Vuelva a preguntar y pulse «Hablar con una persona» debajo de la nueva respuesta.",
    it="Non ho più questa risposta. Chieda di nuovo, poi prema «Parla con una persona» sotto la nuova risposta.",
    pt="Já não tenho esta resposta. Pergunte de novo e clique em «Falar com uma pessoa» abaixo da nova resposta.",
    nl="Ik heb dit antwoord niet meer. Vraag het nog eens en druk onder het nieuwe antwoord op “Met een medewerker "
    "praten”.",
)
CALLED_ALREADY = Words(
    en="The team already knows and will answer.",
    de="Das Team weiß schon Bescheid und antwortet.",
    fr="L'équipe est déjà prévenue et vous répondra.",
    es="El equipo ya está avisado y le responderá.",
    it="Il team lo sa già e risponderà.",
    pt="A equipa já sabe e vai responder.",
    nl="Het team weet het al en zal antwoorden.",
)
CALLING = Words(
    en="I'm letting the team know.",
    de="Ich sage dem Team Bescheid.",
    fr="Je préviens l'équipe.",
    es="Aviso al equipo.",
    it="Sto avvisando il team.",
    pt="Estou a avisar a equipa.",
    nl="Ik licht het team in.",
)
NOBODY_TO_CALL = Words(
    en="I can't reach anybody from here. Please contact {contact}.",
    de="Von hier aus erreiche ich niemanden. Wenden Sie sich bitte an {contact}.",
    fr="D'ici, je ne peux joindre personne. Contactez {contact}.",
    es="Desde aquí no puedo avisar a nadie. Contacte con {contact}.",
    it="Da qui non posso raggiungere nessuno. Può contattare {contact}.",
    pt="A partir daqui não consigo contactar ninguém. Contacte {contact}.",
    nl="Ik kan van hieruit niemand bereiken. Neem contact op met {contact}.",
)
TAKEN = Words(
    en="is taking care of this.",
    de="kümmert sich darum.",
    fr="s'en occupe.",
    es="se ocupa de esto.",
    it="se ne occupa.",
    pt="está a tratar disto.",
    nl="pakt dit op.",
)
"""What stands after somebody's name."""
BACK = Words(
    en="This thread is back with me; I'll answer here again.",
    de="Dieser Thread ist wieder bei mir; ich antworte hier wieder.",
    fr="Je reprends ce fil et j'y réponds de nouveau.",
    es="Vuelvo a encargarme de este hilo y respondo aquí de nuevo.",
    it="Questo thread torna a me; rispondo di nuovo qui.",
    pt="Volto a tratar desta conversa e respondo aqui de novo.",
    nl="Deze thread is weer bij mij; ik antwoord hier weer.",
)
NOT_THE_ASKER = Words(
    en="You asked for a person here; somebody else has to take it. They have been told.",
    de="Sie haben hier darum gebeten, mit einem Menschen zu sprechen; übernehmen muss jemand anderes. Das Team weiß "
    "Bescheid.",
    fr="C'est vous qui avez demandé à parler à une personne ici\u202f; quelqu'un d'autre doit s'en charger. L'équipe "
    "est prévenue.",
    es="Aquí ha pedido usted hablar con una persona; tiene que encargarse otra persona. El equipo ya está avisado.",
    it="Qui è lei che ha chiesto di parlare con una persona; deve occuparsene qualcun altro. Il team è avvisato.",
    pt="O pedido para falar com uma pessoa foi seu; tem de ser outra pessoa a tratar disto. A equipa já foi avisada.",
    nl="U hebt hier om een medewerker gevraagd; iemand anders moet het oppakken. Het team is ingelicht.",
)
YOU_RESOLVED_IT = Words(
    en="Thank you. The thread is back with me.",
    de="Danke. Der Thread ist wieder bei mir.",
    fr="Merci. Je reprends le fil.",
    es="Gracias. Vuelvo a encargarme del hilo.",
    it="Grazie. Il thread torna a me.",
    pt="Obrigado. Volto a tratar desta conversa.",
    nl="Dank u. De thread is weer bij mij.",
)
RESOLVED_ALREADY = Words(
    en="This thread is back with me already.",
    de="Dieser Thread ist schon wieder bei mir.",
    fr="J'ai déjà repris ce fil.",
    es="Este hilo ya vuelve a estar a mi cargo.",
    it="Questo thread è già tornato a me.",
    pt="Já voltei a tratar desta conversa.",
    nl="Deze thread is al weer bij mij.",
)

# After a rating
HELPFUL = Words(
    en="Thank you, noted as helpful.",
    de="Danke, als hilfreich vermerkt.",
    fr="Merci, c'est noté comme utile.",
    es="Gracias, anotado como útil.",
    it="Grazie, annotato come utile.",
    pt="Obrigado, anotado como útil.",
    nl="Dank u, genoteerd als nuttig.",
)
NOT_HELPFUL = Words(
    en="Thank you, noted as not helpful. What was wrong with it?",
    de="Danke, als nicht hilfreich vermerkt. Was war nicht in Ordnung?",
    fr="Merci, c'est noté\u00a0: «\u00a0Pas utile\u00a0». Qu'est-ce qui n'allait pas\u202f?",
    es="Gracias, anotado como no útil. ¿Qué estaba mal?",
    it="Grazie, annotato come non utile. Che cosa non andava?",
    pt="Obrigado, anotado como não útil. O que estava mal?",
    nl="Dank u, genoteerd als niet nuttig. Wat was er mis mee?",
)
WITHDRAWN = Words(
    en="Your rating is withdrawn.",
    de="Ihre Bewertung ist zurückgenommen.",
    fr="Votre évaluation a été retirée.",
    es="Su valoración queda retirada.",
    it="La sua valutazione è stata ritirata.",
    pt="A sua avaliação foi retirada.",
    nl="Uw beoordeling is ingetrokken.",
)
NOTED = {
    Reason.WRONG: Words(
        en="Thank you, noted as wrong.",
        de="Danke, als falsch vermerkt.",
        fr="Merci, c'est noté\u00a0: «\u00a0Incorrecte\u00a0».",
        es="Gracias, anotado: «Incorrecta».",
        it="Grazie, annotato: «Sbagliata».",
        pt="Obrigado, anotado: «Errada».",
        nl="Dank u, genoteerd als onjuist.",
    ),
    Reason.OUTDATED: Words(
        en="Thank you, noted as outdated.",
        de="Danke, als veraltet vermerkt.",
        fr="Merci, c'est noté\u00a0: «\u00a0Obsolète\u00a0».",
        es="Gracias, anotado: «Desactualizada».",
        it="Grazie, annotato: «Non aggiornata».",
        pt="Obrigado, anotado: «Desatualizada».",
        nl="Dank u, genoteerd als verouderd.",
    ),
    Reason.INCOMPLETE: Words(
        en="Thank you, noted as incomplete.",
        de="Danke, als unvollständig vermerkt.",
        fr="Merci, c'est noté\u00a0: «\u00a0Incomplète\u00a0».",
        es="Gracias, anotado: «Incompleta».",
        it="Grazie, annotato: «Incompleta».",
        pt="Obrigado, anotado: «Incompleta».",
        nl="Dank u, genoteerd als onvolledig.",
    ),
    Reason.RUDE: Words(
        en="Thank you, noted as rude. I am sorry.",
        de="Danke, als unhöflich vermerkt. Das tut mir leid.",
        fr="Merci, c'est noté\u00a0: «\u00a0Impolie\u00a0». Je suis désolé.",
        es="Gracias, anotado: «Descortés». Lo siento.",
        it="Grazie, annotato: «Scortese». Mi dispiace.",
        pt="Obrigado, anotado: «Indelicada». Lamento.",
        nl="Dank u, genoteerd als onbeleefd. Het spijt me.",
    ),
    Reason.OTHER: Words(
        en="Thank you for your words.",
        de="Danke für Ihre Rückmeldung.",
        fr="Merci pour votre commentaire.",
        es="Gracias por su comentario.",
        it="Grazie per il suo commento.",
        pt="Obrigado pelo seu comentário.",
        nl="Dank u voor uw opmerking.",
    ),
}
NO_REASON = Words(
    en="There are no words in this. Press “{button}” again and write what was wrong.",
    de="Das Feld ist leer. Klicken Sie noch einmal auf „{button}“, und schreiben Sie, was nicht in Ordnung war.",
    fr="Le champ est vide. Appuyez de nouveau sur «\u00a0{button}\u00a0» et écrivez ce qui n'allait pas.",
    es="El campo está vacío. Pulse «{button}» de nuevo y escriba qué estaba mal.",
    it="Il campo è vuoto. Prema di nuovo «{button}» e scriva che cosa non andava.",
    pt="O campo está vazio. Clique de novo em «{button}» e escreva o que estava mal.",
    nl="Het veld is leeg. Druk nog eens op “{button}” en schrijf wat er mis was.",
)
SUGGESTED = Words(
    en="Thank you. Somebody will review your answer before I learn from it.",
    de="Danke. Jemand prüft Ihre Antwort, bevor ich daraus lerne.",
    fr="Merci. Quelqu'un relira votre réponse avant que je m'en serve pour apprendre.",
    es="Gracias. Alguien revisará su respuesta antes de que yo aprenda de ella.",
    it="Grazie. Qualcuno controllerà la sua risposta prima che io possa imparare da essa.",
    pt="Obrigado. Alguém vai rever a sua resposta antes de eu aprender com ela.",
    nl="Dank u. Iemand bekijkt uw antwoord voordat ik ervan leer.",
)
NOT_KEPT_TO_RATE = Words(
    en="I no longer have this answer, so it cannot be rated. Ask the question again.",
    de="Diese Antwort habe ich nicht mehr; bewerten lässt sie sich deshalb nicht. Stellen Sie die Frage noch einmal.",
    fr="Je n'ai plus cette réponse\u202f; elle ne peut donc pas être évaluée. Reposez la question.",
    es="Ya no tengo esta respuesta, así que no se puede valorar. Vuelva a hacer la pregunta.",
    it="Non ho più questa risposta, quindi non si può valutare. Faccia di nuovo la domanda.",
    pt="Já não tenho esta resposta, por isso não pode ser avaliada. Faça a pergunta de novo.",
    nl="Ik heb dit antwoord niet meer; het kan dus niet worden beoordeeld. Stel de vraag nog eens.",
)
NOT_KEPT_TO_MEND = Words(
    en="I no longer have this answer. Ask the question again.",
    de="Diese Antwort habe ich nicht mehr. Stellen Sie die Frage noch einmal.",
    fr="Je n'ai plus cette réponse. Reposez la question.",
    es="Ya no tengo esta respuesta. Vuelva a hacer la pregunta.",
    it="Non ho più questa risposta. Faccia di nuovo la domanda.",
    pt="Já não tenho esta resposta. Faça a pergunta de novo.",
    nl="Ik heb dit antwoord niet meer. Stel de vraag nog eens.",
)
SUGGESTION_EMPTY = Words(
    en="The suggestion is empty. Write the answer as it should have been.",
    de="Der Vorschlag ist leer. Schreiben Sie die Antwort, wie sie hätte lauten sollen.",
    fr="La proposition est vide. Écrivez la réponse telle qu'elle aurait dû être.",
    es="La sugerencia está vacía. Escriba la respuesta tal como debería haber sido.",
    it="Il suggerimento è vuoto. Scriva la risposta come avrebbe dovuto essere.",
    pt="A sugestão está vazia. Escreva a resposta como deveria ter sido.",
    nl="Het voorstel is leeg. Schrijf het antwoord zoals het had moeten zijn.",
)
SUGGESTION_TOO_LONG = Words(
    en="The suggestion has {length} characters. Shorten it to {limit} characters.",
    de="Der Vorschlag hat {length} Zeichen. Kürzen Sie ihn auf {limit} Zeichen.",
    fr="La proposition compte {length} caractères. Raccourcissez-la à {limit} caractères.",
    es="La sugerencia tiene {length} caracteres. Acórtela a {limit} caracteres.",
    it="Il suggerimento ha {length} caratteri. Lo accorci a {limit} caratteri.",
    pt="A sugestão tem {length} caracteres. Encurte-a para {limit} caracteres.",
    nl="Het voorstel heeft {length} tekens. Kort het in tot {limit} tekens.",
)
WHAT_WAS_WRONG = Words(
    en="You found my answer not helpful. What was wrong with it?",
    de="Meine Antwort war nicht hilfreich. Was war nicht in Ordnung?",
    fr="Ma réponse ne vous a pas été utile. Qu'est-ce qui n'allait pas\u202f?",
    es="Mi respuesta no le ha sido útil. ¿Qué estaba mal?",
    it="La mia risposta non le è stata utile. Che cosa non andava?",
    pt="A minha resposta não lhe foi útil. O que estava mal?",
    nl="Mijn antwoord was niet nuttig voor u. Wat was er mis mee?",
)
RATE_THIS = Words(
    en="Was this answer helpful?",
    de="War diese Antwort hilfreich?",
    fr="Cette réponse vous a-t-elle été utile\u202f?",
    es="¿Le ha sido útil esta respuesta?",
    it="Questa risposta le è stata utile?",
    pt="Esta resposta foi útil?",
    nl="Was dit antwoord nuttig?",
)

# What is kept of somebody
FORGET_SELF = Words(
    en="This is what I have stored about you: {kept}. Delete it everywhere on this platform? This cannot be undone. "
    "Messages in the chat stay; you can delete those yourself.",
    de="Das habe ich über Sie gespeichert: {kept}. Überall auf dieser Plattform löschen? Das lässt sich nicht "
    "rückgängig machen. Nachrichten im Chat bleiben; diese können Sie selbst löschen.",
    fr="Voici ce que j'ai enregistré à votre sujet\u00a0: {kept}. Supprimer partout sur cette plateforme\u202f? C'est "
    "irréversible. Les messages de la discussion restent\u202f; vous pouvez les supprimer vous-même.",
    es="Esto es lo que he guardado sobre usted: {kept}. ¿Eliminarlo en toda esta plataforma? No se puede deshacer. Los "
    "mensajes del chat se quedan; puede eliminarlos usted.",
    it="Questo è ciò che ho salvato su di lei: {kept}. Eliminarlo ovunque su questa piattaforma? Non si può annullare. "
    "I messaggi nella chat restano; può eliminarli lei.",
    pt="Isto é o que guardei sobre si: {kept}. Eliminar em toda esta plataforma? Esta ação não pode ser anulada. As "
    "mensagens no chat ficam; essas podem ser eliminadas no próprio chat.",
    nl="Dit heb ik over u opgeslagen: {kept}. Overal op dit platform verwijderen? Dat kan niet ongedaan worden "
    "gemaakt. Berichten in de chat blijven; die kunt u zelf verwijderen.",
)
NOTHING_KEPT = Words(
    en="I have nothing stored about you.",
    de="Ich habe nichts über Sie gespeichert.",
    fr="Je n'ai rien enregistré à votre sujet.",
    es="No tengo nada guardado sobre usted.",
    it="Non ho salvato nulla su di lei.",
    pt="Não tenho nada guardado sobre si.",
    nl="Ik heb niets over u opgeslagen.",
)
DELETED = Words(
    en="Deleted: {gone}.",
    de="Gelöscht: {gone}.",
    fr="J'ai supprimé\u00a0: {gone}.",
    es="He eliminado: {gone}.",
    it="Ho eliminato: {gone}.",
    pt="Eliminei: {gone}.",
    nl="Verwijderd: {gone}.",
)
QUESTIONS = Counted(
    Words(
        en="{number} question",
        de="{number} Frage",
        fr="{number} question",
        es="{number} pregunta",
        it="{number} domanda",
        pt="{number} pergunta",
        nl="{number} vraag",
    ),
    Words(
        en="{number} questions",
        de="{number} Fragen",
        fr="{number} questions",
        es="{number} preguntas",
        it="{number} domande",
        pt="{number} perguntas",
        nl="{number} vragen",
    ),
)
ANSWERS = Counted(
    Words(
        en="{number} answer",
        de="{number} Antwort",
        fr="{number} réponse",
        es="{number} respuesta",
        it="{number} risposta",
        pt="{number} resposta",
        nl="{number} antwoord",
    ),
    Words(
        en="{number} answers",
        de="{number} Antworten",
        fr="{number} réponses",
        es="{number} respuestas",
        it="{number} risposte",
        pt="{number} respostas",
        nl="{number} antwoorden",
    ),
)
RATINGS = Counted(
    Words(
        en="{number} rating",
        de="{number} Bewertung",
        fr="{number} évaluation",
        es="{number} valoración",
        it="{number} valutazione",
        pt="{number} avaliação",
        nl="{number} beoordeling",
    ),
    Words(
        en="{number} ratings",
        de="{number} Bewertungen",
        fr="{number} évaluations",
        es="{number} valoraciones",
        it="{number} valutazioni",
        pt="{number} avaliações",
        nl="{number} beoordelingen",
    ),
)
SUGGESTIONS = Counted(
    Words(
        en="{number} suggested answer",
        de="{number} vorgeschlagene Antwort",
        fr="{number} réponse proposée",
        es="{number} respuesta sugerida",
        it="{number} risposta suggerita",
        pt="{number} resposta sugerida",
        nl="{number} voorgesteld antwoord",
    ),
    Words(
        en="{number} suggested answers",
        de="{number} vorgeschlagene Antworten",
        fr="{number} réponses proposées",
        es="{number} respuestas sugeridas",
        it="{number} risposte suggerite",
        pt="{number} respostas sugeridas",
        nl="{number} voorgestelde antwoorden",
    ),
)
HANDOVERS = Counted(
    Words(
        en="the words said in {number} hand-over",
        de="das Gesagte aus {number} Übergabe",
        fr="ce qui a été dit lors de {number} transfert",
        es="lo dicho en {number} traspaso",
        it="quanto detto in {number} passaggio a una persona",
        pt="o que foi dito em {number} transferência",
        nl="wat in {number} overdracht is gezegd",
    ),
    Words(
        en="the words said in {number} hand-overs",
        de="das Gesagte aus {number} Übergaben",
        fr="ce qui a été dit lors de {number} transferts",
        es="lo dicho en {number} traspasos",
        it="quanto detto in {number} passaggi a una persona",
        pt="o que foi dito em {number} transferências",
        nl="wat in {number} overdrachten is gezegd",
    ),
)
NAMES = Counted(
    Words(
        en="the name in {number} other place",
        de="Ihr Name an {number} anderen Stelle",
        fr="votre nom à {number} autre endroit",
        es="su nombre en {number} lugar más",
        it="il suo nome in {number} altro punto",
        pt="o seu nome em {number} outro lugar",
        nl="uw naam op {number} andere plaats",
    ),
    Words(
        en="the name in {number} other places",
        de="Ihr Name an {number} anderen Stellen",
        fr="votre nom à {number} autres endroits",
        es="su nombre en {number} lugares más",
        it="il suo nome in {number} altri punti",
        pt="o seu nome em {number} outros lugares",
        nl="uw naam op {number} andere plaatsen",
    ),
)

# Where nothing was asked yet
HELP = Words(
    en="**Ask me about our policies.** Mention me in a channel, write me a direct message, or use `/ask` for an answer "
    "that only you see. I answer from our own documents, name my sources, and say so when I find no answer there.",
    de="**Fragen Sie mich zu unseren Richtlinien.** Erwähnen Sie mich in einem Kanal, schreiben Sie mir eine "
    "Direktnachricht, oder verwenden Sie `/ask` für eine Antwort, die nur Sie sehen. Ich antworte anhand unserer "
    "Dokumente, nenne die Quellen und sage es, wenn ich dort keine Antwort finde.",
    fr="**Posez-moi vos questions sur nos règles et conditions.** Mentionnez-moi dans un canal, envoyez-moi un "
    "message direct, ou utilisez `/ask` pour une réponse que personne d'autre ne verra. Je réponds d'après nos "
    "documents, j'indique mes sources et je le dis quand je n'y trouve pas de réponse.",
    es="**Pregúnteme sobre nuestras políticas.** Mencióneme en un canal, envíeme un mensaje directo o use `/ask` para "
    "una respuesta que solo verá usted. Respondo según nuestros documentos, indico las fuentes y se lo digo cuando no "
    "encuentro respuesta en ellos.",
    it="**Mi faccia domande sulle nostre condizioni.** Mi menzioni in un canale, mi scriva un messaggio diretto "
    "oppure usi `/ask` per una risposta che vedrà solo lei. Rispondo in base ai nostri documenti, indico le fonti e "
    "dico quando non vi trovo una risposta.",
    pt="**Pergunte-me sobre as nossas políticas.** Mencione-me num canal, envie-me uma mensagem direta ou use `/ask` "
    "para uma resposta que mais ninguém vê. Respondo com base nos nossos documentos, indico as fontes e digo quando "
    "não encontro lá resposta.",
    nl="**Stel mij vragen over ons beleid.** Vermeld mij in een kanaal, stuur me een privébericht, of gebruik `/ask` "
    "voor een antwoord dat alleen u ziet. Ik antwoord op basis van onze documenten, noem mijn bronnen en zeg het als "
    "ik daar geen antwoord vind.",
)
KEPT = Words(
    en="I keep what I am asked and what I answer. You can have yours deleted at any time.",
    de="Ich bewahre auf, was ich gefragt werde und was ich antworte. Ihre Daten können Sie jederzeit löschen lassen.",
    fr="Je conserve les questions posées et mes réponses. Vous pouvez faire supprimer vos données à tout moment.",
    es="Guardo lo que me preguntan y lo que respondo. Puede pedir que se eliminen sus datos en cualquier momento.",
    it="Conservo ciò che mi viene chiesto e ciò che rispondo. Può far eliminare i suoi dati in qualsiasi momento.",
    pt="Guardo o que me perguntam e o que respondo. Pode pedir que os seus dados sejam eliminados em qualquer altura.",
    nl="Ik bewaar wat mij wordt gevraagd en wat ik antwoord. U kunt uw gegevens altijd laten verwijderen.",
)
