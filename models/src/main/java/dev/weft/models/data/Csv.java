package dev.weft.models.data;

import dev.weft.graph.UserException;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.List;

/** Comma-separated values as RFC 4180 has them, piece by piece: quotes around what holds commas, quotes (doubled) or line breaks. */
final class Csv {

    /** Takes a record; the first has number 1. Empty lines are none. */
    @FunctionalInterface
    interface Records {
        void accept(long number, List<String> fields);
    }

    private enum State {
        /** At the start of a field. */
        START,
        PLAIN,
        QUOTED,
        /** After a quote within a quoted field: the field's end, or the first half of a quote. */
        QUOTE
    }

    private final String origin;
    private final Records records;
    private final StringBuilder field = new StringBuilder();
    private List<String> fields = new ArrayList<>();
    private State state = State.START;
    private long number = 1;

    Csv(String origin, Records records) {
        this.origin = origin;
        this.records = records;
    }

    void accept(CharBuffer piece) {
        for (int i = 0; i < piece.length(); i++) {
            accept(piece.charAt(i));
        }
    }

    private void accept(char c) {
        switch (state) {
            case QUOTED -> {
                if (c == '"') {
                    state = State.QUOTE;
                } else {
                    field.append(c);
                }
            }
            case QUOTE -> {
                if (c == '"') {
                    field.append(c);
                    state = State.QUOTED;
                } else {
                    unquoted(c);
                }
            }
            case START -> {
                if (c == '"') {
                    state = State.QUOTED;
                } else {
                    unquoted(c);
                }
            }
            case PLAIN -> unquoted(c);
        }
    }

    private void unquoted(char c) {
        switch (c) {
            case ',' -> endField();
            case '\n' -> endRecord();
            case '\r' -> state = State.PLAIN;
            default -> {
                field.append(c);
                state = State.PLAIN;
            }
        }
    }

    private void endField() {
        fields.add(field.toString());
        field.setLength(0);
        state = State.START;
    }

    private void endRecord() {
        endField();
        if (fields.size() > 1 || !fields.getFirst().isEmpty()) {
            records.accept(number, fields);
        }
        number++;
        fields = new ArrayList<>();
    }

    /** @throws UserException if a quote is open */
    void finish() {
        if (state == State.QUOTED) {
            throw new UserException("%s, record %d: has a quote that is not closed".formatted(origin, number));
        }
        if (state != State.START || !fields.isEmpty()) {
            endRecord();
        }
    }
}
