package dev.weft.models.score;

import dev.weft.graph.UserException;
import dev.weft.models.io.IoErrors;
import dev.weft.models.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A question that a language model answers by what it finds likely; one line of a JSON Lines file. */
public sealed interface Task {

    /** The kinds of files. */
    enum Kind {
        /** Lines of {@code {"context": …, "choices": [ … ], "answer": number of the right one, from 0}}. */
        CHOICE,
        /** Lines of {@code {"text": …}}: the last word is what shall be said. */
        LAST_WORD
    }

    /** With its right answer, as an example for others. */
    String example();

    /** The same question behind some text. */
    Task after(String text);

    /** Several ways to go on, of which one is right. */
    record Choice(String context, List<String> choices, int answer) implements Task {
        public Choice {
            choices = List.copyOf(choices);
        }

        @Override
        public String example() {
            return context + choices.get(answer);
        }

        @Override
        public Choice after(String text) {
            return new Choice(text + context, choices, answer);
        }
    }

    /** A text without its last word, and that word with the space before it. */
    record LastWord(String context, String word) implements Task {

        @Override
        public String example() {
            return context + word;
        }

        @Override
        public LastWord after(String text) {
            return new LastWord(text + context, word);
        }
    }

    /**
     * Reads a file.
     *
     * @throws UserException if it cannot be read, has no line, or a line is not what it must be: its number
     */
    static List<Task> read(Path file, Kind kind) {
        List<Task> tasks = new ArrayList<>();
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw IoErrors.of("read", file, e);
        }
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                String origin = "%s, line %d".formatted(file, i + 1);
                Map<String, Object> object = Json.parseObject(lines.get(i), origin);
                tasks.add(kind == Kind.CHOICE ? choice(object, origin) : lastWord(object, origin));
            }
        }
        if (tasks.isEmpty()) {
            throw new UserException(file + ": has no line");
        }
        return tasks;
    }

    private static Choice choice(Map<String, Object> object, String origin) {
        if (object.get("context") instanceof String context
                && object.get("choices") instanceof List<?> list
                && object.get("answer") instanceof Integer answer
                && list.size() > 1
                && list.stream().allMatch(choice -> choice instanceof String text && !text.isEmpty())
                && answer >= 0
                && answer < list.size()) {
            return new Choice(context, list.stream().map(String.class::cast).toList(), answer);
        }
        throw new UserException(
                origin
                        + ": must have a context (text), choices (at least two texts that are not empty) and an answer (the number of the right choice, from 0)");
    }

    private static LastWord lastWord(Map<String, Object> object, String origin) {
        if (object.get("text") instanceof String text) {
            String whole = text.stripTrailing();
            int space = whole.lastIndexOf(' ');
            if (space > 0) {
                return new LastWord(whole.substring(0, space), whole.substring(space));
            }
        }
        throw new UserException(origin + ": must have a text of at least two words");
    }
}
