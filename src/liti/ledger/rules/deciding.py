"""Deciding a batch one by one, in order: the truth that every faster way must equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from liti.core.money import BIGINT_MAX
from liti.ledger.rules.accounts import Position, Status
from liti.ledger.rules.book import Book, Decided, HoldMove, Known, Move, Original
from liti.ledger.rules.codes import Code
from liti.ledger.rules.holds import HoldState, HoldStatus
from liti.ledger.rules.limits import Side
from liti.ledger.rules.refusal import Refusal, check_state
from liti.ledger.rules.requests import NIL, Phase, TransferRequest, TransferResult

UP_TO = frozenset({"", "debit", "credit", "both"})


@dataclass(slots=True)
class _Chain:
    """What a linked set changed, to take it back when one of it is refused."""

    first: int
    moves: int
    reserved: int
    held: int
    changed: dict[tuple[int, int, date], int]
    positions: dict[UUID, Position] = field(default_factory=dict)
    holds: dict[UUID, HoldState] = field(default_factory=dict)
    reversed: dict[UUID, int] = field(default_factory=dict)
    made: list[UUID] = field(default_factory=list)


def decide(
    requests: Sequence[TransferRequest], book: Book, indexes: Sequence[int] | None = None
) -> Decided:
    """Decide a batch in the order given, each request seeing what those before it left.

    Of a linked set all are granted or none. What lies outside the book's window is refused,
    replays are not. `indexes`: where in its batch each request stands.
    """
    return _Deciding(book, indexes or range(len(requests))).all(requests)


class _Deciding:
    def __init__(self, book: Book, indexes: Sequence[int]) -> None:
        self.book = book
        self.indexes = indexes
        self.out = Decided()
        self.seen: dict[UUID, Known] = {}
        self.chain: _Chain | None = None

    def all(self, requests: Sequence[TransferRequest]) -> Decided:
        broken = False
        for at, request in enumerate(requests):
            if request.linked and self.chain is None:
                self._open_chain(at)
                broken = False
            chain = self.chain
            if chain is None:
                self.out.results.append(self._one(at, request))
                continue
            if broken:
                result = TransferResult(request.id, "refused", Code.LINKED_REFUSED)
            elif request.linked and at == len(requests) - 1:
                result = TransferResult(request.id, "refused", Code.LINKED_OPEN)
            else:
                result = self._one(at, request)
            self.out.results.append(result)
            if not result.ok and not broken:
                broken = True
                self._undo(chain, at)
            if not request.linked:
                if not broken:
                    self._replayed_together(chain)
                self.chain = None
        return self.out

    def _open_chain(self, at: int) -> None:
        out = self.out
        self.chain = _Chain(
            at, len(out.moves), len(out.reserved), len(out.held), dict(self.book.uses.changed)
        )

    def _replayed_together(self, chain: _Chain) -> None:
        """A set is new as a whole or there as a whole."""
        statuses = {r.status for r in self.out.results[chain.first :]}
        if statuses != {"posted", "replayed"}:
            return
        at = next(
            n for n in range(chain.first, len(self.out.results))
            if self.out.results[n].status == "replayed"
        )  # fmt: skip
        self._undo(chain, len(self.out.results))
        self.out.results[at] = TransferResult(
            self.out.results[at].id, "refused", Code.ALREADY_POSTED
        )

    def _undo(self, chain: _Chain, at: int) -> None:
        out, book = self.out, self.book
        del out.moves[chain.moves :], out.reserved[chain.reserved :], out.held[chain.held :]
        for id, earlier in chain.positions.items():
            book.positions[id].restore(earlier)
        for id, hold in chain.holds.items():
            book.holds[id] = hold
        for id in chain.made:
            book.holds.pop(id, None)
        for id, reversed_minor in chain.reversed.items():
            book.originals[id].reversed_minor = reversed_minor
        book.uses.changed.clear()
        book.uses.changed.update(chain.changed)
        for n in range(chain.first, min(at, len(out.results))):
            self.seen.pop(out.results[n].id, None)
            out.results[n] = TransferResult(out.results[n].id, "refused", Code.LINKED_REFUSED)

    def _one(self, at: int, request: TransferRequest) -> TransferResult:
        earlier = self.seen.get(request.id) or self.book.known.get(request.id)
        if earlier is not None:
            if not request.repeats(earlier.content):
                return TransferResult(request.id, "refused", Code.ID_CONFLICT)
            if earlier.refused:
                return TransferResult(request.id, "refused", earlier.refused, earlier.account_id)
            return TransferResult(request.id, "replayed", amount_minor=earlier.amount_minor)
        try:
            amount = self._grant(self.indexes[at], request)
        except Refusal as why:
            return TransferResult(
                request.id, "refused", why.code, why.account_id, detail=why.detail
            )
        self.seen[request.id] = Known(request.content(), amount)
        return TransferResult(request.id, "posted", amount_minor=amount)

    def _grant(self, index: int, request: TransferRequest) -> int:
        if request.phase == Phase.RELEASE:
            return self._release(index, request)
        self._check_form(request)
        window = self.book.window
        if window and (code := window.refusal(request.booked_on, request.value_on)):
            raise Refusal(code)
        if request.phase == Phase.SETTLE:
            return self._settle(index, request)
        debit, credit = self._sides(request)
        original = self._original(request)
        amount = self._amount(request, debit, credit)
        self._check_bounds(request, debit, credit, amount)
        if original is None:
            self._check_limits(request, debit, credit, amount)
        self._keep(debit, credit)
        if request.phase == Phase.RESERVE:
            self._reserve(index, request, debit, credit, amount)
        else:
            self._move(index, debit, credit, amount)
        self._consume(request, original, debit, credit, amount)
        return amount

    def _check_form(self, request: TransferRequest) -> None:
        amount = request.amount_minor
        least = 0 if request.up_to or request.phase == Phase.SETTLE else 1
        if type(amount) is not int or not least <= amount <= BIGINT_MAX:
            raise Refusal(Code.INVALID_AMOUNT)
        phase = request.phase
        sound = (
            phase in tuple(Phase)
            and request.up_to in UP_TO
            and (request.hold_id is not None) == (phase in (Phase.SETTLE, Phase.RELEASE))
            and not (request.up_to and (phase or request.reverses))
            and not (request.reverses and phase)
            and not (request.final and phase != Phase.SETTLE)
            and not (request.expires_at and phase != Phase.RESERVE)
        )
        if not sound:
            raise Refusal(Code.INVALID_COMBINATION)
        now, ends = self.book.now, request.expires_at
        if ends is not None and (ends.tzinfo is None or (now is not None and ends <= now)):
            raise Refusal(Code.INVALID_EXPIRY)

    def _sides(self, request: TransferRequest) -> tuple[Position, Position]:
        if request.debit_account_id == request.credit_account_id:
            raise Refusal(Code.SAME_ACCOUNT, request.debit_account_id)
        found = self.book.positions
        for id in (request.debit_account_id, request.credit_account_id):
            if id not in found:
                raise Refusal(Code.UNKNOWN_ACCOUNT, id)
        debit, credit = found[request.debit_account_id], found[request.credit_account_id]
        check_state(debit, credit, request.currency)
        return debit, credit

    def _original(self, request: TransferRequest) -> Original | None:
        if request.reverses is None:
            return None
        original = self.book.originals.get(request.reverses)
        if original is None:
            raise Refusal(Code.UNKNOWN_ORIGINAL)
        swapped = (original.credit_account_id, original.debit_account_id)
        if (request.debit_account_id, request.credit_account_id) != swapped:
            raise Refusal(Code.REVERSAL_MISMATCH)
        if original.reversed_minor + request.amount_minor > original.amount_minor:
            raise Refusal(Code.EXCEEDS_ORIGINAL)
        return original

    def _amount(self, request: TransferRequest, debit: Position, credit: Position) -> int:
        if not request.up_to:
            return request.amount_minor
        amount = request.amount_minor or BIGINT_MAX
        if request.up_to in ("debit", "both"):
            amount = min(amount, debit.bears(leaves=debit.credit_normal))
        if request.up_to in ("credit", "both"):
            amount = min(amount, credit.bears(leaves=not credit.credit_normal))
        if amount <= 0:
            raise Refusal(Code.NOTHING_AVAILABLE)
        return amount

    def _check_bounds(
        self, request: TransferRequest, debit: Position, credit: Position, amount: int
    ) -> None:
        if debit.debits_minor + debit.held_debits_minor + amount > BIGINT_MAX:
            raise Refusal(Code.BALANCE_TOO_LARGE, debit.id)
        if credit.credits_minor + credit.held_credits_minor + amount > BIGINT_MAX:
            raise Refusal(Code.BALANCE_TOO_LARGE, credit.id)
        sides = ((debit, debit.credit_normal), (credit, not credit.credit_normal))
        for position, leaves in sides:
            most = position.may_leave()
            if leaves and most is not None and amount > most:
                raise Refusal(Code.INSUFFICIENT_FUNDS, position.id)
        for position, leaves in sides:
            most = position.may_come()
            if not leaves and most is not None and amount > most:
                raise Refusal(Code.ABOVE_CEILING, position.id)

    def _check_limits(
        self, request: TransferRequest, debit: Position, credit: Position, amount: int
    ) -> None:
        for position, side in _ways(debit, credit):
            if not position.limited:
                continue
            limit = self.book.uses.exceeded(
                position.number, position.limited, side, request.kind, request.counterparty,
                request.booked_on, amount,
            )  # fmt: skip
            if limit is not None:
                raise Refusal(Code.LIMIT_EXCEEDED, position.id, limit.name)

    def _consume(
        self,
        request: TransferRequest,
        original: Original | None,
        debit: Position,
        credit: Position,
        amount: int,
    ) -> None:
        """Count it; what is taken back gives back what the original had consumed."""
        kind, counterparty, on = request.kind, request.counterparty, request.booked_on
        if original is not None:
            if self.chain:
                self.chain.reversed.setdefault(original.id, original.reversed_minor)
            original.reversed_minor += amount
            kind, counterparty, on = original.kind, original.counterparty, original.booked_on
            debit, credit, amount = credit, debit, -amount
        self._count(debit, credit, kind, counterparty, on, amount)

    def _count(
        self, debit: Position, credit: Position, kind: str, counterparty: str, on: date,
        amount: int,
    ) -> None:  # fmt: skip
        for position, side in _ways(debit, credit):
            if position.limited:
                self.book.uses.consume(
                    position.number, position.limited, side, kind, counterparty, on, amount
                )

    def _reserve(
        self, index: int, request: TransferRequest, debit: Position, credit: Position, amount: int
    ) -> None:
        debit.held_debits_minor += amount
        credit.held_credits_minor += amount
        self.book.holds[request.id] = HoldState(
            request.id, debit.id, credit.id, amount, 0, HoldStatus.PENDING, request.expires_at,
            request.booked_on, request.kind, request.counterparty,
        )  # fmt: skip
        if self.chain:
            self.chain.made.append(request.id)
        self.out.reserved.append(index)

    def _hold(self, request: TransferRequest) -> tuple[HoldState, Position, Position]:
        assert request.hold_id is not None, "the form is checked"
        hold = self.book.holds.get(request.hold_id)
        if hold is None:
            raise Refusal(Code.UNKNOWN_HOLD)
        for asked, is_ in (
            (request.debit_account_id, hold.debit_account_id),
            (request.credit_account_id, hold.credit_account_id),
        ):
            if asked not in (NIL, is_):
                raise Refusal(Code.HOLD_MISMATCH, asked)
        debit = self.book.positions[hold.debit_account_id]
        credit = self.book.positions[hold.credit_account_id]
        if request.phase == Phase.SETTLE and request.currency != debit.currency:
            raise Refusal(Code.HOLD_MISMATCH, debit.id)
        if hold.status != HoldStatus.PENDING:
            raise Refusal(_ENDED[HoldStatus(hold.status)])
        if hold.expires_at and self.book.now and hold.expires_at <= self.book.now:
            raise Refusal(Code.HOLD_EXPIRED)
        return hold, debit, credit

    def _settle(self, index: int, request: TransferRequest) -> int:
        """Move what was set apart: floor, ceiling and limits were kept when it was."""
        hold, debit, credit = self._hold(request)
        amount = request.amount_minor or hold.left_minor
        if amount > hold.left_minor:
            raise Refusal(Code.EXCEEDS_HOLD)
        for position in (debit, credit):
            if position.status == Status.CLOSED:
                raise Refusal(Code.ACCOUNT_CLOSED, position.id)
        self._keep(debit, credit)
        self._change(hold)
        self._let_go(debit, credit, amount)
        hold.settled_minor += amount
        self._move(index, debit, credit, amount)
        self.out.held.append(HoldMove(index, hold.id, amount, Phase.SETTLE))
        if rest := hold.left_minor:
            if request.final:
                self._give_back(index, hold, debit, credit, rest, HoldStatus.SETTLED)
        else:
            hold.status = HoldStatus.SETTLED
        return amount

    def _release(self, index: int, request: TransferRequest) -> int:
        if request.hold_id is None:
            raise Refusal(Code.INVALID_COMBINATION)
        hold, debit, credit = self._hold(request)
        self._keep(debit, credit)
        self._change(hold)
        rest = hold.left_minor
        self._give_back(index, hold, debit, credit, rest, HoldStatus.RELEASED)
        return rest

    def _give_back(
        self, index: int, hold: HoldState, debit: Position, credit: Position, rest: int,
        status: HoldStatus,
    ) -> None:  # fmt: skip
        self._let_go(debit, credit, rest)
        self._count(debit, credit, hold.kind, hold.counterparty, hold.booked_on, -rest)
        hold.status = status
        self.out.held.append(HoldMove(index, hold.id, rest, Phase.RELEASE))

    def _let_go(self, debit: Position, credit: Position, amount: int) -> None:
        debit.held_debits_minor -= amount
        credit.held_credits_minor -= amount

    def _move(self, index: int, debit: Position, credit: Position, amount: int) -> None:
        debit.debits_minor += amount
        credit.credits_minor += amount
        self.out.moves.append(Move(index, amount, debit, credit))

    def _keep(self, *positions: Position) -> None:
        if self.chain:
            for position in positions:
                self.chain.positions.setdefault(position.id, position.copy())

    def _change(self, hold: HoldState) -> None:
        if self.chain:
            self.chain.holds.setdefault(hold.id, replace(hold))


_ENDED = {
    HoldStatus.SETTLED: Code.HOLD_SETTLED,
    HoldStatus.RELEASED: Code.HOLD_RELEASED,
    HoldStatus.EXPIRED: Code.HOLD_EXPIRED,
}


def _ways(debit: Position, credit: Position) -> tuple[tuple[Position, Side], ...]:
    return (
        (debit, Side.OUT if debit.credit_normal else Side.IN),
        (credit, Side.IN if credit.credit_normal else Side.OUT),
    )
