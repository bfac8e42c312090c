package dev.weft.cli.profile;

import dev.weft.backend.spi.Limits;
import java.util.List;
import java.util.Locale;

/** The roofline of a machine and where regions stand under it, both axes logarithmic: each circle as large as its part of the time. */
final class RooflineChart {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 300;
    private static final int LEFT = 56;
    private static final int BOTTOM = 36;
    private static final int TOP = 14;

    /** FLOP for each byte, as powers of ten. */
    private static final double FIRST = -2;

    private static final double LAST = 3.5;

    /** Powers of ten that the vertical axis spans. */
    private static final double DECADES = 4.5;

    private final Limits limits;

    private RooflineChart(Limits limits) {
        this.limits = limits;
    }

    static String svg(List<EntryRegions.Row> rows, Roofline roofline) {
        return new RooflineChart(roofline.limits()).draw(rows);
    }

    private String draw(List<EntryRegions.Row> rows) {
        StringBuilder svg = new StringBuilder();
        svg.append("<svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"roofline\">%n".formatted(WIDTH, HEIGHT));
        for (int decade = (int) FIRST; decade <= (int) LAST; decade++) {
            double x = x(Math.pow(10, decade));
            svg.append(line(x, TOP, x, HEIGHT - BOTTOM, "#eee"));
            svg.append(text(x, HEIGHT - BOTTOM + 15, "middle", plain(Math.pow(10, decade))));
        }
        double peak = Math.max(limits.f32Flops(), limits.bf16Flops());
        for (int decade = (int) Math.ceil(Math.log10(peak) - DECADES); decade <= Math.log10(peak); decade++) {
            double y = y(Math.pow(10, decade));
            svg.append(line(LEFT, y, WIDTH, y, "#eee"));
            svg.append(text(LEFT - 6, y + 4, "end", plain(Math.pow(10, decade - 9))));
        }
        svg.append(text((LEFT + WIDTH) / 2.0, HEIGHT - 4, "middle", "FLOP for each byte moved"));
        svg.append(text(4, TOP - 2, "start", "GFLOP/s at best"));
        roof(svg, limits.f32Flops(), "f32");
        if (limits.bf16Flops() > 0) {
            roof(svg, limits.bf16Flops(), "bf16");
        }
        double all = rows.stream().mapToDouble(EntryRegions.Row::seconds).sum();
        for (EntryRegions.Row row : rows) {
            circle(svg, row, all);
        }
        return svg.append("</svg>\n").toString();
    }

    private void roof(StringBuilder svg, double flops, String name) {
        double ridge = flops / limits.readBytes();
        double start = Math.pow(10, FIRST);
        svg.append(line(x(start), y(start * limits.readBytes()), x(ridge), y(flops), "#555"));
        svg.append(line(x(ridge), y(flops), WIDTH, y(flops), "#555"));
        svg.append(text(WIDTH - 4, y(flops) - 4, "end", name));
    }

    private void circle(StringBuilder svg, EntryRegions.Row row, double all) {
        if (row.seconds() == 0 || row.intensity() == 0) {
            return;
        }
        double rate = row.count() * row.region().cost().flops() / row.seconds();
        svg.append(String.format(
                Locale.ROOT,
                "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>%s</title></circle>%n",
                row.region().kind(),
                x(row.intensity()),
                y(rate),
                2.5 + 16 * Math.sqrt(row.seconds() / all),
                ReportPage.escaped(row.region().layer() + " " + row.region().source() + ": "
                        + row.region().work())));
    }

    private static double x(double intensity) {
        double at = (Math.log10(intensity) - FIRST) / (LAST - FIRST);
        return LEFT + Math.clamp(at, 0, 1) * (WIDTH - LEFT);
    }

    private double y(double flops) {
        double top = Math.log10(Math.max(limits.f32Flops(), limits.bf16Flops())) + 0.2;
        double at = (top - Math.log10(flops)) / DECADES;
        return TOP + Math.clamp(at, 0, 1) * (HEIGHT - BOTTOM - TOP);
    }

    private static String line(double x1, double y1, double x2, double y2, String color) {
        return String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n",
                x1,
                y1,
                x2,
                y2,
                color);
    }

    private static String text(double x, double y, String anchor, String text) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                ReportPage.escaped(text));
    }

    private static String plain(double number) {
        return number >= 1 ? String.format(Locale.ROOT, "%.0f", number) : Double.toString(number);
    }
}
