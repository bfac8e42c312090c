package dev.weft.dsl.check;

import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.size.Facts;
import dev.weft.dsl.size.Size;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which shapes go together, and what comes out. */
final class Shapes {
    private final Evaluator here;

    Shapes(Evaluator here) {
        this.here = here;
    }

    /** Reports two sizes that are not equal, or not provably so. */
    void equal(Type.Axis left, Type.Axis right, Span span, String subject) {
        equal(left, right, span, subject, false);
    }

    /** @param reduced whether one side lost its last axis, so that what is to be done is known */
    private void equal(Type.Axis left, Type.Axis right, Span span, String subject, boolean reduced) {
        Facts facts = here.facts();
        Facts.Answer answer = here.knowledge().answer(new Condition.Equal(left.size(), right.size()));
        if (answer == Facts.Answer.YES) {
            return;
        }
        String a = Describe.size(left.size(), facts);
        String b = Describe.size(right.size(), facts);
        boolean differ = answer == Facts.Answer.NO || facts.differUnlessZero(left.size(), right.size());
        Diagnostic diagnostic = Diagnostic.error(
                        differ ? Code.SIZE_MISMATCH : Code.UNPROVEN,
                        span,
                        subject + ": sizes must be equal, got " + a + " and " + b)
                .note(left.origin(), a + " comes from here")
                .note(right.origin(), b + " comes from here");
        here.report(
                reduced
                        ? diagnostic.help(Foreign.axisBack())
                        : differ
                                ? diagnostic
                                : Remedies.where(
                                        here,
                                        new Condition.Equal(left.size(), right.size()),
                                        a + " == " + b,
                                        diagnostic));
    }

    /** The shape that both stretch to. */
    Optional<Type.Tensor> stretch(Type.Tensor left, Type.Tensor right, Span span, String subject) {
        int a = left.axes().size();
        int b = right.axes().size();
        boolean aligned = left.rest() == null && right.rest() == null
                || left.rest() != null && right.rest() == null && b <= a
                || left.rest() == null && right.rest() != null && a <= b
                || left.rest() != null && a == b && Objects.equals(left.rest(), right.rest());
        if (!aligned) {
            Diagnostic misaligned = Diagnostic.error(
                    Code.RANK_MISMATCH,
                    span,
                    subject + ": shapes " + Describe.shape(left, here.facts()) + " and "
                            + Describe.shape(right, here.facts())
                            + " cannot be aligned for every number of leading axes");
            boolean reduced = Objects.equals(left.rest(), right.rest()) && Math.abs(a - b) == 1;
            here.report(reduced ? misaligned.help(Foreign.axisBack()) : misaligned);
            return Optional.empty();
        }
        List<Type.Axis> axes = new ArrayList<>();
        int rank = Math.max(a, b);
        boolean reduced = a == b + 1 && lostLast(right, left) || b == a + 1 && lostLast(left, right);
        for (int i = rank; i >= 1; i--) {
            if (i > a) {
                axes.add(right.axes().get(b - i));
            } else if (i > b) {
                axes.add(left.axes().get(a - i));
            } else {
                axes.add(stretch(left.axes().get(a - i), right.axes().get(b - i), span, subject, reduced));
            }
        }
        @Nullable String rest = left.rest() != null ? left.rest() : right.rest();
        return Optional.of(left.shaped(rest, axes));
    }

    /** Whether one shape is the other without its last axis, as a reduction leaves it. */
    private boolean lostLast(Type.Tensor reduced, Type.Tensor whole) {
        for (int i = 0; i < reduced.axes().size(); i++) {
            Facts.Answer same = here.facts()
                    .equality(reduced.axes().get(i).size(), whole.axes().get(i).size());
            if (same != Facts.Answer.YES) {
                return false;
            }
        }
        return !reduced.axes().isEmpty();
    }

    private Type.Axis stretch(Type.Axis left, Type.Axis right, Span span, String subject, boolean reduced) {
        if (here.facts().normal(left.size()).isOne()) {
            return right;
        }
        if (!here.facts().normal(right.size()).isOne()) {
            equal(left, right, span, subject, reduced);
        }
        return left;
    }

    /** Whether a value stretches to a shape that is fixed: that of a place, or a declared one. */
    void stretchesTo(Type.Tensor value, Type.Tensor fixed, Span span, String subject) {
        boolean sameRest = value.rest() == null || Objects.equals(value.rest(), fixed.rest());
        boolean sameRank =
                value.rest() == null || value.axes().size() == fixed.axes().size();
        if (!sameRest || !sameRank || value.axes().size() > fixed.axes().size()) {
            here.report(
                    Code.RANK_MISMATCH,
                    span,
                    subject + ": shape must stretch to " + Describe.shape(fixed, here.facts()) + ", got "
                            + Describe.shape(value, here.facts()));
            return;
        }
        int offset = fixed.axes().size() - value.axes().size();
        for (int i = 0; i < value.axes().size(); i++) {
            Type.Axis axis = value.axes().get(i);
            if (!here.facts().normal(axis.size()).isOne()) {
                equal(axis, fixed.axes().get(offset + i), span, subject);
            }
        }
    }

    Type matmul(Type.Tensor left, Type.Tensor right, Span span) {
        if (left.element() != right.element() || left.element() == ElementType.BOOL) {
            return here.elements(
                    span,
                    "@: both sides must have the same element type, a number, got " + left.element() + " and "
                            + right.element(),
                    left,
                    right);
        }
        boolean matrix = right.rest() == null && right.axes().size() == 2;
        int leftAxes = left.axes().size();
        int rightAxes = right.axes().size();
        if (matrix && leftAxes >= 1) {
            equal(left.axes().getLast(), right.axes().getFirst(), span, "@: contracted");
            List<Type.Axis> axes = new ArrayList<>(left.axes().subList(0, leftAxes - 1));
            axes.add(right.axes().getLast());
            return left.shaped(left.rest(), axes);
        }
        if (leftAxes < 2 || rightAxes < 2) {
            return here.report(
                    Code.RANK_MISMATCH,
                    span,
                    "@: expected (…, m, k) @ (…, k, n) or (…, k) @ (k, n), got " + Describe.shape(left, here.facts())
                            + " and " + Describe.shape(right, here.facts()));
        }
        equal(left.axes().getLast(), right.axes().get(rightAxes - 2), span, "@: contracted");
        Optional<Type.Tensor> batch = stretch(
                left.shaped(left.rest(), left.axes().subList(0, leftAxes - 2)),
                right.shaped(right.rest(), right.axes().subList(0, rightAxes - 2)),
                span,
                "@: leading axes");
        if (batch.isEmpty()) {
            return new Type.Unknown();
        }
        List<Type.Axis> axes = new ArrayList<>(batch.get().axes());
        axes.add(left.axes().get(leftAxes - 2));
        axes.add(right.axes().getLast());
        return left.shaped(batch.get().rest(), axes);
    }

    /** The position among the known axes that an axis number means; negative ones count from the end. */
    Optional<Integer> axis(Type.Tensor tensor, Type axis, Span span, String subject) {
        if (axis.isUnknown()) {
            return Optional.empty();
        }
        if (!(axis instanceof Type.Int constant) || constant.size().constant().isEmpty()) {
            here.report(
                    Code.NOT_CONSTANT,
                    span,
                    subject + ": the axis must be a number such as -1, got " + axis.describe());
            return Optional.empty();
        }
        long number = constant.size().constant().getAsLong();
        int known = tensor.axes().size();
        if (tensor.rest() != null && number >= 0) {
            here.report(
                    Code.RANK_MISMATCH,
                    span,
                    subject + ": count the axis from the end, the number of leading axes of "
                            + Describe.tensor(tensor, here.facts()) + " is not known");
            return Optional.empty();
        }
        long position = number < 0 ? number + known : number;
        if (position < 0 || position >= known) {
            here.report(
                    Code.RANK_MISMATCH,
                    span,
                    subject + ": has no axis " + number + ", got " + Describe.tensor(tensor, here.facts()));
            return Optional.empty();
        }
        return Optional.of((int) position);
    }

    static Type.Axis axis(Size size, Span origin) {
        return new Type.Axis(size, origin);
    }
}
