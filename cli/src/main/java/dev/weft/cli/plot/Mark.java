package dev.weft.cli.plot;

import java.util.List;

/** Something drawn. Coordinates are pixels from the top left corner; colors are {@code 0xRRGGBB}, opacity is from 0 to 1. */
public sealed interface Mark {

    /** A line through points. */
    record Stroke(List<Curve.Point> points, int color, double opacity, double width) implements Mark {
        public Stroke {
            points = List.copyOf(points);
        }
    }

    /** A disc. */
    record Dot(double x, double y, double radius, int color) implements Mark {}

    /** Words on a line; {@code y} is their base line. */
    record Label(double x, double y, String text, Anchor anchor, double size, int color) implements Mark {}

    /** Which part of a text stands at its place. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }
}
