package dev.weft.bench.suite;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What was asked for.
 *
 * @param only names of rows; empty for all
 * @param repeats turns that count
 * @param quick whether each turn has fewer steps
 * @param peerCommand a user's own side, for a shell
 * @param python a command that may have torch
 * @param data the text that the recipe is trained on
 * @param root the folder of the project
 * @param suite that was asked for
 */
record Settings(
        List<String> only,
        int repeats,
        boolean quick,
        Optional<String> peerCommand,
        String python,
        Optional<Path> data,
        Path root,
        NamedSuite suite) {

    Settings {
        only = List.copyOf(only);
    }
}
