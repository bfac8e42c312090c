package dev.weft.bench.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A result in words, for a terminal. */
final class Words {

    private Words() {}

    static List<String> of(Result result) {
        List<String> lines = new ArrayList<>();
        lines.add("%-18s %s".formatted(result.name(), result.title()));
        result.sides().forEach(side -> lines.add("  " + side(result, side)));
        if (result.ours().isThere() && !Double.isNaN(result.limitMillis())) {
            lines.add("  %-24s %9s ms by %s: %.0f %% of our time"
                    .formatted("limit", Numbers.of(result.limitMillis()), result.limit(), 100 * result.share()));
        }
        result.verdicts()
                .forEach(verdict -> lines.add("  %-24s %s, %s %s"
                        .formatted(
                                verdict.outcome().text(),
                                verdict.bound(),
                                Numbers.of(verdict.value()),
                                verdict.what())));
        result.unequal().forEach(sentence -> lines.add("  " + sentence));
        return lines;
    }

    private static String side(Result result, SideResult side) {
        if (!side.isThere()) {
            return "%-24s %s: %s"
                    .formatted(side.name(), side.failed() ? "failed" : "not available", side.unavailable());
        }
        Spread millis = side.spread();
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "%-24s %9s ms (%s to %s)",
                side.name(),
                Numbers.of(millis.median()),
                Numbers.of(millis.lower()),
                Numbers.of(millis.upper())));
        if (result.tokens() > 0) {
            line.append(", ")
                    .append(Numbers.of(1e3 * result.tokens() / millis.median()))
                    .append(" tokens/s");
        }
        if (result.flops() > 0) {
            line.append(", ")
                    .append(Numbers.of(result.flops() / millis.median() / 1e6))
                    .append(" GFLOP/s");
        }
        side.peakBytes().ifPresent(bytes -> line.append(", ").append(Numbers.gigabytes(bytes)));
        side.written().ifPresent(bytes -> line.append(String.format(Locale.ROOT, ", %,d bytes", bytes)));
        if (!side.losses().isEmpty()) {
            line.append(String.format(Locale.ROOT, ", loss %.5f", side.lastLoss()));
        }
        boolean isTimed = result.ours().written().isEmpty();
        if (isTimed && !side.name().equals(result.ours().name())) {
            line.append(String.format(Locale.ROOT, "; ours is %.2f times as fast", result.ratio(side.name())));
        }
        return line.toString();
    }
}
