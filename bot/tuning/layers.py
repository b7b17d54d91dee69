"""Faster forms of the layers that a LoRA is trained through, the same in what they compute.

PEFT computes its two small matrices in 32 bits and copies every activation for them; transformers normalizes in
four passes over memory. Here the frozen weights and what flows stay in the base's own type, the trained matrices
are kept in 32 bits and rounded for each use, and what the backward pass can compute again is not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from peft.tuners.lora import Linear as LoraLinear
from torch import Tensor, nn

from bot.tuning.packing import apply


class _Adapted(torch.autograd.Function):
    """x W^T + bias + scaling (x A^T) B^T for frozen W [out, in]; x is [T, in], A [rank, in], B [out, rank]."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, a: Tensor, b: Tensor, scaling: float
    ) -> Tensor:
        low_a, low_b = a.to(x.dtype), b.to(x.dtype)
        inner = torch.mm(x, low_a.t()).mul_(scaling)
        out = F.linear(x, weight, bias).addmm_(inner, low_b.t())
        ctx.save_for_backward(x, weight, low_a, low_b, inner)
        ctx.scaling = scaling
        return out

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        x, weight, a, b, inner = ctx.saved_tensors
        gradient = gradient.contiguous()
        into = torch.mm(gradient, b).mul_(ctx.scaling)
        dx = torch.mm(gradient, weight).addmm_(into, a) if ctx.needs_input_grad[0] else None
        da = torch.mm(into.t(), x).float()
        db = torch.mm(gradient.t(), inner).float()
        return dx, None, None, da, db, None


class _Normed(torch.autograd.Function):
    """RMS normalization with a frozen weight; x is [T, n]."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, eps: float) -> Tensor:
        scale = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
        scale = scale.square_().div_(x.shape[-1]).add_(eps).rsqrt_()
        ctx.save_for_backward(x, weight, scale)
        normed: Tensor = (x * scale).to(x.dtype).mul_(weight)
        return normed

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        x, weight, scale = ctx.saved_tensors
        weighted = gradient * weight
        along = (weighted * x).sum(-1, keepdim=True, dtype=torch.float32)
        along *= scale.pow(3).div_(x.shape[-1])
        return torch.addcmul(weighted * scale, x, along, value=-1).to(x.dtype), None, None


class _Gated(torch.autograd.Function):
    """silu(gate) * up; only what comes in is kept."""

    @staticmethod
    def forward(ctx: Any, gate: Tensor, up: Tensor) -> Tensor:
        ctx.save_for_backward(gate, up)
        out: Tensor = F.silu(gate).mul_(up)
        return out

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        gate, up = ctx.saved_tensors
        return torch.ops.aten.silu_backward(gradient * up, gate), F.silu(gate).mul_(gradient)


def speed_up(model: nn.Module) -> None:
    """Give the layers of a model that has LoRA layers their faster forms, where those compute the same.

    Frozen RMS norms and gated feed-forward layers are tried with random numbers first: those of some
    architectures look alike and are not.
    """
    alike: dict[type[nn.Module], bool] = {}
    for layer in list(model.modules()):
        if isinstance(layer, LoraLinear):
            _adapt(layer)
        elif (form := _form(layer)) is not None:
            kind = type(layer)
            if kind not in alike:
                alike[kind] = _same(layer, form)
            if alike[kind]:
                layer.forward = partial(form, layer)


def _adapt(layer: LoraLinear) -> None:
    (name,) = layer.active_adapters
    if not isinstance(layer.lora_dropout[name], nn.Identity) or layer.lora_bias[name]:
        return  # PEFT's own way

    def forward(x: Tensor) -> Tensor:
        base, scaling = layer.base_layer, layer.scaling[name]
        if layer.disable_adapters:
            return base(x)  # type: ignore[no-any-return]
        a, b = layer.lora_A[name].weight, layer.lora_B[name].weight
        out = apply(_Adapted, x.reshape(-1, x.shape[-1]), base.weight, base.bias, a, b, scaling)
        return out.view(*x.shape[:-1], -1)

    layer.forward = forward  # type: ignore[method-assign]


def _form(layer: nn.Module) -> Callable[[nn.Module, Tensor], Tensor] | None:
    """Return the faster form that a layer may have."""
    if type(layer).__name__.endswith("RMSNorm"):
        weight = getattr(layer, "weight", None)
        return _norm if isinstance(weight, Tensor) and not weight.requires_grad and _eps(layer) is not None else None
    if all(hasattr(layer, name) for name in ("gate_proj", "up_proj", "down_proj", "act_fn")):
        return _feed_forward
    return None


def _eps(layer: nn.Module) -> float | None:
    return next((float(getattr(layer, key)) for key in ("variance_epsilon", "eps") if hasattr(layer, key)), None)


def _norm(layer: nn.Module, x: Tensor) -> Tensor:
    return apply(_Normed, x.reshape(-1, x.shape[-1]), layer.weight, _eps(layer)).view(x.shape)


def _feed_forward(layer: nn.Module, x: Tensor) -> Tensor:
    return layer.down_proj(apply(_Gated, layer.gate_proj(x), layer.up_proj(x)))  # type: ignore[no-any-return,operator]


def _same(layer: nn.Module, form: Callable[[nn.Module, Tensor], Tensor]) -> bool:
    """Return whether a layer's faster form gives what the layer gives, up to rounding."""
    inner: Any = layer.gate_proj if hasattr(layer, "gate_proj") else layer
    weight: Tensor = getattr(inner, "base_layer", inner).weight
    x = torch.randn(1, 8, weight.shape[-1], generator=torch.Generator().manual_seed(0)).to(weight.device, weight.dtype)
    with torch.no_grad():
        expected = layer(x).float()
        found = form(layer, x).float()
    return bool((found - expected).norm() <= 0.01 * expected.norm())
