package dev.weft.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles a small program, keeps it and finds it again, and says nothing: what the JVM learns while it does so is what {@code ./weft}
 * starts with later.
 */
final class Rehearsal {
    private static final List<String> COMMAND = List.of(
            "compile", "gpt", "--entry", "step", "--dim", "B=2,T=16", "--set", "layers=2,width=32,vocab=64,context=16");

    private Rehearsal() {}

    /** @param ignored nothing */
    public static void main(String[] ignored) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Terminal terminal = Terminal.plain(nowhere, nowhere, Path.of(""));
        List<String> cold = new ArrayList<>(COMMAND);
        cold.add("--no-cache");
        Main.run(cold, terminal);
        Main.run(COMMAND, terminal);
        Main.run(COMMAND, terminal);
    }
}
