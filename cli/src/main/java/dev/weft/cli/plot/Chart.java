package dev.weft.cli.plot;

import dev.weft.cli.plot.Curve.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Numbers over something: a color for each curve, one by one as thin lines, summed up as strong ones with dots.
 *
 * @param width pixels
 * @param height pixels
 * @param marks in the order in which they are drawn
 */
public record Chart(int width, int height, List<Mark> marks) {

    private static final int WIDTH = 960;
    private static final int HEIGHT = 560;
    private static final int LEFT = 70;
    private static final int RIGHT = 24;
    private static final int TOP = 44;
    private static final int BOTTOM = 56;
    private static final int LINE = 20;

    private static final int INK = 0x2b2b2b;
    private static final int QUIET = 0x6b6b6b;
    private static final int GRID = 0xe4e4e4;

    /** Told apart by most people: M. Okabe, K. Ito, "Color Universal Design", 2008. */
    private static final int[] COLORS = {0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x000000};

    public Chart {
        marks = List.copyOf(marks);
    }

    /**
     * Draws curves, of which at least one has a finite point.
     *
     * @param title above the picture
     * @param unit of x, such as steps
     */
    public static Chart of(String title, List<Curve> curves, String unit) {
        List<Point> all = curves.stream()
                .flatMap(Chart::points)
                .filter(point -> Double.isFinite(point.y()))
                .toList();
        Axis x = Axis.tight(0, xs(all).max().orElseThrow(), LEFT, WIDTH - RIGHT, 8);
        Axis y = Axis.of(ys(all).min().orElseThrow(), ys(all).max().orElseThrow(), HEIGHT - BOTTOM, TOP, 8);
        List<Mark> marks = new ArrayList<>(frame(title, unit, x, y));
        for (int i = 0; i < curves.size(); i++) {
            marks.addAll(curve(curves.get(i), color(i), x, y));
        }
        marks.addAll(legend(
                curves,
                all.stream()
                        .map(point -> new Point(x.place(point.x()), y.place(point.y())))
                        .toList()));
        return new Chart(WIDTH, HEIGHT, marks);
    }

    /** This one, and {@code lower} below it. */
    public Chart above(Chart lower) {
        List<Mark> all = new ArrayList<>(marks);
        lower.marks.forEach(mark -> all.add(mark.lowered(height)));
        return new Chart(Math.max(width, lower.width), height + lower.height, all);
    }

    private static Stream<Point> points(Curve curve) {
        return Stream.of(
                        curve.thin().points().stream(),
                        curve.strong().points().stream(),
                        curve.intervals().stream().map(interval -> new Point(interval.x(), interval.low())),
                        curve.intervals().stream().map(interval -> new Point(interval.x(), interval.high())))
                .flatMap(each -> each);
    }

    private static List<Mark> curve(Curve curve, int color, Axis x, Axis y) {
        List<Mark> marks = new ArrayList<>();
        boolean alone = curve.strong().points().isEmpty();
        for (List<Point> line : lines(curve.thin().points(), x, y)) {
            marks.add(new Mark.Stroke(line, color, alone ? 0.9 : 0.4, 1.2));
        }
        for (Curve.Interval interval : curve.intervals()) {
            if (interval.isFinite()) {
                double at = x.place(interval.x());
                marks.add(line(at, y.place(interval.low()), at, y.place(interval.high()), color, 1.2));
            }
        }
        for (List<Point> line : lines(curve.strong().points(), x, y)) {
            marks.add(new Mark.Stroke(line, color, 1, 2.2));
            line.forEach(point -> marks.add(new Mark.Dot(point.x(), point.y(), 3, color)));
        }
        return marks;
    }

    private static int color(int curve) {
        return COLORS[curve % COLORS.length];
    }

    private static DoubleStream xs(List<Point> points) {
        return points.stream().mapToDouble(Point::x);
    }

    private static DoubleStream ys(List<Point> points) {
        return points.stream().mapToDouble(Point::y);
    }

    private static List<Mark> frame(String title, String unit, Axis x, Axis y) {
        List<Mark> marks = new ArrayList<>();
        for (double tick : y.ticks()) {
            double at = y.place(tick);
            marks.add(line(LEFT, at, WIDTH - RIGHT, at, GRID, 1));
            marks.add(new Mark.Label(LEFT - 8, at + 4, y.label(tick), Mark.Anchor.END, 12, QUIET));
        }
        for (double tick : x.ticks()) {
            double at = x.place(tick);
            marks.add(line(at, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 5, INK, 1));
            marks.add(new Mark.Label(at, HEIGHT - BOTTOM + 20, x.label(tick), Mark.Anchor.MIDDLE, 12, QUIET));
        }
        marks.add(line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, INK, 1));
        double middle = (LEFT + WIDTH - RIGHT) / 2.0;
        marks.add(new Mark.Label(middle, HEIGHT - 14, unit, Mark.Anchor.MIDDLE, 13, INK));
        marks.add(new Mark.Label(LEFT, TOP - 20, title, Mark.Anchor.START, 14, INK));
        return marks;
    }

    private static Mark line(double x1, double y1, double x2, double y2, int color, double width) {
        return new Mark.Stroke(List.of(new Point(x1, y1), new Point(x2, y2)), color, 1, width);
    }

    /**
     * In the right corner with fewer points: the upper one, where a loss that falls leaves room, or the lower one.
     *
     * @param points in pixels
     */
    private static List<Mark> legend(List<Curve> curves, List<Point> points) {
        List<Mark> marks = new ArrayList<>();
        double right = WIDTH - RIGHT - 8;
        double height = LINE * curves.stream().mapToInt(Chart::named).sum();
        boolean isUpper =
                within(points, TOP, TOP + height) <= within(points, HEIGHT - BOTTOM - height, HEIGHT - BOTTOM);
        double at = isUpper ? TOP + 16 : HEIGHT - BOTTOM - height + 8;
        for (int i = 0; i < curves.size(); i++) {
            Curve curve = curves.get(i);
            boolean both = named(curve) == 2;
            if (!curve.thin().points().isEmpty()) {
                marks.add(line(right - 30, at - 4, right, at - 4, color(i), both ? 1.2 : 2.2));
                marks.add(new Mark.Label(right - 38, at, curve.thin().name(), Mark.Anchor.END, 12, INK));
                at += LINE;
            }
            if (!curve.strong().points().isEmpty()) {
                marks.add(line(right - 30, at - 4, right, at - 4, color(i), 2.2));
                marks.add(new Mark.Dot(right - 15, at - 4, 3, color(i)));
                marks.add(new Mark.Label(right - 38, at, curve.strong().name(), Mark.Anchor.END, 12, INK));
                at += LINE;
            }
        }
        return marks;
    }

    /** Lines that the legend names. */
    private static int named(Curve curve) {
        return (curve.thin().points().isEmpty() ? 0 : 1)
                + (curve.strong().points().isEmpty() ? 0 : 1);
    }

    /** Points in the right third of the picture from {@code top} to {@code bottom}. */
    private static long within(List<Point> points, double top, double bottom) {
        return points.stream()
                .filter(point -> point.x() > WIDTH * 2 / 3.0 && point.y() >= top && point.y() <= bottom)
                .count();
    }

    /** Unbroken parts in pixels. Of what falls into one column of pixels, the lowest and the highest stay. */
    private static List<List<Point>> lines(List<Point> points, Axis x, Axis y) {
        List<List<Point>> lines = new ArrayList<>();
        List<Point> line = new ArrayList<>();
        Column column = new Column();
        for (Point point : points) {
            if (!Double.isFinite(point.y())) {
                column.flush(line);
                lines.add(line);
                line = new ArrayList<>();
                continue;
            }
            Point pixel = new Point(x.place(point.x()), y.place(point.y()));
            if (!column.takes(pixel)) {
                column.flush(line);
            }
            column.add(pixel);
        }
        column.flush(line);
        lines.add(line);
        lines.removeIf(List::isEmpty);
        return lines;
    }

    /** Points that are drawn above each other. */
    private static final class Column {

        private final List<Point> points = new ArrayList<>();

        boolean takes(Point pixel) {
            return points.isEmpty() || Math.floor(points.getFirst().x()) == Math.floor(pixel.x());
        }

        void add(Point pixel) {
            points.add(pixel);
        }

        void flush(List<Point> line) {
            if (points.size() > 4) {
                Point low = points.getFirst();
                Point high = low;
                for (Point point : points) {
                    low = point.y() < low.y() ? point : low;
                    high = point.y() > high.y() ? point : high;
                }
                Point last = points.getLast();
                List<Point> kept = new ArrayList<>(List.of(points.getFirst()));
                kept.addAll(points.indexOf(low) < points.indexOf(high) ? List.of(low, high) : List.of(high, low));
                kept.add(last);
                points.clear();
                points.addAll(kept);
            }
            line.addAll(points);
            points.clear();
        }
    }
}
