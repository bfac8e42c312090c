package dev.weft.bench.suite;

import java.util.List;
import java.util.Optional;

/**
 * What was asked for.
 *
 * @param only names of rows; empty for all
 * @param repeats turns that count
 * @param quick whether each turn has fewer steps
 * @param peerCommand a user's own side, for a shell
 */
record Settings(List<String> only, int repeats, boolean quick, Optional<String> peerCommand) {

    Settings {
        only = List.copyOf(only);
    }
}
