"""What buttons and dialogs say, the same on every platform."""

from __future__ import annotations

from bot.messages import Reason
from bot.wording import Words

HELPFUL = Words(en="Helpful", de="Hilfreich", fr="Utile", es="Útil", it="Utile", pt="Útil", nl="Nuttig")
NOT_HELPFUL = Words(
    en="Not helpful",
    de="Nicht hilfreich",
    fr="Pas utile",
    es="No útil",
    it="Non utile",
    pt="Não útil",
    nl="Niet nuttig",
)
PERSON = Words(
    en="Talk to a person",
    de="Mit einem Menschen sprechen",
    fr="Parler à une personne",
    es="Hablar con una persona",
    it="Parla con una persona",
    pt="Falar com uma pessoa",
    nl="Met een medewerker praten",
)
SHOW = Words(
    en="Show to everyone",
    de="Allen zeigen",
    fr="Montrer à tous",
    es="Mostrar a todos",
    it="Mostra a tutti",
    pt="Mostrar a todos",
    nl="Aan iedereen tonen",
)
GIVE_BACK = Words(
    en="Give back to the bot",
    de="An den Bot zurückgeben",
    fr="Redonner la main au bot",
    es="Devolver al bot",
    it="Restituisci al bot",
    pt="Devolver ao bot",
    nl="Teruggeven aan de bot",
)
REASONS = {
    Reason.WRONG: Words(
        en="Wrong", de="Falsch", fr="Incorrecte", es="Incorrecta", it="Sbagliata", pt="Errada", nl="Onjuist"
    ),
    Reason.OUTDATED: Words(
        en="Outdated",
        de="Veraltet",
        fr="Obsolète",
        es="Desactualizada",
        it="Non aggiornata",
        pt="Desatualizada",
        nl="Verouderd",
    ),
    Reason.INCOMPLETE: Words(
        en="Incomplete",
        de="Unvollständig",
        fr="Incomplète",
        es="Incompleta",
        it="Incompleta",
        pt="Incompleta",
        nl="Onvolledig",
    ),
    Reason.RUDE: Words(
        en="Rude", de="Unhöflich", fr="Impolie", es="Descortés", it="Scortese", pt="Indelicada", nl="Onbeleefd"
    ),
    Reason.OTHER: Words(
        en="Other …", de="Anderes …", fr="Autre…", es="Otra cosa…", it="Altro…", pt="Outra coisa…", nl="Anders …"
    ),
}
"""Why an answer was not helpful; the last one asks for words."""
SUGGEST = Words(
    en="Suggest a better answer",
    de="Antwort vorschlagen",  # the title of a dialog too, of which Slack takes 24 characters
    fr="Proposer une réponse",
    es="Sugerir otra respuesta",
    it="Suggerisci una risposta",
    pt="Sugerir uma resposta",
    nl="Antwoord voorstellen",
)
SUGGEST_LABEL = Words(
    en="The answer as it should have been",
    de="Die Antwort, wie sie hätte lauten sollen",
    fr="La réponse telle qu'elle aurait dû être",
    es="La respuesta como debería haber sido",
    it="La risposta come avrebbe dovuto essere",
    pt="A resposta como deveria ter sido",
    nl="Het antwoord zoals het had moeten zijn",
)
WORDS_TITLE = Words(
    en="What was wrong?",
    de="Was war falsch?",
    fr="Quel est le problème\u202f?",
    es="¿Qué estaba mal?",
    it="Che cosa non andava?",
    pt="O que estava mal?",
    nl="Wat was er mis?",
)
WORDS_LABEL = Words(
    en="In your words",
    de="In Ihren eigenen Worten",
    fr="Avec vos mots",
    es="Con sus propias palabras",
    it="Con parole sue",
    pt="Por palavras suas",
    nl="In uw eigen woorden",
)
SEND = Words(en="Send", de="Senden", fr="Envoyer", es="Enviar", it="Invia", pt="Enviar", nl="Versturen")
CANCEL = Words(en="Cancel", de="Abbrechen", fr="Annuler", es="Cancelar", it="Annulla", pt="Cancelar", nl="Annuleren")
DELETE = Words(en="Delete", de="Löschen", fr="Supprimer", es="Eliminar", it="Elimina", pt="Eliminar", nl="Verwijderen")
DELETE_MINE = Words(
    en="Delete my data …",
    de="Meine Daten löschen …",
    fr="Supprimer mes données…",
    es="Eliminar mis datos…",
    it="Elimina i miei dati…",
    pt="Eliminar os meus dados…",
    nl="Mijn gegevens verwijderen …",
)
