package dev.weft.cli.plot;

import java.util.Locale;
import java.util.stream.Collectors;

/** A chart as the text of an SVG file. */
public final class Svg {

    private Svg() {}

    public static String of(Chart chart) {
        String marks = chart.marks().stream().map(Svg::mark).collect(Collectors.joining("\n"));
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" \
                font-family="Helvetica, Arial, sans-serif">
                <rect width="%1$d" height="%2$d" fill="#ffffff"/>
                %3$s
                </svg>
                """.formatted(chart.width(), chart.height(), marks);
    }

    private static String mark(Mark mark) {
        return switch (mark) {
            case Mark.Stroke stroke ->
                "<polyline fill=\"none\" stroke=\"%s\" stroke-opacity=\"%s\" stroke-width=\"%s\" stroke-linejoin=\"round\" points=\"%s\"/>"
                        .formatted(
                                color(stroke.color()),
                                stroke.opacity(),
                                stroke.width(),
                                stroke.points().stream()
                                        .map(point -> number(point.x()) + "," + number(point.y()))
                                        .collect(Collectors.joining(" ")));
            case Mark.Dot dot ->
                "<circle cx=\"%s\" cy=\"%s\" r=\"%s\" fill=\"%s\"/>"
                        .formatted(number(dot.x()), number(dot.y()), number(dot.radius()), color(dot.color()));
            case Mark.Label label ->
                "<text x=\"%s\" y=\"%s\" font-size=\"%s\" fill=\"%s\" text-anchor=\"%s\">%s</text>"
                        .formatted(
                                number(label.x()),
                                number(label.y()),
                                number(label.size()),
                                color(label.color()),
                                label.anchor().name().toLowerCase(Locale.ROOT),
                                escape(label.text()));
        };
    }

    private static String color(int rgb) {
        return "#%06x".formatted(rgb);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                // XML has no way to say control characters and halves of surrogate pairs.
                default -> escaped.appendCodePoint(c < ' ' || c >= 0xd800 && c < 0xe000 ? '?' : c);
            }
        });
        return escaped.toString();
    }
}
