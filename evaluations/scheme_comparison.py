"""In which sentences do two schemes differ?"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from evaluations import scheme_wording as wording
from evaluations.scheme import Scheme

Sources = Mapping[str, Mapping[str, str]]


def differences(now: tuple[Scheme, Sources], typed: tuple[Scheme, Sources]) -> list[tuple[str, str, str]]:
    """What is said differently: what it is about, the sentences that stand now, and the typed ones."""
    present, own = _said(*now), _said(*typed)
    lines = []
    for key in dict.fromkeys([*present, *own]):
        label, before = present.get(key, (None, "–"))
        new_label, after = own.get(key, (None, "–"))
        if before != after:
            lines.append((label or new_label, before, after))
    return lines


def _said(scheme: Scheme, sources: Sources) -> dict[tuple[str, str], tuple[str, str]]:
    """Everything that a scheme says: {part: (its name, its sentences)}."""
    components, inputs = sources.get("components", {}), sources.get("inputs", {})
    said = {
        ("name", ""): (_("Name of the scheme"), scheme.name),
        ("version", ""): (_("Version"), scheme.version),
        ("decimals", ""): (_("Decimals of the total"), str(scheme.decimals)),
    }
    for one in scheme.components:
        lines = [wording.weight_sentence(one), *wording.component_sentences(one, components)]
        said["component", one.code] = (one.label, "\n".join(lines))
    for gate in scheme.gates:
        said["gate", gate.code] = (gate.label, wording.gate_sentence(gate, scheme, inputs))
    said["ties", ""] = (_("Ties"), wording.tie_sentence(scheme))
    said["bands", ""] = (_("Bands"), "\n".join(wording.band_sentence(band) for band in scheme.bands))
    order = "\n".join(component.label for component in scheme.components)
    said["order", ""] = (_("Order of the components"), order)
    return said
