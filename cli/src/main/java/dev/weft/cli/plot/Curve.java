package dev.weft.cli.plot;

import java.util.List;

/**
 * What belongs together, in one color.
 *
 * @param thin drawn as a thin line, ascending in x; may be empty
 * @param strong drawn as a strong line with dots, ascending in x; may be empty
 * @param intervals drawn as upright lines; may be empty
 */
public record Curve(Line thin, Line strong, List<Interval> intervals) {

    /** @param name for the legend */
    public record Line(String name, List<Point> points) {
        public Line {
            points = List.copyOf(points);
        }
    }

    /** What is not finite is not drawn. */
    public record Point(double x, double y) {}

    /** From {@code low} to {@code high}; what is not finite is not drawn. */
    public record Interval(double x, double low, double high) {

        /** As far on both sides of a number. */
        public static Interval around(double x, double y, double half) {
            return new Interval(x, y - half, y + half);
        }

        boolean isFinite() {
            return Double.isFinite(low) && Double.isFinite(high);
        }
    }

    public Curve {
        intervals = List.copyOf(intervals);
    }

    /** Losses of a run: of each step's batch, and of the validation part. */
    public static Curve ofRun(String name, List<Point> training, List<Point> validation) {
        String batches = name + (training.isEmpty() || validation.isEmpty() ? "" : "  training");
        return new Curve(new Line(batches, training), new Line(name + "  validation", validation), List.of());
    }

    /** Means with their intervals. */
    public static Curve ofMeans(String name, List<Point> means, List<Interval> intervals) {
        return new Curve(new Line("", List.of()), new Line(name, means), intervals);
    }
}
