"""Examples to what is trained on: tokenized, held against the method, counted; then drawn in batches."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.messages import Turn
from bot.tuning.encoding import Encoder, TooLong
from bot.tuning.errors import LastingError
from bot.tuning.examples import Example, Origin, Split
from bot.tuning.objectives import Item
from bot.tuning.options import Method, TrainingOptions
from bot.tuning.packing import Encoded
from bot.wording.answers import REFUSAL

HELD_OUT = 0.1
"""Share of the examples that is kept for validation where none are marked for it."""
MOST_VALIDATION = 256
"""Examples that the validation loss is taken on, at most."""
_MORE = "Approve more answers, or make examples from the documents with `frontdesk tune prepare --from-documents`."


@dataclass(slots=True)
class Counts:
    """What became of the examples of a set."""

    train: Counter[str] = field(default_factory=Counter)
    """By origin; KTO counts what is rejected in a pair as disliked."""
    validation: Counter[str] = field(default_factory=Counter)
    test: int = 0
    """Held out, never looked at."""
    unanswerable: int = 0
    too_long: int = 0
    longest: int = 0
    """Tokens of the longest one that was left out."""
    repeated: int = 0
    without_pair: int = 0
    """Of no use to the method: without a rejected answer (DPO), disliked (answers)."""
    tokens: int = 0
    """Of the training examples, in one epoch."""
    answer_tokens: int = 0
    licences: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        return {
            "train": dict(self.train),
            "validation": dict(self.validation),
            "test": self.test,
            "unanswerable": self.unanswerable,
            "too_long": self.too_long,
            "longest": self.longest,
            "repeated": self.repeated,
            "without_pair": self.without_pair,
            "tokens": self.tokens,
            "answer_tokens": self.answer_tokens,
            "licences": dict(self.licences),
        }


@dataclass(frozen=True, slots=True)
class Material:
    """What is trained on and what says when to stop."""

    train: tuple[Item, ...]
    validation: tuple[Item, ...]
    counts: Counts


def prepare(
    examples: Iterable[Example],
    encoder: Encoder,
    options: TrainingOptions,
    progress: Callable[[int], None] = lambda done: None,
) -> Material:
    """Tokenize the examples of a set. Raises TrainingError where too few are left to learn anything."""
    counts = Counts()
    kept: list[tuple[Example, Item]] = []
    seen: set[tuple[Any, ...]] = set()
    for done, example in enumerate(examples, start=1):
        progress(done)
        if example.split is Split.TEST:
            counts.test += 1
            continue
        for one in _labelled(example) if options.method is Method.KTO else (example,):
            item = _item(one, encoder, options)
            if item is None:
                counts.without_pair += 1
            elif isinstance(item, TooLong):
                counts.too_long += 1
                counts.longest = max(counts.longest, item.tokens)
            elif (key := (item.texts, item.liked)) in seen:
                counts.repeated += 1
            else:
                seen.add(key)
                kept.append((one, item))
                counts.unanswerable += not one.answerable
    _enough(len(kept), counts, encoder.size, options)
    if options.method is Method.KTO:
        # Before they are divided: the few held out may be of one kind, or of one question.
        kept = _mismatched(kept, options.seed)
    train, validation = _divided(kept, options.seed)
    counts.train = Counter(str(example.origin) for example, _ in train)
    counts.validation = Counter(str(example.origin) for example, _ in validation)
    counts.tokens = sum(item.tokens for _, item in train)
    counts.answer_tokens = sum(len(item.texts[0].answer) for _, item in train)
    counts.licences = Counter(str(example.metadata.get("licence", "")) for example, _ in train)
    return Material(tuple(item for _, item in train), tuple(item for _, item in validation), counts)


def _labelled(example: Example) -> tuple[Example, ...]:
    """Return the answers of a pair as examples of their own, the rejected one as what people did not like."""
    if not example.rejected.strip():
        return (example,)
    rejected = replace(example, answer=example.rejected, rejected="", liked=False, origin=Origin.DISLIKED)
    return replace(example, rejected=""), rejected


def _item(example: Example, encoder: Encoder, options: TrainingOptions) -> Item | TooLong | None:
    prompt = example.prompt or (*example.turns, Turn("user", example.question))
    if options.method is Method.DPO and not example.rejected.strip():
        return None
    if options.method is not Method.KTO and not example.liked:
        return None
    texts = []
    for answer in (example.answer, example.rejected)[: 2 if options.method is Method.DPO else 1]:
        found = encoder.encode(prompt, answer.strip() or REFUSAL.en)
        if isinstance(found, TooLong):
            return found
        texts.append(found)
    return Item(tuple(texts), str(example.origin), example.liked)


def _enough(count: int, counts: Counts, size: int, options: TrainingOptions) -> None:
    if count >= options.minimum:
        return
    if counts.too_long > count:
        raise LastingError(
            f"{counts.too_long} of the examples have more than {size:,} tokens (up to {counts.longest:,}); "
            f"{count} are left, too few to train on.",
            "Raise --max-tokens, or prepare the set again with fewer passages.",
        )
    if counts.repeated > count:
        raise LastingError(
            f"The examples are all alike: {count + counts.repeated} say {count} different things, which is too few "
            f"to train on (at least {options.minimum}).",
            _MORE,
        )
    if options.method is Method.DPO:
        raise LastingError(
            f"{count} examples have an answer that was not liked beside a better one; DPO needs {options.minimum}.",
            "Have more disliked answers corrected, or train on answers alone.",
        )
    told = {0: "There are no examples", 1: "There is 1 example"}.get(count, f"There are only {count} examples")
    raise LastingError(f"{told} to train on; at least {options.minimum} different ones are needed.", _MORE)


_Kept = list[tuple[Example, Item]]


def _divided(kept: _Kept, seed: int) -> tuple[_Kept, _Kept]:
    """Return training and validation examples; where none are marked, whole groups of a tenth are held out."""
    validation = [one for one in kept if one[0].split is Split.VALIDATION]
    train = [one for one in kept if one[0].split is Split.TRAIN]
    draw = random.Random(seed)
    if not validation:
        groups = sorted({example.group or example.id for example, _ in kept})
        draw.shuffle(groups)
        held_out: set[str] = set()
        for group in groups:
            if len(validation) >= HELD_OUT * len(kept):
                break
            members = [one for one in train if (one[0].group or one[0].id) == group]
            if len(validation) + len(members) > 2 * HELD_OUT * len(kept):
                continue  # a group too big to give away
            held_out.add(group)
            validation += members
        train = [one for one in train if (one[0].group or one[0].id) not in held_out]
    if len(validation) > MOST_VALIDATION:
        validation = draw.sample(validation, MOST_VALIDATION)
    return train, validation


def _mismatched(kept: _Kept, seed: int) -> _Kept:
    """Give each example the answer of another question beside its own, and its worth, see `Item`.

    Raises TrainingError where there are no disliked ones, or no liked ones.
    """
    liked = sum(item.liked for _, item in kept)
    if not 0 < liked < len(kept):
        raise LastingError(
            "KTO needs answers that people liked and answers that they did not; there is only one kind.",
            f"Approve {'disliked' if liked else 'liked'} ones, which `frontdesk curation list` shows, and prepare the "
            "set again; or train on answers alone.",
        )
    order = list(range(len(kept)))
    random.Random(seed).shuffle(order)
    found = []
    for place, number in enumerate(order):
        example, item = kept[number]
        own = item.texts[0]
        before = (kept[order[place - back]][1].texts[0] for back in range(1, len(order)))
        other = next((one for one in before if one.prompt != own.prompt), own)
        texts = (own, Encoded(own.prompt, other.answer))
        share = (liked if item.liked else len(kept) - liked) / len(kept)
        found.append((example, Item(texts, item.origin, item.liked, worth=0.5 / share)))
    return found


def epoch(items: Sequence[Item], weights: dict[str, float], seed: int, number: int) -> list[int]:
    """Return the order in which an epoch sees the items, by their places; the same for the same seed and number.

    `weights` say by origin how many times: 2 twice, 0.5 a half of them, another half each time.
    """
    draw = random.Random(f"{seed} {number}")
    chosen = []
    for place, item in enumerate(items):
        weight = weights.get(item.origin, 1.0)
        chosen += [place] * (int(weight) + (draw.random() < weight % 1))
    draw.shuffle(chosen)
    return chosen


def turns(items: Sequence[Item], tokens: int) -> list[list[Item]]:
    """Divide the items of a step into turns of at most so many tokens, an item at least.

    The prompts' common beginning is not counted, so a turn takes rather less.
    """
    divided: list[list[Item]] = []
    room = 0
    for item in sorted(items, key=lambda one: one.tokens, reverse=True):
        if room < item.tokens:
            divided.append([])
            room = tokens
        divided[-1].append(item)
        room -= item.tokens
    return divided
