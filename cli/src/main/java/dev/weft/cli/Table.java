package dev.weft.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Lines of words in columns as wide as their longest word; columns of numbers stand right. */
final class Table {

    private static final String NUMBER = "[0-9][0-9.,/]*( [kKMGT]?i?B| bytes)?|";

    private final List<String[]> rows = new ArrayList<>();

    Table(String... titles) {
        rows.add(titles);
    }

    void row(String... words) {
        rows.add(words);
    }

    void print(PrintStream out) {
        int columns = rows.getFirst().length;
        int[] widths = IntStream.range(0, columns)
                .map(column -> rows.stream()
                        .mapToInt(row -> row[column].length())
                        .max()
                        .orElse(0))
                .toArray();
        boolean[] numbers = new boolean[columns];
        for (int column = 0; column < columns; column++) {
            int at = column;
            numbers[column] = rows.stream().skip(1).allMatch(row -> row[at].matches(NUMBER));
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String space = " ".repeat(widths[column] - row[column].length());
                line.append(column == 0 ? "" : "  ")
                        .append(numbers[column] ? space + row[column] : row[column] + space);
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
