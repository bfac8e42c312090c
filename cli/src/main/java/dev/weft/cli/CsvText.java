package dev.weft.cli;

/** Words as fields of comma-separated values. */
final class CsvText {

    private CsvText() {}

    /** In quotes, as RFC 4180 has it. */
    static String of(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }
}
