package dev.weft.bench.suite;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.cli.plot.Chart;
import dev.weft.cli.plot.Curve.Point;
import dev.weft.cli.plot.Mark;
import dev.weft.cli.plot.Svg;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rows as bars: how long each side takes, the slowest of a row as long as the picture allows, the quartiles as a line through the end of
 * a bar, and the limit as a line across the row.
 */
final class TimesChart {

    private static final int WIDTH = 960;
    private static final int LEFT = 170;
    private static final int RIGHT = 700;
    private static final int TOP = 56;
    private static final int BAR = 18;
    private static final int GAP = 30;

    private static final int INK = 0x2b2b2b;
    private static final int QUIET = 0x6b6b6b;
    private static final int OURS = 0x0072b2;
    private static final int THEIRS = 0xb9bec4;
    private static final int LIMIT = 0xd55e00;

    private final List<Mark> marks = new ArrayList<>();
    private double y = TOP;

    private TimesChart() {}

    /** The picture of a run as an SVG file. Rows without a peer to compare with, and those that compare bytes, are left out. */
    static String svg(JsonNode run) {
        TimesChart chart = new TimesChart();
        chart.heading();
        for (JsonNode row : run.path("results")) {
            boolean isTimed = !row.path("sides").path(0).has("written_bytes");
            if (isTimed && row.path("ours_ms").isNumber() && row.path("peer").isTextual()) {
                chart.row(row);
            }
        }
        return Svg.of(new Chart(WIDTH, (int) chart.y + 10, chart.marks));
    }

    private void heading() {
        text(20, 24, "Time of a step: less is better", 15, INK, Mark.Anchor.START);
        bar(20, 120, 40, OURS);
        text(126, 44, "Weft", 12, INK, Mark.Anchor.START);
        bar(20 + 150, 120 + 150, 40, THEIRS);
        text(276, 44, "peer", 12, INK, Mark.Anchor.START);
        stroke(320, 32, 320, 48, LIMIT, 2);
        text(328, 44, "limit by the peak measured in the same run", 12, INK, Mark.Anchor.START);
    }

    private void row(JsonNode row) {
        List<JsonNode> sides = row.path("sides")
                .valueStream()
                .filter(side -> !side.has("not_available"))
                .toList();
        double most = sides.stream()
                .mapToDouble(side -> side.path("upper_ms").asDouble())
                .max()
                .orElseThrow();
        double limit = row.path("limit_ms").asDouble(Double.NaN);
        y += GAP;
        text(20, y, row.path("title").asText(), 13, INK, Mark.Anchor.START);
        double first = y + 6;
        y += BAR;
        for (JsonNode side : sides) {
            side(side, side.equals(sides.getFirst()), row.path("ours_ms").asDouble(), limit, most);
            y += BAR;
        }
        if (limit < most) {
            double at = place(limit, most);
            stroke(at, first, at, y - BAR + 8, LIMIT, 2);
        }
    }

    private void side(JsonNode side, boolean isOurs, double ours, double limit, double most) {
        double millis = side.path("ms").asDouble();
        text(LEFT - 10, y + 4, side.path("name").asText(), 12, isOurs ? INK : QUIET, Mark.Anchor.END);
        bar(LEFT, place(millis, most), y, isOurs ? OURS : THEIRS);
        double lower = place(side.path("lower_ms").asDouble(), most);
        stroke(lower, y, place(side.path("upper_ms").asDouble(), most), y, INK, 1.5);
        String text = Numbers.of(millis) + " ms";
        if (!isOurs) {
            text += String.format(Locale.ROOT, ", %.2f times ours", millis / ours);
        } else if (!Double.isNaN(limit)) {
            text += String.format(Locale.ROOT, ", %.0f %% of the limit", 100 * limit / ours);
        }
        text(RIGHT + 12, y + 4, text, 12, isOurs ? INK : QUIET, Mark.Anchor.START);
    }

    private static double place(double millis, double most) {
        return LEFT + (RIGHT - LEFT) * millis / most;
    }

    private void bar(double from, double to, double at, int color) {
        stroke(from, at, to, at, color, 12);
    }

    private void stroke(double x1, double y1, double x2, double y2, int color, double width) {
        marks.add(new Mark.Stroke(List.of(new Point(x1, y1), new Point(x2, y2)), color, 1, width));
    }

    private void text(double x, double at, String text, double size, int color, Mark.Anchor anchor) {
        marks.add(new Mark.Label(x, at, text, anchor, size, color));
    }
}
