package dev.weft.bench.ours;

import dev.weft.bench.protocol.Opening;
import dev.weft.graph.MachineException;
import dev.weft.models.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A program, and what it calls the constants, sizes and inputs of an {@link Opening}. Its parameters are those of the shipped program, in
 * the same order.
 *
 * @param words its own, by those of the shipped program; what is missing has the same name
 */
public record Wording(Program program, Map<String, String> words) {

    private static final String REWRITTEN = "rewritten.weft";
    private static final Map<String, String> OTHER = Map.ofEntries(
            Map.entry("layers", "depth"),
            Map.entry("heads", "parts"),
            Map.entry("width", "span"),
            Map.entry("context", "reach"),
            Map.entry("vocab", "words"),
            Map.entry("B", "N"),
            Map.entry("T", "S"),
            Map.entry("tokens", "read"),
            Map.entry("targets", "wanted"),
            Map.entry("weight", "counts"));

    public Wording {
        words = Map.copyOf(words);
    }

    /** As it is shipped. */
    public static Wording shipped(String program) {
        return new Wording(Program.load(program), Map.of());
    }

    /**
     * {@code gpt} in other words: other names, operands the other way round, layers written out.
     *
     * @throws MachineException if another program is meant
     */
    public static Wording rewritten(String program) {
        if (!program.equals("gpt")) {
            throw new MachineException("weft rewritten: has gpt in other words, not " + program);
        }
        try (InputStream text = Wording.class.getResourceAsStream(REWRITTEN)) {
            byte[] bytes = Objects.requireNonNull(text, REWRITTEN).readAllBytes();
            return new Wording(Program.of("rewritten", new String(bytes, StandardCharsets.UTF_8)), OTHER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it calls a constant, a size or an input. */
    public String of(String word) {
        return words.getOrDefault(word, word);
    }

    /** Values by its own names. */
    public <T> Map<String, T> of(Map<String, T> values) {
        Map<String, T> named = new TreeMap<>();
        values.forEach((word, value) -> named.put(of(word), value));
        return named;
    }
}
