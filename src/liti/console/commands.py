"""Commands by declaration: beside a resource's list and details stand the things one may do.

A room's commands are declared in `catalogue/commands_<room>.py`. The form is drawn from the
command's annotated types (`forms.py`), who sees it comes from the face's own declaration
(`core.authority`), and a form is one act however often it is sent (`acts.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from liti.console.resources import Fact
from liti.core import authority, doors
from liti.core.context import inside
from liti.core.errors import Forbidden, NotFound
from liti.core.vetoes import Reason

Text = str | Promise
Arguments = Mapping[str, Any]
Choices = Sequence[tuple[str, Text]]
LIST, ROW = "list", "row"


@dataclass(frozen=True, slots=True)
class Input:
    """How one argument is asked for. What is empty here follows from its annotated type.

    `choices` gets the arguments that the row fills. `low` and `high` bound money, numbers
    and dates. `only_if` leaves the argument out (and at its default) where it does not apply.
    """

    title: Text
    help: Text = ""
    kind: str = ""
    choices: Callable[[Arguments], Choices] | None = None
    reference: str = ""
    initial: Callable[[Arguments], Any] | None = None
    low: Callable[[], Any] | None = None
    high: Callable[[], Any] | None = None
    length: int = 200
    rows: int = 1
    required: bool | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What will happen, in words, before it does."""

    facts: Sequence[Fact] = ()
    effects: Sequence[Text] = ()
    reasons: Sequence[Reason] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A result that is shown once and kept nowhere, such as a secret."""

    title: Text
    note: Text
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that may be done.

    `function`: the face's function. `on`: the thing it stands on, of which the list or a row
    shows it (`level`). `fills`: the arguments that the row gives, by its key; they are not
    asked for. `inputs`: the others, by argument name (fields of a dataclass by theirs).
    `calls`: carries it out where the face takes another shape than the form's. `offered`:
    whether a row is in a state for it. `back`: the page it is begun from. `result`: the link
    to what was made or changed. `shows`: a result that is shown on a page and kept nowhere.
    `approval`: it only proposes, and returns the proposal's id. `joined`: whether act and
    command are one transaction. `key`: the argument that takes the form's key.
    """

    name: str
    function: Callable[..., Any]
    title: Text
    on: str
    level: str = ROW
    inputs: Mapping[str, Input] = field(default_factory=dict)
    fills: Callable[[str], Arguments] = lambda _key: {}
    subject: Callable[[str], Text] | None = None
    preview: Callable[[dict[str, Any]], Summary] | None = None
    calls: Callable[..., Any] | None = None
    offered: Callable[[str], bool] | None = None
    back: Callable[[str], str] | None = None
    result: Callable[[Arguments, Any], str] | None = None
    shows: Callable[[Any], Shown] | None = None
    message: Text = ""
    about: Text = ""
    icon: str = "chevron"
    danger: bool = False
    primary: bool = False
    approval: bool = False
    joined: bool = True
    key: str = ""
    order: int = 50

    @property
    def face(self) -> str:
        """The name under which the command is declared: `room.function`."""
        room = self.function.__module__.removeprefix("liti.").partition(".")[0]
        return f"{room}.{self.function.__name__}"

    def leads_to(self, arguments: Arguments, result: Any) -> str:
        """The link to what was made or changed; of a proposal to where it waits."""
        if self.result:
            return self.result(arguments, result)
        return reverse("console:approval", args=[result]) if self.approval else ""

    def said(self) -> Text:
        """What is said when it is done."""
        waits = _("It waits for a colleague’s decision.") if self.approval else _("Done.")
        return self.message or waits

    def href(self, key: str = "") -> str:
        """Where its form stands."""
        if self.level == LIST:
            return reverse("console:command", args=[self.name])
        return reverse("console:command_on", args=[self.name, key])


_commands: dict[str, Command] = {}


def register(*declared: Command) -> None:
    """Add commands; each is a door of the console to its face's function."""
    for command in declared:
        assert command.name not in _commands, command.name
        _commands[command.name] = command
        doors.add(command.face, "console", command.name)


def declared() -> list[Command]:
    """All commands, in their order."""
    return sorted(_commands.values(), key=lambda c: (c.order, c.name))


def command(name: str) -> Command:
    """The command of that name. Raises NotFound."""
    try:
        return _commands[name]
    except KeyError:
        raise NotFound("console.unknown_command", f"No command {name}.")


def may(found: Command) -> bool:
    """Whether the actor's kind and roles allow it. What declares nothing is hidden."""
    return authority.declaration_of(found.function) is not None and authority.may(found.function)


def on_list(thing: str) -> list[Command]:
    """What the actor may do beside a list."""
    return [c for c in declared() if c.on == thing and c.level == LIST and may(c)]


def on_row(thing: str, key: str, *, sure: bool = False) -> list[Command]:
    """What the actor may do with one thing, in the state that it is in (`sure`: it fits)."""
    found = [c for c in declared() if c.on == thing and c.level == ROW and may(c)]
    return [c for c in found if sure or _is_offered(c, key)]


def _is_offered(found: Command, key: str) -> bool:
    """Whether the row's state fits; who may not even read the state is not offered it."""
    try:
        with inside():  # who may do it may know whether it can be done
            return found.offered is None or found.offered(key)
    except Forbidden:
        return False
