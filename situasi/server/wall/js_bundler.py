"""Bundles JavaScript modules into one script, for a page that may load nothing."""

import re
from collections.abc import Mapping

_IMPORT = re.compile(r'^import (\{[^}]*\}|\* as \w+) from "\./([\w.]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function|class|const) (\w+)", re.MULTILINE)
# Would end the script, or open a comment in the page around it.
_BREAKS = ("</script", "<!--", "<script")


def bundle(entry: str, modules: Mapping[str, str]) -> str:
    """Return the module with all its imports, each in a function of its own, in dependency order.

    Supports what these modules use: named imports and exports of this folder. Raises ValueError for
    anything else.
    """
    order: list[str] = []
    _visit(entry, modules, order, ())
    body = "\n".join(_wrap_module(name, modules[name]) for name in order)
    script = f'(() => {{\n"use strict";\n{body}\n}})();\n'
    if any(marker in script.lower() for marker in _BREAKS):
        raise ValueError(f"{entry} cannot stand inside a page")
    return script


def _visit(
    name: str, modules: Mapping[str, str], order: list[str], ancestors: tuple[str, ...]
) -> None:
    if name in ancestors:
        raise ValueError(f"{name} imports itself")
    if name not in order:
        for _names, other in _IMPORT.findall(modules[name]):
            _visit(other, modules, order, (*ancestors, name))
        order.append(name)


def _wrap_module(name: str, text: str) -> str:
    exports = [exported for _kind, exported in _EXPORT.findall(text)]
    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub(_as_const, text))
    if re.search(r"^\s*(import|export)\b", body, re.MULTILINE):
        raise ValueError(f"{name} imports or exports in a way that is not known here")
    return (
        f"const {_module_variable(name)} = (() => {{\n{body}\n"
        f"return {{ {', '.join(exports)} }};\n}})();"
    )


def _as_const(match: re.Match[str]) -> str:
    names, other = match[1], _module_variable(match[2])
    if names.startswith("*"):
        return f"const {names.removeprefix('* as ')} = {other};"
    if " as " in names:
        raise ValueError(f"renamed on the way: {names}")
    return f"const {names} = {other};"


def _module_variable(name: str) -> str:
    return "of_" + name.removesuffix(".js")
