"""The weights that are trained: a LoRA beside the frozen base, or the base's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import Tensor, nn

from bot.tuning.base import Base, Target, chosen, quiet
from bot.tuning.checkpoints import load_tensors, save_tensors, write_json
from bot.tuning.errors import TrainingError
from bot.tuning.layers import speed_up
from bot.tuning.options import TrainingOptions

_ADAPTER = "default"
PEFT_FOLDER = "peft"
_CONFIG, _TENSORS = "adapter_config.json", "adapter_model.safetensors"


@dataclass(slots=True)
class Weights:
    """What the optimizer changes: 32-bit tensors by name, and the model's own where those are of another type."""

    base: Base
    options: TrainingOptions
    targets: tuple[Target, ...]
    """Layers with a LoRA; none where every weight is trained."""
    trained: dict[str, nn.Parameter]
    """In the model: LoRA matrices by `<module>.lora_A` and `.lora_B`, or the model's parameters by their names."""
    masters: dict[str, nn.Parameter]
    """What the optimizer changes, float32, by the same names; the very same tensors where those are float32."""
    peft: PeftModel | None = None

    @property
    def count(self) -> int:
        return sum(one.numel() for one in self.masters.values())

    def take_gradients(self) -> None:
        """Give the optimizer's tensors the gradients of the model's."""
        for name, one in self.trained.items():
            if (master := self.masters[name]) is not one:
                master.grad = None if one.grad is None else one.grad.float()
                one.grad = None

    def put_back(self) -> None:
        """Give the model what the optimizer made of its tensors."""
        with torch.no_grad():
            for name, one in self.trained.items():
                if (master := self.masters[name]) is not one:
                    one.copy_(master)

    def state(self) -> dict[str, Tensor]:
        """Return a copy of the trained tensors, float32 on the CPU."""
        return {name: one.detach().cpu().clone() for name, one in self.masters.items()}

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Take the tensors of a state. Raises TrainingError for those of another shape."""
        shapes = {name: tuple(one.shape) for name, one in self.masters.items()}
        if shapes != {name: tuple(one.shape) for name, one in state.items()}:
            raise TrainingError(
                "What was trained before has other layers or another rank.", "Use the options that it was trained with."
            )
        with torch.no_grad():
            for name, one in self.masters.items():
                one.copy_(state[name])
        self.put_back()


def attach(base: Base, options: TrainingOptions) -> Weights:
    """Make the weights that the options want trainable. A LoRA begins as no change at all."""
    torch.manual_seed(options.seed)
    if options.full:
        base.model.requires_grad_(True)
        if base.head.weight is base.model.get_input_embeddings().weight:
            base.head.weight.requires_grad_(True)
        trained = {name: one for name, one in base.model.named_parameters() if one.requires_grad}
        speed_up(base.model)
        masters = {
            name: one if one.dtype is torch.float32 else nn.Parameter(one.detach().float())
            for name, one in trained.items()
        }
        return Weights(base, options, (), trained, masters)
    targets = tuple(chosen(base, options.targets, options.last_layers))
    if not targets:
        raise TrainingError(
            f"{base.name} has no layers of the kind {options.targets!r}.", "Choose --targets all, attention or mlp."
        )
    config = LoraConfig(
        r=options.rank,
        lora_alpha=options.alpha,  # type: ignore[arg-type]
        lora_dropout=options.dropout,
        use_rslora=options.rslora,
        target_modules=[target.module for target in targets],
        task_type="CAUSAL_LM",
        base_model_name_or_path=base.checkpoint or base.name,
    )
    with quiet():
        peft = get_peft_model(base.model, config)
    speed_up(base.model)
    trained = {}
    for target in targets:
        layer = base.model.get_submodule(target.module)
        for half in ("lora_A", "lora_B"):
            trained[f"{target.module}.{half}"] = getattr(layer, half)[_ADAPTER].weight
    return Weights(base, options, targets, trained, dict(trained), peft)


def save_peft(weights: Weights, folder: Path) -> list[Path]:
    """Write the LoRA as PEFT reads it. Raises TrainingError."""
    if weights.peft is None:
        raise TrainingError("Every weight was trained, so there is no LoRA to write.")
    values = weights.peft.peft_config[_ADAPTER].to_dict()
    values |= {"inference_mode": True, "base_model_name_or_path": weights.base.checkpoint or weights.base.name}
    values = {key: sorted(value) if isinstance(value, set) else value for key, value in values.items()}
    write_json(folder / _CONFIG, values)
    tensors = {f"base_model.model.{name}.weight": tensor for name, tensor in weights.state().items()}
    save_tensors(folder / _TENSORS, tensors, {"format": "pt"})
    return [folder / _CONFIG, folder / _TENSORS]


def load_peft(folder: Path) -> dict[str, Tensor]:
    """Read the matrices of a LoRA that `save_peft` wrote, for `Weights.load`. Raises TrainingError."""
    tensors = load_tensors(folder / _TENSORS)
    return {name.removeprefix("base_model.model.").removesuffix(".weight"): one for name, one in tensors.items()}
