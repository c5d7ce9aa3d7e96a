"""A command's form in two steps: filled in, then confirmed with what will happen in words.

Who may do a command may read what its form shows and says of it (the balance that stands
against closing, say), so the page is made inside the command's own right; only doing it asks
the face again.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from liti.console import acts, references, uploads
from liti.console.access import STAFF, staff_page
from liti.console.commands import LIST, Command, Summary, command, may
from liti.console.drawing import asked, packed
from liti.console.forms import CommandForm, carried
from liti.console.summaries import entered
from liti.core.context import inside
from liti.core.errors import LitiError

TEXT_MAX = 80


@never_cache
@require_http_methods(["GET", "POST"])
@staff_page(STAFF)
def act(request: HttpRequest, name: str, key: str = "") -> HttpResponse:
    """GET shows the form; POST checks it, goes back to it (`step=edit`), or acts (`step=do`)."""
    found = _open(name, key)
    step = request.POST.get("step", "") if request.method == "POST" else "form"
    nonce = request.POST.get("act", "") if request.method == "POST" else acts.new_key()
    nonce = acts.require_key(nonce)
    content = acts.content_hash(carried(request.POST, {}))
    if step == "do" and (done := acts.earlier(nonce, f"{found.name} {key}", content)):
        return _told(request, found, done)
    if step in ("form", "edit"):
        data = request.POST if step == "edit" else None
        return _form(request, found, key, _unbound(found, key, data, request), nonce)
    form = _bound(found, key, request)
    if not form.is_valid():
        return _form(request, found, key, form, nonce, status=422)
    arguments = form.arguments()
    try:
        if step == "do":
            return _do(request, found, key, arguments, nonce, content)
        return _confirm(request, found, key, form, arguments, nonce)
    except LitiError as error:
        notice = None if form.refuse(error) else error
        return _form(request, found, key, form, nonce, refusal=notice, status=error.status)


@require_http_methods(["GET"])
@staff_page(STAFF)
def options(request: HttpRequest, name: str, field: str, key: str = "") -> HttpResponse:
    """What fits the words typed into a reference of a form."""
    found = _open(name, key)
    item = found.inputs.get(field)
    if item is None or not item.reference:
        raise Http404
    text = request.GET.get(f"{field}__q", "").strip()[:TEXT_MAX]
    with inside():
        hits = references.search(item.reference, text)
    context = {"name": field, "hits": hits, "asked": text}
    return render(request, "console/parts/options.html", context)


def _open(name: str, key: str) -> Command:
    found = command(name)
    if (found.level == LIST) != (key == ""):
        raise Http404
    if not may(found):
        raise PermissionDenied
    return found


@inside()
def _bound(found: Command, key: str, request: HttpRequest) -> CommandForm:
    """The form with what was sent, checked."""
    form = CommandForm(found, key, dict(found.fills(key)), data=request.POST, files=request.FILES)
    form.is_valid()
    return form


@inside()
def _unbound(found: Command, key: str, data: Any, request: HttpRequest) -> CommandForm:
    """A form as first shown, or with what was typed before when one comes back to it. Values
    in the address fill in what they name, so that one page can lead into another's form."""
    filled = dict(found.fills(key))
    if data is not None:
        form = CommandForm(found, key, filled, data=data)
        form.errors.clear()
        return form
    names = {a.name for a in asked(found, filled)} & set(found.inputs)
    return CommandForm(
        found, key, filled, initial={n: request.GET[n][:200] for n in names if n in request.GET}
    )


@inside()
def _form(
    request: HttpRequest,
    found: Command,
    key: str,
    form: CommandForm,
    nonce: str,
    *,
    refusal: LitiError | None = None,
    status: int = 200,
) -> HttpResponse:
    kept = _kept_files(form)
    if kept:
        typed = QueryDict(mutable=True)
        for name, value in carried(request.POST, kept):
            typed.appendlist(name, value)
        form.data, form.files = typed, MultiValueDict()
    context = _page(found, key, nonce) | {
        "form": form,
        "refusal": refusal,
        "reasons": refusal.data.get("reasons", []) if refusal else [],
        "multipart": form.is_multipart(),
        "asks": bool(form.fields),
    }
    return render(request, "console/command.html", context, status=status)


@inside()
def _confirm(
    request: HttpRequest,
    found: Command,
    key: str,
    form: CommandForm,
    arguments: dict[str, Any],
    nonce: str,
) -> HttpResponse:
    summary = found.preview(arguments) if found.preview else Summary()
    context = _page(found, key, nonce) | {
        "facts": [*summary.facts, *entered(form)],
        "effects": summary.effects,
        "reasons": summary.reasons,
        "pairs": carried(request.POST, _kept_files(form)),
        "asks": bool(form.fields),
    }
    return render(request, "console/command_confirm.html", context)


def _do(
    request: HttpRequest,
    found: Command,
    key: str,
    arguments: dict[str, Any],
    nonce: str,
    content: str,
) -> HttpResponse:
    if found.key:
        arguments = arguments | {found.key: f"console-{nonce}"}

    def carry_out() -> tuple[Any, str]:
        function = found.calls or found.function
        result = function(**packed(function, arguments))
        with inside():
            return result, found.leads_to(arguments, result)

    outcome = acts.once(nonce, f"{found.name} {key}", content, carry_out, joined=found.joined)
    for path in (v for v in arguments.values() if isinstance(v, Path)):
        if not outcome.repeated:
            uploads.drop(path)
    if found.shows and not outcome.repeated:
        context = _page(found, key, nonce) | {
            "shown": found.shows(outcome.result),
            "link": outcome.link,
        }
        return render(request, "console/command_done.html", context)
    return _told(request, found, outcome)


def _told(request: HttpRequest, found: Command, outcome: acts.Outcome) -> HttpResponse:
    messages.success(request, str(found.said()))
    return redirect(outcome.link or "console:home")


def _kept_files(form: CommandForm) -> dict[str, str]:
    """The tokens of files that are kept, also where another field was wrong."""
    cleaned = getattr(form, "cleaned_data", {})
    return {n: uploads.token_of(v) for n, v in cleaned.items() if isinstance(v, Path)}


def _page(found: Command, key: str, nonce: str) -> dict[str, Any]:
    subject: Any = ""
    with suppress(LitiError):
        subject = found.subject(key) if found.subject else ""
    return {
        "command": found,
        "subject": subject,
        "href": found.href(key),
        "back": _back(found, key),
        "nonce": nonce,
    }


def _back(found: Command, key: str) -> str:
    return found.back(key) if found.back else ""
