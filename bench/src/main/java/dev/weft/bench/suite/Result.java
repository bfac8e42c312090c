package dev.weft.bench.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A row's outcome. The first side is ours.
 *
 * @param name by which {@code --only} knows it
 * @param title what was done
 * @param tokens of a step; 0 where that says nothing
 * @param flops of a step; 0 where that says nothing
 * @param limitMillis what the peak measured in the same run allows; NaN where none is known
 * @param limit what sets the limit: {@code f32 products}, {@code reading}
 * @param losses how far they may be apart
 */
record Result(
        String name,
        String title,
        List<SideResult> sides,
        double tokens,
        double flops,
        double limitMillis,
        String limit,
        LossRule losses,
        List<Verdict> verdicts) {

    Result {
        sides = List.copyOf(sides);
        verdicts = List.copyOf(verdicts);
    }

    /** Of work that has no limit we know, and no losses to compare. */
    static Result of(String name, String title, List<SideResult> sides) {
        return new Result(name, title, sides, 0, 0, Double.NaN, "", LossRule.NONE, List.of());
    }

    /** This, judged. */
    Result judged(List<Target> targets) {
        List<Verdict> all = new ArrayList<>(verdicts);
        targets.forEach(target -> all.add(target.verdict(this)));
        return new Result(name, title, sides, tokens, flops, limitMillis, limit, losses, all);
    }

    SideResult ours() {
        return sides.getFirst();
    }

    /** Milliseconds of ours; NaN if it is not there. */
    double oursMillis() {
        return ours().isThere() ? ours().spread().median() : Double.NaN;
    }

    /** The peer that the row is about: the first that took part. */
    Optional<SideResult> peer() {
        return sides.stream().skip(1).filter(SideResult::isThere).findFirst();
    }

    Optional<SideResult> side(String side) {
        return sides.stream().filter(each -> each.name().equals(side)).findFirst();
    }

    /** How many times as long a peer takes; NaN if one of both is not there. */
    double ratio(String peer) {
        return side(peer)
                .filter(SideResult::isThere)
                .map(there -> there.spread().median() / oursMillis())
                .orElse(Double.NaN);
    }

    /** The limit's share of our time. */
    double share() {
        return limitMillis / oursMillis();
    }

    /** Whether no side failed, and all losses agree. */
    boolean isSound() {
        return unequal().isEmpty() && sides.stream().noneMatch(SideResult::failed);
    }

    /** Peers whose losses are not ours, each in a sentence. */
    List<String> unequal() {
        List<String> unequal = new ArrayList<>();
        if (ours().isThere()) {
            sides.stream().skip(1).filter(SideResult::isThere).forEach(peer -> losses.violation(ours(), peer)
                    .ifPresent(unequal::add));
        }
        return unequal;
    }
}
