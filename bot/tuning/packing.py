"""Sequences in one row without padding, what they have in common only once.

Every linear layer of the model then works on real tokens alone. A prompt's beginning is the same for every
question (the instructions), and an answer that people liked and one that they did not share their whole prompt:
such a part is computed once, and attention lets everything that follows see it. Attention is made of plain
matrix products over the parts that see each other, in bfloat16 several times as fast on a CPU as PyTorch's own
attention with its backward pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface

ATTENTION = "frontdesk_packed"
"""Name under which the attention is known to transformers."""
MIN_SHARED = 16
"""Tokens from which on a common beginning is worth a part of its own."""
_BLOCK = 256  # queries at a time; keys behind them need not be looked at


@dataclass(frozen=True, slots=True)
class Encoded:
    """One prompt with its answer, in tokens."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]

    @property
    def tokens(self) -> tuple[int, ...]:
        return self.prompt + self.answer


@dataclass(frozen=True, slots=True)
class Part:
    """Tokens `start` to `stop` of the row; they see those of `seen` (ranges, in order) and themselves."""

    start: int
    stop: int
    seen: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Packed:
    """Sequences in one row of T tokens, of which n are answers' (counted once for each sequence)."""

    tokens: Tensor
    """int64[T]"""
    positions: Tensor
    """int64[T]: where each token stands in its sequence."""
    parts: tuple[Part, ...]
    rows: Tensor
    """int64[n]: the token after which each token of an answer is predicted."""
    targets: Tensor
    """int64[n]: the tokens of the answers, sequence by sequence."""
    owners: Tensor
    """int64[n]: the number of the sequence that each belongs to."""

    def to(self, device: torch.device) -> Packed:
        tensors = ("tokens", "positions", "rows", "targets", "owners")
        return replace(self, **{name: getattr(self, name).to(device) for name in tensors})


def pack(sequences: Sequence[Encoded], *, share: bool = True) -> Packed:
    """Put sequences in one row; with `share`, common beginnings of MIN_SHARED tokens or more only once."""
    texts = [one.tokens for one in sequences]
    tokens: list[int] = []
    positions: list[int] = []
    parts: list[Part] = []
    places: list[list[range]] = [[] for _ in texts]

    def add(
        members: list[int], start: int, stop: int, seen: tuple[tuple[int, int], ...]
    ) -> tuple[tuple[int, int], ...]:
        if start == stop:
            return seen
        at = len(tokens)
        tokens.extend(texts[members[0]][start:stop])
        positions.extend(range(start, stop))
        parts.append(Part(at, len(tokens), seen))
        for member in members:
            places[member].append(range(at, len(tokens)))
        return (*seen, (at, len(tokens)))

    def branch(members: list[int], start: int, seen: tuple[tuple[int, int], ...]) -> None:
        if len(members) == 1:
            add(members, start, len(texts[members[0]]), seen)
            return
        stop = start + _common([texts[member][start:] for member in members])
        seen = add(members, start, stop, seen)
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for member in members:
            groups[texts[member][stop : stop + MIN_SHARED]].append(member)
        for beginning, group in groups.items():
            if len(group) > 1 and len(beginning) == MIN_SHARED:
                branch(group, stop, seen)
            else:
                for member in group:
                    add([member], stop, len(texts[member]), seen)

    if share and len(texts) > 1 and _common(texts) >= MIN_SHARED:
        branch(list(range(len(texts))), 0, ())
    else:
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for member, text in enumerate(texts):
            groups[text[:MIN_SHARED] if share and len(text) >= MIN_SHARED else (-1 - member,)].append(member)
        for group in groups.values():
            branch(group, 0, ())
    rows: list[int] = []
    targets: list[int] = []
    owners: list[int] = []
    for number, one in enumerate(sequences):
        where = [place for part in places[number] for place in part]
        first = len(one.prompt)
        rows += where[first - 1 : len(where) - 1]
        targets += one.answer
        owners += [number] * len(one.answer)
    return Packed(
        torch.tensor(tokens),
        torch.tensor(positions),
        tuple(parts),
        torch.tensor(rows, dtype=torch.int64),
        torch.tensor(targets, dtype=torch.int64),
        torch.tensor(owners, dtype=torch.int64),
    )


def _common(texts: Sequence[tuple[int, ...]]) -> int:
    """Return how many tokens all of them begin with."""
    first, last = min(texts), max(texts)
    length = min(len(first), len(last))
    return next((at for at in range(length) if first[at] != last[at]), length)


def apply(function: type[torch.autograd.Function], *arguments: Any) -> Tensor:
    """Return what a function computes; PyTorch gives `apply` no types."""
    result: Tensor = function.apply(*arguments)  # type: ignore[no-untyped-call]
    return result


class _Attention(torch.autograd.Function):
    """Causal attention inside and along parts; q is [heads, T, d], k and v are [key heads, T, d]."""

    @staticmethod
    def forward(
        ctx: Any, q: Tensor, k: Tensor, v: Tensor, scaling: float, parts: tuple[Part, ...], window: int
    ) -> Tensor:
        out = torch.empty_like(q)
        kept: list[Tensor] = []
        for part in parts:
            keys, values = _seen(k, part), _seen(v, part)
            for queries, rows, reach in _blocks(q, k, part):
                scores = torch.bmm(queries * scaling, keys[:, :reach].transpose(1, 2))
                _hide_later(scores, rows, window)
                weights = torch.softmax(scores, -1)
                if any(ctx.needs_input_grad):
                    kept.append(weights)
                _ungrouped(out, rows, torch.bmm(weights, values[:, :reach]))
        ctx.save_for_backward(q, k, v, *kept)
        ctx.scaling, ctx.parts = scaling, parts
        return out

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        q, k, v, *kept = ctx.saved_tensors
        dq = torch.empty_like(q)
        # Parts that many see gather many gradients, so they are summed in 32 bits.
        dk = torch.zeros(k.shape, dtype=torch.float32, device=k.device)
        dv = torch.zeros_like(dk)
        numbers = iter(kept)
        for part in ctx.parts:
            keys, values = _seen(k, part), _seen(v, part)
            for queries, rows, reach in _blocks(q, k, part):
                weights = next(numbers)
                out = _grouped(gradient, k, rows)
                _gather(dv, part, reach, torch.bmm(weights.transpose(1, 2), out))
                change = torch.bmm(out, values[:, :reach].transpose(1, 2))
                change = torch._softmax_backward_data(change, weights, -1, weights.dtype)
                _ungrouped(dq, rows, torch.bmm(change, keys[:, :reach]).mul_(ctx.scaling))
                _gather(dk, part, reach, torch.bmm(change.transpose(1, 2), queries).mul_(ctx.scaling))
        return dq, dk.to(k.dtype), dv.to(v.dtype), None, None, None


def _seen(x: Tensor, part: Part) -> Tensor:
    """Return what a part sees of keys or values, itself last."""
    if not part.seen:
        return x[:, part.start : part.stop].contiguous()
    return torch.cat([x[:, start:stop] for start, stop in (*part.seen, (part.start, part.stop))], 1)


def _blocks(q: Tensor, k: Tensor, part: Part) -> list[tuple[Tensor, range, int]]:
    """Return for each block of a part's queries: themselves, their rows, and how many keys the last one sees."""
    before = sum(stop - start for start, stop in part.seen)
    blocks = []
    for start in range(part.start, part.stop, _BLOCK):
        rows = range(start, min(start + _BLOCK, part.stop))
        blocks.append((_grouped(q, k, rows), rows, before + rows.stop - part.start))
    return blocks


def _grouped(x: Tensor, k: Tensor, rows: range) -> Tensor:
    """Return some rows of [heads, T, d] as [key heads, heads for each * rows, d]."""
    return x[:, rows.start : rows.stop].reshape(k.shape[0], -1, x.shape[-1])


def _ungrouped(x: Tensor, rows: range, values: Tensor) -> None:
    x[:, rows.start : rows.stop] = values.view(x.shape[0], len(rows), -1)


def _hide_later(scores: Tensor, rows: range, window: int) -> None:
    """Hide from each query the keys behind it, and those before its window (0: it sees back to the beginning)."""
    count, reach = len(rows), scores.shape[-1]
    by_query = scores.view(-1, count, reach)
    by_query[..., reach - count :] += _later(count, scores.dtype, scores.device)
    if window and reach > window:
        at = torch.arange(reach - count, reach, device=scores.device)[:, None]
        by_query.masked_fill_(torch.arange(reach, device=scores.device) <= at - window, float("-inf"))


@cache
def _later(count: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Return 0 where key j may be seen by query i, minus infinity where it comes later: [count, count]."""
    return torch.full((count, count), float("-inf"), dtype=dtype, device=device).triu_(1)


def _gather(total: Tensor, part: Part, reach: int, change: Tensor) -> None:
    """Add the gradients of the first `reach` keys that a part sees where those stand."""
    done = 0
    for start, stop in (*part.seen, (part.start, part.stop)):
        length = min(stop - start, reach - done)
        total[:, start : start + length] += change[:, done : done + length]
        done += length


def _attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    parts: tuple[Part, ...] = (),
    sliding_window: int | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """Return [1, T, heads, d], as transformers' attention functions do."""
    if unknown := [name for name in ("softcap", "s_aux") if others.get(name) is not None]:
        raise NotImplementedError(f"attention with {', '.join(unknown)}")
    scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
    out = apply(_Attention, query[0], key[0], value[0], scaling, parts, sliding_window or 0)
    return out.transpose(0, 1)[None], None


AttentionInterface.register(ATTENTION, _attention)
