package dev.weft.dsl.check;

import dev.weft.dsl.size.Facts;
import dev.weft.dsl.size.Facts.Answer;
import dev.weft.dsl.size.Size;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What holds at a place in a program: from {@code where}, and from the branches of {@code if} that lead there. Immutable.
 *
 * @param keys the truth of conditions without arithmetic
 */
record Knowledge(Facts facts, Map<String, Boolean> keys) {

    static final Knowledge NONE = new Knowledge(Facts.NONE, Map.of());

    Knowledge {
        keys = Map.copyOf(keys);
    }

    /** Whether the condition holds for all values that the constants can have here. */
    Answer answer(Condition condition) {
        return switch (condition) {
            case Condition.Always always -> always.truth() ? Answer.YES : Answer.NO;
            case Condition.Divides divides -> orKey(divides, facts.divisibility(divides.dividend(), divides.divisor()));
            case Condition.Equal equal -> orKey(equal, facts.equality(equal.left(), equal.right()));
            case Condition.AtMost atMost -> facts.atMostAnswer(atMost.small(), atMost.large());
            case Condition.Key key -> answer(keys.get(key.key()));
            case Condition.Not not -> negation(answer(not.operand()));
            case Condition.And and -> conjunction(answer(and.left()), answer(and.right()));
            case Condition.Or or -> negation(conjunction(negation(answer(or.left())), negation(answer(or.right()))));
            case Condition.Broken broken -> Answer.YES;
        };
    }

    private Answer orKey(Condition condition, Answer answer) {
        return answer == Answer.UNKNOWN ? answer(keys.get(key(condition))) : answer;
    }

    private static Answer answer(@Nullable Boolean known) {
        return known == null ? Answer.UNKNOWN : known ? Answer.YES : Answer.NO;
    }

    private static Answer negation(Answer answer) {
        return switch (answer) {
            case YES -> Answer.NO;
            case NO -> Answer.YES;
            case UNKNOWN -> Answer.UNKNOWN;
        };
    }

    private static Answer conjunction(Answer left, Answer right) {
        if (left == Answer.NO || right == Answer.NO) {
            return Answer.NO;
        }
        return left == Answer.YES && right == Answer.YES ? Answer.YES : Answer.UNKNOWN;
    }

    /** This and that the condition has the given truth. */
    Knowledge with(Condition condition, boolean truth) {
        return switch (condition) {
            case Condition.Always always -> this;
            case Condition.Divides divides ->
                truth
                        ? new Knowledge(facts.divides(divides.dividend(), divides.divisor()), keys)
                        : withKey(key(divides), false);
            case Condition.Equal equal ->
                truth ? new Knowledge(facts.equal(equal.left(), equal.right()), keys) : withKey(key(equal), false);
            case Condition.AtMost atMost ->
                new Knowledge(
                        truth
                                ? facts.atMost(atMost.small(), atMost.large())
                                : facts.atMost(atMost.large().plus(Size.ONE), atMost.small()),
                        keys);
            case Condition.Key key -> withKey(key.key(), truth);
            case Condition.Not not -> with(not.operand(), !truth);
            case Condition.And and -> truth ? with(and.left(), true).with(and.right(), true) : withKey(key(and), false);
            case Condition.Or or ->
                truth ? withKey(key(or), true) : with(or.left(), false).with(or.right(), false);
            case Condition.Broken broken -> this;
        };
    }

    private Knowledge withKey(String key, boolean truth) {
        Map<String, Boolean> more = new HashMap<>(keys);
        more.put(key, truth);
        return new Knowledge(facts, more);
    }

    /** Equal for equal conditions. */
    String key(Condition condition) {
        return switch (condition) {
            case Condition.Always always -> String.valueOf(always.truth());
            case Condition.Divides divides -> text(divides.dividend()) + " % " + text(divides.divisor()) + " == 0";
            case Condition.Equal equal -> text(equal.left()) + " == " + text(equal.right());
            case Condition.AtMost atMost -> text(atMost.small()) + " <= " + text(atMost.large());
            case Condition.Key key -> key.key();
            case Condition.Not not -> "not (" + key(not.operand()) + ")";
            case Condition.And and -> "(" + key(and.left()) + ") and (" + key(and.right()) + ")";
            case Condition.Or or -> "(" + key(or.left()) + ") or (" + key(or.right()) + ")";
            case Condition.Broken broken -> "?";
        };
    }

    private String text(Size size) {
        String text = facts.display(size).toString();
        return text.contains(" ") ? "(" + text + ")" : text;
    }
}
