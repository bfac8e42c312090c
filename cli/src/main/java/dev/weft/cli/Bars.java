package dev.weft.cli;

/** Numbers as bars of characters. */
final class Bars {

    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

    private Bars() {}

    /**
     * A bar.
     *
     * @param part from 0 to 1; more is a full bar
     * @param width of a full bar in characters
     */
    static String of(double part, int width) {
        int eighths = (int) Math.round(Math.clamp(part, 0, 1) * width * 8);
        String rest = eighths % 8 == 0 ? "" : EIGHTHS.substring(eighths % 8, eighths % 8 + 1);
        return "█".repeat(eighths / 8) + rest;
    }
}
